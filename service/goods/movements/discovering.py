"""Goods that nobody knew of: found in a store, seized in it, or lying there without a label.

Rules kept here: they become a lot without papers, in quarantine and held from the start, with a finding.
What nobody knows of them stays unknown. They leave only into destruction, into an authority's hands, or as
samples: without an arrival there is no release for them. A fact; a zone that is not for such goods, and a
closed place, are breaches more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.problems import Refusal
from service.codes.state import ISSUED_CODE
from service.goods.accounts import opened
from service.goods.batch_codes import issued, unused_batch_code
from service.goods.movements import flow, rules, zoning
from service.goods.movements.telling import streams, tell
from service.goods.state import Lot, Pack, UnitState
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties import FACILITY

_UNKNOWN = "—"


def decide(data: Data, ctx: Context, world: World) -> Decision:
    """``lot`` and ``unit`` of the outcome are what was found; always in breach, so always held."""
    facility = rules.own_facility(data["facility"], ctx, world)
    zone = rules.zone_of(facility, data["zone"])
    telling = tell("goods-found", data, ctx, world, facility)
    code = unused_batch_code(data["code"], facility.region, world)
    telling.broken.append(Refusal("found.without-papers", how=data["how"], code=code, grams=data["grams"]))
    telling.broken += rules.zone_unfit(zone, facility, UnitState.QUARANTINED)
    telling.broken += zoning.mixed(zone, facility, [ctx.id()], telling.policy, world)
    telling.broken += rules.out_of_service(facility)
    telling.accounts.give(None, ctx.id(1), data.get("pieces"), data["grams"])
    outcome = {
        "lot": ctx.id(),
        "unit": ctx.id(1),
        "units": [ctx.id(1)],
        "code": code,
        **telling.accounts.outcome,
        **zoning.occupies(zone, facility, [ctx.id()], telling.policy, world),
    }
    return telling.decided(outcome, [ctx.id()], holding=True)


def project(statement: Statement, position: int, world: World) -> Iterator[Any]:
    """The lot with its code, and the unit under its hold."""
    data, outcome = statement.data, statement.outcome
    holder = statement.actor.organisation
    yield _lot(statement, position)
    yield issued(outcome["code"], outcome["lot"], position)
    yield opened(
        id=outcome["unit"],
        lot=outcome["lot"],
        family=outcome["lot"],
        owner=holder,
        custodian=holder,
        facility=data["facility"],
        zone=data["zone"],
        region=world.row(FACILITY, data["facility"]).region,
        state=UnitState.QUARANTINED,
        pieces=data.get("pieces"),
        grams=data["grams"],
        pack=Pack(data.get("pack", Pack.CARTON)),
        made_at=data["happened_at"],
        version=position,
        holds=outcome["holds"],
    )
    yield from zoning.entered(statement, position)
    yield from flow.events(statement, position, [outcome["lot"]], data["facility"], data["happened_at"])


def _lot(statement: Statement, position: int) -> Lot:
    """A lot of which only what was seen is known; a family of its own."""
    data, outcome = statement.data, statement.outcome
    return Lot(
        id=outcome["lot"],
        family=outcome["lot"],
        code=outcome["code"],
        organisation=statement.actor.organisation,
        facility=data["facility"],
        arrival=None,
        parents=[],
        product=data["product"],
        product_en=data.get("product_en"),
        category=data["category"],
        specification=data.get("specification", _UNKNOWN),
        hs=None,
        gtin=None,
        temperature_class=data["temperature_class"],
        country=data.get("country"),
        establishment=data.get("establishment"),
        production_batch=data.get("production_batch"),
        produced_on=None,
        best_before=data.get("best_before"),
        received_at=data["happened_at"],
        pieces=data.get("pieces"),
        grams=data["grams"],
        released_pieces=0,
        released_grams=0,
        certificates=[],
        details={"how": data["how"], "circumstances": data["circumstances"]},
        version=position,
    )


def reads(data: Data, world: World) -> Iterator[Stream]:
    """The place with the policy there, the code that must be new, and the crew."""
    yield from streams(data, (), world)
    yield from rules.facility_streams(data["facility"], world)
    yield from zoning.zone_streams(data["facility"], data["zone"])
    yield ISSUED_CODE, data["code"]


FIND = Kind("goods-found", {1: decide}, project, reads, made=("code",))
