"""A device that signs, in a history without a database.

::

    handset = Handset.given(history, party.manager)
    history.say(SELL, data, handset.actor, *handset.signs(history, SELL, data))
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanners.signing import Device, DeviceKey
from schema.signed_request import HEADER, Signature, as_said, submission_key
from service.ledger import Actor, Data, Idempotency, Kind
from service.parties import ISSUE_TOKEN
from service.parties.device_keys import REGISTER_DEVICE_KEY
from service.parties.signatures import made_in
from tests.history import History

_numbers = count(1)


def key_of(seed: int) -> DeviceKey:
    """The ``seed``-th key: the same in every run."""
    return DeviceKey(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


@dataclass(frozen=True, slots=True)
class Handset:
    """A device whose key is registered for a token of its own."""

    device: Device
    actor: Actor

    @classmethod
    def given(cls, history: History, manager: Actor, *scopes: str, seed: int = 7) -> Handset:
        """A token of the manager's organisation and a key for it."""
        issued = {"scopes": [*(scopes or ("goods:write", "parties:write"))]}
        token = history.say(ISSUE_TOKEN, issued, manager).outcome["token"]
        actor = Actor(manager.organisation, token=token)
        return cls.registered(history, manager, actor, seed)

    @classmethod
    def registered(cls, history: History, manager: Actor, actor: Actor, seed: int) -> Handset:
        """One more device for a token."""
        key = key_of(seed)
        data = {"token": actor.token, "public_key": key.public, "device": "handset", "number": seed}
        outcome = history.say(REGISTER_DEVICE_KEY, data, manager).outcome
        device = Device(key, outcome["device_key"], actor.organisation, outcome["origin"])
        return cls(device, actor)

    def signs(
        self, history: History, kind: Kind, data: Data, signed_at: datetime | None = None
    ) -> tuple[Idempotency, str]:
        """The submission and the signature of what is said, as the service hands them on."""
        made = made_in(kind, data)
        key = f"submission-{next(_numbers)}"
        headers = self.device.headers(kind.name, as_said(data, made), key, now=signed_at or history.at)
        signature = Signature.of_header(headers[HEADER]).recorded(made)
        return Idempotency(submission_key(self.actor.organisation, key), "0" * 64), signature

    def under(self, id_: int) -> Handset:
        """The same device, naming another key."""
        return replace(self, device=replace(self.device, id=id_))
