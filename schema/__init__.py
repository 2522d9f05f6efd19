"""What may be said, and how it is written: messages, identifiers, problems and SQL."""
