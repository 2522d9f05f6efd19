"""The state as if a statement had not been made: what it moved goes back, what it changed is as before.

Only what a judgement of the same kind would look at is put back; what the statement itself made is of no
concern, for its replacement makes it again under the same ids. What flowed goes back from the flows of the
outcome, for every movement alike; the rest is a function a kind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.codes.state import ISSUED_CODE
from service.goods.accounts import Way, moved
from service.goods.corrections.said import Said
from service.goods.state import ARRIVAL, CERTIFICATE, LOT, PAPER_FILE, RELEASE, SHIPMENT, UNIT, Lot
from service.ledger.kinds import IDS_PER_POSITION
from service.ledger.world import Fork, Key, Projection


def nothing(_said: Said, _fork: Fork) -> None:
    """For what leaves nothing behind but flows and its own rows."""


def give_back(said: Said, fork: Fork) -> None:
    """What was taken from units that were there before is on hand again, be it in an empty unit."""
    if said.data is None:
        return
    for source, to, pieces, grams in said.outcome.get("flows", ()):
        if isinstance(source, int) and source // IDS_PER_POSITION != said.root:
            way = Way(to) if isinstance(to, str) else Way.OUT
            fork.put([moved(_row(fork, UNIT, source), -(pieces or 0), -grams, way)])


def _row(fork: Fork, projection: Projection[Any], key: Key) -> Any:
    row = fork.get(projection, key)
    if row is None:
        raise LookupError(f"{projection.name} {key} is named and does not exist")
    return row


def stored(said: Said, fork: Fork) -> None:
    """The zone that it was in."""
    unit = _row(fork, UNIT, said.last["unit"])
    if said.data is not None:
        fork.put([replace(unit, zone=said.outcome["from"])])


def transferred(said: Said, fork: Fork) -> None:
    """The owner that it had."""
    unit = _row(fork, UNIT, said.last["unit"])
    if said.data is not None:
        fork.put([replace(unit, owner=said.outcome["from"])])


def counted(said: Said, fork: Fork) -> None:
    """What was on hand when it was counted: as counted, where that did not differ."""
    if said.data is None:
        return
    held = {each["facts"]["unit"]: each["facts"] for each in said.breach if each["rule"] == "stock.differs"}
    for item in said.data["items"]:
        facts = held.get(item["unit"], {})
        pieces = facts.get("held_pieces", item.get("pieces"))
        grams = facts.get("held_grams", item["grams"])
        fork.put([replace(_row(fork, UNIT, item["unit"]), pieces=pieces, grams=grams)])


def unreceived(said: Said, fork: Fork) -> None:
    """The shipment is still on the road."""
    shipment = _row(fork, SHIPMENT, said.last["shipment"])
    fork.put([replace(shipment, received_at=None)])


def unadmitted(said: Said, fork: Fork) -> None:
    """The shipment is still outside the market's gate."""
    shipment = _row(fork, SHIPMENT, said.last["shipment"])
    fork.put([replace(shipment, admitted_at=None, received_at=None)])


def unopened(said: Said, fork: Fork) -> None:
    """The container is still shut."""
    arrival = _row(fork, ARRIVAL, said.last["arrival"])
    if said.data is not None:
        fork.put([replace(arrival, opened_at=None, seal_intact=None)])


def unregistered(said: Said, fork: Fork) -> None:
    """The code is free, and the arrival holds less."""
    fork.forget(ISSUED_CODE, said.last["code"])
    arrival = _row(fork, ARRIVAL, said.last["arrival"])
    if said.data is not None:
        left = arrival.registered_grams - said.data["grams"]
        fork.put([replace(arrival, registered_grams=left)])


def uncoded(said: Said, fork: Fork) -> None:
    """The codes of what was made, or found, are free."""
    for made in said.last.get("outputs", [said.last]):
        fork.forget(ISSUED_CODE, made["code"])


def unrecorded(said: Said, fork: Fork) -> None:
    """Number and scan are free, and the lots lack the paper."""
    if said.data is None:
        return
    key = said.outcome["key"]
    fork.forget(CERTIFICATE, key)
    digest = said.data.get("file")
    if digest is not None:
        file = _row(fork, PAPER_FILE, digest)
        fork.put([replace(file, certificates=[each for each in file.certificates if each != key])])
    for lot_id in said.data["lots"]:
        lot: Lot = _row(fork, LOT, lot_id)
        fork.put([replace(lot, certificates=[each for each in lot.certificates if each != key])])


def unreleased(said: Said, fork: Fork) -> None:
    """Lot and papers have not given it."""
    if said.data is None:
        return
    lot: Lot = _row(fork, LOT, said.data["lot"])
    less = lot.released_pieces - said.data["pieces"], lot.released_grams - said.data["grams"]
    fork.put([replace(lot, released_pieces=less[0], released_grams=less[1])])
    _row(fork, RELEASE, said.outcome["release"])
    for part in said.outcome["certificates"]:
        paper = _row(fork, CERTIFICATE, part["key"])
        pieces, grams = paper.released_pieces - part["pieces"], paper.released_grams - part["grams"]
        fork.put([replace(paper, released_pieces=pieces, released_grams=grams)])
