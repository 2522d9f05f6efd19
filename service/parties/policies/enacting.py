"""Policies: which certificates goods need, and what else differs by region and regime, from when to when.

Rules kept here: a regulator enacts for its own jurisdiction and what lies in it, the platform for any. An
edition begins at once or at a moment to come, to the microsecond, and never earlier than it is recorded, for
what was judged stays judged. Of a region and regime one edition holds at a time: the one that began last.
Two may not be set to begin at one instant. One that ends leaves its goods to the wider region's, and where
there is none, that is a gap, and refused. What has not begun may be withdrawn; what has, is replaced.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from typing import Any

from marshmallow import ValidationError

from schema import moments
from schema.identifiers import prefix
from schema.messages.fields import refusal
from schema.messages.policies import PolicyDocument, PolicyEnactment
from schema.messages.written import COLD_CHAIN_IMPORT
from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.ledger.statement import instant
from service.parties.lookups import in_force, policy_regions
from service.parties.speakers import demand_manager, is_platform, organisation_of
from service.parties.standing import Scope
from service.parties.state import EDITION, POLICY, Edition, Policies, Role

_DOCUMENT = PolicyDocument()
MOST_SCHEDULED = 12
"""Editions of a region and regime that wait to begin: one a month for a year."""
MOST_REGIMES = 40
"""Regimes of a region: a row of policies is read by every judgement there."""

Editions = Sequence[dict[str, Any]]


def _decide(data: Data, ctx: Context, world: World) -> Decision:
    region, regime = data["region"], data.get("regime", COLD_CHAIN_IMPORT)
    _check_jurisdiction(region, ctx, world)
    demand_manager(ctx, world)
    _check_document(data["document"])
    begins, ends = _validity(data, ctx)
    known = _editions(region, world)
    _check_room(known, regime, begins, ctx)
    made = {"position": ctx.position, "regime": regime, "begins": begins, "ends": ends}
    _check_gaps([*known, made], region, regime, ctx, world)
    before = in_force(known, regime, begins)
    outcome = {"begins": begins, "ends": ends, "replaces": None if before is None else before["position"]}
    return Decision(outcome)


def _check_jurisdiction(region: str, ctx: Context, world: World) -> None:
    if is_platform(ctx, world):
        return
    organisation = organisation_of(ctx, world)
    if Role.REGULATOR not in organisation.roles:
        raise Refusal("party.role-missing", role=Role.REGULATOR.value, organisation=organisation.id)
    jurisdiction = prefix(organisation.region)
    if not region.startswith(jurisdiction):
        raise Refusal(
            "policy.region-outside-jurisdiction", field="/region", region=region, jurisdiction=jurisdiction
        )


def _check_document(document: Data) -> None:
    # The document steers every judgement that follows: a malformed one would break them all. A change of its
    # schema that refuses what was accepted before is a new version of this judgement.
    try:
        _DOCUMENT.load(document)
    except ValidationError as error:
        causes = refusal(error).causes
        raise Refusal(
            "policy.document-invalid", field="/document", causes=causes, count=len(causes)
        ) from None


def _validity(data: Data, ctx: Context) -> tuple[str, str | None]:
    """When it begins and ends, as recorded times. A day begins, and ends, at its midnights in China."""
    asked, until = data.get("valid_from"), data.get("valid_until")
    begins = ctx.at if asked is None else max(ctx.at, instant(moments.parse(asked).earliest))
    ends = None if until is None else instant(_end(until))
    if ends is not None and ends <= begins:
        raise Refusal("policy.ends-before-beginning", field="/valid_until", ends=until, begins=begins)
    return begins, ends


def _end(text: str) -> datetime:
    """A day is the last one; a time is the instant at which it is over."""
    moment = moments.parse(text)
    return moment.earliest if "T" in text else moment.latest


def _editions(region: str, world: World) -> Editions:
    row = world.get(POLICY, region)
    return [] if row is None else row.editions


def _check_room(known: Editions, regime: str, begins: str, ctx: Context) -> None:
    """Nothing else begins at that instant, and there are not too many."""
    scheduled = [each for each in known if each["regime"] == regime and each["begins"] > ctx.at]
    for each in scheduled:
        if each["begins"] == begins:
            raise Refusal(
                "policy.instant-taken", field="/valid_from", begins=begins, edition=each["position"]
            )
    if begins > ctx.at and len(scheduled) >= MOST_SCHEDULED:
        raise Refusal("policy.too-many-scheduled", field="/valid_from", most=MOST_SCHEDULED)
    if len({each["regime"] for each in known} | {regime}) > MOST_REGIMES:
        raise Refusal("policy.too-many-regimes", field="/regime", regime=regime, most=MOST_REGIMES)


def _check_gaps(editions: Editions, region: str, regime: str, ctx: Context, world: World) -> None:
    """No edition ends, from now on, with nothing that holds at that instant, here or for a wider region."""
    for each in editions:
        if each["regime"] != regime or each["ends"] is None or each["ends"] <= ctx.at:
            continue
        wider = [_editions(held, world) for held in policy_regions(region)[1:]] if region else []
        if not any(in_force(held, regime, each["ends"]) for held in (editions, *wider)):
            raise Refusal("policy.gap", field="/valid_until", regime=regime, ends=each["ends"])


def _project(statement: Statement, position: int, world: World) -> Iterable[Any]:
    data, outcome = statement.data, statement.outcome
    region, regime = data["region"], data.get("regime", COLD_CHAIN_IMPORT)
    begins, ends, document = outcome["begins"], outcome["ends"], data["document"]
    known = world.peek(POLICY, region)
    made = {"position": position, "regime": regime, "begins": begins, "ends": ends, "document": document}
    editions = [*([] if known is None else known.editions), made]
    yield Policies(region, _needed(editions, statement.at), position)
    organisation = statement.actor.organisation
    yield Edition(
        position, region, regime, begins, ends, document, organisation, statement.at, None, position
    )


def _needed(editions: Editions, at: str) -> list[dict[str, Any]]:
    """Those that a judgement can still ask for: recorded times never go back."""
    begun: dict[str, dict[str, Any]] = {}
    for each in sorted(editions, key=lambda each: (each["begins"], each["position"])):
        if each["begins"] <= at:
            begun[each["regime"]] = each
    return [each for each in editions if each["begins"] > at or begun[each["regime"]] is each]


def _reads(data: Data, _world: World) -> Iterable[Stream]:
    yield from ((POLICY, held) for held in policy_regions(data["region"]))


def _withdraw(data: Data, ctx: Context, world: World) -> Decision:
    demand_manager(ctx, world)
    edition = world.get(EDITION, data["edition"])
    if edition is None:
        raise Refusal("policy.edition-not-found", field="/edition", edition=data["edition"])
    _check_jurisdiction(edition.region, ctx, world)
    if edition.withdrawn_at is not None:
        raise Refusal("policy.withdrawn-before", field="/edition", edition=edition.id)
    if edition.begins <= ctx.at:
        raise Refusal("policy.begun", field="/edition", edition=edition.id, begins=edition.begins)
    left = [each for each in _editions(edition.region, world) if each["position"] != edition.id]
    _check_gaps(left, edition.region, edition.regime, ctx, world)
    return Decision({"region": edition.region, "regime": edition.regime})


def _withdrawn(statement: Statement, position: int, world: World) -> Iterable[Any]:
    edition = world.row(EDITION, statement.data["edition"])
    known = world.row(POLICY, edition.region)
    left = [each for each in known.editions if each["position"] != edition.id]
    yield replace(known, editions=_needed(left, statement.at), version=position)
    yield replace(edition, withdrawn_at=statement.at, version=position)


def _withdraw_reads(data: Data, world: World) -> Iterable[Stream]:
    yield (EDITION, data["edition"])
    edition = world.peek(EDITION, data["edition"])
    if edition is not None:
        yield from ((POLICY, held) for held in policy_regions(edition.region))


ENACT_POLICY = Kind("policy-enacted", {2: _decide}, _project, _reads, scope=Scope.PARTIES_WRITE)
WITHDRAW_POLICY = Kind(
    "policy-withdrawn", {1: _withdraw}, _withdrawn, _withdraw_reads, scope=Scope.PARTIES_WRITE
)


def shipped_policies(regime: str = COLD_CHAIN_IMPORT) -> dict[str, Data]:
    """The policies of a regime that come with the product, by region prefix: ``""`` is the national one."""
    return {said["region"]: said["document"] for said in shipped_enactments() if said["regime"] == regime}


def shipped_enactments() -> list[Data]:
    """Every policy that comes with the product, ready to be enacted, the default regime's first."""
    found: list[Data] = []
    for resource in files("schema").joinpath("policies").iterdir():
        if resource.name.endswith(".toml"):
            raw = tomllib.loads(resource.read_text(encoding="utf-8"))
            loaded: Data = PolicyEnactment().load(raw)
            found.append({"regime": COLD_CHAIN_IMPORT, **loaded})
    return sorted(
        found, key=lambda said: (said["regime"] != COLD_CHAIN_IMPORT, said["regime"], said["region"])
    )
