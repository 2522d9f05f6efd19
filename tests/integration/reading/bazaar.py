"""One container's goods in many hands, told through the real statements: who sees what of it?

Beef comes in at Qingdao for an importer in Shanghai. The station ships some of it to a wholesaler in
Wuhan, who loses a carton on the way, sells on to a shop there and to a plant in Guangzhou. The plant
makes cubes of it for a restaurant. A second lot stays in quarantine. An outsider has a store in Wuhan and
nothing in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from schema.clock import CHINA
from schema.identifiers import Level, TraceCode
from service.goods import arrivals, papers
from service.goods.movements import ISSUE_CASES, PROCESS, RECEIVE, SELL, SHIP
from service.goods.state import CERTIFICATE, LOT, RELEASE
from service.parties.persons.staff import ASSIGN_SHIFT, REGISTER_STAFF
from tests.history import History
from tests.quay import ENTERED, OPENED, Goods, Quay
from tests.settlement import SEALED, Party

CARTON = 27_000
SCAN = b"%PDF-1.4\nscan of a quarantine certificate\n%%EOF\n"
SCAN_DIGEST = hashlib.sha256(SCAN).hexdigest()
DECLARATION = "420220201000000001"


@dataclass
class Bazaar:
    """Parties by name, and the ids of what the table asks for."""

    quay: Quay
    parties: dict[str, Party] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    @property
    def history(self) -> History:
        """All that was said."""
        return self.quay.history


def bazaar() -> Bazaar:
    """Tell the story."""
    quay = Quay(History(), accept_exit_certificates_of_other_provinces=True)
    story = Bazaar(quay, {"station": quay.station, "shop": quay.shop, "platform": quay.town.platform})
    story.places |= {"station": quay.place, "shop": quay.counter}
    _people(story)
    _arrive(story)
    _free(story)
    _trade(story)
    _cubes(story)
    _crew(story)
    return story


def _people(story: Bazaar) -> None:
    town = story.quay.town
    for name, role, region, kind in (
        ("importer", "importer", "310000", None),
        ("wholesaler", "cold_store", "420100", "third_party_store"),
        ("plant", "processor", "440100", "processing_plant"),
        ("restaurant", "retailer", "440100", "restaurant"),
        ("outsider", "wholesaler", "420100", "own_use_store"),
        ("qingdao", "regulator", "370200", None),
        ("hubei", "regulator", "420000", None),
        ("guangzhou", "regulator", "440100", None),
        ("beijing", "regulator", "110000", None),
        ("auditor", "auditor", "110000", None),
    ):
        story.parties[name] = party = town.party(role, region=region, name=f"示例{name}")
        if kind is not None:
            story.places[name] = town.facility(party, kind)


def _crew(story: Bazaar) -> None:
    """Somebody works at the station; what the work demands is tested elsewhere."""
    say, station = story.history.say, story.parties["station"]
    worker = say(REGISTER_STAFF, {"role": "other", "name": SEALED}, station.manager).outcome["staff"]
    day = f"{story.history.at.astimezone(CHINA):%Y-%m-%d}"
    shift = {"facility": story.places["station"], "crew": [worker], "begins_at": day, "ends_at": day}
    story.ids["shift"] = say(ASSIGN_SHIFT, shift, station.manager).outcome["shift"]
    story.ids["worker"] = worker


def _arrive(story: Bazaar) -> None:
    quay, station = story.quay, story.quay.station
    container = {"container": "MSKU9070323", "seal": "CN654321"}
    announced = {
        **container,
        "facility": quay.place,
        "source": "port",
        "importer": story.parties["importer"].uscc,
        "port": "青岛港",
        "entry_on": ENTERED,
        "expected_at": ENTERED,
        "voyage": "025W",
        "vessel": "SECRET VESSEL",
        "bill_of_lading": "SECRETBL01",
        "declaration": DECLARATION,
    }
    quay.arrival = quay.history.say(arrivals.ANNOUNCE, announced, station.staff).outcome["arrival"]
    opening = {"arrival": quay.arrival, "happened_at": OPENED, **container, "seal_intact": True}
    quay.history.say(arrivals.OPEN, opening, station.staff)
    story.ids["arrival"] = quay.arrival


def _free(story: Bazaar) -> None:
    quay, say = story.quay, story.history.say
    staff = quay.station.staff
    beef = quay.lot(100, 100 * CARTON, exporter="SECRET EXPORTER", gtin="06950123456786")
    story.ids["registration"] = quay.history.position - 1
    # The gate asks for the papers of goods that keep: what is past its day is for disposal only.
    keeps_until = datetime.now(UTC).date() + timedelta(days=365)
    waiting = quay.lot(50, 50 * CARTON, best_before=keeps_until.isoformat())
    for goods, name in ((beef, "paper"), (waiting, "waiting_paper")):
        said = quay.paper("quarantine", goods, **({"file": SCAN_DIGEST} if goods is beef else {}))
        story.ids[name] = say(papers.RECORD, said, staff).outcome["certificate"]
    for kind in ("nucleic_acid", "disinfection"):
        say(papers.RECORD, quay.paper(kind, beef), staff)
    story.ids["declaration"] = say(papers.RECORD, _declaration(quay, beef), staff).outcome["certificate"]
    story.ids |= {"lot": beef.lot, "waiting": waiting.lot, "unit": quay.release(beef)}
    cases = [TraceCode.new(Level.CASE, "370200", quay.random).text for _ in range(3)]
    say(ISSUE_CASES, {"lot": beef.lot, "codes": cases}, staff)
    story.ids["code"] = quay.history.row(LOT, beef.lot).code
    story.ids["case"] = cases[0]
    story.ids["release"] = quay.history.rows(RELEASE)[0].code
    story.ids["number"] = quay.history.rows(CERTIFICATE)[0].number


def _declaration(quay: Quay, goods: Goods) -> dict[str, Any]:
    paper = quay.paper("quarantine", goods)
    return {**paper, "kind": "customs_declaration", "number": DECLARATION}


def _trade(story: Bazaar) -> None:
    wholesaler = _sent(story, "station", "wholesaler", story.ids["unit"], 60, lost=1)
    shop = _sent(story, "wholesaler", "shop", wholesaler, 20)
    story.ids["plant_unit"] = _sent(story, "wholesaler", "plant", wholesaler, 10)
    sale = {"unit": shop, "pieces": 5, "grams": 5 * CARTON, "happened_at": "2020-08-18"}
    story.history.say(SELL, sale, story.parties["shop"].staff)
    story.ids |= {"wholesaler_unit": wholesaler, "shop_unit": shop}
    _sent(story, "wholesaler", "shop", wholesaler, 6, arrive=False)


def _cubes(story: Bazaar) -> None:
    code = TraceCode.new(Level.BATCH, "440100", story.quay.random).text
    made = {
        "facility": story.places["plant"],
        "inputs": [{"unit": story.ids["plant_unit"], "pieces": 5, "grams": 5 * CARTON}],
        "outputs": [
            {
                "code": code,
                "product": "冻牛肉块",
                "category": "livestock",
                "specification": "500 g/袋",
                "hs": "0202300090",
                "temperature_class": "frozen",
                "production_batch": "K1",
                "produced_on": "2020-08-18",
                "best_before": "2021-06-01",
                "grams": 5 * CARTON - 500,
            }
        ],
        "loss_grams": 500,
        "loss_reason": "trimming",
        "happened_at": "2020-08-18",
    }
    outcome = story.history.say(PROCESS, made, story.parties["plant"].staff).outcome
    story.ids |= {"cubes": outcome["lots"][0], "cubes_unit": outcome["units"][0], "cubes_code": code}
    _sent(story, "plant", "restaurant", outcome["units"][0], None)


def _sent(
    story: Bazaar, name: str, to: str, unit: int, pieces: int | None, *, lost: int = 0, arrive: bool = True
) -> int:
    """Ship, and receive unless told not to; the unit that arrived, or is on the road."""
    say = story.history.say
    amount = {"grams": 40_000} if pieces is None else {"pieces": pieces, "grams": pieces * CARTON}
    road = {"facility": story.places[name], "destination": story.places[to], "departed_at": "2020-08-18"}
    shipped = say(SHIP, {**road, "items": [{"unit": unit, **amount}]}, story.parties[name].staff).outcome
    story.ids[f"{name}-{to}"] = shipped["shipment"]
    story.ids[f"{name}-{to} unit"] = shipped["units"][0]
    if not arrive:
        return int(shipped["units"][0])
    if pieces is not None:
        amount = {"pieces": pieces - lost, "grams": (pieces - lost) * CARTON}
    item = {"unit": shipped["units"][0], **amount, **({"reason": "damaged"} if lost else {})}
    receipt = {"shipment": shipped["shipment"], "happened_at": "2020-08-18", "items": [item]}
    return int(say(RECEIVE, receipt, story.parties[to].staff).outcome["units"][0])
