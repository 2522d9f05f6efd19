"""Organisations that are named by their social credit code: people know that, the ledger keeps the id.

The register is open to whoever knows the exact code, so an organisation may be named that one does not deal
with yet. A code that nobody is registered under is answered like an id that nobody has.
"""

from __future__ import annotations

from schema.problems import Problem
from service.http.keys import DATABASE, REGISTER_KEYS
from service.http.writes import Draft
from service.parties.visibility import sight
from service.storage import query


async def new_owner(draft: Draft) -> Draft:
    """``to`` from ``to_uscc``. Raises Problem ``transfer.no-such-owner`` or ``message.invalid``."""
    return await _by_code(draft, "to", "transfer.no-such-owner", required=True)


async def receiving_authority(draft: Draft) -> Draft:
    """``authority`` from ``authority_uscc``. Raises Problem ``authority.not-found``, ``message.invalid``."""
    return await _by_code(draft, "authority", "authority.not-found", required=True)


async def sampling_authority(draft: Draft) -> Draft:
    """``authority`` from ``authority_uscc``, where it is stated. Raises Problem ``authority.not-found``."""
    return await _by_code(draft, "authority", "authority.not-found", required=False)


async def _by_code(draft: Draft, name: str, code: str, *, required: bool) -> Draft:
    data = dict(draft.data)
    uscc = data.pop(f"{name}_uscc", None)
    if uscc is None:
        if required and name not in data:
            raise Problem(
                "message.invalid", causes=(Problem("message.required", field=f"/{name}_uscc"),), count=1
            )
        return draft
    known_as = draft.app[REGISTER_KEYS].of(uscc)
    found = await draft.app[DATABASE].reader.fetchrow(
        query("parties/read_register.organisations_page"), *sight(draft.reader), None, 1, known_as, None
    )
    if found is None:
        raise Problem(code, field=f"/{name}_uscc", organisation=uscc)
    return draft.with_data({**data, name: found["id"]})
