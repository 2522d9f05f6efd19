"""The interface described: ``/openapi.json`` for programs, ``/docs`` for people, ``/problems/CODE`` for a
fault.

``/docs`` is drawn here from the same document, without a script and without anything from elsewhere, so it
works under the same content policy as every page, and on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from schema.messages.fields import OF_SOLE_TRADERS, PERSONAL
from schema.problems import Entry, Problem, catalogue
from service.http.body import JSON
from service.http.declared import Declared
from service.http.keys import LEDGER, language
from service.http.openapi import Document, make_document

OPENAPI = web.AppKey("openapi", dict)
_CACHE = "public, max-age=300"
_STYLE = "style.css"


def routes(declared: Sequence[Declared]) -> list[web.RouteDef]:
    """The four addresses."""
    written: list[tuple[Document, bytes]] = []

    def document(app: web.Application) -> tuple[Document, bytes]:
        # Made when first asked for: a start does not wait for it.
        if not written:
            made = make_document(declared, app[LEDGER].origin)
            written.append((made, orjson.dumps(made)))
        return written[0]

    async def openapi(request: web.Request) -> web.Response:
        body = document(request.app)[1]
        return web.Response(body=body, content_type=JSON, headers={"Cache-Control": _CACHE})

    async def docs(request: web.Request) -> web.Response:
        made = document(request.app)[0]
        return _page("docs.html", request, document=made, sections=sections(made))

    return [
        web.get("/openapi.json", openapi),
        web.get("/docs", docs),
        web.get(f"/docs/{_STYLE}", _style),
        web.get("/problems", _problems),
        web.get("/problems/{code}", _problem),
    ]


async def _style(_request: web.Request) -> web.Response:
    return web.Response(body=_asset(_STYLE), content_type="text/css", headers={"Cache-Control": _CACHE})


async def _problems(request: web.Request) -> web.Response:
    if _wants_page(request):
        return _page("problems.html", request, entries=sorted(catalogue().items()))
    body = orjson.dumps({"items": [_explained(code, entry) for code, entry in sorted(catalogue().items())]})
    return web.Response(body=body, content_type=JSON)


async def _problem(request: web.Request) -> web.Response:
    code = request.match_info["code"]
    entry = catalogue().get(code)
    if entry is None:
        raise Problem("request.not-found")
    if _wants_page(request):
        return _page("problems.html", request, entries=[(code, entry)])
    return web.Response(body=orjson.dumps(_explained(code, entry)), content_type=JSON)


def _explained(code: str, entry: Entry) -> dict[str, Any]:
    """A code in both languages; ``{name}`` stands for the fact of that name."""
    words = {"title": dict(entry.title), "detail": dict(entry.detail), "remedy": dict(entry.remedy)}
    return {"code": code, "status": entry.status, **words}


def _wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _page(template: str, request: web.Request, **values: Any) -> web.Response:
    spoken = language(request)
    text = _templates().get_template(template).render(language=spoken, **values)
    return web.Response(text=text, content_type="text/html", headers={"Content-Language": spoken})


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("service.http"), autoescape=True, undefined=StrictUndefined)


@cache
def _asset(name: str) -> bytes:
    return files("service.http").joinpath("assets", name).read_bytes()


def sections(document: Document) -> list[dict[str, Any]]:
    """The operations by tag, as the page shows them."""
    by_tag: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_tag[operation["tags"][0]].append(_shown(document, path, method, operation))
    names = {tag["name"]: tag["description"] for tag in document["tags"]}
    return [{"name": tag, "about": names[tag], "operations": shown} for tag, shown in by_tag.items() if shown]


def _shown(document: Document, path: str, method: str, operation: Document) -> dict[str, Any]:
    bodies = operation.get("requestBody", {}).get("content", {})
    good = next(iter(operation["responses"].items()))
    example = bodies.get(JSON, {}).get("example")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "scopes": [*operation["security"][0].get("token", [])],
        "parameters": operation["parameters"],
        "media": [media for media in bodies if media != JSON],
        "body": _fields(document, bodies.get(JSON, {}).get("schema")),
        "example": None if example is None else orjson.dumps(example, option=orjson.OPT_INDENT_2).decode(),
        "status": good[0],
        "answer": _fields(document, good[1].get("content", {}).get(JSON, {}).get("schema")),
    }


def _fields(document: Document, schema: Document | None, depth: int = 0) -> list[dict[str, Any]]:
    """The fields of a schema, those of inner objects after their own, indented."""
    schema = _resolved(document, schema or {})
    rows: list[dict[str, Any]] = [
        row for part in schema.get("allOf", ()) for row in _fields(document, part, depth)
    ]
    for name, field in schema.get("properties", {}).items():
        inner = _resolved(document, field)
        item = _resolved(document, inner.get("items", {}))
        needed = name in schema.get("required", ())
        about = field.get("description") or inner.get("description", "")
        if PERSONAL in inner:
            about = f"{about} {_UNSIGNED[inner[PERSONAL]]}".strip()
        row = {"name": name, "depth": depth, "required": needed, "about": about}
        rows.append(row | {"type": _type(inner, item), "rule": _rule(inner)})
        if depth < 3:
            rows += _fields(document, item if item.get("properties") else inner, depth + 1)
    return rows


_UNSIGNED = {
    "always": "Null in what a device signs.",
    OF_SOLE_TRADERS: "Of a sole trader: null in what a device signs.",
}


def _resolved(document: Document, schema: Document) -> Document:
    """What a schema refers to, with what it says itself."""
    if "$ref" in schema:
        target = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    if len(schema.get("allOf", ())) == 1:
        own = {key: value for key, value in schema.items() if key != "allOf"}
        return {**_resolved(document, schema["allOf"][0]), **own}
    return schema


def _type(field: Document, item: Document) -> str:
    said = field.get("type", "object")
    name = " | ".join(said) if isinstance(said, list) else str(said)
    return f"{name} of {item.get('type', 'object')}" if item else name


def _rule(field: Document) -> str:
    """Limits and choices, in few words."""
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    pairs = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
    given = [(low, high) for low, high in pairs if low in field or high in field]
    return ", ".join(f"{field.get(low, '')}…{field.get(high, '')}" for low, high in given)
