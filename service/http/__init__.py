"""The machinery of the interface: what all rooms' routes share, and nothing of what they are about.

Rules that it keeps: routes are declared (``Read``, ``Write``), so that what is served, what is checked and
what is documented cannot differ; every fault is a problem document with a stable code, in the reader's
language; a write goes through the ledger or not at all, and the same submission gets the same bytes back;
nothing secret or personal is logged.
"""
