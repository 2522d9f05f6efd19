"""An audit from outside: a ledger followed over the network by whoever does not trust who runs it.

It needs the ledger's public key and nothing of its house. Rules kept: nothing that was fetched is believed
before it led to a root that the ledger signed; a newer checkpoint replaces the one that is kept only after
all entries between them were read and the one extends the other; what shows the ledger to have broken its
word is on disk, as it was served, before the alarm is given; what was not checked is said.
"""
