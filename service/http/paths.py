"""Paths as they are declared: ``/api/v1/lots/{lot:id}/releases``; ``{name:id}`` is a number, ``{name}`` text,
``{name:rest}`` all that follows, slashes too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from aiohttp import web

from schema.problems import Problem

_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)(?::(id|rest))?\}")
_ID = "[0-9]{1,15}"
"""Digits of an id: all of them are below 2^53, so that every JSON reader reads them alike."""
_PATTERNS = {None: "", "id": f":{_ID}", "rest": ":.+"}


@dataclass(frozen=True)
class Path:
    """A declared path."""

    declared: str

    @cached_property
    def parameters(self) -> dict[str, bool]:
        """Each parameter's name, and whether it is an id."""
        return {match[1]: match[2] == "id" for match in _PARAMETER.finditer(self.declared)}

    @cached_property
    def documented(self) -> str:
        """As OpenAPI writes it."""
        return _PARAMETER.sub(r"{\1}", self.declared)

    @cached_property
    def routed(self) -> str:
        """As aiohttp routes it. What is no id matches no route: it is not found, like an unknown one."""
        return _PARAMETER.sub(lambda match: f"{{{match[1]}{_PATTERNS[match[2]]}}}", self.declared)

    def values(self, request: web.Request) -> dict[str, int | str]:
        """The parameters of a request that was routed here.

        Raises Problem ``request.not-found`` for a NUL: PostgreSQL takes it in no text, so it names nothing.
        """
        found = request.match_info
        if any("\0" in value for value in found.values()):
            raise Problem("request.not-found")
        return {name: int(found[name]) if is_id else found[name] for name, is_id in self.parameters.items()}
