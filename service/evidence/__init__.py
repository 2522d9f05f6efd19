"""Evidence: a whole case, or what another authority is asked for, as one file that is checked without us.

Rules kept: a pack has exactly one spelling; whoever checks one needs the ledger's public key alone; what its
reader may not see is not in it; each making of one is on record before the file is handed out.
"""
