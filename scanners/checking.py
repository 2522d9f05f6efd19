"""Checks signed codes without a network, against a directory of keys that was saved beforehand.

Nothing is looked up, visited or sent. What is asked, in this order: is there a signature, is it whole, is it
of this platform, is its key known and one for this host, does it fit the address, is the key revoked, does it
sign yet. The first that fails is told, as a Problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from schema.key_directory import KeyDirectory, LabelKey
from schema.problems import Problem
from schema.signed_code import SignedCode


@dataclass(frozen=True, slots=True)
class Verdict:
    """A signed code that holds. ``remarks`` qualify it: they are told, and change nothing."""

    code: SignedCode
    key: LabelKey
    directory: KeyDirectory
    remarks: tuple[Problem, ...]

    @property
    def proves(self) -> dict[str, str]:
        """What this shows and what it does not, in both languages."""
        facts = {"host": self.code.host, "ledger": self.directory.origin, "key": self.key.id}
        return {language: words.format_map(facts) for language, words in PROVES.items()}


PROVES = {
    "zh": "此网址由 {host}（账本 {ledger}）以密钥 {key} 签发，未经改动。"
    "复制的标签同样能通过核验；货物是否被封存、召回或已售出，没有网络时无从得知。",
    "en": "This address was issued by {host} (ledger {ledger}) with key {key} and was not changed. "
    "A copied label verifies as well; whether the goods are held, recalled or sold is not known "
    "without a network.",
}
"""What a label that holds shows, for whoever tells it: of its host, ledger and key."""


def check(text: str, directory: KeyDirectory, now: datetime) -> Verdict:
    """What a scanned text proves. Raises Problem ``signed-code.…``.

    A key's time bounds when it signs, not for how long its labels are good. A revoked key's labels are
    refused, whenever they may have been printed.
    """
    code = SignedCode.parse(text)
    if code.host not in directory.hosts:
        expected = ", ".join(directory.hosts) or directory.origin
        raise Problem("signed-code.other-host", host=code.host, expected=expected)
    key = directory.find(code.key)
    if key is None:
        raise Problem("signed-code.key-unknown", key=code.key, made_at=_told(directory.made_at))
    if key.host != code.host:
        raise Problem("signed-code.key-of-other-host", key=key.id, host=code.host, expected=key.host)
    code.check(key.public)
    if key.revocation is not None:
        raise Problem("signed-code.key-revoked", key=key.id, since=key.revocation.since)
    if now < key.valid_from:
        raise Problem("signed-code.key-not-yet", key=key.id, since=_told(key.valid_from), now=_told(now))
    ended = Problem("signed-code.key-ended", key=key.id, until=_told(key.valid_until))
    return Verdict(code, key, directory, (ended,) if now >= key.valid_until else ())


def age(directory: KeyDirectory, now: datetime, most_days: int) -> Problem | None:
    """The remark that a directory is older than ``most_days``; None where it is not."""
    if now - directory.made_at <= timedelta(days=most_days):
        return None
    return Problem("key-directory.old", made_at=_told(directory.made_at), days=most_days)


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
