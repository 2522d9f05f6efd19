"""Problems on the wire: RFC 9457 documents, in one language each.

``type`` is an address under which this service explains the code in both languages; ``code`` is what programs
compare; ``errors`` names each field or cause. No text of an exception ever gets in: only the catalogue's
words and the facts that a rule put into its problem.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from schema.problems import Explanation, Language, Problem, explain

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_SECONDS = 2
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503

Document = dict[str, Any]
Explain = Callable[[Problem, Language], Explanation]


def document(problem: Problem, language: Language, instance: str | None = None) -> Document:
    """The members of the problem document."""
    words = explain(problem, language)
    members: Document = {
        "type": f"/problems/{problem.code}",
        "title": words.title,
        "status": words.status,
        "detail": words.detail,
        "code": problem.code,
        "remedy": words.remedy,
    }
    if instance is not None:
        members["instance"] = instance
    errors = [error for cause in problem.causes for error in _errors(cause, problem.field or "", language)]
    if not problem.causes and problem.field is not None:
        errors = [*_errors(problem, "", language)]
    if errors:
        members["errors"] = errors
    return members


def in_words(problem: Problem, language: Language, told: Explain = explain) -> Document:
    """A problem as an entry of a list: pointer (where a field is to blame), code, and words."""
    words = told(problem, language)
    entry: Document = {} if problem.field is None else {"pointer": problem.field}
    return entry | {
        "code": problem.code,
        "title": words.title,
        "detail": words.detail,
        "remedy": words.remedy,
    }


def _errors(problem: Problem, parent: str, language: Language) -> list[Document]:
    """The entries of a problem: its causes where it has some, else itself; pointers start at the request."""
    pointer = parent + (problem.field or "")
    if problem.causes:
        return [error for cause in problem.causes for error in _errors(cause, pointer, language)]
    entry = in_words(problem, language)
    return [entry | {"pointer": pointer} if pointer else entry]


def response(problem: Problem, language: Language, instance: str | None = None) -> web.Response:
    """The answer to a request that met a problem."""
    members = document(problem, language, instance)
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    if members["status"] in (TOO_MANY_REQUESTS, UNAVAILABLE):
        headers["Retry-After"] = str(problem.facts.get("seconds", RETRY_AFTER_SECONDS))
    return web.Response(
        status=members["status"], body=orjson.dumps(members), content_type=PROBLEM_JSON, headers=headers
    )
