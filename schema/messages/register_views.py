"""What the register of parties answers."""

from __future__ import annotations

from marshmallow import fields

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.policies import FACILITY_KINDS
from schema.messages.views import Listed, PartyRef, words
from schema.messages.written import Day, Uscc


class OrganisationView(Message):
    """A legal body."""

    id = Id()
    uscc = Text(metadata=words("Social credit code; of a sole trader for who may read the name."))
    sole_trader = Flag(metadata=words("A natural person's business: name and code are private."))
    name = Text()
    name_en = Text(allow_none=True)
    roles = Listed(Text())
    region = Text()
    active = Flag()
    position = Id()


class ZoneView(Message):
    """A zone of a facility."""

    no = Whole()
    name = Text()
    kind = Text()
    edition = Id(metadata=words("The ledger's position that defined it."))
    made_from = Listed(Whole(), attribute="from", data_key="from")
    closed = Flag(metadata=words("Re-partitioned or given up; what lies there is to be moved."))


class FacilityView(Message):
    """A filed place."""

    id = Id()
    organisation = Inner(PartyRef)
    kind = Text()
    name = Text()
    name_en = Text(allow_none=True)
    region = Text()
    address = Text()
    filing = Text(allow_none=True)
    zones = Listed(Inner(ZoneView))
    active = Flag()
    closed = Flag(metadata=words("For good."))
    suspended = Listed(Text(), metadata=words("By whom it was stopped: owner, authority."))
    reason = Text(allow_none=True, metadata=words("Why it is out of service."))
    began_on = Day(allow_none=True)
    filed_at = Text(metadata=words("When its filing was recorded."))
    position = Id()


class VehicleView(Message):
    """A vehicle. Its plate is personal: a commitment, with its ``value`` for the own organisation."""

    id = Id()
    organisation = Id()
    kind = Text()
    plate = fields.Dict()
    active = Flag()
    position = Id()


class OrganisationQuery(Message):
    """Which organisations; by the exact code also such as one does not deal with yet."""

    uscc = Uscc()


class OrganisationSearch(OrganisationQuery):
    """Which organisations, also by part of the name among those that one sees."""

    name = Text(longest=100)


class FacilityQuery(OrganisationQuery):
    """Which facilities."""

    organisation = Id()
    kind = Choice(FACILITY_KINDS)
