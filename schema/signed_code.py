"""A label's address that proves itself, also without a network: ``ADDRESS#1.<key id>.<155 digits>``.

The digits are an Ed25519 signature by one of the platform's label keys over the canonical address: scheme and
host in lower case, everything else as it stands, without the fragment. On labels scheme and host are in
capitals, where a QR code packs them closer. Rules kept:

* What was signed has one spelling in small letters and one in capitals, and no other is taken: a host whose
  letters are mixed was not printed here. Digits are 155, whatever the number.
* A key is known by two characters made from the key itself, so that no id can be given to another key.
* A good signature says who gave out the address. It says nothing of the carton that it is found on: a copied
  label verifies as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schema.ed25519 import SIGNATURE_BYTES
from schema.identifiers.writing import shown
from schema.problems import Problem

FORMAT = "1"
DIGITS = 155
"""Decimal digits of 64 bytes: 2^512 has 155."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""That of trace codes: no letter in it looks like a digit."""
_ID_LENGTH = 2
IDS = len(_ALPHABET) ** _ID_LENGTH
"""How many keys there can ever be: each id is given once."""
_LONGEST = 2048
"""Characters of a text that are looked at: a signed address has about 280."""

_FRAGMENT = re.compile(rf"{FORMAT}\.([{_ALPHABET}]{{{_ID_LENGTH}}})\.([0-9]{{{DIGITS}}})")
_OTHER_FORMAT = re.compile(r"([0-9]{1,3})\..*", re.DOTALL)
_ADDRESS = re.compile(r"(https?://)([a-z0-9.:\[\]-]+)(/[!\"$-~]*)", re.IGNORECASE | re.ASCII)
"""ASCII: without it the sign of Kelvin is a k in capitals, and the long ſ an s. No second # either."""


@dataclass(frozen=True, slots=True)
class SignedCode:
    """A signed address, read and not checked. ``address`` is canonical."""

    address: str
    key: str
    signature: bytes

    @classmethod
    def parse(cls, text: str) -> SignedCode:
        """What a scanned text claims.

        Raises Problem ``signed-code.unsigned``, ``….format-unknown``, ``….fragment`` or ``….address``.
        """
        address, mark, fragment = text.strip()[:_LONGEST].partition("#")
        if not mark:
            raise Problem("signed-code.unsigned")
        match = _FRAGMENT.fullmatch(fragment)
        if match is None:
            raise _bad_fragment(fragment)
        number = int(match[2])
        if number.bit_length() > 8 * SIGNATURE_BYTES:
            raise Problem("signed-code.fragment")
        return cls(canonical(address), match[1], number.to_bytes(SIGNATURE_BYTES, "big"))

    @property
    def host(self) -> str:
        """The name in the address, with its port."""
        return self.address.split("/", 3)[2]

    @property
    def printed(self) -> str:
        """The text of the label's QR code: scheme and host in capitals, address, signature."""
        scheme, _, host, path = self.address.split("/", 3)
        number = int.from_bytes(self.signature, "big")
        return f"{scheme.upper()}//{host.upper()}/{path}#{FORMAT}.{self.key}.{number:0{DIGITS}d}"

    def check(self, public: bytes) -> None:
        """Raises Problem ``signed-code.wrong`` unless this key signed this address."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, self.address.encode())
        except InvalidSignature:
            raise Problem("signed-code.wrong", key=self.key, address=self.address) from None


def sign(address: str, key: Ed25519PrivateKey) -> SignedCode:
    """A label's address, signed. Raises Problem ``signed-code.address`` for what is none."""
    plain = canonical(address)
    return SignedCode(plain, key_id(key.public_key().public_bytes_raw()), key.sign(plain.encode()))


def canonical(address: str) -> str:
    """The address as it is signed. Raises Problem ``signed-code.address``."""
    match = _ADDRESS.fullmatch(address)
    beginning = "" if match is None else match[1] + match[2]
    if match is None or beginning not in (beginning.lower(), beginning.upper()):
        raise Problem("signed-code.address", value=shown(address))
    return beginning.lower() + match[3]


def key_id(public: bytes) -> str:
    """The two characters by which labels name a key: the first of SHA-256 over it, in base 31."""
    number = int.from_bytes(sha256(b"coldledger label key\n" + public).digest()[:8], "big")
    high, low = divmod(number % IDS, len(_ALPHABET))
    return _ALPHABET[high] + _ALPHABET[low]


def _bad_fragment(fragment: str) -> Problem:
    other = _OTHER_FORMAT.fullmatch(fragment)
    if other is not None and other[1] != FORMAT:
        return Problem("signed-code.format-unknown", format=other[1])
    return Problem("signed-code.fragment")
