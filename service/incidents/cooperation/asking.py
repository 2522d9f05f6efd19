"""An authority asks another for help; an authority takes in what another ledger's asks.

Rules kept here: who leads a case asks, while it is open, about goods that concern its region; its own region
it asks otherwise (service/incidents/cases/requests.py). What comes from another ledger is taken in by an
authority of the region that is asked, once; that its package is sealed by a ledger that is known here was
checked before, and stays checkable by its SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from schema.identifiers import covers
from schema.problems import Refusal
from service.incidents.cases.leading import open_case
from service.incidents.cases.state import CASE, step
from service.incidents.cooperation.state import (
    PACKAGE,
    Cooperation,
    CooperationState,
    Direction,
    Package,
)
from service.incidents.reach import authority, foreign, reach_streams, speaker
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.statement import instant


def _ask(data: Data, ctx: Context, world: World) -> Decision:
    case = open_case(data["case"], ctx, world)
    organisation = speaker(ctx, world)
    if covers(organisation.region, data["region"]):
        raise Refusal("cooperation.own-region", field="/region", region=data["region"])
    goods = {"lots": data["lots"]}
    for pointer, key in foreign(goods, data.get("witnesses", ()), organisation.region, world):
        raise Refusal("case.goods-not-found", field=f"/{pointer}", key=key)
    due_at = instant(ctx.recorded + timedelta(hours=data["hours"]))
    outcome = {"cooperation": ctx.id(), "due_at": due_at, "number": case.number, "hazard": case.hazard}
    return Decision({**outcome, "drill": case.drill})


def _asked(statement: Statement, position: int, world: World) -> Iterator[Any]:
    data, outcome = statement.data, statement.outcome
    case = world.row(CASE, data["case"])
    yield _opened(
        statement,
        position,
        direction=Direction.ASKED,
        case_file=case.id,
        region=data["region"],
        number=outcome["number"],
        hazard=outcome["hazard"],
        drill=outcome["drill"],
        due_at=outcome["due_at"],
        lots=data["lots"],
        note=data.get("note"),
    )
    yield step(statement, position, case.id, outcome["cooperation"])


def _opened(
    statement: Statement,
    position: int,
    *,
    direction: Direction,
    region: str,
    number: str,
    hazard: str,
    drill: bool,
    due_at: str,
    lots: list[int],
    case_file: int | None = None,
    origin: str | None = None,
    reference: int | None = None,
    package: str | None = None,
    note: dict[str, str] | None = None,
) -> Cooperation:
    return Cooperation(
        id=statement.outcome["cooperation"],
        direction=direction.value,
        organisation=statement.actor.organisation,
        case_file=case_file,
        region=region,
        origin=origin,
        reference=reference,
        package=package,
        number=number,
        hazard=hazard,
        drill=drill,
        asks=statement.data["asks"],
        lots=lots,
        state=CooperationState.OPEN.value,
        made_at=statement.at,
        due_at=due_at,
        acknowledged_at=None,
        answered_at=None,
        answered_in=None,
        version=position,
        note=note,
    )


def _ask_reads(data: Data, world: World) -> Iterator[Stream]:
    yield CASE, data["case"]
    yield from reach_streams({"lots": data["lots"]}, data.get("witnesses", ()), world)


def _receive(data: Data, ctx: Context, world: World) -> Decision:
    organisation = authority(ctx, world)
    if not covers(organisation.region, data["region"]):
        raise Refusal("cooperation.not-for-us", region=data["region"], own=organisation.region)
    known = world.get(PACKAGE, data["package"])
    if known is not None:
        raise Refusal("cooperation.package-known", cooperation=known.cooperation)
    return Decision({"cooperation": ctx.id()})


def _received(statement: Statement, position: int, _world: World) -> Iterator[Any]:
    data = statement.data
    named = ("region", "number", "hazard", "drill", "due_at", "origin", "reference", "package")
    yield _opened(
        statement, position, direction=Direction.RECEIVED, lots=[], **{name: data[name] for name in named}
    )
    yield Package(data["package"], statement.outcome["cooperation"], position)


def _receive_reads(data: Data, _world: World) -> Iterator[Stream]:
    yield PACKAGE, data["package"]


FROM_PACKAGE = (*("asks", "drill", "due_at", "hazard", "number", "origin", "package", "reference", "region"),)
"""What a request from another ledger says is in its package."""

REQUEST_COOPERATION = Kind("cooperation-requested", {1: _ask}, _asked, _ask_reads, made=("witnesses",))
RECEIVE_COOPERATION = Kind(
    "cooperation-received", {1: _receive}, _received, _receive_reads, made=FROM_PACKAGE
)
KINDS = [REQUEST_COOPERATION, RECEIVE_COOPERATION]
