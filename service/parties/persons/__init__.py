"""Natural persons: what is known of them and under which keys, who read it, how it is erased; staff and shifts."""
