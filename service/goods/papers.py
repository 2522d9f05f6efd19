"""Certificates are recorded as what they say: a positive result or a weight that does not fit is a fact, and
whether a paper lets goods leave is for the gate.

Rules kept here: a number is used once for each issuer; a paper names lots of one's own first station, each
once; who certifies several lots states for how many kilograms; a paper says what its kind is there to say
(what was sampled or disinfected when, how it came out, how much); what happened comes before the paper that
tells of it, and neither lies in the future.

One scanned file serves one lot, or the lots that a certificate names together: further certificates on the
same file (a report of several pages) must name exactly the same lots. So nobody hangs a scan on one more lot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from schema import moments
from schema.identifiers import parse_certificate_number, parse_import_declaration
from schema.messages.papers import RESULTS_OF
from schema.problems import Problem, Refusal
from service.goods.movements.flow import events
from service.goods.state import (
    ARRIVAL,
    CERTIFICATE,
    LOT,
    PAPER_FILE,
    Certificate,
    Event,
    Lot,
    Paper,
    PaperFile,
)
from service.goods.timing import CLOCKS_DIFFER
from service.ledger import Context, Data, Decision, Kind, Statement, Stream, World

_SAYS: dict[str, tuple[str, ...]] = {
    Paper.QUARANTINE: ("grams",),
    Paper.NUCLEIC_ACID: ("happened_at", "result", "sampled_where"),
    Paper.DISINFECTION: ("happened_at", "pieces"),
    Paper.CUSTOMS_DECLARATION: (),
    Paper.ORIGIN: (),
    Paper.QUALITY_TEST: ("happened_at", "result"),
}
"""What a paper of each kind must state to be of any use at the gate."""

_DETAILS = ("agent", "concentration", "contact_minutes")


def certificate_key(issuer: str, number: str) -> str:
    """How a paper is known: numbers are unique for one issuer only."""
    return f"{issuer}/{number}"


def _record(data: Data, ctx: Context, world: World) -> Decision:
    lots = _own_lots(data["lots"], ctx, world)
    _complete(data)
    _number_of_its_kind(data, lots, world)
    key = certificate_key(data["issuer"], data["number"])
    known = world.get(CERTIFICATE, key)
    if known is not None and not known.withdrawn:
        raise Refusal(
            "certificate.number-used", field="/number", issuer=data["issuer"], number=data["number"]
        )
    _dates_in_order(data, ctx)
    if data.get("file") is not None:
        _file_of_the_same_lots(data["file"], data["lots"], world)
    return Decision({"certificate": ctx.id(), "key": key, "named_grams": sum(lot.grams for lot in lots)})


def _own_lots(ids: Sequence[int], ctx: Context, world: World) -> list[Lot]:
    """The lots that a paper names, all registered by the actor's own first station."""
    lots = []
    for place, lot_id in enumerate(ids):
        lot = world.get(LOT, lot_id)
        if lot is None or lot.organisation != ctx.actor.organisation or lot.arrival is None:
            raise Refusal("lot.not-found", field=f"/lots/{place}", lot=lot_id)
        if lot.withdrawn:
            raise Refusal("lot.withdrawn", field=f"/lots/{place}", lot=lot_id)
        if lot in lots:
            raise Refusal("certificate.lot-twice", field=f"/lots/{place}", lot=lot_id)
        lots.append(lot)
    return lots


def _complete(data: Data) -> None:
    for name in _SAYS[data["kind"]]:
        if data.get(name) is None:
            raise Refusal("certificate.incomplete", field=f"/{name}", number=data["number"], missing=name)
    allowed = RESULTS_OF.get(data["kind"], ())
    if data.get("result") is not None and allowed and data["result"] not in allowed:
        raise Refusal(
            "certificate.result-of-another-test",
            field="/result",
            number=data["number"],
            result=data["result"],
            allowed=", ".join(allowed),
        )
    if len(data["lots"]) > 1 and data.get("grams") is None:
        raise Refusal(
            "certificate.kilograms-missing", field="/grams", number=data["number"], lots=len(data["lots"])
        )


def _number_of_its_kind(data: Data, lots: Sequence[Lot], world: World) -> None:
    """Numbers that have a public form must have it, as written there."""
    number = data["number"]
    try:
        if data["kind"] == Paper.QUARANTINE:
            written = parse_certificate_number(number)
        elif data["kind"] == Paper.CUSTOMS_DECLARATION:
            written = number
            for year in _entry_years(lots, world):
                written = parse_import_declaration(number, year)
        else:
            return
    except Problem as problem:
        raise Refusal(problem.code, field="/number", causes=(), **problem.facts) from None
    if written != number:
        raise Refusal("certificate.number-written-otherwise", field="/number", number=number, written=written)


def _entry_years(lots: Sequence[Lot], world: World) -> Iterator[int]:
    for lot in lots:
        arrival = None if lot.arrival is None else world.get(ARRIVAL, lot.arrival)
        if arrival is not None:
            yield moments.parse_day(arrival.entry_on).year


def _dates_in_order(data: Data, ctx: Context) -> None:
    """The latest moment that may have passed is when it is recorded, but for clocks that differ."""
    latest = ctx.recorded + CLOCKS_DIFFER
    issued = moments.parse(data["issued_on"])
    if issued.earliest > latest:
        raise Refusal("certificate.issued-in-future", field="/issued_on", issued=issued.text, recorded=ctx.at)
    if data.get("valid_until") is not None and moments.parse(data["valid_until"]).certainly_before(issued):
        raise Refusal(
            "certificate.ends-before-issue",
            field="/valid_until",
            valid_until=data["valid_until"],
            issued=issued.text,
        )
    if data.get("happened_at") is None:
        return
    event = moments.parse(data["happened_at"])
    if event.earliest > latest:
        raise Refusal("time.in-future", field="/happened_at", happened=event.text, recorded=ctx.at)
    if issued.certainly_before(event):
        raise Refusal(
            "certificate.issued-before-event", field="/issued_on", issued=issued.text, happened=event.text
        )


def _file_of_the_same_lots(sha256: str, lots: Sequence[int], world: World) -> None:
    """All certificates of a file name the same lots, so its first one speaks for all."""
    file = world.get(PAPER_FILE, sha256)
    if file is None or not file.certificates:
        return
    first = world.get(CERTIFICATE, file.certificates[0])
    if first is None or sorted(first.lots) != sorted(lots):
        raise Refusal("certificate.file-used", field="/file", file=sha256)


def _recorded(
    statement: Statement, position: int, world: World
) -> Iterator[Certificate | PaperFile | Lot | Event]:
    data, key = statement.data, statement.outcome["key"]
    certificate = _certificate(data, statement.outcome, statement.actor.organisation, position)
    yield certificate
    if certificate.file is not None:
        known = world.peek(PAPER_FILE, certificate.file)
        keys = [] if known is None else known.certificates
        yield PaperFile(certificate.file, [*keys, key], position)
    lots = [world.row(LOT, lot_id) for lot_id in certificate.lots]
    for lot in lots:
        yield replace(lot, certificates=[*lot.certificates, key], version=position)
    told = certificate.happened_at or certificate.issued_on
    yield from events(statement, position, certificate.lots, lots[0].facility, told)


def _certificate(data: Data, outcome: Data, organisation: int, position: int) -> Certificate:
    details: dict[str, Any] = {name: data[name] for name in _DETAILS if data.get(name) is not None}
    return Certificate(
        key=outcome["key"],
        id=outcome["certificate"],
        kind=data["kind"],
        issuer=data["issuer"],
        number=data["number"],
        organisation=organisation,
        issued_on=data["issued_on"],
        valid_until=data.get("valid_until"),
        happened_at=data.get("happened_at"),
        result=data.get("result"),
        inner_sample=data.get("inner_sample", False),
        sampled_where=data.get("sampled_where"),
        pieces=data.get("pieces"),
        grams=data.get("grams"),
        released_pieces=0,
        released_grams=0,
        lots=data["lots"],
        named_grams=outcome["named_grams"],
        file=data.get("file"),
        covers=data.get("covers", {}),
        details=details,
        version=position,
    )


def _reads(data: Data, world: World) -> Iterator[Stream]:
    yield CERTIFICATE, certificate_key(data["issuer"], data["number"])
    for lot_id in data["lots"]:
        yield LOT, lot_id
        lot = world.peek(LOT, lot_id)
        if lot is not None and lot.arrival is not None and data["kind"] == Paper.CUSTOMS_DECLARATION:
            yield ARRIVAL, lot.arrival
    if data.get("file") is not None:
        yield PAPER_FILE, data["file"]
        file = world.peek(PAPER_FILE, data["file"])
        if file is not None and file.certificates:
            yield CERTIFICATE, file.certificates[0]


RECORD = Kind("certificate-recorded", {2: _record}, _recorded, _reads)
KINDS = [RECORD]
