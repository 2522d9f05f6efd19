"""What is neither a read of the ledger's rows nor a statement: signing in and out, taking in a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiohttp import web
from marshmallow import Schema

from service.http.body import JSON
from service.http.paths import Path
from service.http.reads import Read
from service.http.writes import Write

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Action:
    """A route with a handler of its own, declared so that it is documented like the others.

    ``body`` is the schema of a JSON body; ``media`` are the media types of another kind of body. ``many``
    says that the answer is a list of ``response`` in one page, ``person`` that who is signed in may ask, with
    whatever scopes, and no token.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    status: int = 200
    body: type[Schema] | None = None
    media: tuple[str, ...] = (JSON,)
    response: type[Schema] | None = None
    many: bool = False
    scope: str | None = None
    person: bool = False
    tag: str = "goods"
    example: Mapping[str, Any] | None = None

    @cached_property
    def parsed(self) -> Path:
        """The path, read once."""
        return Path(self.path)

    def route(self) -> web.RouteDef:
        """How aiohttp serves it."""
        return web.route(self.method, self.parsed.routed, self.handler)


Declared = Read | Write | Action
"""Every route of the interface is one of these, and so is in its description."""
