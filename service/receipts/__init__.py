"""Receipts: that something is in the ledger, in a file that is checked without the ledger.

Rules kept: a receipt has exactly one spelling and nothing in it is without meaning; what may not be read
is not in it; whoever checks one needs keys alone, no network and no database, and is told what it does not
prove.
"""
