"""How a drill went, worked out from what was recorded. Pure.

Times are whole seconds from the start: to the list (the first answer of exposure, or else the first request,
which nobody can send who does not know whom), to the first hold, to the first request; of each holder, to its
acknowledgement and its answer. Located is what holders of the region counted, of each at most what the ledger
said it had; what holders elsewhere have is told beside it, for they are asked through their own authorities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from service.incidents.cases.state import CaseRequest, CaseStep, RequestState
from service.incidents.drills.state import Drill
from service.ledger.statement import parse_instant

_LISTING = ("exposure-recorded", "request-made")


def scored(drill: Drill, steps: Sequence[CaseStep], requests: Sequence[CaseRequest]) -> dict[str, Any]:
    """The score: times in seconds, quantities in grams, and which targets were met."""
    holders = [_holder(drill, requests, *expected) for expected in drill.expected]
    here = [holder for holder in holders if holder["here"]]
    expected, located = (sum(holder[name] for holder in here) for name in ("grams", "located_grams"))
    listed = _first(drill, (each for each in steps if each.kind in _LISTING))
    seen = [each["acknowledged"] for each in here if each["acknowledged"] is not None]
    score = {
        "listed": listed,
        "held": _first(drill, (each for each in steps if each.kind == "hold-placed")),
        "requested": _first(drill, (each for each in steps if each.kind == "request-made")),
        "holders": holders,
        "asked": len(here),
        "acknowledged": len(seen),
        "in_time": len([each for each in seen if each <= drill.targets["acknowledge_minutes"] * 60]),
        "grams": expected,
        "located_grams": located,
        "elsewhere_grams": sum(each["grams"] for each in holders if not each["here"]),
    }
    return score | {"met": _met(drill, score)}


def _met(drill: Drill, score: dict[str, Any]) -> dict[str, bool]:
    """Which targets were met; where nothing was to be located, that is."""
    listed: int | None = score["listed"]
    return {
        "list_minutes": listed is not None and listed <= drill.targets["list_minutes"] * 60,
        "acknowledge_minutes": score["in_time"] == score["asked"],
        "located_percent": score["located_grams"] * 100 >= drill.targets["located_percent"] * score["grams"],
    }


def _holder(
    drill: Drill, requests: Iterable[CaseRequest], organisation: int, grams: int, is_here: bool
) -> dict[str, Any]:
    """What one holder had, when it said that it knows, and how much it found."""
    asked = [request for request in requests if request.addressee == organisation]
    counted = sum({line["unit"]: line["grams"] for request in asked for line in request.counted}.values())
    answered = [request.answered_at for request in asked if request.state == RequestState.ANSWERED]
    return {
        "organisation": organisation,
        "here": is_here,
        "grams": grams,
        "located_grams": min(grams, counted),
        "acknowledged": _after(
            drill, min((r.acknowledged_at for r in asked if r.acknowledged_at), default=None)
        ),
        "answered": _after(drill, min((at for at in answered if at), default=None)),
    }


def _first(drill: Drill, steps: Iterable[CaseStep]) -> int | None:
    return _after(drill, min((each.at for each in steps), default=None))


def _after(drill: Drill, at: str | None) -> int | None:
    """Whole seconds from the start of the drill to ``at``."""
    if at is None or drill.started_at is None:
        return None
    return int((parse_instant(at) - parse_instant(drill.started_at)).total_seconds())
