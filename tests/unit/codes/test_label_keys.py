"""The register of label keys: each rule just beyond its boundary, and what is admitted."""

from __future__ import annotations

from typing import Any

import pytest

from schema.ed25519 import write_public
from schema.key_directory import REVOCATIONS
from schema.messages.fields import refusal
from schema.messages.label_keys import MOST_DAYS, LabelKeyRegistration, LabelKeyRevocation
from schema.signed_code import key_id
from service.codes.keys import REGISTER_LABEL_KEY, REVOKE_LABEL_KEY
from service.codes.state import LABEL_KEY, LabelKey
from service.ledger import PLATFORM, Data
from service.ledger.statement import instant
from tests.history import History
from tests.refusing import Case, Cases, Said, demand_refused
from tests.settlement import Settlement
from tests.signed_labels import HOST, private

PUBLIC = private(1).public_key().public_bytes_raw()
KEY = key_id(PUBLIC)
DATA = {"public_key": write_public(PUBLIC), "host": HOST}
WEAK = write_public(b"\x01" + bytes(31))
"""The neutral point: anybody signs under it."""
NOW = "2020-08-02T09:00:00.000000+08:00"


@pytest.fixture
def town() -> Settlement:
    """A platform at nine o'clock."""
    settlement = Settlement(History())
    settlement.history.now(NOW)
    return settlement


def registered(town: Settlement, **changes: Any) -> LabelKey:
    town.history.say(REGISTER_LABEL_KEY, DATA | changes, town.platform.manager)
    return town.history.row(LABEL_KEY, KEY)


def test_a_key_signs_two_years_from_now_on(town: Settlement) -> None:
    at, position = instant(town.history.at), town.history.position
    assert registered(town) == LabelKey(
        id=KEY,
        public_key=DATA["public_key"],
        host=HOST,
        valid_from=at,
        valid_until="2022-08-02T01:00:00.000000Z",
        revoked_since=None,
        reason=None,
        registered=position,
        version=position,
    )


def test_a_key_may_be_announced_and_be_short(town: Settlement) -> None:
    key = registered(town, valid_from="2020-09-01T00:00+08:00", valid_days=1)
    assert (key.valid_from, key.valid_until) == ("2020-08-31T16:00:00.000000Z", "2020-09-01T16:00:00.000000Z")
    assert registered(Settlement(History()), valid_from="2020-08-01T08:00:06+08:00")


def test_the_command_line_makes_keys_too(town: Settlement) -> None:
    assert town.history.say(REGISTER_LABEL_KEY, DATA, PLATFORM).outcome["key"] == KEY


@pytest.mark.parametrize("reason", REVOCATIONS)
def test_a_revoked_key_keeps_since_when_and_why(town: Settlement, reason: str) -> None:
    before, position = registered(town), town.history.position
    since = "2020-08-02T09:00:01+08:00"
    said = {"key": KEY, "since": since, "reason": reason}
    town.history.say(REVOKE_LABEL_KEY, said, town.platform.manager)
    after = town.history.row(LABEL_KEY, KEY)
    assert (after.revoked_since, after.reason, after.version) == (since, reason, position)
    assert (after.registered, after.valid_until) == (before.registered, before.valid_until)


CASES = Cases[Settlement]()
breaks = CASES.breaks


def revocation(**changes: Any) -> Data:
    return {"key": KEY, "since": "2020-08-01", "reason": "stolen", **changes}


@breaks("label-key.id-taken")
def _(town: Settlement) -> Said:
    registered(town)
    return Said(REGISTER_LABEL_KEY, DATA, town.platform.manager, (KEY,))


@breaks("label-key.id-taken")
def _(town: Settlement) -> Said:
    registered(town)
    town.history.say(REVOKE_LABEL_KEY, revocation(), town.platform.manager)
    return Said(REGISTER_LABEL_KEY, DATA, town.platform.manager, (KEY,))


@breaks("label-key.back-dated")
def _(town: Settlement) -> Said:
    data = DATA | {"valid_from": "2020-08-02T08:59:59+08:00"}
    return Said(REGISTER_LABEL_KEY, data, town.platform.manager, ("2020-08-02 08:59:59",), "/valid_from")


@breaks("label-key.too-late")
def _(town: Settlement) -> Said:
    data = DATA | {"valid_from": "9999-12-31T15:58+00:00", "valid_days": 1}
    return Said(REGISTER_LABEL_KEY, data, town.platform.manager, ("9999-12-31 23:58",), "/valid_from")


@breaks("party.role-missing")
def _(town: Settlement) -> Said:
    return Said(REGISTER_LABEL_KEY, DATA, town.party("first_station").manager, ("platform",))


@breaks("actor.manager-only")
def _(town: Settlement) -> Said:
    return Said(REGISTER_LABEL_KEY, DATA, town.platform.staff)


@breaks("label-key.not-found")
def _(town: Settlement) -> Said:
    return Said(REVOKE_LABEL_KEY, revocation(key="ZZ"), town.platform.manager, ("ZZ",), "/key")


@breaks("label-key.already-revoked")
def _(town: Settlement) -> Said:
    registered(town)
    town.history.say(REVOKE_LABEL_KEY, revocation(), town.platform.manager)
    return Said(REVOKE_LABEL_KEY, revocation(), town.platform.manager, (KEY, "2020-08-01"), "/key")


@breaks("label-key.since-future")
def _(town: Settlement) -> Said:
    registered(town)
    data = revocation(since="2020-08-02T09:00:02+08:00")
    return Said(REVOKE_LABEL_KEY, data, town.platform.manager, ("2020-08-02 09:00:02",), "/since")


@breaks("party.role-missing")
def _(town: Settlement) -> Said:
    registered(town)
    return Said(REVOKE_LABEL_KEY, revocation(), town.party("regulator").manager, ("platform",))


@pytest.mark.parametrize(("code", "case"), CASES.params)
def test_every_rule_is_kept(town: Settlement, code: str, case: Case[Settlement]) -> None:
    demand_refused(town.history, code, case(town))


WRONG = (
    (LabelKeyRegistration(), {"public_key": "AAAA", "host": HOST}, "label-key.public-key", "/public_key"),
    (LabelKeyRegistration(), DATA | {"public_key": WEAK}, "label-key.public-key", "/public_key"),
    (LabelKeyRegistration(), DATA | {"host": "not a host"}, "host.not-public", "/host"),
    (LabelKeyRegistration(), DATA | {"valid_days": 0}, "message.range", "/valid_days"),
    (LabelKeyRegistration(), DATA | {"valid_days": MOST_DAYS + 1}, "message.range", "/valid_days"),
    (LabelKeyRevocation(), revocation(reason="tired"), "message.choice", "/reason"),
    (LabelKeyRevocation(), revocation(since="yesterday"), "moment.format", "/since"),
)


@pytest.mark.parametrize(("schema", "data", "code", "field"), WRONG)
def test_a_message_is_read_strictly(schema: Any, data: Data, code: str, field: str) -> None:
    with pytest.raises(Exception) as caught:
        schema.load(data)
    assert [(each.code, each.field) for each in refusal(caught.value).causes] == [(code, field)]  # type: ignore[arg-type]
