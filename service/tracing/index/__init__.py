"""The trace index: lineage, stays and holders in arrays, in this process, a moment behind the ledger.

What it is trusted for: nothing. It proposes; every answer of it is what SQL answers as of the same position,
and is left to SQL where the index is off, behind, or cannot say. It judges nothing and is no truth of its
own: drop it and it is made again from the tables.
"""
