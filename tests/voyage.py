"""A short trade in which every kind of row is written: from a container to a processed and a sold unit, with
the people and places that it needs, and what goes wrong with it."""

from __future__ import annotations

from schema.ed25519 import write_public
from schema.identifiers import Level, TraceCode
from service.codes.keys import REGISTER_LABEL_KEY
from service.goods import papers
from service.goods.corrections import CORRECT
from service.goods.disinfection import RECORD_DISINFECTION
from service.goods.movements import DESTROY, ISSUE_CASES, PROCESS, RECEIVE, SELL, SHIP, SPLIT, STORE
from service.goods.state import LOT
from service.goods.stock.declaring import DECLARE_STOCK
from service.incidents.detecting.raising import RAISE_SUSPICION
from service.incidents.holds import PLACE_HOLD
from service.ledger import PLATFORM
from service.parties import REGISTER_VEHICLE
from service.parties.persons.erasure import KEEP_PERSON
from service.parties.persons.staff import ASSIGN_SHIFT, REGISTER_STAFF, TEST_STAFF
from tests.handset import Handset
from tests.quay import OUT, Quay
from tests.settlement import SEALED
from tests.signed_labels import HOST, private

CARTON = 27_000
SHIPPED, RECEIVED, SOLD = "2020-08-16", "2020-08-17", "2020-08-18"


def voyage(quay: Quay) -> Quay:
    """Whatever writes another kind of row, once."""
    say, station, shop = quay.history.say, quay.station, quay.shop
    Handset.given(quay.history, station.manager)
    key = write_public(private(1).public_key().public_bytes_raw())
    say(REGISTER_LABEL_KEY, {"public_key": key, "host": HOST}, PLATFORM)
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
    handling = {"bay": "D3", "equipment": "FL-2"}
    say(STORE, {"unit": unit, "zone": 2, "happened_at": OUT, "handling": handling}, station.staff)
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
    _people(quay)
    _zones(quay)
    _goods(quay)
    _suspected(quay, cases[0])
    return quay


def _people(quay: Quay) -> None:
    """Somebody works, is tested and assigned, and is kept on file for a case."""
    say, manager = quay.history.say, quay.station.manager
    staff = say(REGISTER_STAFF, {"role": "handler", "name": SEALED}, manager).outcome["staff"]
    test = {"staff": staff, "test": "nucleic_acid", "sampled_on": "2020-08-19", "clears": True}
    say(TEST_STAFF, test, manager)
    hours = {"begins_at": "2020-08-20T08:00+08:00", "ends_at": "2020-08-20T16:00+08:00"}
    say(ASSIGN_SHIFT, {"facility": quay.place, "crew": [staff], **hours}, manager)
    regulator = quay.town.party("regulator", region="370000")
    case = {"kind": "staff", "subject": staff, "case": "2020-QD-001"}
    say(KEEP_PERSON, case, regulator.manager)
    question = {"lots": [quay.history.rows(LOT)[0].id]}
    hold = {"question": question, "asked_at": 1, "digest": "0" * 64, "reason": "positive"}
    say(PLACE_HOLD, hold, regulator.staff)


def _zones(quay: Quay) -> None:
    """A lot lies in a zone that takes one arrival at a time, which is disinfected; the stock is counted."""
    say, staff = quay.history.say, quay.station.staff
    quay.town.policy("", issuers={}, back_dating_days=3650, one_family_in_independent_zones=True)
    quay.lot(5, 5 * CARTON, zone=4)
    bay = {"facility": quay.place, "bay": "D3"}
    say(RECORD_DISINFECTION, {**bay, "happened_at": OUT, "agent": "chlorine", "crew": []}, staff)
    lines = [{"code": quay.history.rows(LOT)[0].code, "grams": CARTON}]
    say(DECLARE_STOCK, {"facility": quay.place, "as_of": OUT, "lines": lines}, staff)


def _goods(quay: Quay) -> None:
    """Goods are destroyed on evidence, more than there were, and the statement is corrected."""
    say, staff = quay.history.say, quay.station.staff
    burnt = {
        "unit": quay.lot(2, 2 * CARTON).unit,
        "pieces": 3,
        "grams": 3 * CARTON,
        "happened_at": OUT,
        "method": "incineration",
        "evidence": ["cd" * 32],
    }
    position = quay.history.position
    say(DESTROY, burnt, staff)
    less = burnt | {"pieces": 1, "grams": CARTON}
    say(CORRECT, {"position": position, "replacement": less, "reason": "typing"}, staff)


def _suspected(quay: Quay, code: str) -> None:
    """A label was read in Qingdao and, a minute later, in Wuhan."""
    read = {"what": "scan", "code": code}
    pair = [
        {
            **read,
            "at": f"2020-08-20T00:0{minute}:00.000000Z",
            "organisation": who.organisation,
            "facility": place,
        }
        for minute, (who, place) in enumerate(((quay.station, quay.place), (quay.shop, quay.counter)))
    ]
    data = {"rule": "label-outpaced", "subject": code, "evidence": pair}
    quay.history.say(RAISE_SUSPICION, data, PLATFORM)


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
