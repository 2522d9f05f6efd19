"""What operators run beside the service or without it: a module for each word of the command line."""
