"""Policies over the interface: those in force, every edition, enacting and withdrawing; drafts and trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from schema import moments
from schema.messages import policy_views as views
from schema.messages.policies import DEFAULTS, PolicyEnactment, PolicyWithdrawal
from schema.messages.written import COLD_CHAIN_IMPORT
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import DATABASE, READER
from service.http.paging import Slice
from service.http.readers import Reader, demand
from service.http.reads import Ask, Read
from service.http.writes import Draft, Write
from service.ledger import Data
from service.ledger.statement import instant
from service.parties.lookups import policy_regions
from service.parties.policies import drafts
from service.parties.policies.enacting import ENACT_POLICY, WITHDRAW_POLICY, shipped_policies
from service.parties.policies.previewing import Draft as Policy
from service.parties.policies.previewing import differing
from service.parties.standing import Scope
from service.parties.visibility import not_found
from service.storage import query

TAG = "policies"
_FILE = "parties/read_policies"
_DRAFTS = "private/policy_draft"
_SCOPE = Scope.PARTIES_WRITE
_EXAMPLE: dict[str, Any] = {
    "region": "3702",
    "regime": "cold_chain_import",
    "valid_from": "2026-12-01",
    "document": shipped_policies()["3702"],
}
_DRAFT_BODY = views.PolicyDraftBody()


def _now() -> str:
    return instant(datetime.now(UTC))


async def _in_force(ask: Ask) -> Slice[dict[str, Any]]:
    at = ask.query.get("at")
    when = _now() if at is None else instant(moments.parse(at).earliest)
    after = ask.page.after or (None, None)
    rows = await ask.pool.fetch(query(f"{_FILE}.in_force"), when, *after, ask.page.wanted)
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["region"], row["regime"]))


async def _judging(ask: Ask) -> dict[str, Any]:
    """The policy under which goods of a regime would be judged at a place now, with all defaults."""
    prefixes = list(policy_regions(ask.query["region"]))
    regime = ask.query.get("regime", COLD_CHAIN_IMPORT)
    position = await ask.pool.fetchval(query(f"{_FILE}.held_at"), _now(), prefixes, regime)
    if position is None:
        raise not_found()
    row = await ask.pool.fetchrow(query(f"{_FILE}.edition"), _now(), position)
    assert row is not None  # noqa: S101  (editions are never deleted)
    return {**row, "document": {**DEFAULTS, **row["document"]}}


async def _editions(ask: Ask) -> Slice[dict[str, Any]]:
    before = ask.page.after[0] if ask.page.after else None
    filters = [ask.query.get(name) for name in ("region", "regime", "state")]
    rows = await ask.pool.fetch(query(f"{_FILE}.editions"), _now(), before, ask.page.wanted, *filters)
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["position"],))


async def _edition(ask: Ask) -> dict[str, Any]:
    row = await ask.pool.fetchrow(query(f"{_FILE}.edition"), _now(), ask.path["edition"])
    if row is None:
        raise not_found()
    return dict(row)


async def _followed(ask: Ask) -> dict[str, Any]:
    """An edition beside the one before it."""
    edition = await _edition(ask)
    row = await ask.pool.fetchrow(query(f"{_FILE}.held_before"), edition["position"])
    return compared(edition["document"], None if row is None else dict(row))


async def _drafts(ask: Ask) -> Slice[dict[str, Any]]:
    own = drafts.demand_authority(ask.reader)
    before = ask.page.after[0] if ask.page.after else None
    pool = ask.request.app[DATABASE].writer
    rows = await pool.fetch(query(f"{_DRAFTS}.page"), own, before, ask.page.wanted)
    return ask.page.cut([dict(row) for row in rows], lambda row: (row["id"],))


async def _draft(ask: Ask) -> dict[str, Any]:
    return await drafts.one(ask.request.app, ask.reader, ask.path["draft"])


async def _would_follow(ask: Ask) -> dict[str, Any]:
    """A draft beside what holds for its region and regime now, be it a wider region's."""
    draft = await _draft(ask)
    prefixes = list(policy_regions(draft["region"]))
    row = await ask.pool.fetchrow(query(f"{_FILE}.held_at"), _now(), prefixes, draft["regime"])
    return compared(draft["document"], None if row is None else dict(row))


def compared(document: Data, other: Mapping[str, Any] | None) -> dict[str, Any]:
    """What ``document`` says otherwise than ``other``, a row with its position; defaults count as said."""
    before = {} if other is None else {**DEFAULTS, **other["document"]}
    changes = differing(before, {**DEFAULTS, **document})
    return {
        "against": None if other is None else other["position"],
        "changes": [{"place": place, "before": old, "after": new} for place, old, new in changes],
    }


async def _preview(ask: Ask) -> dict[str, Any]:
    return await drafts.preview(ask.request.app, ask.reader, ask.path["draft"])


async def _differences(ask: Ask) -> Slice[dict[str, Any]]:
    await _preview(ask)
    after = ask.page.after or (None, None)
    pool = ask.request.app[DATABASE].writer
    rows = await pool.fetch(
        query("private/policy_preview.differences"), ask.path["draft"], *after, ask.page.wanted
    )
    beside = ("position", "intent", "organisation")
    told = [{**row["found"], **{name: row[name] for name in beside}} for row in rows]
    return ask.page.cut(told, lambda row: (row["position"], row["intent"]))


async def _add(request: web.Request) -> web.Response:
    kept = await drafts.keep(request.app, _speaker(request), load(_DRAFT_BODY, await json_body(request)))
    return _answer({"id": kept}, 201, {"Location": f"/api/v1/policy-drafts/{kept}"})


async def _change(request: web.Request) -> web.Response:
    body = load(_DRAFT_BODY, await json_body(request))
    return _answer({"id": await drafts.keep(request.app, _speaker(request), body, _id(request))})


async def _remove(request: web.Request) -> web.Response:
    await drafts.remove(request.app, _speaker(request), _id(request))
    return web.Response(status=204)


async def _try(request: web.Request) -> web.Response:
    await begin_preview(request, _id(request))
    return _answer(await _state(request), 202)


async def begin_preview(request: web.Request, draft: int) -> None:
    """Try a draft on the ledger. Raises Problem ``policy-draft.preview-…`` or ``request.not-found``."""
    found = await drafts.one(request.app, _speaker(request), draft)
    policy = Policy(found["region"], found["regime"], found["document"])
    await request.app[drafts.PREVIEWS].begin(draft, policy)


async def _state(request: web.Request) -> Any:
    return _PREVIEW_VIEW.dump(await drafts.preview(request.app, request[READER], _id(request)))


def _speaker(request: web.Request) -> Reader:
    reader = request[READER]
    demand(reader, _SCOPE)
    return reader


def _id(request: web.Request) -> int:
    return int(request.match_info["draft"])


def _answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type=JSON, headers=headers)


async def _known_kinds(draft: Draft) -> Draft:
    """Raises Problem ``policy.kind-unknown``."""
    drafts.demand_known_kinds(draft.app, draft.data["document"])
    return draft


_PREVIEW_VIEW = views.PreviewView()
_ONE = "/api/v1/policy-drafts/{draft:id}"

WRITES = (
    Write(
        "/api/v1/policies", ENACT_POLICY, PolicyEnactment,
        "Enact a policy for a region and regime, at once or from a moment on", prepare=_known_kinds,
        tag=TAG, example=_EXAMPLE,
    ),
    Write(
        "/api/v1/policy-editions/{edition:id}/withdrawal", WITHDRAW_POLICY, PolicyWithdrawal,
        "Withdraw a policy that has not begun", tag=TAG,
    ),
)  # fmt: skip

READS: Sequence[Read] = (
    Read("/api/v1/policies", "policies", "The policies in force, by region prefix and regime; now or then",
         _in_force, views.PolicyView, views.PolicyQuery, cursor=(str, str), tag=TAG),
    Read("/api/v1/policy-judging", "policy-judging",
         "The policy under which goods of a regime are judged in a region now, with what it leaves out",
         _judging, views.PolicyView, views.JudgingQuery, tag=TAG),
    Read("/api/v1/policy-editions", "policy-editions", "Every policy that was enacted, newest first",
         _editions, views.PolicyView, views.EditionQuery, cursor=(int,), tag=TAG),
    Read("/api/v1/policy-editions/{edition:id}", "policy-edition", "A policy that was enacted",
         _edition, views.PolicyView, tag=TAG),
    Read("/api/v1/policy-editions/{edition:id}/comparison", "policy-edition-comparison",
         "What a policy changed of the one before it", _followed, views.ComparisonView, tag=TAG),
    Read("/api/v1/policy-drafts", "policy-drafts", "Your organisation's drafts, newest first",
         _drafts, views.PolicyDraftView, scope=_SCOPE, cursor=(int,), tag=TAG),
    Read(_ONE, "policy-draft", "A draft", _draft, views.PolicyDraftView, scope=_SCOPE, tag=TAG),
    Read(f"{_ONE}/comparison", "policy-draft-comparison", "What a draft would change of what holds now",
         _would_follow, views.ComparisonView, scope=_SCOPE, tag=TAG),
    Read(f"{_ONE}/preview", "policy-draft-preview", "How far the trial of a draft is, and what it found",
         _preview, views.PreviewView, scope=_SCOPE, tag=TAG),
    Read(f"{_ONE}/preview/differences", "policy-draft-differences",
         "Statements, and intents that were refused, that a draft judges otherwise, in order", _differences,
         views.DifferenceView, scope=_SCOPE, cursor=(int, int), tag=TAG),
)  # fmt: skip

ACTIONS = (
    Action("POST", "/api/v1/policy-drafts", "policy-draft-added", "Keep a new draft", _add, status=201,
           body=views.PolicyDraftBody, response=views.DraftKept, scope=_SCOPE, tag=TAG),
    Action("PUT", _ONE, "policy-draft-changed", "Change a draft", _change,
           body=views.PolicyDraftBody, response=views.DraftKept, scope=_SCOPE, tag=TAG),
    Action("DELETE", _ONE, "policy-draft-removed", "Delete a draft", _remove, status=204,
           scope=_SCOPE, tag=TAG),
    Action("POST", f"{_ONE}/preview", "policy-draft-tried",
           "Try a draft on what was recorded in the last 90 days; this answers at once, the trial goes on",
           _try, status=202, response=views.PreviewView, scope=_SCOPE, tag=TAG),
)  # fmt: skip
