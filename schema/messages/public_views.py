"""What anybody may read without an account: exit certificates and the consumer's view, as white lists."""

from __future__ import annotations

from schema.messages.fields import Flag, Id, Inner, Message, Text, Whole
from schema.messages.views import Listed, words
from schema.messages.written import Day, Moment


class PublicPaper(Message):
    """A certificate as an exit certificate or a consumer's page names it."""

    kind = Text()
    issuer = Text()
    number = Text()
    issued_on = Day()
    result = Text(allow_none=True)


class ExitCertificate(Message):
    """What an exit certificate says; found by its code, without an account."""

    code = Text()
    withdrawn = Flag(metadata=words("It was taken back: it admits nothing any more."))
    corrected = Flag(metadata=words("It was corrected since it was issued; what is told here stands."))
    lot = Text(metadata=words("Batch trace code."))
    product = Text()
    product_en = Text(allow_none=True)
    specification = Text()
    country = Text(allow_none=True)
    establishment = Text(allow_none=True)
    production_batch = Text(allow_none=True)
    produced_on = Day(allow_none=True)
    best_before = Day(allow_none=True)
    organisation = Text(metadata=words("The first station's business."))
    uscc = Text()
    facility = Text()
    region = Text()
    filing = Text(allow_none=True)
    pieces = Whole(allow_none=True)
    grams = Whole()
    happened_at = Moment()
    held = Flag(metadata=words("Whether all of the batch is on hold now."))
    certificates = Listed(Inner(PublicPaper))
    position = Id()
    leaf = Text(metadata=words("Leaf hash of the release in the public ledger, in hex."))
    receipt = Text(metadata=words("Where the release's receipt is: it proves it without a network."))


class PlaceOnRoute(Message):
    """A city and the kind of place where goods of this batch were."""

    region = Text()
    kind = Text()


class ConsumerPaper(PublicPaper):
    """A certificate as the public sees it: the number all but its last four characters hidden."""


class ConsumerRecall(Message):
    """That goods of the batch are called back: do not eat them, take them back to the shop."""

    level = Whole(metadata=words("1 is the gravest."))
    reason = Text()
    ordered_on = Day()


class ConsumerAnswer(Message):
    """All that the public may know of a code."""

    code = Text()
    level = Text()
    serial = Whole()
    batch = Text()
    product = Text()
    product_en = Text(allow_none=True)
    category = Text()
    specification = Text()
    temperature_class = Text()
    country = Text(allow_none=True)
    establishment = Text(allow_none=True)
    production_batch = Text(allow_none=True)
    produced_on = Day(allow_none=True)
    best_before = Day(allow_none=True)
    port = Text(allow_none=True)
    entry_on = Day(allow_none=True)
    state = Text(metadata=words("quarantined, released or held."))
    certificates = Listed(Inner(ConsumerPaper))
    route = Listed(Inner(PlaceOnRoute))
    recall = Inner(ConsumerRecall, allow_none=True, metadata=words("Where consumers are told of one."))
