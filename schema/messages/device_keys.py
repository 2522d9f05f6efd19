"""Messages about the keys by which devices sign."""

from __future__ import annotations

from typing import Any

from schema.messages.fields import Choice, Flag, Id, Message, Parsed, Text, Whole
from schema.signed_request import parse_public_key

DEVICES = ("handset", "scanner", "scale", "printer", "gate", "terminal", "server")
_MOST_DEVICES = 99_999


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class PublicKey(Parsed):
    """An Ed25519 public key in base64."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(parse_public_key, **kwargs)


class DeviceKeyRegistration(Message):
    """A device's key for what one of the own organisation's tokens says. The private half stays in the
    device."""

    token = Id(required=True, metadata=_about("Id of the token; from now on it says nothing unsigned."))
    public_key = PublicKey(
        required=True, metadata=_about("Ed25519, 32 bytes in padded base64, as the device shows it.")
    )
    device = Choice(DEVICES, required=True, metadata=_about("What kind of device it is."))
    number = Whole(least=1, most=_MOST_DEVICES, metadata=_about("Your own number of the device."))


class DeviceKeyRevocation(Message):
    """A device's key signs nothing any more. Its token goes on saying nothing unsigned."""

    device_key = Id(required=True, metadata=_about("Id of the device key."))


class DeviceKeyView(Message):
    """A device's key."""

    id = Id(metadata=_about("The device names it in its signatures."))
    organisation = Id()
    token = Id(metadata=_about("The token whose writes it signs."))
    public_key = Text(metadata=_about("Ed25519, base64."))
    device = Text()
    number = Id(allow_none=True, metadata=_about("The organisation's own number of the device."))
    origin = Text(metadata=_about("The ledger that it signs for; part of what is signed."))
    active = Flag(metadata=_about("False once it is revoked."))
    position = Id()


class DeviceKeyQuery(Message):
    """Which device keys."""

    token = Id(metadata=_about("Of which token."))
    organisation = Id(metadata=_about("Of which organisation; the platform's operator sees all."))
    holding = Flag(metadata=_about("Only such as are not revoked."))
