"""Who and what moved the goods: the same questions on every form of a movement."""

from __future__ import annotations

from service.web.forms import Field, Group, Option, Widget
from service.web.visits import Visit

_MOST = 200


async def handling(visit: Visit) -> Group:
    """Crew, bay and equipment; the crew to be ticked among one's own people who work here."""
    return Group(
        "handling.title",
        (
            *await _crew(visit),
            Field("handling.bay", hint="hint.code-short", longest=16),
            Field("handling.equipment", hint="hint.code-short", longest=16),
        ),
    )


async def _crew(visit: Visit) -> tuple[Field, ...]:
    listing = await visit.ask_list("staff", {"state": "working"}, limit=_MOST)
    own = [each for each in listing.items if each["organisation"]["id"] == visit.reader.organisation]
    options = tuple(
        Option(str(each["id"]), f"{each['name'] or each['id']} · {visit.t('staff_state.' + each['state'])}")
        for each in own
    )
    return (Field("handling.crew", Widget.CHECKS, options=options, ids=True),) if options else ()
