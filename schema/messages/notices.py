"""What is told of notices, and how contacts are set."""

from __future__ import annotations

from schema.messages.fields import Choice, Flag, Id, Inner, Message, Text, Whole
from schema.messages.views import Listed, PartyRef, words

CHANNELS = ("email", "webhook")
TURNS = (1, 2, 3)
LANGUAGES = ("zh", "en")


class NoticeView(Message):
    """Something that you are told."""

    id = Id()
    kind = Text()
    title = Text(metadata=words("What it says, in one line."))
    page = Text(metadata=words("Path of the page that shows it."))
    about = Id(metadata=words("The recall, request, hold or finding."))
    position = Id(metadata=words("The statement that is told."))
    drill = Flag()
    due_at = Text(allow_none=True)
    made_at = Text()
    read_at = Text(allow_none=True)
    acknowledged_at = Text(allow_none=True)
    to_acknowledge = Flag(metadata=words("Reading is not enough: acknowledge it."))
    of_organisation = Inner(PartyRef, allow_none=True, metadata=words("Who does not read."))


class Delivery(Message):
    """An attempt to reach somebody: its proof."""

    channel = Text()
    attempt = Whole()
    at = Text()
    delivered = Flag()
    response = Text(metadata=words("The answer of the mail server or the receiver."))
    message_id = Text()
    digest = Text(metadata=words("SHA-256 of the bytes that were sent."))


class NoticeDetail(NoticeView):
    """A notice with every attempt to reach you."""

    deliveries = Listed(Inner(Delivery))


class NoticeQuery(Message):
    """Which notices."""

    unread = Flag()


class ToldView(Message):
    """Who was told of something, when it reached them, and when they read it."""

    id = Id()
    organisation = Inner(PartyRef)
    kind = Text()
    made_at = Text()
    delivered_at = Text(allow_none=True, metadata=words("First proof that it reached somebody."))
    read_at = Text(allow_none=True)
    acknowledged_at = Text(allow_none=True)
    handed_on_at = Text(allow_none=True, metadata=words("Nobody read it in time; the authority was told."))


class ContactBody(Message):
    """Where people are told."""

    channel = Choice(CHANNELS, required=True)
    address = Text(longest=500, required=True, metadata=words("A mail address, or an https address."))
    turn = Whole(least=1, most=3, metadata=words("1 is told at once; 2 and 3 while nobody has read it."))
    language = Choice(LANGUAGES)
    user = Id(metadata=words("Whose address it is; it is erased with that user."))


class ContactKept(Message):
    """A contact was kept."""

    id = Id()
    secret = Text(
        allow_none=True,
        metadata=words("Of a webhook: what its signature is checked with. Told only now."),
    )


class ContactView(Message):
    """A contact, for the managers of its organisation."""

    id = Id()
    channel = Text()
    address = Text(allow_none=True, metadata=words("Null where it was erased."))
    turn = Whole()
    language = Text()
    user = Id(attribute="user_id", allow_none=True)
    last_at = Text(allow_none=True)
    last_delivered = Flag(allow_none=True)
    last_response = Text(allow_none=True)


class TrialView(Message):
    """What came of a trial."""

    delivered = Flag()
    response = Text()
    digest = Text()


class Reached(Message):
    """A notice was read or acknowledged."""

    id = Id()
