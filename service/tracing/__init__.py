"""Where goods came from and where they are: upstream to origins, downstream to every present holder.

Rules that it keeps: quantities add up (tracing/accounts.py says how); a trace shows what its reader may
see of every single thing, and for a business ends after one step on either side
(service/parties/visibility.py); all queries of one answer see the ledger at one position. The lineage is
walked in SQL by one recursive ``UNION`` over ``goods.edge``; units and the nodes of transformations share
one space of ids.
"""
