"""What the application holds for its routes, and what a request carries, by typed keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aiohttp import web

from schema.problems import Explanation, Language, Problem
from service.http.readers import Reader
from service.ledger import Ledger
from service.ledger.note import Verifier
from service.parties.persons.register import RegisterKeys
from service.parties.persons.vault import Vault
from service.settings import Settings
from service.storage import Database, FileStore

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
LEDGER = web.AppKey("ledger", Ledger)
FILES = web.AppKey("files", FileStore)
VAULT = web.AppKey("vault", Vault)
REGISTER_KEYS = web.AppKey("register keys", RegisterKeys)
VERIFIER = web.AppKey("verifier", Verifier)
"""The first of the ledger's keys."""
VERIFIERS: web.AppKey[Sequence[Verifier]] = web.AppKey("verifiers")
"""All keys that sign for the ledger now."""

READER = web.RequestKey("reader", Reader)
LANGUAGE = web.RequestKey("language", str)
REQUEST_ID = web.RequestKey("request id", str)
WORDING: web.RequestKey[Callable[[Problem, Language], Explanation]] = web.RequestKey("wording")
"""How problems are told where the answer is for people; without it programs are told the codes themselves."""


def language(request: web.Request) -> Language:
    """The language that this request is answered in."""
    return "zh" if request.get(LANGUAGE) == "zh" else "en"
