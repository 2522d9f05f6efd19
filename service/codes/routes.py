"""The addresses that labels carry, for anyone: a page for people, JSON for machines.

``/t/<code>`` and the Digital Link paths ``/01/<GTIN>/10/<batch>[/21/<case>]``. A Digital Link answers
only where its parts belong together: the batch to the product, the case to the batch. Other parts, such
as the best-before date, are the label's word and are not looked at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict

import orjson
from aiohttp import web

from schema.digital_link import Scan, parse_scan
from schema.identifiers import gtin14
from schema.messages.public_views import ConsumerAnswer
from service.codes.consumer import ConsumerView, consumer_view
from service.http.body import JSON
from service.http.declared import Action
from service.http.keys import DATABASE
from service.parties.visibility import not_found

ConsumerPage = Callable[[web.Request, ConsumerView], Awaitable[web.StreamResponse]]

CONSUMER_PAGE: web.AppKey[ConsumerPage] = web.AppKey("consumer page")
"""How a person's browser is shown the view, where the pages room gives one; else all get JSON."""

_ANSWER = ConsumerAnswer()


async def answer(request: web.Request) -> web.StreamResponse:
    """What the public may know of the code in the address.

    Raises Problem ``request.not-found``, and the identifier's own for what is no code at all.
    """
    scan = parse_scan(request.rel_url.raw_path)
    async with request.app[DATABASE].reader.acquire() as conn:
        view = await consumer_view(conn, scan.code.text)
    if view is None or not _belongs(scan, view):
        raise not_found()
    page = request.app.get(CONSUMER_PAGE)
    if page is not None and wants_page(request.headers.get("Accept", "")):
        return await page(request, view)
    body = orjson.dumps(_ANSWER.dump(asdict(view)))
    return web.Response(body=body, content_type=JSON, headers={"Vary": "Accept"})


def _belongs(scan: Scan, view: ConsumerView) -> bool:
    """Whether a Digital Link's product and batch are those of its code."""
    if scan.gtin is not None and (view.gtin is None or gtin14(view.gtin) != scan.gtin):
        return False
    return scan.batch is None or scan.batch.text == view.batch


def wants_page(accept: str) -> bool:
    """Whether a page is asked for before JSON: programs name JSON first or no HTML."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if "text/html" not in kinds:
        return False
    return JSON not in kinds or kinds.index("text/html") < kinds.index(JSON)


def _action(path: str, name: str) -> Action:
    return Action("GET", path, name, "What the public may know of a code; a page in a browser", answer,
                  media=(JSON, "text/html"), response=ConsumerAnswer, tag="public")  # fmt: skip


ROUTES: Sequence[Action] = (
    _action("/t/{code}", "consumer"),
    _action("/01/{gtin}/10/{batch}", "digital-link-batch"),
    _action("/01/{gtin}/10/{batch}/21/{serial}", "digital-link-case"),
)
