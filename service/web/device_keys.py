"""The keys of devices that sign what a token says: listed, registered, revoked."""

from __future__ import annotations

from aiohttp import web

from schema.messages.device_keys import DEVICES
from service.http.writes import Receipt
from service.web import choices
from service.web.accounts import people_path
from service.web.forms import Field, Form, Group, Widget
from service.web.lists import list_page
from service.web.operations import WRITES
from service.web.submitting import Fact, FormPage, Sheet
from service.web.visits import Visit

_TOKEN = "/organisation/tokens/{token:id}/device-keys"  # noqa: S105  (a path)
_KEY = "/organisation/device-keys/{device_key:id}"
_OF_TOKEN = web.RequestKey("token of a device key", int)


async def device_keys(request: web.Request) -> web.StreamResponse:
    """Those of one token, revoked ones too."""
    visit = Visit(request)
    token = await visit.ask("token", token=visit.id("token"))
    context = {"token": token, "back": people_path(visit, token["organisation"])}
    fixed = {"token": str(token["id"])}
    return await list_page(visit, "device_keys.html", "device-keys", more=context, fixed=fixed)


async def _registration(visit: Visit) -> Sheet:
    token = await visit.ask("token", token=visit.id("token"))
    asked = (
        Field("public_key", hint="hint.public_key", required=True, longest=60),
        Field("device", Widget.CHOICE, required=True, options=choices.words(visit, "device", DEVICES)),
        Field("number", Widget.WHOLE, label="field.device_number", longest=5),
    )
    form = Form((Group("", asked, visit.t("device-key.register-note", id=token["id"])),))
    return Sheet(form, visit.t("device-key.register"), _list_path(token["id"]))


async def _revocation(visit: Visit) -> Sheet:
    key = await visit.ask("device-key", device_key=visit.id("device_key"))
    visit.request[_OF_TOKEN] = key["token"]
    number = "" if key["number"] is None else f" {key['number']}"
    facts = (
        Fact(visit.t("field.device"), f"{visit.t('device.' + key['device'])}{number}"),
        Fact(visit.t("device-key.public"), key["public_key"]),
    )
    return Sheet(Form(()), visit.t("device-key.revoke", id=key["id"]), _list_path(key["token"]), facts)


def _list_path(token: int) -> str:
    return f"/organisation/tokens/{token}/device-keys"


def _registered(visit: Visit, _receipt: Receipt) -> str:
    return _list_path(visit.id("token"))


def _revoked(visit: Visit, _receipt: Receipt) -> str:
    return _list_path(visit.request[_OF_TOKEN])


ROUTES = (
    web.get(r"/organisation/tokens/{token:\d{1,15}}/device-keys", device_keys),
    *FormPage(
        f"{_TOKEN}/new", WRITES["device-key-registered"], "device-key.register", _registration, _registered
    ).routes(),
    *FormPage(
        f"{_KEY}/revocation", WRITES["device-key-revoked"], "device-key.revoke-now", _revocation, _revoked
    ).routes(),
)
