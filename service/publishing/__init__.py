"""What strangers check: checkpoints, tiles, sealed segments, and the fence between database and checkpoint.

Rules it keeps: one publisher at a time; what a published checkpoint covers is committed, and its tiles can be
fetched; a note is written outside the database before anybody else sees it, and none says less than the one
before; a database that does not continue the note is not written.
"""
