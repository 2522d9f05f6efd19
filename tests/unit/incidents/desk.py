"""The bazaar with a case on it: what its authority and those who are asked may say about it."""

from __future__ import annotations

from typing import Any

from service.incidents.cases.closing import CLOSE_CASE, REOPEN_CASE
from service.incidents.cases.exposures import RECORD_EXPOSURE
from service.incidents.cases.opening import OPEN_CASE
from service.incidents.cases.requests import ACKNOWLEDGE_REQUEST, ANSWER_REQUEST, MAKE_REQUEST
from service.incidents.cases.state import CASE, CASE_REQUEST, CaseFile, CaseRequest
from service.incidents.cases.testing import TEST_CASE
from service.ledger import Data
from tests.refusing import Said
from tests.unit.incidents.bench import DIGEST, Bench


class Desk(Bench):
    """Whoever says something is named by the bazaar's names; Qingdao leads unless another does."""

    def opening(self, **changes: Any) -> Data:
        """A case about the beef, unless another subject is named."""
        names = ("lots", "arrivals", "units", "zone", "vehicle")
        subject = {name: changes.pop(name) for name in names if name in changes}
        return {
            "number": "青卫查 2020-1",
            "hazard": "sars_cov_2",
            "subject": subject or {"lots": [self.ids["lot"]]},
            **changes,
        }

    def open(self, who: str = "qingdao", **changes: Any) -> int:
        """Open it; its id."""
        return int(self.say(who, OPEN_CASE, self.opening(**changes)).outcome["case"])

    def case(self, key: int) -> CaseFile:
        """A case as it is now."""
        return self.history.row(CASE, key)

    def testing(self, case: int, stage: str, result: str, test: str = "T1") -> Data:
        """A result of a case."""
        return {"case": case, "stage": stage, "result": result, "test": test}

    def tested(self, case: int, *results: tuple[str, str]) -> CaseFile:
        """Record results one after the other; the case after them."""
        for number, (stage, result) in enumerate(results, start=len(self.case(case).tests)):
            self.say("qingdao", TEST_CASE, self.testing(case, stage, result, f"T{number}"))
        return self.case(case)

    def cleared(self, **changes: Any) -> int:
        """A case that a negative re-test cleared."""
        case = self.open(**changes)
        self.tested(case, ("screening", "positive"), ("retest", "negative"))
        return case

    def closed(self, **changes: Any) -> int:
        """A case that is closed."""
        case = self.cleared(**changes)
        self.say("qingdao", CLOSE_CASE, self.closing(case))
        return case

    def closing(self, case: int) -> Data:
        """How a case ends."""
        return {"case": case, "conclusion": "no_hazard"}

    def reopening(self, case: int) -> Data:
        """Why it begins again."""
        return {"case": case, "reason": "new_result"}

    def reopen(self, case: int) -> CaseFile:
        """Open it again."""
        self.say("qingdao", REOPEN_CASE, self.reopening(case))
        return self.case(case)

    def recording(self, case: int, **changes: Any) -> Data:
        """What was exposed, as it was known now."""
        known = {"asked_at": self.history.position, "digest": DIGEST, "counts": {"units": 3, "lots": 1}}
        return {
            "case": case,
            "question": {"seeds": {"lots": [self.ids["lot"]]}, "hops": 1},
            **known,
            **changes,
        }

    def exposure(self, case: int, **changes: Any) -> int:
        """Record it; its id."""
        said = self.say("qingdao", RECORD_EXPOSURE, self.recording(case, **changes))
        return int(said.outcome["exposure"])

    def asking(self, case: int, **changes: Any) -> Data:
        """Something that the station shall do."""
        return {
            "case": case,
            "to": self.story.parties["station"].organisation,
            "asks": ["seal_stock", "count"],
            "lots": [self.ids["lot"]],
            "hours": 24,
            **changes,
        }

    def asked(self, case: int, **changes: Any) -> int:
        """Ask it; the request's id."""
        return int(self.say("qingdao", MAKE_REQUEST, self.asking(case, **changes)).outcome["request"])

    def request(self, key: int) -> CaseRequest:
        """A request as it is now."""
        return self.history.row(CASE_REQUEST, key)

    def acknowledge(self, request: int, who: str = "station") -> CaseRequest:
        """Its addressee has seen it."""
        self.say(who, ACKNOWLEDGE_REQUEST, {"request": request})
        return self.request(request)

    def answering(self, request: int, **changes: Any) -> Data:
        """What the station did, and found."""
        counted = [{"unit": self.ids["unit"], "pieces": 1, "grams": 27_000}]
        return {"request": request, "answer": "done", "counted": counted, **changes}

    def answered(self, request: int, who: str = "station", **changes: Any) -> CaseRequest:
        """Answer it."""
        self.say(who, ANSWER_REQUEST, self.answering(request, **changes))
        return self.request(request)

    def said(self, who: str, kind: Any, data: Data, field: str, *facts: object) -> Said:
        """A row of a table of refusals."""
        told = tuple(str(fact) for fact in facts)
        return Said(kind, data, self.story.parties[who].manager, told, field)
