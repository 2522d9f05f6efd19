"""How scans are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from schema.messages.scans import ScanBatch, ScanReceipt
from service.http.body import JSON, json_body, load
from service.http.declared import Action
from service.http.keys import READER, language
from service.http.problems import in_words
from service.http.readers import demand
from service.incidents.detecting.scans import note

_SCOPE = "goods:write"
_BODY, _RECEIPT = ScanBatch(), ScanReceipt()
_EXAMPLE: dict[str, Any] = {
    "scans": [{"code": "1B210100ABCDEF234563", "facility": 6000, "scanned_at": "2026-11-22T09:30+08:00"}]
}


async def _hand_in(request: web.Request) -> web.Response:
    """Raises Problem ``message.invalid`` for what is no list of scans, and ``scan.too-many``."""
    reader = request[READER]
    demand(reader, _SCOPE)
    entries = load(_BODY, await json_body(request))["scans"]
    noted = await note(request.app, reader, entries)
    spoken = language(request)
    refused = [{"index": index, **in_words(each, spoken)} for index, each in noted.refused.items()]
    answer = {"noted": noted.noted, "again": noted.again, "refused": refused}
    return web.Response(body=orjson.dumps(_RECEIPT.dump(answer)), content_type=JSON)


ACTIONS: Sequence[Action] = (
    Action("POST", "/api/v1/scans", "scans",
           "Hand in scans of labels, later ones too; each is noted or refused by itself", _hand_in,
           body=ScanBatch, response=ScanReceipt, scope=_SCOPE, tag="codes", example=_EXAMPLE),
)  # fmt: skip
