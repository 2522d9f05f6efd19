"""Policies: editions enacted for a region and a regime, their drafts, and what a draft would have changed."""
