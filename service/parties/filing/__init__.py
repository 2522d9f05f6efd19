"""Filed places with their zones, and vehicles: how they begin, change, are stopped, and the clocks of that."""
