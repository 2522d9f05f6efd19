"""Trace codes, links, labels, and what scanning them tells."""
