"""The ColdLedger service: see docs/architecture.md for the rooms and the way through them."""
