"""Filed places with their zones, and vehicles: how they begin, change and stop, and the clocks of that."""
