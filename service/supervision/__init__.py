"""Supervision: samples of goods and of places, their results, what becomes of failures, plans and counts.

Rules kept here: a sample of goods is said once, where it is taken from its unit (goods-sampled); one of a
place has a statement of its own (sampling.py); who took it reports its result, an authority for its own; a
positive stands until an authority says otherwise, and raises a finding that is answered and closed
(testing.py); how often is to be sampled is a plan (planning.py). ``state`` is what the rules of goods write,
too, so this room's kinds stand in ``kinds``.
"""
