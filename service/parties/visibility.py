"""Who may see what. This is the one place where it is written down; ``0007_reading.sql`` says it in SQL.

Business
    Lots that it registered, imported, or ever had a unit of, or that are on the road to it (how much
    there is of a lot: only who registered or imported it); units that it owns or keeps, and those aboard
    a shipment to it; shipments from it, to it, or with goods of its own aboard: one step up and one step
    down. What its customers got is what its shipments say was received, never their units. Arrivals of
    its own, and without import details those of lots that it sees; certificates that it recorded or that
    go with a lot it sees.
Stock
    What lies where is told to who keeps it, who owns it, and authorities of the place's region: an owner sees
    its goods in another's store and nothing else there. What a store declares, its differences, and whether
    places report: the store and authorities of its region. A disinfection: who recorded it, authorities of
    its region, and whoever sees the unit or lot that it was done to; which of the staff did it is for the
    first two.
Import details
    Importer, vessel and voyage, bill of lading, customs declaration, exporter: the first station, the
    importer and authorities alone.
Regulator
    Every lot that is, was or is coming into a facility of its region, and what a trace from there leads
    to: what it was made of and what was made of it, wherever their units are. Lists show the region; what
    only a trace leads to is found by its id, its code, or a trace.
Auditor
    Everything, in this first form: whoever reads every statement can derive all the rest.
Platform operator
    The register of parties, users and tokens; no goods at all: running the service is no reason to know
    anybody's trade. Of the ledger, statements of its own.
Public
    The consumer's view of a code; an exit certificate by its code; the public ledger.

The register: authorities and the operator see all parties. A business sees itself, its suppliers and
customers, the store that keeps its goods and whose goods it keeps, and the first station or plant that a
carton of its bears in print; an authority by its number, as what it placed or accepted names it. It may ask
for somebody by the exact social credit code, to send goods to somebody new; nobody can list the register that
way. Policies are open to all who are judged by them; drafts of policies to the managers of the authority that
keeps them.

Holds: on goods whoever sees them sees that they are held, why and since when; on a whole lot, whoever sees
the lot, and the public of a batch that is held altogether. A hold itself: who placed it, whose goods it is
on, authorities of its region and of the goods, auditors. What it names, its case, its note and all that it
covers: who placed it, authorities of its region, auditors; others are told of their own goods, or of those
that came to their region, and of a drill's hold nothing. Whose breach or own hold goods inherited from two
steps up is not told. What a hold would cover is told to who may place it.
Findings: who must answer and who brought them about, authorities of the region, auditors; so is their
evidence. Refused intents: who tried, authorities of the region, auditors. A suspicion: also every business
that its evidence is about, and authorities of every region in which any of it lies. They are shown all of the
evidence; a business is shown its own doings, and of others' the kind, the time and the city. A scan alone is
shown to nobody.

Cases: the authority that opened one, those above its region, auditors. An authority in whose region somebody
was asked for something learns that there is one, and what was asked there. A request: its addressee, who
learns the case's number and hazard and of the goods those that it sees anyway, who leads the case,
authorities of the addressee or its place, auditors; its note and its evidence go with it. A business sees
nothing else of any case, be it a drill.

Samples: who said or took them, whose place and whose goods they are of, authorities of the region, auditors.
Counts and plans count nothing else. A plan: who made it, the keeper of the one place that it is for,
authorities above its region, auditors. Drills: the authority, those above its region, auditors; whoever takes
part is told of the requests to itself, as of any case, and that they are a drill.

Evidence packs and reports of a case: who leads it, and auditors, each as far as they see its goods; nobody is
handed what was made for other eyes. Co-operation: the authority that asked or took it in and those above it,
authorities of the region that is asked, auditors; under which case, who leads that. No business.

Recalls: who ordered it, whom it addresses, and who has such goods by now; authorities of its region, and of
the goods that it touched unless it is a drill; auditors. A business is told of its own part alone, another
region's authority of businesses there, both without the case and the note; the same holds for who was told of
it and who read that. What a recall would cover is told to who may order it: authorities of what they see, a
business of what it registered or has in store. The public is told where the recall says so, of no drill.
Notices are their organisation's own; contacts its managers'.

Exposure: authorities, who begin it from goods that they see, from places of their region, or a vehicle.
A regulator is shown, and counted, units of lots that are, were or are coming to its region; of all others
it is told how many there are in which city. A way through such goods says by what relation and when it
went, and nothing that names them, their holder or their place. People are told by number, those of the
region; who it is, is read with a reason.

Evidence of destruction: whoever sees the unit. Goods that were turned away: their return is a shipment of the
consignor's to itself, seen by it, by whose goods are aboard and by authorities; who turned them away has its
own statement of it.

A statement with its nonce is shown to the organisation that made it, to regulators who see a lot or an
arrival that it touched or lead the case that it is a step of, and to auditors; that of a hold, a recall or a
finding, which names more than such a lot, to regulators of its region instead. That of a release is also
handed to whoever holds the exit certificate's code, as its receipt, unless it names a customs declaration or
a rule that it broke.

Personal data: who stated them, the receiver of the shipment that they travel with, who deals with a sole
trader, the operator of those whom it registers; a regulator for a purpose, outside its region for a case; no
auditor. Each reading is logged (``access.py``, ``private.relation``). The log: the managers of who answers
for the data, regulators of its region, auditors.
A sole trader's social credit code is told with the name; to everybody else that it is a sole trader's.
Staff and shifts: their own organisation, by name; regulators of the place and auditors without names.

The past: asked as of a position or a time, rows are those of then, and who sees them is judged by today's
rights. A trace for a business shows what it might walk then and may see today. Names of parties and places,
and personal values, are today's.

What may not be seen is answered with ``request.not-found``, as is what does not exist: by the same call,
so that status and bytes are the same. A trace for a business stops after one step on either side, and
says ``complete: false`` whether or not there is more, so that nothing can be told from it.
"""

from __future__ import annotations

from schema.problems import Problem
from service.http.readers import Reader

Sight = tuple[str, int | None, str]
"""The first arguments of every query of the reading side: kind of reader, organisation, region prefix."""


def sight(reader: Reader) -> Sight:
    """What decides what ``reader`` sees."""
    return str(reader.kind), reader.organisation, reader.region


def not_found() -> Problem:
    """The one answer for what may not be seen and for what is not there."""
    return Problem("request.not-found")
