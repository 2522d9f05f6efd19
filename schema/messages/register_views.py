"""What the register of parties answers."""

from __future__ import annotations

from marshmallow import fields

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.parties import FACILITY_KINDS
from schema.messages.views import Listed, PartyRef
from schema.messages.written import Uscc


class OrganisationView(Message):
    """A legal body."""

    id = Id()
    uscc = Text()
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
    position = Id()


class VehicleView(Message):
    """A vehicle; its plate is personal and not told here."""

    id = Id()
    organisation = Id()
    kind = Text()
    active = Flag()
    position = Id()


class UserView(Message):
    """A person who signs in."""

    id = Id()
    organisation = Id()
    role = Text()
    active = Flag()
    position = Id()


class TokenView(Message):
    """An API token, without its secret."""

    id = Id()
    organisation = Id()
    scopes = Listed(Text())
    active = Flag()
    position = Id()


class PolicyView(Message):
    """The policy in force for a region prefix."""

    region = Text()
    document = fields.Dict()
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
