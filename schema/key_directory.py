"""The directory of a platform's label keys: what a scanner without a network is given beforehand.

It is a signed note (``signed_note``) under the ledger's key, of lines of text::

    coldledger-keys/v1
    trace.example.com/ledger/1a2b3c4d                   the ledger's name
    2026-11-22T12:00:00.000000Z                         when this directory was made
    ledger <vkey> <from> <until>                        each key of the ledger; - where no bound is known
    predecessor <name> <inherited> <signed> <shown>     each earlier name of the ledger, see below
    label <id> <public key> <host> <from> <until>       each label key that there ever was
    label <id> <public key> <host> <from> <until> revoked <since> <reason>

A label key signs from ``from`` until ``until``; what it signed then stays good. A revoked key's labels are
good no more, whenever they were printed: no label bears a time that could be believed. ``since`` says from
when on the key may have been in other hands. A ledger that goes on under another name inherits entries: how
many, how many its predecessor had signed for, and how many of those inherited its signatures show to be the
same. The keys of earlier names are among the ledger's, with the time at which they ended. Rule kept: a
directory in which one line is not understood is refused as a whole: that line may be a revocation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from schema.ed25519 import read_public, write_public
from schema.moments import parse as parse_moment
from schema.problems import Problem
from schema.signed_code import key_id
from schema.signed_note import NoteError, Signer, Verifier, open_note, sign_note

HEADING = "coldledger-keys/v1"
REVOCATIONS = ("stolen", "exposed", "misused")
"""Why a label key is revoked: it is in other hands, may be, or signed what it should not have."""

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
_PREDECESSOR = re.compile(r"predecessor ([^\s+]+) (0|[1-9]\d{0,18}) (0|[1-9]\d{0,18}) (0|[1-9]\d{0,18})")
_HOST = re.compile(r"[a-z0-9.:\[\]-]+")


@dataclass(frozen=True, slots=True)
class Revocation:
    """From when on a key may have been in other hands (a moment as said), and why it was revoked."""

    since: str
    reason: str


@dataclass(frozen=True, slots=True)
class LabelKey:
    """A key that signs labels of one host within its time."""

    public: bytes
    host: str
    valid_from: datetime
    valid_until: datetime
    revocation: Revocation | None = None

    @property
    def id(self) -> str:
        """By what labels name it."""
        return key_id(self.public)


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """A key of the ledger, and from when until when it signed; None: no bound is known."""

    verifier: Verifier
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the key signed at that time."""
        return (self.since is None or self.since <= moment) and (self.until is None or moment <= self.until)

    def bounded_by(self, other: LedgerKey) -> LedgerKey:
        """The same key, with the bounds of ``other`` where it has none of its own."""
        return replace(self, since=self.since or other.since, until=self.until or other.until)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An earlier name of the ledger, and what was inherited of it, in entries."""

    origin: str
    inherited: int
    signed: int
    shown: int


@dataclass(frozen=True, slots=True)
class KeyDirectory:
    """All keys of one ledger, as they stood when it was made."""

    origin: str
    made_at: datetime
    ledger_keys: tuple[LedgerKey, ...]
    label_keys: tuple[LabelKey, ...]
    predecessors: tuple[Predecessor, ...] = ()

    def signed(self, *signers: Signer) -> str:
        """The directory as it is published, under each key that signs for the ledger now."""
        lines = [HEADING, self.origin, _written(self.made_at)]
        lines += [_ledger_line(key) for key in self.ledger_keys]
        lines += [f"predecessor {p.origin} {p.inherited} {p.signed} {p.shown}" for p in self.predecessors]
        lines += [_label_line(key) for key in self.label_keys]
        return sign_note("".join(f"{line}\n" for line in lines), *signers)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts whose labels the keys sign, each once."""
        return tuple(dict.fromkeys(key.host for key in self.label_keys))

    def find(self, key: str) -> LabelKey | None:
        """A label key by its id."""
        return next((each for each in self.label_keys if each.id == key), None)


def read_ledger_key(vkey: str) -> Verifier:
    """A ledger's public key as it is handed out. Raises Problem ``key-directory.ledger-key``."""
    try:
        return Verifier.parse(vkey.strip())
    except NoteError:
        raise Problem("key-directory.ledger-key") from None


def open_directory(note: bytes, ledger_key: Verifier) -> KeyDirectory:
    """A saved directory, if the ledger's key signed it.

    Raises Problem ``key-directory.not-signed``, ``….of-another-ledger`` or ``….malformed``.
    """
    try:
        text = open_note(note, [ledger_key]).text
    except NoteError:
        raise Problem("key-directory.not-signed", ledger=ledger_key.name) from None
    heading, *lines = text.removesuffix("\n").split("\n")
    if heading != HEADING or len(lines) < 2:
        raise _malformed(heading)
    if lines[0] != ledger_key.name:
        raise Problem("key-directory.of-another-ledger", found=lines[0], ledger=ledger_key.name)
    label_keys = tuple(_label_key(line) for line in lines[2:] if line.startswith("label "))
    if len({key.id for key in label_keys}) != len(label_keys):
        raise _malformed("label")
    predecessors = tuple(_predecessor(line) for line in lines[2:] if line.startswith("predecessor "))
    ledger_keys = tuple(
        _ledger_key(line) for line in lines[2:] if not line.startswith(("label ", "predecessor "))
    )
    return KeyDirectory(lines[0], _instant(lines[1]), ledger_keys, label_keys, predecessors)


def _ledger_line(key: LedgerKey) -> str:
    bounds = ("-" if bound is None else _written(bound) for bound in (key.since, key.until))
    return " ".join(("ledger", key.verifier.vkey, *bounds))


def _ledger_key(line: str) -> LedgerKey:
    words = line.split(" ")
    if words[0] != "ledger" or len(words) != 4:
        raise _malformed(line)
    try:
        verifier = Verifier.parse(words[1])
    except NoteError:
        raise _malformed(line) from None
    return LedgerKey(verifier, *(None if word == "-" else _instant(word) for word in words[2:]))


def _predecessor(line: str) -> Predecessor:
    match = _PREDECESSOR.fullmatch(line)
    if match is None:
        raise _malformed(line)
    return Predecessor(match[1], *map(int, match.groups()[1:]))


def _label_line(key: LabelKey) -> str:
    words = ["label", key.id, write_public(key.public), key.host]
    words += [_written(key.valid_from), _written(key.valid_until)]
    if key.revocation is not None:
        words += ["revoked", key.revocation.since, key.revocation.reason]
    return " ".join(words)


def _label_key(line: str) -> LabelKey:
    words = line.split(" ")
    if len(words) not in (6, 9):
        raise _malformed(line)
    try:
        public = read_public(words[2])
    except ValueError:
        raise _malformed(line) from None
    begins, ends = _instant(words[4]), _instant(words[5])
    key = LabelKey(public, words[3], begins, ends, _revocation(words[6:], line))
    if key.id != words[1] or not _HOST.fullmatch(key.host):
        raise _malformed(line)
    return key


def _revocation(words: list[str], line: str) -> Revocation | None:
    if not words:
        return None
    try:
        parse_moment(words[1])
    except Problem:
        raise _malformed(line) from None
    if words[0] != "revoked" or words[2] not in REVOCATIONS:
        raise _malformed(line)
    return Revocation(words[1], words[2])


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _instant(text: str) -> datetime:
    try:
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise _malformed(text)


def _malformed(line: str) -> Problem:
    return Problem("key-directory.malformed", line=line[:60])
