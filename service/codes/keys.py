"""The keys that sign labels, as the ledger knows them: registered and revoked by the platform.

Rules: an id is made from its key and is given once, so that a revoked key never comes back; a key signs from
now on or later, for two years where nothing else is said; a revocation names since when nothing of the key is
believed, which is not in the future. Private keys are in the trust folder (key_file.py) and never here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from schema import moments
from schema.ed25519 import read_public
from schema.problems import Refusal
from schema.signed_code import key_id
from service.codes.state import LABEL_KEY, LabelKey
from service.ledger import Context, Data, Decision, Kind, Projection, Statement, Stream, World
from service.ledger.statement import instant
from service.parties.speakers import demand_platform
from service.parties.standing import Scope

DAYS = 730
"""How long a key signs where nothing is said."""


def _decide_registration(data: Data, ctx: Context, world: World) -> Decision:
    demand_platform(ctx, world)
    id_ = _id(data)
    if world.get(LABEL_KEY, id_) is not None:
        raise Refusal("label-key.id-taken", key=id_)
    begins = ctx.recorded
    if "valid_from" in data:
        begins = moments.parse(data["valid_from"]).earliest.astimezone(UTC)
        if begins < ctx.recorded:
            raise Refusal("label-key.back-dated", field="/valid_from", valid_from=data["valid_from"])
    try:
        ends = begins + timedelta(days=data.get("valid_days", DAYS))
    except OverflowError:
        raise Refusal("label-key.too-late", field="/valid_from", valid_from=data["valid_from"]) from None
    return Decision(outcome={"key": id_, "valid_from": instant(begins), "valid_until": instant(ends)})


def _project_registration(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    data, outcome = statement.data, statement.outcome
    yield LabelKey(
        id=outcome["key"],
        public_key=data["public_key"],
        host=data["host"],
        valid_from=outcome["valid_from"],
        valid_until=outcome["valid_until"],
        revoked_since=None,
        reason=None,
        registered=position,
        version=position,
    )


def _read_registration(data: Data, _world: World) -> Iterable[Stream]:
    yield (LABEL_KEY, _id(data))


def _id(data: Data) -> str:
    return key_id(read_public(data["public_key"]))


def _decide_revocation(data: Data, ctx: Context, world: World) -> Decision:
    demand_platform(ctx, world)
    key = world.get(LABEL_KEY, data["key"])
    if key is None:
        raise Refusal("label-key.not-found", field="/key", key=data["key"])
    if key.revoked_since is not None:
        raise Refusal("label-key.already-revoked", field="/key", key=key.id, since=key.revoked_since)
    if moments.parse(data["since"]).earliest > ctx.recorded:
        raise Refusal("label-key.since-future", field="/since", since=data["since"])
    return Decision()


def _project_revocation(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data = statement.data
    key = world.row(LABEL_KEY, data["key"])
    yield replace(key, revoked_since=data["since"], reason=data["reason"], version=position)


def _read_revocation(data: Data, _world: World) -> Iterable[Stream]:
    yield (LABEL_KEY, data["key"])


REGISTER_LABEL_KEY = Kind(
    "label-key-registered",
    {1: _decide_registration},
    _project_registration,
    _read_registration,
    scope=Scope.PARTIES_WRITE,
    made=("public_key", "host"),
)
REVOKE_LABEL_KEY = Kind(
    "label-key-revoked",
    {1: _decide_revocation},
    _project_revocation,
    _read_revocation,
    scope=Scope.PARTIES_WRITE,
)
KINDS = [REGISTER_LABEL_KEY, REVOKE_LABEL_KEY]
PROJECTIONS: list[Projection[Any]] = [LABEL_KEY]
