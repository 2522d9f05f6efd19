"""A small witness (C2SP tlog-witness) for whoever watches a ledger: a regulator, an industry body, a rival.

It runs on its own machine, knows a ledger by its public key alone, and needs no database. Rules kept: for
each log it cosigns one growing history and never two roots of one size; what it cosigned is on disk before
anybody gets the cosignature; its times never go back; a log that shows it another history is refused, and
what it showed is kept, since a signature under two histories is proof that nobody can take back.
"""
