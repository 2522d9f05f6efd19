"""Signed notes (C2SP signed-note): a text, a blank line, and a line for each signature, with Ed25519 keys.

Rules kept: signatures of unknown keys are ignored; a known key whose signature fails refuses the note, even
beside a good one; a note that no known key has signed is refused. A key is known by its name *and* its id.
Whatever the input, nothing but NoteError is raised.

Keys are written as Go's sumdb/note writes them: ``name+id+base64(type ‖ public key)`` and
``PRIVATE+KEY+name+id+base64(type ‖ seed)``. A key's type says what exactly it signs; that of witnesses, which
sign a time with the text, is in ``service.ledger.cosignature``. It stands here because what is checked
without a service, such as a directory of label keys, is a note too.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schema import ed25519

ED25519: Final = b"\x01"
MAX_NOTE_CHARS: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_Claim = tuple[str, bytes]
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
PRIVATE: Final = "PRIVATE+KEY+"
_LINE: Final = re.compile("— ([^ ]+) ([^ ]+)")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
"""What no note may hold: control characters but the newline, and halves of surrogate pairs."""


class LedgerFormatError(Exception):
    """Bytes that are not what the ledger's formats say, in words for engineers."""


class NoteError(LedgerFormatError):
    """A signed note, or a key for one, that is malformed or whose signatures do not hold."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who claims to have signed, and the bytes that should show it."""

    name: str
    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        match = _LINE.fullmatch(line)
        if match is None:
            raise NoteError("a signature line is '— <name> <base64>'")
        blob = from_base64(match[2])
        if len(blob) <= _ID_BYTES:
            raise NoteError("a signature is longer than its key id")
        return cls(require_name(match[1]), blob[:_ID_BYTES], blob[_ID_BYTES:])

    @property
    def claim(self) -> _Claim:
        """Which key the signature claims to be made with."""
        return self.name, self.key_id

    def format(self) -> str:
        """The line, with its newline."""
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (it ends with a newline) and its signatures, none of them checked."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str | bytes) -> Self:
        note = _decoded(note)
        # The last blank line divides: the text may have blank lines, signatures have none.
        text, blank, lines = note.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise NoteError("a note is a text, a blank line and signature lines")
        signatures = lines[:-1].split("\n")
        if len(signatures) > MAX_SIGNATURES:
            raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
        return cls(text + "\n", tuple(Signature.parse(line) for line in signatures))

    def format(self) -> str:
        return f"{require_text(self.text)}\n{''.join(signature.format() for signature in self.signatures)}"


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note with at least one good signature: a text, who vouches for it, and what nobody here can check."""

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class PublicKey(ABC):
    """A named Ed25519 key that checks signatures of one type."""

    KIND: ClassVar[bytes]
    """The type's byte (C2SP signed-note), which the key's id is made with."""

    name: str
    key: Ed25519PublicKey = field(repr=False)
    key_id: bytes

    @classmethod
    def of(cls, name: str, key: Ed25519PublicKey) -> Self:
        return cls(require_name(name), key, _key_id(name, cls.KIND, key.public_bytes_raw()))

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read ``name+id+base64``. Raises NoteError, also where the id is not that of the key."""
        name, key_id, public = split_key(vkey, cls.KIND)
        try:
            verifier = cls.of(name, Ed25519PublicKey.from_public_bytes(public))
        except ValueError as error:
            raise NoteError("not an Ed25519 public key") from error
        verifier.require_id(key_id)
        return verifier

    def require_id(self, key_id: str) -> None:
        """Raises NoteError where the key was written with another id than its own."""
        if self.key_id.hex() != key_id:
            raise NoteError(f"the key's id is {self.key_id.hex()}, not {key_id!r}")

    @property
    def claim(self) -> _Claim:
        """What a signature must claim to be checked with this key."""
        return self.name, self.key_id

    @property
    def vkey(self) -> str:
        """The public key as it is published."""
        return join_key(self, self.key.public_bytes_raw())

    def verify(self, text: str, signature: Signature) -> None:
        """Raises NoteError unless ``signature`` over ``text`` was made with this key."""
        message, signed = self._signed(text, signature)
        try:
            self.key.verify(signed, message.encode())
        except (InvalidSignature, UnicodeEncodeError) as error:
            raise NoteError(f"the signature of {self.name} does not hold") from error

    @abstractmethod
    def _signed(self, text: str, signature: Signature) -> tuple[str, bytes]:
        """What was signed where ``signature`` is of this type, and the Ed25519 signature in it."""


class Verifier(PublicKey):
    """A named public key whose signatures are over the text itself."""

    __slots__ = ()
    KIND = ED25519

    def _signed(self, text: str, signature: Signature) -> tuple[str, bytes]:
        return text, signature.signature


@dataclass(frozen=True, slots=True)
class Signer:
    """A named private key. Its ``repr`` tells nothing of the key; ``skey`` is the secret."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)
    verifier: Verifier

    @classmethod
    def of(cls, name: str, key: Ed25519PrivateKey) -> Self:
        return cls(name, key, Verifier.of(name, key.public_key()))

    @classmethod
    def parse(cls, skey: str) -> Self:
        """Read ``PRIVATE+KEY+name+id+base64``. The error never quotes it."""
        name, key_id, seed = split_secret(skey, ED25519)
        signer = cls.of(name, Ed25519PrivateKey.from_private_bytes(seed))
        signer.verifier.require_id(key_id)
        return signer

    def sign(self, text: str) -> str:
        """The signature line over ``text``, with its newline."""
        signature = self.key.sign(require_text(text).encode())
        return Signature(self.name, self.verifier.key_id, signature).format()

    @property
    def skey(self) -> str:
        """The private key as it is kept: whoever reads it can sign."""
        return PRIVATE + join_key(self.verifier, self.key.private_bytes_raw())


def generate_key(name: str) -> Signer:
    """A new key, from the system's randomness."""
    return Signer.of(name, Ed25519PrivateKey.generate())


def sign_note(text: str, *signers: Signer) -> str:
    """The whole note over ``text``, signed by each."""
    return f"{text}\n{''.join(signer.sign(text) for signer in signers)}"


def open_note(note: str | bytes, verifiers: Iterable[PublicKey]) -> OpenedNote:
    """Read a note and check it against the known keys. Raises NoteError by the rules of this module."""
    parsed = Note.parse(note)
    known = _by_claim(verifiers)
    verified: dict[_Claim, Signature] = {}
    unknown = []
    for signature in parsed.signatures:
        verifier = known.get(signature.claim)
        if verifier is None:
            unknown.append(signature)
            continue
        verifier.verify(parsed.text, signature)
        verified.setdefault(signature.claim, signature)
    if not verified:
        raise NoteError("no known key has signed the note")
    return OpenedNote(parsed.text, tuple(verified.values()), tuple(unknown))


def _by_claim(verifiers: Iterable[PublicKey]) -> dict[_Claim, PublicKey]:
    known: dict[_Claim, PublicKey] = {}
    for verifier in verifiers:
        # An id has four bytes only, so that two keys with one name and id can be made at will.
        if known.setdefault(verifier.claim, verifier).vkey != verifier.vkey:
            raise NoteError(f"two known keys are called {verifier.name} and have one id")
    return known


def require_name(name: str) -> str:
    """A key's name: not empty, without spaces, plus signs and what no note may hold."""
    if not name or "+" in name or any(char.isspace() for char in name) or _CONTROL.search(name):
        raise NoteError(f"{name!r} cannot be the name of a key")
    return name


def require_text(text: str) -> str:
    """A text that can be signed."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("a note's text is lines of Unicode without control characters")
    return text


def from_base64(text: str) -> bytes:
    """Standard base64 in its one canonical spelling: padded, no spaces, no stray bits."""
    try:
        return ed25519.from_base64(text)
    except ValueError as error:
        raise NoteError("not canonical base64") from error


def _decoded(note: str | bytes) -> str:
    if len(note) > MAX_NOTE_CHARS:
        raise NoteError(f"a note has at most {MAX_NOTE_CHARS} characters")
    try:
        text = note.decode() if isinstance(note, bytes) else note
    except UnicodeDecodeError as error:
        raise NoteError("a note is UTF-8") from error
    if _CONTROL.search(text):
        raise NoteError("a note has no control characters")
    return text


def _key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + kind + public).digest()[:_ID_BYTES]


def join_key(public: PublicKey, key: bytes) -> str:
    """``key``, the public or the private half, as it is written."""
    return f"{public.name}+{public.key_id.hex()}+{b64encode(public.KIND + key).decode()}"


def split_key(text: str, kind: bytes) -> tuple[str, str, bytes]:
    """Name, id and the 32 bytes of a key of that type. The base64 may have plus signs of its own."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise NoteError("a key is written name+id+base64")
    name, key_id, encoded = parts
    blob = from_base64(encoded)
    if blob[:1] != kind or len(blob) != 1 + _KEY_BYTES:
        raise NoteError(f"only Ed25519 keys of type {kind.hex()} are known here")
    return require_name(name), key_id, blob[1:]


def split_secret(skey: str, kind: bytes) -> tuple[str, str, bytes]:
    """Name, id and seed of a private key of that type. The error never quotes it."""
    if not skey.startswith(PRIVATE):
        raise NoteError("a private key begins with PRIVATE+KEY+")
    return split_key(skey.removeprefix(PRIVATE), kind)
