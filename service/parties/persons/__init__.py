"""Natural persons: what is known of them, under which keys, who read it, its erasure; staff and shifts."""
