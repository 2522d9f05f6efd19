"""How disinfections are written over the interface."""

from __future__ import annotations

from schema.messages.disinfection import DisinfectionAcceptance, DisinfectionRecord
from schema.problems import Problem
from service.goods.disinfection import ACCEPT_DISINFECTION, RECORD_DISINFECTION
from service.http.files import was_uploaded
from service.http.writes import Draft, Write


async def _with_own_evidence(draft: Draft) -> Draft:
    """Raises Problem ``disinfection.file-not-uploaded``: evidence is shown to whoever sees the record, so
    nobody may claim somebody else's by its digest."""
    file = draft.data.get("file")
    if file is not None and not await was_uploaded(draft.app, draft.reader, file):
        raise Problem("disinfection.file-not-uploaded", field="/file", file=file)
    return draft


WRITES = (
    Write(
        "/api/v1/disinfections", RECORD_DISINFECTION, DisinfectionRecord,
        "Goods, a zone, a vehicle, a bay or equipment were disinfected",
        prepare=_with_own_evidence, location="/api/v1/disinfections/{disinfection}",
        example={"unit": 12000, "happened_at": "2020-08-10T10:00+08:00", "agent": "chlorine",
                 "milligrams_per_litre": 1000, "contact_minutes": 30, "pieces": 1006},
    ),
    Write(
        "/api/v1/disinfections/{disinfection:id}/acceptance", ACCEPT_DISINFECTION, DisinfectionAcceptance,
        "Accept a disinfection that was done in one's region",
        location="/api/v1/disinfections/{disinfection}", example={"grounds": "evidence_checked"},
    ),
)  # fmt: skip
