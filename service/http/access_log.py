"""One line a request, without anything secret or personal: no address of a person, no query, no path's
values.

The route as declared stands for the path, so that a code or number in an address is not kept either.
"""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from service.http.keys import READER, REQUEST_ID

log = logging.getLogger("coldledger.access")


class AccessLogger(AbstractAccessLogger):
    """Writes ``GET /api/v1/lots/{lot} 200 3.1 ms organisation 4000 request 0a1b…``."""

    @property
    def enabled(self) -> bool:
        """Whether anybody listens."""
        return log.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line; ``time`` is in seconds."""
        reader = request.get(READER)
        log.info(
            "%s %s %d %.1f ms organisation %s request %s",
            request.method if request.method in _METHODS else "?",
            _route(request),
            response.status,
            time * 1000,
            "-" if reader is None or reader.organisation is None else reader.organisation,
            request.get(REQUEST_ID, "-"),
        )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _route(request: web.BaseRequest) -> str:
    # What is no HTTP never came to a route; asking such a request for one is an error.
    if not isinstance(request, web.Request) or REQUEST_ID not in request:
        return "-"
    resource = request.match_info.route.resource
    return "-" if resource is None else resource.canonical
