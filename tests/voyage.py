"""A short trade in which every kind of row is written: from a container to a processed and a sold unit."""

from __future__ import annotations

from schema.identifiers import Level, TraceCode
from service.goods import papers
from service.goods.movements import ISSUE_CASES, PROCESS, RECEIVE, SELL, SHIP, SPLIT, STORE
from service.parties import ISSUE_TOKEN, REGISTER_VEHICLE
from tests.quay import OUT, Quay
from tests.settlement import SEALED

CARTON = 27_000
SHIPPED, RECEIVED, SOLD = "2020-08-16", "2020-08-17", "2020-08-18"


def voyage(quay: Quay) -> Quay:
    """Everything that a ledger of this issue can say, once."""
    say, station, shop = quay.history.say, quay.station, quay.shop
    say(ISSUE_TOKEN, {"scopes": ["goods:write"]}, station.manager)
    say(REGISTER_VEHICLE, {"kind": "truck", "plate": SEALED}, station.manager)
    plant = quay.town.facility(quay.town.party("processor", region="370200"), "processing_plant")
    goods = quay.lot(100, 100 * CARTON)
    scanned = quay.paper("quarantine", goods, file="ab" * 32)
    say(papers.RECORD, scanned, station.staff)
    for kind in ("nucleic_acid", "disinfection"):
        say(papers.RECORD, quay.paper(kind, goods), station.staff)
    unit = quay.release(goods)
    cases = [TraceCode.new(Level.CASE, "370200", quay.random).text for _ in range(3)]
    say(ISSUE_CASES, {"lot": goods.lot, "codes": cases}, station.staff)
    say(STORE, {"unit": unit, "zone": 2, "happened_at": OUT}, station.staff)
    part = {"pieces": 40, "grams": 40 * CARTON}
    split = say(SPLIT, {"unit": unit, "parts": [part], "happened_at": OUT}, station.staff)
    for destination in (quay.counter, plant):
        road = {"facility": quay.place, "destination": destination, "departed_at": SHIPPED}
        items = [{"unit": split.outcome["units"][0], "pieces": 20, "grams": 20 * CARTON}]
        shipped = say(SHIP, {**road, "items": items}, station.staff)
        holder = shop if destination == quay.counter else quay.town.parties[-1]
        arrived = [{"unit": shipped.outcome["units"][0], "pieces": 20, "grams": 20 * CARTON}]
        receipt = {"shipment": shipped.outcome["shipment"], "happened_at": RECEIVED, "items": arrived}
        received = say(RECEIVE, receipt, holder.staff).outcome["units"][0]
        if holder is shop:
            say(SELL, {"unit": received, "pieces": 1, "grams": CARTON, "happened_at": SOLD}, shop.staff)
        else:
            say(PROCESS, _cubes(quay, plant, received), holder.staff)
    return quay


def _cubes(quay: Quay, plant: int, unit: int) -> dict[str, object]:
    return {
        "facility": plant,
        "inputs": [{"unit": unit, "pieces": 10, "grams": 10 * CARTON}],
        "outputs": [
            {
                "code": TraceCode.new(Level.BATCH, "370200", quay.random).text,
                "product": "冻牛肉块",
                "category": "livestock",
                "specification": "500 g/袋",
                "hs": "0202300090",
                "temperature_class": "frozen",
                "production_batch": "K1",
                "produced_on": RECEIVED,
                "best_before": "2021-06-01",
                "grams": 10 * CARTON - 500,
            }
        ],
        "loss_grams": 500,
        "loss_reason": "trimming",
        "happened_at": RECEIVED,
    }
