"""Cases of rules: what breaks one, and the nearest thing that keeps it. test_rules.py runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from schema.problems import Refusal, explain
from service.goods.movements import SHIP
from service.goods.state import Unit
from service.ledger import Data, Kind, Statement
from tests.unit.goods.movements.scene import IMPORTED, QINGDAO, Scene, portion


@dataclass(frozen=True)
class Boundary:
    """``wrong`` breaks the rule, ``right`` keeps it by as little as can be. ``field`` is to blame.

    Both are of one kind and said by one organisation, where ``right_…`` is not another.
    """

    kind: Kind
    wrong: Data
    right: Data
    by: int = QINGDAO
    field: str | None = None
    right_by: int | None = None
    right_kind: Kind | None = None


Case = Callable[[Scene], Boundary]
CASES: list[tuple[str, str, Case]] = []
FACTS: list[tuple[str, str, Case]] = []


def case(code: str, what: str, among: list[tuple[str, str, Case]] = CASES) -> Callable[[Case], Case]:
    """A rule that refuses."""

    def add(made: Case) -> Case:
        among.append((code, what, made))
        return made

    return add


def fact(code: str, what: str) -> Callable[[Case], Case]:
    """A rule that a fact breaks: recorded all the same."""
    return case(code, what, FACTS)


def sale(scene: Scene, unit: Unit, pieces: int | None = 1, grams: int = 27_000, **changed: object) -> Data:
    amount = portion(unit, pieces, grams)
    return {**amount, "happened_at": scene.time(), **changed}


def split(scene: Scene, unit: Unit, *parts: tuple[int | None, int]) -> Data:
    stated = [
        {"grams": grams} if pieces is None else {"pieces": pieces, "grams": grams} for pieces, grams in parts
    ]
    return {"unit": unit.id, "parts": stated, "happened_at": scene.time()}


def store(scene: Scene, unit: Unit, zone: int = IMPORTED, **changed: object) -> Data:
    return {"unit": unit.id, "zone": zone, "happened_at": scene.time(), **changed}


def on_the_road(scene: Scene, pieces: int = 10, grams: int = 270_000) -> Statement:
    """A shipment of one unit to Wuhan."""
    return scene.say(SHIP, scene.ship(scene.unit(pieces, grams)), QINGDAO)


def arrived(shipped: Statement, pieces: int | None, grams: int, **more: object) -> Data:
    amount = {"grams": grams} if pieces is None else {"pieces": pieces, "grams": grams}
    return {"unit": shipped.outcome["units"][0], **amount, **more}


def in_words(refusal: Refusal) -> None:
    """Every part of the message is there in either language, in that language, with its facts filled in."""
    for language, chinese in (("en", False), ("zh", True)):
        words = explain(refusal, language)
        for text in (words.title, words.detail, words.remedy):
            assert any("一" <= letter <= "鿿" for letter in text) is chinese, text
            assert "{" not in text
            assert text
