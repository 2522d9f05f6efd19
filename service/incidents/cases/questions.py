"""The question of exposure that a case asks: from its subject, in its window, by the policy of its region.

Rules kept here: what the author does not say is the policy's in force. The window begins the policy's
look-back before the sample was taken, or before the case was opened where nobody sampled; what was recorded
from the opening on ends no stay and, until an authority accepts it, cuts nothing. A question is recorded with
all of this spelled out, so that it is the same question whenever it is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schema.messages.exposure import ExposureQuery
from schema.messages.written import COLD_CHAIN_IMPORT
from schema.moments import last_second
from service.http.body import load
from service.incidents.cases.opening import goods_of
from service.ledger.store import Connection
from service.parties.lookups import policy_regions
from service.storage import query
from service.tracing.exposure.asking import Known, question, terms_of
from service.tracing.exposure.question import Question

_WORDS = ExposureQuery()


async def asked_now(conn: Connection, case: Mapping[str, Any], terms: Mapping[str, Any]) -> Question:
    """What a case asks now, with the author's ``terms`` instead of the policy's. Raises ``exposure.…``."""
    position, at = await _known(conn, None)
    subject = case["subject"]
    said = {
        **goods_of(subject),
        **subject.get("zone", {}),
        **({"vehicle": subject["vehicle"]} if "vehicle" in subject else {}),
        "sampled_at": case["sampled_at"] or case["opened_at"],
        "known_before": case["opened_in"],
        **terms,
    }
    found = query("parties/read_policies.held_at"), at, list(policy_regions(case["region"]))
    row = await conn.fetchrow(*found, COLD_CHAIN_IMPORT)
    policy = terms_of({} if row is None else row["document"])
    return question(said, Known(position, last_second(at)), policy)


async def asked_again(conn: Connection, exposure: Mapping[str, Any]) -> Question:
    """The question of an answer on record, as of its position."""
    position, at = await _known(conn, exposure["asked_at"])
    return question(load(_WORDS, exposure["question"]), Known(position, last_second(at)), terms_of({}))


async def _known(conn: Connection, position: int | None) -> tuple[int, str]:
    """A position, or the present one, and when the last statement before it was recorded."""
    row = await conn.fetchrow(query("tracing/exposure.last_known"), position)
    assert row is not None  # noqa: S101  (the head has one row)
    return row["position"], row["at"]
