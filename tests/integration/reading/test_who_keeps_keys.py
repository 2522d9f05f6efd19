"""Roles × keys: whose keys of devices each sees, registers and revokes; that only the platform makes and
revokes those of labels, which everybody is told."""

from __future__ import annotations

import pytest

from service.codes.key_file import KeyFile
from service.http.keys import LEDGER, SETTINGS
from service.ledger import Proposal
from service.parties import ISSUE_TOKEN
from service.parties.device_keys import REGISTER_DEVICE_KEY
from tests.handset import key_of
from tests.integration.reading.conftest import Served
from tests.integration.reading.test_who_sees_what import EVERYONE, NOBODY

OTHERS = tuple(who for who in EVERYONE if who not in ("station", "platform"))
REVOCATION = {"since": "2020-08-01", "reason": "exposed"}


@pytest.fixture
async def kept(served: Served) -> tuple[int, int]:
    """A token of the station, and the key of its device."""
    ledger, manager = served.client.app[LEDGER], served.story.parties["station"].manager  # type: ignore[union-attr]
    token = (
        await ledger.append(Proposal(ISSUE_TOKEN, manager, {"scopes": ["goods:write"]}))
    ).statement.outcome
    key = {"token": token["token"], "public_key": key_of(7).public, "device": "scale"}
    registered = await ledger.append(Proposal(REGISTER_DEVICE_KEY, manager, key))
    return token["token"], registered.statement.outcome["device_key"]


async def test_each_lists_its_own_keys_of_devices(served: Served, kept: tuple[int, int]) -> None:
    token, key = kept
    station = served.story.parties["station"].organisation
    for asked in ("", f"?token={token}", f"?organisation={station}", "?holding=true"):
        for who in EVERYONE:
            listed = (await served.told(who, f"/api/v1/device-keys{asked}"))["items"]
            assert [each["id"] for each in listed] == ([] if who in OTHERS else [key]), (who, asked)


async def test_others_keys_and_tokens_are_refused_like_none(served: Served, kept: tuple[int, int]) -> None:
    token, key = kept
    device = {"public_key": key_of(8).public, "device": "scale"}
    for path, there, body in (
        ("/api/v1/device-keys/{}/revocation", key, {}),
        ("/api/v1/tokens/{}/device-keys", token, device),
    ):
        for who in OTHERS:
            told = [await served.post(who, path.format(id_), body) for id_ in (there, NOBODY)]
            assert [status for status, _ in told] == [404, 404], (who, path)
            assert told[0][1]["code"] == told[1][1]["code"], (who, path)
    # The platform registers none for others, and may revoke any.
    status, problem = await served.post("platform", f"/api/v1/tokens/{token}/device-keys", device)
    assert (status, problem["code"]) == (404, "token.not-found")
    assert (await served.post("platform", f"/api/v1/device-keys/{key}/revocation", {}))[0] == 201


async def test_only_the_platform_makes_and_revokes_keys_of_labels(served: Served) -> None:
    for who in EVERYONE:
        if who != "platform":
            status, problem = await served.post(who, "/api/v1/label-keys", {})
            assert (status, problem["code"]) == (403, "party.role-missing"), who
    assert len(KeyFile(served.client.app[SETTINGS].label_key_file).read()) <= 1  # type: ignore[union-attr]
    status, made = await served.post("platform", "/api/v1/label-keys", {})
    assert status == 201
    id_ = made["outcome"]["key"]
    for who in EVERYONE:
        assert [each["id"] for each in (await served.told(who, "/api/v1/label-keys"))["items"]] == [id_]
        if who != "platform":
            status, problem = await served.post(who, f"/api/v1/label-keys/{id_}/revocation", REVOCATION)
            assert (status, problem["code"]) == (403, "party.role-missing"), who
    assert (await served.post("platform", f"/api/v1/label-keys/{id_}/revocation", REVOCATION))[0] == 201
