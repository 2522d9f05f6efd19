"""What was found of a receipt, for people in zh and en and for programs: what is proved, and what is not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from schema.clock import as_read
from schema.problems import Language, Problem, explain
from service.ledger.cosignature import Cosignature
from service.ledger.statement import instant
from service.receipts.checking import Proved


@cache
def sentences() -> Mapping[str, Mapping[Language, str]]:
    """What is said of receipts, by its key."""
    return tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))


def proved_lines(file: str, proved: Proved, spoken: Language) -> Iterator[str]:
    """What is proved, then what is not, a sentence a line."""

    def say(word: str, **facts: object) -> str:
        return sentences()[word][spoken].format_map(facts)

    yield say("proved", file=file)
    at = as_read(proved.recorded_at)
    yield say("entry", position=proved.position, ledger=proved.checkpoint.origin, at=at)
    keys = ", ".join(key.vkey for key in proved.keys)
    yield say("checkpoint", size=proved.checkpoint.size, key=keys)
    if proved.promised:
        yield say("promised")
    yield from cosigned_lines(proved.cosignatures, spoken)
    if proved.unchecked:
        yield say("unchecked", names=", ".join(proved.unchecked))
    if proved.statement is None:
        yield say("undisclosed")
    else:
        speaker = proved.statement.actor.organisation
        yield say("statement", kind=proved.statement.kind, organisation=speaker)
    yield say("not_proved")


def cosigned_lines(cosignatures: Sequence[Cosignature], spoken: Language) -> Iterator[str]:
    """Who vouches for the checkpoint, or that nobody does."""
    for each in cosignatures:
        facts = {"witness": each.witness.name, "at": as_read(instant(each.at))}
        yield sentences()["cosigned"][spoken].format_map(facts)
    if not cosignatures:
        yield sentences()["uncosigned"][spoken]


def refused_line(file: str, problem: Problem, spoken: Language) -> str:
    """What is wrong, and what would help."""
    words = explain(problem, spoken)
    facts = {"title": words.title, "detail": words.detail, "remedy": words.remedy, "code": problem.code}
    return sentences()["refused"][spoken].format_map({"file": file, **facts})


def proved_document(file: str, proved: Proved) -> dict[str, Any]:
    """The same for programs."""
    return {
        "file": file,
        "proved": True,
        "position": proved.position,
        "recorded_at": proved.recorded_at,
        "leaf": proved.leaf.hex(),
        "ledger": proved.checkpoint.origin,
        "size": proved.checkpoint.size,
        "root": proved.checkpoint.root.hex(),
        "keys": [key.vkey for key in proved.keys],
        "cosignatures": [
            {"witness": each.witness.vkey, "at": instant(each.at)} for each in proved.cosignatures
        ],
        "unchecked": [*proved.unchecked],
        "promised": proved.promised,
        "statement": None if proved.said is None else orjson.Fragment(proved.said),
    }


def refused_document(file: str, problem: Problem, spoken: Language) -> dict[str, Any]:
    """The same for programs."""
    words = explain(problem, spoken)
    told = {"code": problem.code, "title": words.title, "detail": words.detail, "remedy": words.remedy}
    return {"file": file, "proved": False, **told}
