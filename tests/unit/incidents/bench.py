"""The bazaar with its regulators: what is asked of holds and findings about its goods."""

from __future__ import annotations

from typing import Any

from schema.problems import Refusal
from service.goods.state import UNIT, Unit
from service.incidents.findings import ANSWER_FINDING, ASSIGN_FINDING, CLOSE_FINDING, RAISE_FINDING
from service.incidents.holds import LIFT_HOLD, PLACE_HOLD
from service.incidents.restraint import holds_in_force
from service.incidents.state import FINDING, HOLD, Finding, Hold
from service.ledger import Data, Kind, Statement
from tests.integration.reading.bazaar import CARTON, Bazaar, bazaar

DIGEST = "ab" * 32

__all__ = ["CARTON", "DIGEST", "Bench"]


class Bench:
    """Goods in many hands, and everybody who may say something about them, by name."""

    def __init__(self) -> None:
        self.story: Bazaar = bazaar()
        self.history = self.story.history
        self.ids = self.story.ids
        self.places = self.story.places

    def say(self, who: str, kind: Kind, data: Data) -> Statement:
        """Said by the manager of one of the parties."""
        return self.history.say(kind, data, self.story.parties[who].manager)

    def refused(self, who: str, kind: Kind, data: Data) -> Refusal:
        """Refused; the words are there in both languages."""
        return self.history.refused(kind, data, self.story.parties[who].manager)

    def order(self, **changes: Any) -> Data:
        """A hold of what is named, else of the beef."""
        named = {name: changes.pop(name) for name in ("lots", "arrivals", "units") if name in changes}
        return {
            "question": named or {"lots": [self.ids["lot"]]},
            "asked_at": self.history.position,
            "digest": DIGEST,
            "reason": "positive",
            **changes,
        }

    def place(self, who: str = "qingdao", **changes: Any) -> Hold:
        """Hold it."""
        return self.hold(self.say(who, PLACE_HOLD, self.order(**changes)).outcome["hold"])

    def lift(self, who: str, hold: int, **changes: Any) -> Statement:
        """Lift it."""
        return self.say(who, LIFT_HOLD, {"hold": hold, "reason": "test_negative", **changes})

    def hold(self, key: int) -> Hold:
        """A hold as it is now."""
        return self.history.row(HOLD, key)

    def finding(self, key: int) -> Finding:
        """A finding as it is now."""
        return self.history.row(FINDING, key)

    def unit(self, key: int) -> Unit:
        """A unit as it is now."""
        return self.history.row(UNIT, key)

    def held(self, key: int) -> list[int]:
        """The holds in force on a unit."""
        unit = self.unit(key)
        return [hold.id for hold in holds_in_force(unit.holds, unit.lot, self.history.world)]

    def covered(self, hold: int) -> set[int]:
        """Every unit that a hold in force is on."""
        return {unit.id for unit in self.history.rows(UNIT) if hold in self.held(unit.id)}

    def raised(self, who: str = "hubei", **changes: Any) -> Finding:
        """A finding about the wholesaler's place."""
        data = {"facility": self.places["wholesaler"], "rule": "unlabelled", **changes}
        return self.finding(self.say(who, RAISE_FINDING, data).outcome["finding"])

    def answer(self, finding: int, who: str = "wholesaler", **changes: Any) -> Statement:
        """Answer it."""
        return self.say(who, ANSWER_FINDING, {"finding": finding, "explanation": "remedied", **changes})

    def assign(self, finding: int, who: str = "hubei", **changes: Any) -> Statement:
        """Give it to somebody else or another time."""
        return self.say(who, ASSIGN_FINDING, {"finding": finding, **changes})

    def close(self, finding: int, who: str = "hubei", **changes: Any) -> Statement:
        """Close it."""
        return self.say(who, CLOSE_FINDING, {"finding": finding, "conclusion": "resolved", **changes})
