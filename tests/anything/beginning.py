"""Where histories begin: a first station, a plant, stores, a market, shops, and what lies in them."""

from __future__ import annotations

from service.goods.movements import RECEIVE, SHIP
from service.parties import REGISTER_VEHICLE
from service.parties.persons.staff import REGISTER_STAFF, TEST_STAFF
from tests.history import History
from tests.quay import Quay
from tests.settlement import SEALED, Party

CARTON = 20_000
_PLACES = (
    ("processor", "370200", "processing_plant"),
    ("cold_store", "420100", "third_party_store"),
    ("wholesaler", "420100", "market"),
    ("retailer", "370200", "restaurant"),
    ("wholesaler", "210200", "own_use_store"),
)
BEGINNING = "2020-08-20T00:00:00+00:00"


def begin(history: History) -> Quay:
    """Three lots at the station, one of them released and partly brought to every place."""
    quay = Quay(history)
    town = quay.town
    for region in ("370000", "420000", "210000"):
        town.party("regulator", region=region)
    carrier = town.party("carrier", region="370200")
    history.say(REGISTER_VEHICLE, {"kind": "truck", "plate": SEALED}, carrier.manager)
    places: dict[int, Party] = {quay.place: quay.station, quay.counter: quay.shop}
    for role, region, kind in _PLACES:
        party = town.party(role, region=region)
        places[town.facility(party, kind)] = party
    for place, party in places.items():
        _staff(history, party, place)
    released, papered = (quay.lot(pieces, pieces * CARTON) for pieces in (90, 40))
    quay.lot(12, 12 * CARTON)
    quay.papers(released, papered)
    unit = quay.release(released)
    for place, party in places.items():
        if place != quay.place:
            _bring(quay, unit, place, party)
    town.policy("", issuers={}, back_dating_days=20, one_family_in_independent_zones=True)
    return quay


def _staff(history: History, party: Party, place: int) -> None:
    """Two handlers, of whom one is never tested."""
    for tested in (True, False):
        data = {"role": "handler", "facility": place, "name": SEALED}
        staff = history.say(REGISTER_STAFF, data, party.manager).outcome["staff"]
        if tested:
            test = {"staff": staff, "test": "nucleic_acid", "sampled_on": "2020-08-19", "clears": True}
            history.say(TEST_STAFF, test, party.manager)


def _bring(quay: Quay, unit: int, place: int, party: Party) -> None:
    """Ten cartons to where goods are processed, kept or sold."""
    history, items = quay.history, [{"unit": unit, "pieces": 10, "grams": 10 * CARTON}]
    now = history.at.isoformat()
    road = {"facility": quay.place, "destination": place, "departed_at": now, "items": items}
    shipped = history.say(SHIP, road, quay.station.staff)
    arrived = [{**items[0], "unit": shipped.outcome["units"][0]}]
    receipt = {"shipment": shipped.outcome["shipment"], "happened_at": now, "items": arrived}
    history.say(RECEIVE, receipt, party.staff)
