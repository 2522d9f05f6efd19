"""Exposure: which goods stood, travelled or were handled with goods in question, and whose life that cut.

Rules that it keeps: contacts go forward in time only, and spread to what is made of the goods; two that
were together for zero minutes did not meet; an accepted disinfection lies between what was before and after
it, and what is reached only without it is told as cleared. A question says everything that it depends on,
the position of the ledger included, so the same question has the same answer for ever, and a digest.
"""
