"""One table of requests, put to our witness and to one that nobody here wrote: the same answers."""

from __future__ import annotations

from service.ledger.cosignature import open_cosigned
from tests.asking import CASES, LOG
from tests.witnessing import Running


def test_each_request_has_the_answer_of_the_table(witness: Running) -> None:
    for case in CASES:
        status, kind, text = witness.ask(case.body)
        assert (case.name, status) == (case.name, case.status)
        if case.size is not None:
            assert (case.name, kind, text) == (case.name, "text/x.tlog.size", f"{case.size}\n")


def test_its_cosignatures_hold(witness: Running) -> None:
    for old, new in ((0, 5), (5, 9), (9, 9)):
        status, _, line = witness.ask(LOG.asks(old, new))
        assert status == 200
        _, (one,) = open_cosigned(LOG.note(new) + line, [LOG.signer.verifier], [witness.key], 1)
        assert one.witness == witness.key
