"""The bazaar with a drill on its beef: everybody does what would be done in earnest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from service.goods.state import UNIT
from service.incidents.cases.exposures import RECORD_EXPOSURE
from service.incidents.cases.requests import ACKNOWLEDGE_REQUEST, ANSWER_REQUEST, MAKE_REQUEST
from service.incidents.cases.state import CASE, CaseFile
from service.incidents.drills.finishing import FINISH_DRILL
from service.incidents.drills.planning import PLAN_DRILL
from service.incidents.drills.starting import START_DRILL
from service.incidents.drills.state import DRILL, Drill
from service.ledger import Data
from tests.unit.incidents.bench import DIGEST, Bench

PLAN = {
    "seed": 7,
    "hazard": "sars_cov_2",
    "scheduled_on": "2020-08-21",
    "list_minutes": 30,
    "acknowledge_minutes": 60,
    "located_percent": 90,
}


class Exercise(Bench):
    """``hubei`` leads the drill; the wholesaler and the shop, both in Wuhan, have some of the beef."""

    def planned(self, who: str = "hubei", **changes: Any) -> int:
        """Plan one."""
        return int(self.say(who, PLAN_DRILL, {**PLAN, **changes}).outcome["drill"])

    def goods(self, drill: int, lot: str = "lot") -> Data:
        """What the service would have drawn."""
        units = [unit.id for unit in self.history.rows(UNIT) if unit.lot == self.ids[lot]]
        position = self.history.position
        drawn = {"candidates": 2, "digest": DIGEST, "asked_at": position}
        return {"drill": drill, "lot": self.ids[lot], "units": sorted(units), **drawn}

    def started(self, **changes: Any) -> Drill:
        """Plan one and start it."""
        drill = self.planned(**changes)
        self.say("hubei", START_DRILL, self.goods(drill))
        return self.drill(drill)

    def drill(self, key: int) -> Drill:
        """A drill as it is now."""
        return self.history.row(DRILL, key)

    def case(self, drill: Drill) -> CaseFile:
        """Its case as it is now."""
        assert drill.case_file is not None
        return self.history.row(CASE, drill.case_file)

    def later(self, minutes: int) -> None:
        """So many minutes pass, and not a second more: each statement takes one."""
        self.history.now(self.history.at + timedelta(minutes=minutes, seconds=-1))

    def list_made(self, drill: Drill) -> None:
        """What is exposed goes on record."""
        answer = {"asked_at": self.history.position, "digest": DIGEST, "counts": {}}
        said = {"case": drill.case_file, "question": {"lots": [drill.lot]}, **answer}
        self.say("hubei", RECORD_EXPOSURE, said)

    def held_on_paper(self, drill: Drill) -> int:
        """The lot is held under the drill's case."""
        witnesses = [self.ids["shop_unit"]]
        return self.place("hubei", case=drill.case_file, lots=[drill.lot], witnesses=witnesses).id

    def asked(self, drill: Drill, who: str) -> int:
        """A holder is asked to count."""
        said = {
            "case": drill.case_file,
            "to": self.story.parties[who].organisation,
            "asks": ["count"],
            "lots": [drill.lot],
            "hours": 4,
            "witnesses": [self.ids["shop_unit"]],
        }
        return int(self.say("hubei", MAKE_REQUEST, said).outcome["request"])

    def acknowledged(self, request: int, who: str) -> None:
        """It has seen it."""
        self.say(who, ACKNOWLEDGE_REQUEST, {"request": request})

    def counted(self, request: int, who: str, unit: int, grams: int) -> None:
        """It tells what it found of a unit."""
        said = {"request": request, "answer": "done", "counted": [{"unit": unit, "grams": grams}]}
        self.say(who, ANSWER_REQUEST, said)

    def finished(self, drill: Drill, who: str = "hubei") -> Drill:
        """It ends, and is scored."""
        self.say(who, FINISH_DRILL, {"drill": drill.id})
        return self.drill(drill.id)
