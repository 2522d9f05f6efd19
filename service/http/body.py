"""What comes in, made into what a schema loads: a JSON body of at most 1 MiB, a form, the text of a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web
from marshmallow import Schema, ValidationError, fields

from schema.messages.fields import refusal
from schema.problems import Problem

MAX_JSON = 1024 * 1024
JSON = "application/json"


async def json_body(request: web.Request) -> dict[str, Any]:
    """The object in the body; an empty one where there is no body.

    Raises Problem ``request.media-type``, ``request.malformed``, ``request.not-an-object`` or
    ``request.too-large``.
    """
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Problem("request.too-large", limit=MAX_JSON) from None
    if not raw:
        return {}
    media = request.content_type
    if media != JSON and not media.endswith("+json"):
        raise Problem("request.media-type", media=media, expected=JSON)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Problem("request.malformed", line=error.lineno, column=error.colno) from None
    if not isinstance(body, dict):
        raise Problem("request.not-an-object")
    return body


async def form_body(request: web.Request) -> Mapping[str, str | bytes | bytearray | web.FileField]:
    """The fields of a form; several may have one name. Raises Problem ``request.refused``.

    Refused is also what is in no character set that we know, and what is no text in one that we do.
    """
    try:
        posted = await request.post()
        for value in posted.values():
            if isinstance(value, str):
                value.encode()
    except (ValueError, LookupError):
        raise Problem("request.refused") from None
    return posted


def load(schema: Schema, body: Mapping[str, Any]) -> dict[str, Any]:
    """What ``schema`` makes of ``body``. Raises Problem ``message.invalid``, each field by its pointer."""
    try:
        loaded: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        raise refusal(error) from None
    return loaded


def load_query(schema: Schema, query: Mapping[str, str]) -> dict[str, Any]:
    """Like ``load`` for the parameters of an address, where numbers and booleans are written as text."""
    return load(schema, {name: _value(schema.fields.get(name), text) for name, text in query.items()})


def _value(field: fields.Field[Any] | None, text: str) -> object:
    if isinstance(field, fields.Integer) and text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    if isinstance(field, fields.Boolean) and text in ("true", "false"):
        return text == "true"
    return text
