"""Everything in the sample is invented, says so, and still passes every check that real data must pass."""

from __future__ import annotations

from datetime import date

import pytest

from schema.identifiers import parse_container, parse_import_declaration, parse_uscc
from schema.messages.goods import ArrivalAnnouncement, LotRegistrationRequest
from schema.messages.parties import FacilityFiling, OrganisationRegistration
from service.sample import goods
from service.sample.cast import PARTIES, USCC, Party
from service.sample.goods import Consignment
from service.sample.papers import certificate
from service.sample.telling import Parcel

CONSIGNMENTS = (
    goods.WUHAN_2020,
    goods.TIANJIN_2021,
    goods.SHENYANG_2020,
    goods.ZHOUSHAN_2021,
    *goods.YANTAI_2020,
    goods.SECOND_RING_2021,
    *goods.QINGDAO_TO_WUHAN,
    goods.waiting(200001, goods.BEEF, 26_800, date(2026, 11, 22), 3),
)


@pytest.mark.parametrize("party", PARTIES, ids=lambda party: party.slug)
def test_a_party_is_well_formed_and_says_that_it_is_a_sample(party: Party) -> None:
    OrganisationRegistration().load(party.registration())
    assert parse_uscc(USCC[party.slug])[8:10] == "MA"
    for name in (party.name, *(place.name for place in party.places)):
        assert name.startswith("示例")
    for place in party.places:
        FacilityFiling().load(place.filing(1))


def test_nobody_and_nothing_has_the_same_number_twice() -> None:
    assert len(set(USCC.values())) == len(PARTIES)
    assert len({each.container for each in CONSIGNMENTS}) == len(CONSIGNMENTS)
    assert len({each.slug for each in CONSIGNMENTS}) == len(CONSIGNMENTS)


@pytest.mark.parametrize("consignment", CONSIGNMENTS, ids=lambda each: each.slug)
def test_a_consignment_is_well_formed_and_says_that_it_is_a_sample(consignment: Consignment) -> None:
    importer = USCC[consignment.importer]
    ArrivalAnnouncement().load(consignment.announcement() | {"facility": 1, "importer": importer})
    place = {"arrival": 1, "facility": 1, "received_at": "2026-11-22", "zone": 1}
    LotRegistrationRequest().load(consignment.description() | place)
    parse_container(consignment.container)
    parse_import_declaration(consignment.declaration, consignment.entered.year)
    assert consignment.product.name.startswith("示例")


def test_the_public_facts_of_wuhan_are_told() -> None:
    wuhan = goods.WUHAN_2020
    assert (wuhan.entered, wuhan.pieces, wuhan.grams) == (date(2020, 8, 7), 1006, 27_000_000)


def test_a_paper_is_the_same_picture_whenever_it_is_drawn() -> None:
    drawn = certificate("消毒证明", ["编号 1"])
    assert drawn == certificate("消毒证明", ["编号 1"]) != certificate("消毒证明", ["编号 2"])
    assert drawn.startswith(b"\x89PNG")


def test_what_is_taken_from_a_parcel_adds_up_to_all_of_it() -> None:
    parcel = Parcel(unit=1, lot=1, place="qingdao", pieces=1006, grams=27_000_000)
    taken = [parcel.take(pieces) for pieces in (300, 199, 1, 506)]
    assert (parcel.pieces, parcel.grams) == (0, 0)
    assert sum(portion["grams"] for portion in taken) == 27_000_000
