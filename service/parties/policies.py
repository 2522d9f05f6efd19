"""Policies: which certificates goods need, and what else differs by region. A prefix's newest one holds.

Rules: a regulator enacts for its own jurisdiction and what lies in it, the platform for any; a policy is
enacted on the day it begins or later, because from then on every judgement is under it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from marshmallow import ValidationError

from schema import moments
from schema.clock import CHINA
from schema.identifiers import prefix
from schema.messages.fields import refusal
from schema.messages.parties import PolicyDocument, PolicyEnactment
from schema.problems import Refusal
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World
from service.parties.speakers import demand_manager, is_platform, organisation_of
from service.parties.standing import Scope
from service.parties.state import POLICY, Policy, Role

_DOCUMENT = PolicyDocument()


def _decide(data: Data, ctx: Context, world: World) -> Decision:
    _check_jurisdiction(data["region"], ctx, world)
    demand_manager(ctx, world)
    document = data["document"]
    # The document steers every judgement that follows: a malformed one would break them all. A change of its
    # schema that refuses what was accepted before is a new version of this judgement.
    try:
        _DOCUMENT.load(document)
    except ValidationError as error:
        causes = refusal(error).causes
        raise Refusal(
            "policy.document-invalid", field="/document", causes=causes, count=len(causes)
        ) from None
    begins = moments.parse_day(document["valid_from"])
    today = ctx.recorded.astimezone(CHINA).date()
    if begins > today:
        raise Refusal(
            "policy.begins-later", field="/document/valid_from", valid_from=str(begins), today=str(today)
        )
    return Decision()


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


def _project(statement: Statement, position: int, _world: World) -> Iterable[Any]:
    yield Policy(statement.data["region"], statement.data["document"], position)


def _reads(data: Data, _world: World) -> Iterable[Stream]:
    yield (POLICY, data["region"])


ENACT_POLICY = Kind("policy-enacted", {1: _decide}, _project, _reads, scope=Scope.PARTIES_WRITE)


def shipped_policies() -> dict[str, Data]:
    """The policies that come with the product, by region prefix: the national one (``""``) and samples."""
    found: dict[str, Data] = {}
    for resource in files("schema").joinpath("policies").iterdir():
        if resource.name.endswith(".toml"):
            raw = tomllib.loads(resource.read_text(encoding="utf-8"))
            loaded: dict[str, Any] = PolicyEnactment().load(raw)
            found[loaded["region"]] = loaded["document"]
    return dict(sorted(found.items()))
