"""The keys that sign labels, as the platform looks after them; their private halves are on no page."""

from __future__ import annotations

from aiohttp import web

from schema.key_directory import REVOCATIONS
from schema.messages.label_keys import MOST_DAYS
from service.codes.keys import DAYS
from service.http.writes import Receipt
from service.web import choices
from service.web.entitled import demand_platform
from service.web.forms import Field, Form, Group, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

PATH = "/label-keys"


async def label_keys(request: web.Request) -> web.StreamResponse:
    """Every key that signs or signed labels."""
    visit = Visit(request)
    visit.demand_signed_in()
    demand_platform(visit)
    return await list_page(visit, "label_keys.html", "label-keys")


async def _new(visit: Visit) -> Sheet:
    demand_platform(visit)
    days = str(DAYS)
    asked = (
        Field("valid_from", Widget.MOMENT, "field.signs_from", "hint.signs_from"),
        Field("valid_days", Widget.WHOLE, "field.signs_days", initial=days, longest=len(str(MOST_DAYS))),
    )
    note = visit.t("label-key.new-note")
    return Sheet(Form((Group("", asked, note),)), visit.t("label-key.new"), PATH)


async def _revocation(visit: Visit) -> Sheet:
    demand_platform(visit)
    reasons = choices.words(visit, "revocation", REVOCATIONS)
    asked = (
        Field("since", Widget.MOMENT, "field.doubtful_since", "hint.doubtful_since", required=True),
        Field("reason", Widget.CHOICE, required=True, options=reasons),
    )
    facts = (Fact(visit.t("field.label_key"), visit.part("key")),)
    note = visit.t("label-key.revoke-note")
    return Sheet(Form((Group("", asked, note),)), visit.t("label-key.revoke"), PATH, facts)


def _to_list(_visit: Visit, _receipt: Receipt) -> str:
    return PATH


ROUTES = (
    web.get(PATH, label_keys),
    *FormPage(f"{PATH}/new", WRITES["label-key-registered"], "label-key.new-now", _new, _to_list).routes(),
    *FormPage(
        PATH + "/{key}/revocation",
        WRITES["label-key-revoked"],
        "label-key.revoke-now",
        _revocation,
        _to_list,
    ).routes(),
)
