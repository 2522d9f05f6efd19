"""How co-operation is written over the interface, and packages are given out and taken in."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence

from aiohttp import web

from schema.messages import cooperation as messages
from schema.problems import Problem
from service.evidence.cooperating import Letter, known_ledgers, open_package, reply_package, request_package
from service.evidence.keeping import PACKS
from service.evidence.manifest import PackKind
from service.evidence.routes import ZIP
from service.http.keys import DATABASE, SETTINGS, VERIFIER, VERIFIERS
from service.http.reads import Ask, Read
from service.http.writes import Draft, Write
from service.incidents import proposals
from service.incidents.cooperation.answering import ACKNOWLEDGE_COOPERATION, ANSWER_COOPERATION, TAKE_REPLY
from service.incidents.cooperation.asking import RECEIVE_COOPERATION, REQUEST_COOPERATION
from service.incidents.cooperation.reading import COOPERATIONS, TAG, goods_of
from service.incidents.cooperation.state import CooperationState, Direction
from service.receipts.trust import LedgerKey

_ONE, _AT = "/api/v1/cooperations/{cooperation:id}", "/api/v1/cooperations/{cooperation}"
_FILE = "UEsDBBQAAAAAAAAAIQA="


async def _about_lots(draft: Draft) -> Draft:
    """With the units that show the lots in the author's region."""
    async with draft.app[DATABASE].reader.acquire() as conn:
        units = await proposals.witnesses(conn, {"lots": draft.data["lots"]}, draft.reader.region)
    return draft.adding(witnesses=sorted(units))


async def _opened(draft: Draft, kind: PackKind) -> Letter:
    """The package that the request holds. Raises Problem ``pack.…``, ``receipt.…`` or ``cooperation.…``."""
    try:
        data = b64decode(draft.data["file"], validate=True)
    except Base64Error:
        raise Problem("cooperation.no-package") from None
    keys = [LedgerKey(verifier) for verifier in draft.app[VERIFIERS]]
    trust = known_ledgers(draft.app[SETTINGS].known_ledgers_file, keys)
    return await asyncio.to_thread(open_package, data, trust, kind)


async def _request_of(draft: Draft) -> Draft:
    """With what the package says, instead of the package."""
    letter = await _opened(draft, PackKind.REQUEST)
    named = ("asks", "drill", "due_at", "hazard", "number", "reference", "region")
    said = {name: letter.said[name] for name in named}
    return draft.with_data({**said, "origin": letter.origin, "package": letter.digest})


async def _reply_of(draft: Draft) -> Draft:
    """The same. Raises Problem ``cooperation.other-request`` for a reply to another ledger."""
    letter = await _opened(draft, PackKind.REPLY)
    own, said = draft.app[VERIFIER].name, letter.said
    if said["asked"] != own:
        raise Problem("cooperation.other-request", reference=said["reference"], asked=said["asked"], own=own)
    data = {"cooperation": said["reference"], "answer": said["answer"]}
    weighed = {} if said["grams"] is None else {"grams": said["grams"]}
    return draft.with_data({**data, **weighed, "origin": letter.origin, "package": letter.digest})


async def _package(ask: Ask) -> web.Response:
    """The request, or for what came from elsewhere the reply.

    Raises Problem ``request.not-found`` or ``cooperation.no-reply-yet``.
    """
    found = await COOPERATIONS.one(ask, ask.path["cooperation"])
    maker = ask.request.app[PACKS].maker
    if found["direction"] == Direction.ASKED:
        content = await request_package(maker, found, await goods_of(ask.pool, found))
    elif found["state"] == CooperationState.ANSWERED:
        content = await reply_package(maker, found)
    else:
        raise Problem("cooperation.no-reply-yet", cooperation=found["id"])
    name = f'attachment; filename="cooperation-{found["id"]}.zip"'
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
    return web.Response(body=content, content_type=ZIP, headers=headers)


WRITES: Sequence[Write] = (
    Write(
        "/api/v1/cases/{case:id}/cooperations", REQUEST_COOPERATION, messages.CooperationRequest,
        "Ask the authority of another region for help", prepare=_about_lots, location=_AT, tag=TAG,
        example={"region": "420100", "asks": ["locate", "seal"], "lots": [10000], "hours": 24},
    ),
    Write(
        f"{_ONE}/acknowledgement", ACKNOWLEDGE_COOPERATION, messages.CooperationAcknowledgement,
        "Say that what your region was asked was seen", location=_AT, tag=TAG, example={},
    ),
    Write(
        f"{_ONE}/answer", ANSWER_COOPERATION, messages.CooperationAnswer, "Answer what your region was asked",
        location=_AT, tag=TAG, example={"answer": "found", "grams": 1080000},
    ),
    Write(
        "/api/v1/cooperation-packages", RECEIVE_COOPERATION, messages.CooperationReceipt,
        "Take in what an authority of another ledger asks", prepare=_request_of, location=_AT, tag=TAG,
        example={"file": _FILE},
    ),
    Write(
        "/api/v1/cooperation-replies", TAKE_REPLY, messages.CooperationReply,
        "Take in the reply of another ledger", prepare=_reply_of, location=_AT, tag=TAG,
        example={"file": _FILE},
    ),
)  # fmt: skip
READS: Sequence[Read] = (
    Read(f"{_ONE}/package", "cooperation-package",
         "A request, or the reply to one, as a sealed package for another ledger", _package, media=(ZIP,),
         tag=TAG),
)  # fmt: skip
