"""Copies detected: what no single statement shows, found in scans, receipts, papers and times together.

Rules kept here: a detector is a pure function of rows and of the policy in force (detectors.py); what it
finds is said as a statement of the platform, which the ledger judges on the evidence once more (raising.py),
and which makes a finding like any other; the same evidence raises nothing twice. Nothing is guessed: a scan
has a place only where who scanned named it (scans.py). Goods are held only where the policy says so.
``runner.py`` asks for the rows (gathering.py) and proposes; one process at a time does.
"""
