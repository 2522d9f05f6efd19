"""Labels and receipts checked in the browser, with or without a network: the page, its modules and its words.

No server checks here: none sees a label's fragment. The rules of the modules (``static/check``) are those of
``scanners.checking`` and ``service.receipts.checking``, which tests hold them to, and their words those of
the same catalogue. Rule kept: the files are one edition, in a folder named by all of their contents, so that
a browser that keeps one never has files of two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import orjson
from aiohttp import web

from scanners.checking import PROVES
from schema.problems import LANGUAGES, Language, Problem, catalogue
from service.http.body import JSON
from service.http.keys import SETTINGS, VERIFIERS
from service.receipts.telling import sentences
from service.web.rendering import STYLE_URL, bare_page
from service.web.spoken import PARAMETER
from service.web.texts import text, texts
from service.web.visits import Visit

PATH: Final = "/check"
EDITION: Final = "edition.json"
_WORKER: Final = "worker.js"
_ICON: Final = "/static/icon.svg"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NAMED: Final = re.compile(r'"([a-z-]+\.[a-z0-9-]+)"')
"""How the modules name a code of the catalogue or a text."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The files below ``folder``, by their names."""

    folder: str
    contents: Mapping[str, bytes]


@cache
def edition() -> Edition:
    """What is served now."""
    folder = files(__package__) / "static" / "check"
    modules = {
        resource.name: resource.read_bytes()
        for resource in sorted(folder.iterdir(), key=lambda resource: resource.name)
    }
    # A worker is kept by the browser itself.
    kept = [*(name for name in modules if name != _WORKER), STYLE_URL, _ICON]
    told = {"kept": kept, "words": {language: _words(language, modules) for language in LANGUAGES}}
    contents = {**modules, EDITION: orjson.dumps(told)}
    digest = sha256(orjson.dumps([[name, sha256(each).hexdigest()] for name, each in contents.items()]))
    return Edition(f"{PATH}/{digest.hexdigest()[:12]}/", contents)


def _words(language: Language, modules: Mapping[str, bytes]) -> dict[str, Any]:
    """All that the modules say in one language: whatever they name is in the catalogue or among the texts."""
    named = {name for each in modules.values() for name in _NAMED.findall(each.decode())}
    return {
        "problems": {code: _problem(code, language) for code in sorted(named & catalogue().keys())},
        "texts": {key: text(key, language) for key in sorted(named & texts().keys())},
        "receipt": {key: words[language] for key, words in sentences().items()},
        "label": PROVES[language],
    }


def _problem(code: str, language: Language) -> dict[str, str]:
    """Its words with the facts still open."""
    entry = catalogue()[code]
    return {part: getattr(entry, part)[language] for part in ("title", "detail", "remedy")}


async def page(request: web.Request) -> web.StreamResponse:
    """The page: how to check, what it proves and what not; with script it checks."""
    visit = Visit(request)
    address = request.app[SETTINGS].public_url
    vkeys = [verifier.vkey for verifier in request.app[VERIFIERS]]
    commands = (
        f"curl -o label-keys.txt {address}/keys",
        f"python -m scanners --keys label-keys.txt --ledger-key '{vkeys[0]}' label.png",
        f"coldledger verify-receipt 17.receipt.json --keys label-keys.txt --ledger-key '{vkeys[0]}'",
    )
    # The other language by an address of its own, which the browser keeps as well.
    other = "en" if visit.language == "zh" else "zh"
    switch = f"{PATH}?{PARAMETER}={other}"
    context = {"commands": commands, "vkeys": vkeys, "folder": edition().folder, "switch": switch}
    return bare_page(visit, "check.html", context)


async def file(request: web.Request) -> web.StreamResponse:
    """A file of the edition that is served now. Raises Problem ``request.not-found`` for any other."""
    name, served = request.match_info["name"], edition()
    content = served.contents.get(name)
    if content is None or request.path != f"{served.folder}{name}":
        raise Problem("request.not-found")
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if name == _WORKER:
        headers["Service-Worker-Allowed"] = PATH
    kind = JSON if name == EDITION else "text/javascript"
    response = web.Response(body=content, content_type=kind, charset="utf-8", headers=headers)
    response.enable_compression()
    return response


ROUTES = (
    web.get(PATH, page),
    web.get(PATH + "/{edition}/{name}", file),
)
