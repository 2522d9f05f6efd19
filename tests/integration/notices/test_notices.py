"""Notices: who is told what, how it reaches them with its proof, and what happens when nobody reads."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from standardwebhooks.webhooks import Webhook

from service.http.keys import DATABASE
from service.notices import telling
from service.notices.messages import Message
from service.notices.sending import ATTEMPTS, SENDER, Sender
from service.notices.webhooks import Attempt, Webhooks
from tests.integration.incidents.conftest import Office
from tests.integration.incidents.test_recalls import RECALLS, ordered, under_a_case
from tests.integration.notices.conftest import SENDER_ADDRESS, Mailbox, Receiver

NOTICES, CONTACTS = "/api/v1/notices", "/api/v1/contacts"


async def told(office: Office, who: str) -> list[dict[str, Any]]:
    """What somebody is told, newest first."""
    items: list[dict[str, Any]] = (await office.told(who, NOTICES))["items"]
    return items


def kinds(notices: list[dict[str, Any]]) -> list[str]:
    return [each["kind"] for each in notices]


async def contact(office: Office, who: str, channel: str, address: str, **more: Any) -> dict[str, Any]:
    """An address is kept."""
    status, kept = await office.say(who, CONTACTS, {"channel": channel, "address": address, **more})
    assert status == 201, kept
    return kept


def pool_of(office: Office) -> asyncpg.Pool[asyncpg.Record]:
    """A pool that may write."""
    app: Any = office.served.client.app
    pool: asyncpg.Pool[asyncpg.Record] = app[DATABASE].writer
    return pool


async def hours_pass(office: Office, hours: int) -> None:
    """As if it had been told so long ago: a clock that nobody can turn."""
    await pool_of(office).execute(
        "UPDATE private.notice SET read_by_time = read_by_time - make_interval(hours => $1)", hours
    )


async def at_once(office: Office) -> None:
    """What waits for another attempt is tried now."""
    await pool_of(office).execute("UPDATE private.sending SET next_at = now()")


async def test_a_recall_is_told_to_whom_it_addresses_once(office: Office, sender: Sender) -> None:
    recall = await under_a_case(office)
    await sender.once()
    await sender.once()
    for who in ("station", "wholesaler", "shop", "plant"):
        (notice,) = [each for each in await told(office, who) if each["kind"] == "recall-ordered"]
        assert (notice["about"], notice["page"]) == (recall, f"/recalls/{recall}"), who
    assert "recall-ordered" not in kinds(await told(office, "outsider"))
    assert "recall-ordered" not in kinds(await told(office, "qingdao")), "who ordered it knows"
    zh = await office.served.get("shop", NOTICES, **{"Accept-Language": "zh"})
    assert "被召回" in (await zh.json())["items"][0]["title"]
    await office.said("qingdao", f"{RECALLS}/{recall}/extensions", {"days": 2, "reason": "other"})
    await office.said("qingdao", f"{RECALLS}/{recall}/withdrawal", {"reason": "error"})
    await sender.once()
    assert kinds(await told(office, "shop"))[:2] == ["recall-withdrawn", "recall-extended"]


async def test_holds_findings_and_requests_are_told(office: Office, sender: Sender) -> None:
    hold = (await office.hold("qingdao", "units", office.ids["shop_unit"]))["hold"]
    place = office.served.story.places["wholesaler"]
    raised = await office.said("hubei", "/api/v1/findings", {"facility": place, "rule": "unlabelled"})
    await sender.once()
    (first, *_) = await told(office, "shop")
    assert (first["kind"], first["about"]) == ("hold-placed", hold)
    (finding, *_) = await told(office, "wholesaler")
    assert (finding["kind"], finding["about"]) == ("finding-raised", raised["outcome"]["finding"])
    assert finding["due_at"] is not None
    assert "hold-placed" not in kinds(await told(office, "wholesaler")), "of others' goods nothing is told"
    await office.said("qingdao", f"/api/v1/holds/{hold}/lifting", {"reason": "test_negative"})
    answers = f"/api/v1/findings/{finding['about']}/answers"
    await office.said("wholesaler", answers, {"explanation": "remedied"})
    await sender.once()
    assert kinds(await told(office, "shop"))[0] == "hold-lifted"
    assert kinds(await told(office, "hubei"))[0] == "finding-answered"


async def test_a_notice_is_read_and_acknowledged_by_its_own_people(office: Office, sender: Sender) -> None:
    recall = await under_a_case(office)
    await sender.once()
    notice = (await told(office, "shop"))[0]
    assert (notice["read_at"], notice["to_acknowledge"]) == (None, True)
    assert len((await office.told("shop", f"{NOTICES}?unread=true"))["items"]) >= 1
    stranger, _ = await office.say("plant", f"{NOTICES}/{notice['id']}/reading", {})
    assert stranger == 404
    await office.say("shop", f"{NOTICES}/{notice['id']}/reading", {})
    now = await office.told("shop", f"{NOTICES}/{notice['id']}")
    assert now["read_at"] is not None
    assert (now["acknowledged_at"], now["to_acknowledge"]) == (None, True), "reading is not enough"
    await office.say("shop", f"{NOTICES}/{notice['id']}/acknowledgement", {})
    again = await office.told("shop", f"{NOTICES}/{notice['id']}")
    assert (again["read_at"], again["to_acknowledge"]) == (now["read_at"], False)
    shown = (await office.told("qingdao", f"{RECALLS}/{recall}/notices"))["items"]
    by = {each["organisation"]["id"]: each for each in shown}
    parties = office.served.story.parties
    assert by[parties["shop"].organisation]["acknowledged_at"] is not None
    assert by[parties["plant"].organisation]["read_at"] is None
    own = (await office.told("plant", f"{RECALLS}/{recall}/notices"))["items"]
    assert [each["organisation"]["id"] for each in own] == [parties["plant"].organisation]


async def test_a_webhook_comes_signed_and_its_proof_is_kept(
    office: Office, sender: Sender, receiver: Receiver
) -> None:
    kept = await contact(office, "shop", "webhook", receiver.url)
    assert kept["secret"].startswith("whsec_")
    (listed,) = (await office.told("shop", CONTACTS))["items"]
    assert "secret" not in listed, "shown once"
    recall = await under_a_case(office)
    await sender.once()
    ((headers, body),) = receiver.came
    payload = Webhook(kept["secret"]).verify(
        body.decode(), {name.lower(): text for name, text in headers.items()}
    )
    assert payload["type"] == "recall-ordered"
    assert (payload["about"], payload["drill"]) == (recall, False)
    assert payload["url"] == f"https://ledger.example.org/recalls/{recall}"
    notice = (await told(office, "shop"))[0]
    (proof,) = (await office.told("shop", f"{NOTICES}/{notice['id']}"))["deliveries"]
    assert (proof["channel"], proof["attempt"], proof["delivered"]) == ("webhook", 1, True)
    assert proof["digest"] == hashlib.sha256(body).hexdigest()
    assert (proof["message_id"], proof["response"][:3]) == (headers["webhook-id"], "204")
    await sender.once()
    assert len(receiver.came) == 1, "told once"


async def test_a_receiver_that_fails_is_tried_again_with_the_same_id_and_then_given_up(
    office: Office, sender: Sender, receiver: Receiver
) -> None:
    await contact(office, "shop", "webhook", receiver.url)
    receiver.answers = [500, 302]
    await under_a_case(office)
    await sender.once()
    await sender.once()
    assert len(receiver.came) == 1, "not before its time"
    for _ in range(3):
        await at_once(office)
        await sender.once()
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    notice = (await told(office, "shop"))[0]
    proofs = (await office.told("shop", f"{NOTICES}/{notice['id']}"))["deliveries"]
    assert [(each["response"].split()[0], each["delivered"]) for each in proofs] == [
        ("500", False), ("302", False), ("204", True)
    ]  # fmt: skip
    receiver.answers = [503] * (ATTEMPTS + 5)
    await ordered(office, "station")
    for _ in range(ATTEMPTS + 3):
        await sender.once()
        await at_once(office)
    assert len(receiver.came) == 3 + ATTEMPTS


async def test_a_mail_comes_in_the_contacts_language_and_tells_no_details(
    office: Office, sender: Sender, mailbox: Mailbox
) -> None:
    await contact(office, "shop", "email", "boss@example.com", language="zh")
    await contact(office, "wholesaler", "email", "duty@example.com", language="en")
    recall = await under_a_case(office)
    await sender.once()
    mails = {str(mail["To"]): mail for mail in mailbox.mails}
    zh, en = mails["boss@example.com"], mails["duty@example.com"]
    assert "召回" in str(zh["Subject"])
    assert "called back" in str(en["Subject"])
    assert SENDER_ADDRESS in str(en["From"])
    assert f"https://ledger.example.org/recalls/{recall}" in en.get_content()
    assert "牛肉" not in zh.get_content(), "what it is about is shown after signing in"
    notice = (await told(office, "shop"))[0]
    (proof,) = (await office.told("shop", f"{NOTICES}/{notice['id']}"))["deliveries"]
    assert (proof["delivered"], proof["response"]) == (True, "250 kept as 4711")
    assert str(zh["Message-ID"]) == f"<{proof['message_id']}@example.org>"


async def test_a_mail_that_is_refused_is_tried_again(
    office: Office, sender: Sender, mailbox: Mailbox
) -> None:
    await contact(office, "shop", "email", "boss@example.com")
    mailbox.refuses = "452 later"
    await under_a_case(office)
    await sender.once()
    mailbox.refuses = ""
    await at_once(office)
    await sender.once()
    notice = (await told(office, "shop"))[0]
    proofs = (await office.told("shop", f"{NOTICES}/{notice['id']}"))["deliveries"]
    assert [each["delivered"] for each in proofs] == [False, True]
    assert "452" in proofs[0]["response"]
    assert len(mailbox.mails) == 1


async def test_who_does_not_read_is_tried_at_the_next_contact_and_then_the_authority_is_told(
    office: Office, sender: Sender, mailbox: Mailbox
) -> None:
    await contact(office, "shop", "email", "first@example.com", turn=1)
    await contact(office, "shop", "email", "second@example.com", turn=2)
    await under_a_case(office)
    await sender.once()
    assert [str(mail["To"]) for mail in mailbox.mails] == ["first@example.com"]
    notice = (await told(office, "shop"))[0]["id"]
    await office.say("shop", f"{NOTICES}/{notice}/reading", {})
    pool = pool_of(office)
    await telling.escalate(pool)
    await sender.once()
    assert len(mailbox.mails) == 1, "there is time yet"
    await hours_pass(office, 5)
    await telling.escalate(pool)
    await sender.once()
    assert [str(mail["To"]) for mail in mailbox.mails] == ["first@example.com", "second@example.com"]
    await hours_pass(office, 5)
    await telling.escalate(pool)
    unread = [each for each in await told(office, "qingdao") if each["kind"] == "unread"]
    shop = office.served.story.parties["shop"].organisation
    assert shop in [each["of_organisation"]["id"] for each in unread], "reading alone was not enough"
    await hours_pass(office, 50)
    await telling.escalate(pool)
    authority = office.served.story.parties["qingdao"].organisation
    everybody = [each for who in ("qingdao", "hubei") for each in await told(office, who)]
    silent = [each["of_organisation"]["id"] for each in everybody if each["kind"] == "unread"]
    assert authority not in silent, "that an authority does not read is told nowhere"


async def test_an_acknowledged_notice_goes_no_further(office: Office, sender: Sender) -> None:
    await under_a_case(office)
    await sender.once()
    for who in ("station", "wholesaler", "shop", "plant", "restaurant", "importer"):
        for each in await told(office, who):
            await office.say(who, f"{NOTICES}/{each['id']}/acknowledgement", {})
    await hours_pass(office, 500)
    await telling.escalate(pool_of(office))
    assert "unread" not in kinds(await told(office, "qingdao"))


async def test_clocks_that_run_out_are_told_to_both_sides_once(office: Office, sender: Sender) -> None:
    recall = await under_a_case(office)
    later = datetime.now(UTC) + timedelta(hours=25)
    for _ in range(2):
        await telling.watch_clocks(pool_of(office), later)
    assert kinds(await told(office, "shop")).count("recall-start-overdue") == 1
    assert kinds(await told(office, "qingdao")).count("recall-start-overdue") == 1
    when = (await office.told("shop", f"{RECALLS}/{recall}"))["ordered_at"]
    assert "recall-report-overdue" not in kinds(await told(office, "shop"))
    await office.said("shop", f"{RECALLS}/{recall}/starts", {"happened_at": when})
    await telling.watch_clocks(pool_of(office), later + timedelta(days=40))
    assert kinds(await told(office, "shop")).count("recall-report-overdue") == 1
    assert kinds(await told(office, "shop")).count("recall-start-overdue") == 1


async def test_a_drill_says_that_it_is_one(office: Office, sender: Sender, mailbox: Mailbox) -> None:
    await contact(office, "shop", "email", "boss@example.com", language="en")
    await under_a_case(office, drill=True)
    await sender.once()
    notice = (await told(office, "shop"))[0]
    assert notice["drill"]
    assert notice["title"].startswith("[Drill]")
    assert "[Drill]" in str(mailbox.mails[0]["Subject"])


async def test_contacts_are_for_managers_and_sealed(
    office: Office, sender: Sender, receiver: Receiver
) -> None:
    kept = await contact(office, "shop", "webhook", receiver.url)
    (row,) = await pool_of(office).fetch("SELECT * FROM private.contact")
    assert receiver.url.encode() not in bytes(row["box"])
    assert kept["secret"].encode() not in bytes(row["box"])
    assert (await office.told("plant", CONTACTS))["items"] == []
    path = f"{CONTACTS}/{kept['id']}"
    status, trial = await office.say("shop", f"{path}/trial", {})
    assert (status, trial["delivered"]) == (200, True)
    assert json.loads(receiver.came[0][1])["type"] == "trial"
    (shown,) = (await office.told("shop", CONTACTS))["items"]
    assert (shown["last_delivered"], shown["address"]) == (True, receiver.url)
    assert (await office.say("plant", f"{path}/trial", {}))[0] == 404
    app: Any = office.served.client.app
    vault = app[SENDER].ways.contacts.vault
    assert vault.holds(row["person"])
    await app[SENDER].ways.contacts.remove(office.served.story.parties["shop"].organisation, kept["id"])
    assert not vault.holds(row["person"])
    assert (await office.told("shop", CONTACTS))["items"] == []


async def test_an_address_that_is_none_is_refused(office: Office, sender: Sender) -> None:
    object.__setattr__(sender.ways.contacts, "private", False)
    for channel, address, code in (
        ("email", "nobody", "contact.address"),
        ("email", "a@b.example\r\nBcc: c@d.example", "message.invalid"),
        ("webhook", "http://example.org/", "contact.address"),
        ("webhook", "https://127.0.0.1/", "contact.address-private"),
        ("webhook", "https://10.1.2.3/hook", "contact.address-private"),
        ("webhook", "https://[::1]/", "contact.address-private"),
        ("webhook", "https://localhost/", "contact.address-private"),
    ):
        said = {"channel": channel, "address": address}
        assert await office.refused("shop", CONTACTS, said) == code, address
    wrong = {"channel": "email", "address": "a@example.org", "user": 1}
    assert await office.refused("shop", CONTACTS, wrong) == "contact.user-not-found"


async def test_an_erased_persons_address_is_gone(office: Office, sender: Sender, mailbox: Mailbox) -> None:
    user = office.served.story.parties["shop"].staff.user
    await contact(office, "shop", "email", "staff@example.com", user=user)
    await office.said("shop", f"/api/v1/users/{user}/disabling", {})
    erasure = {"kind": "user", "subject": user, "reason": "court_order"}
    await office.said("shop", "/api/v1/erasures", erasure)
    assert (await office.told("shop", CONTACTS))["items"] == []
    await under_a_case(office)
    await sender.once()
    assert mailbox.mails == []


def test_a_secret_is_one_of_the_standard() -> None:
    from service.notices.webhooks import new_secret  # noqa: PLC0415

    assert len(base64.b64decode(new_secret().removeprefix("whsec_"))) == 32


async def test_one_contact_that_breaks_stops_nobody_elses(
    office: Office, sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "http://127.0.0.1:1/broken"
    await contact(office, "shop", "webhook", broken)
    await contact(office, "wholesaler", "webhook", receiver.url)
    send = Webhooks.send

    async def breaking(self: Webhooks, url: str, secret: str, message: Message) -> Attempt:
        if url == broken:
            raise RuntimeError("a defect")
        return await send(self, url, secret, message)

    monkeypatch.setattr(Webhooks, "send", breaking)
    await under_a_case(office)
    await sender.once()
    assert len(receiver.came) == 1
    states = await pool_of(office).fetch("SELECT attempts, state FROM private.sending ORDER BY state")
    assert [tuple(row) for row in states] == [(1, "delivered"), (1, "waiting")]
