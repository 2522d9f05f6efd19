"""Notices: who is told what the ledger says about them, how it reached them, and whether they read it.

Rules kept here: what is told follows from the rows of statements, each thing once; who does not read or
acknowledge in time is tried at the next contact, then the authority is told (telling.py, kinds.py). It is in
the service at once, and goes to the contacts of the organisation by e-mail (mail.py) and webhook
(webhooks.py), which are sealed (contacts.py) and lead nowhere but to public addresses (targets.py). Every
attempt leaves its proof: channel, time, answer, message id and the digest of what was sent (sending.py).

Notices tell no names, goods or amounts: what it is, until when, and where it is read. They are a truth beside
the ledger: that somebody was told and read it is in no statement. One process sends at a time; a message may
come twice after a crash, with the same id.
"""
