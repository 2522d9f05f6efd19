"""What runs at the gate, at the counter and in the hand."""
