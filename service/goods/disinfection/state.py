"""What was disinfected, with what, when it was said, and who accepts it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.ledger import Projection


class Subject(StrEnum):
    """What is disinfected; the member of the statement that names it."""

    UNIT = "unit"
    LOT = "lot"
    ZONE = "zone"
    VEHICLE = "vehicle"
    BAY = "bay"
    EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True)
class Disinfection:
    """A disinfection. ``target`` is the id of a unit, lot or vehicle or the number of a zone, ``label`` the
    name of a bay or of equipment. ``pieces`` of ``of_pieces`` were done. Its ``id`` says at which position it
    was recorded, and so what was known then; ``accepted_by`` is the regulator who accepts it, from the
    position ``accepted_in`` on.
    """

    id: int
    organisation: int
    facility: int | None
    region: str
    subject: str
    target: int | None
    label: str | None
    agent: str
    agent_name: str | None
    milligrams_per_litre: int | None
    contact_minutes: int | None
    pieces: int | None
    of_pieces: int | None
    square_metres: int | None
    terminal: bool
    crew: list[int]
    happened_at: str
    file: str | None
    broken: list[str]
    accepted_by: int | None
    accepted_in: int | None
    grounds: str | None
    version: int
    withdrawn: bool = False


DISINFECTION = Projection(Disinfection, name="disinfection", queries="goods/disinfection", history="id")
