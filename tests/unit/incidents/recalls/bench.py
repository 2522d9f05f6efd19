"""The bazaar with cases and recalls: what is called back, and what becomes of it."""

from __future__ import annotations

from typing import Any

from service.goods.movements import DESTROY
from service.incidents.cases.opening import OPEN_CASE
from service.incidents.recalls.disposing import RECORD_DISPOSAL
from service.incidents.recalls.ordering import ORDER_RECALL
from service.incidents.recalls.reporting import REPORT_RECALL, START_RECALL
from service.incidents.recalls.state import RECALL, RECALL_PART, Recall, RecallPart, part_key
from service.ledger import Data, Statement
from service.ledger.statement import instant
from tests.unit.incidents.bench import CARTON, DIGEST, Bench

HAD = {"station": 40 * CARTON, "wholesaler": 23 * CARTON, "shop": 20 * CARTON}
"""What the service would find that they have or sold, of the beef."""


class Recalls(Bench):
    """Goods that are called back, by name of who says it."""

    def case(self, who: str = "qingdao", *, drill: bool = False, **subject: Any) -> int:
        """A case of the beef, or of another subject."""
        data = {"number": "2020-7", "hazard": "sars_cov_2", "subject": subject or {"lots": [self.ids["lot"]]}}
        return int(self.say(who, OPEN_CASE, {**data, "drill": drill}).outcome["case"])

    def organisation(self, who: str) -> int:
        """The id of a party."""
        return self.story.parties[who].organisation

    def ordering(self, **changes: Any) -> Data:
        """A recall of the beef under a case of Qingdao's; ``case`` None: a business's own."""
        named = {name: changes.pop(name) for name in ("lots", "arrivals", "units") if name in changes}
        case = {"case": changes.pop("case") if "case" in changes else self.case()}
        holders = [{"organisation": self.organisation(who), "grams": grams} for who, grams in HAD.items()]
        return {
            "question": named or {"lots": [self.ids["lot"]]},
            "asked_at": self.history.position,
            "digest": DIGEST,
            "level": 1,
            "reason": "positive",
            "measures": ["stop_sale", "seal"],
            "holders": holders,
            **({} if case["case"] is None else case),
            **changes,
        }

    def ordered(self, who: str = "qingdao", **changes: Any) -> Recall:
        """It is called back."""
        return self.recall(self.say(who, ORDER_RECALL, self.ordering(**changes)).outcome["recall"])

    def recall(self, key: int) -> Recall:
        """A recall as it is now."""
        return self.history.row(RECALL, key)

    def part(self, recall: int, who: str) -> RecallPart:
        """One business's part of it."""
        return self.history.row(RECALL_PART, part_key(recall, self.organisation(who)))

    def begin(self, who: str, recall: int, **changes: Any) -> Statement:
        """A business begins."""
        return self.say(who, START_RECALL, {"recall": recall, "happened_at": self.now, **changes})

    @property
    def now(self) -> str:
        """The recorded time of the next statement, as somebody would say it."""
        return instant(self.history.at)

    def told(self, recall: int, **changes: Any) -> Data:
        """A report that fits what the ledger says: the shop's."""
        return {
            "recall": recall,
            "found_grams": 15 * CARTON,
            "sold_grams": 5 * CARTON,
            "accounted": {"held": 15 * CARTON, "sold": 5 * CARTON, "destroyed": 0, "returned": 0},
            **changes,
        }

    def report(self, who: str, recall: int, **changes: Any) -> Statement:
        """A business reports."""
        return self.say(who, REPORT_RECALL, self.told(recall, **changes))

    def destroyed(self, unit: str = "shop_unit", who: str = "shop", **changes: Any) -> int:
        """Position of a destruction."""
        data = {
            "unit": self.ids[unit],
            "pieces": 1,
            "grams": CARTON,
            "happened_at": "2020-08-19",
            "method": "incineration",
            "evidence": [DIGEST],
            **changes,
        }
        self.say(who, DESTROY, data)
        return self.history.position - 1

    def dispose(self, who: str, statement: int, **of: Any) -> Statement:
        """It is tied to a recall or a case."""
        return self.say(who, RECORD_DISPOSAL, {"statement": statement, **of})
