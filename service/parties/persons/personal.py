"""Personal values: a commitment in their place in the statement, salt and value sealed beside the ledger.

A field declared as ``Personal`` in a message becomes ``{"sha256": hex SHA-256(salt ‖ value in UTF-8)}``, with
a random 32-byte salt for each field and statement, so that neither the statement nor a list of likely values
tells it, and so that salt and value can be erased while every proof still holds. Both are kept encrypted
under the key of the person whom the value is about (vault.py; keeping.py says who that is). A sole trader's
social credit code, a field declared as ``Uscc``, becomes its register key (register.py), and the commitment
to it stands beside that.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields

from schema.identifiers import is_sole_trader
from schema.messages.corrections import Changes
from schema.messages.fields import About, Personal, Secret
from schema.messages.written import Uscc
from service.ledger import Data, Statement
from service.ledger.chain import HASH_BYTES, field_commitment
from service.ledger.kinds import Asides
from service.parties.persons.vault import Vault


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A value that was sealed, where it stands (a JSON pointer into the data), its salt, whom it is about;
    of a social credit code, what stands for it in the register."""

    sha256: str
    pointer: str
    salt: bytes
    value: str
    about: About = About.STATEMENT
    register_key: str | None = None

    def box(self, vault: Vault, person: str) -> bytes:
        """Salt and value under a person's key. Raises KeyError where that is gone."""
        return vault.seal(person, self.salt + self.value.encode(), self.sha256.encode())


def unbox(vault: Vault, person: str, sha256: str, box: bytes) -> str | None:
    """The value in a box; None where its person was erased, or where it is not what was committed to."""
    opened = vault.open(person, box, sha256.encode())
    if opened is None:
        return None
    salt, value = opened[:HASH_BYTES], opened[HASH_BYTES:]
    return value.decode() if field_commitment(salt, value).hex() == sha256 else None


ToRegisterKey = Callable[[str], str]
"""What stands for a social credit code in the register (``RegisterKeys.of``)."""


def _nothing_stands_for(_uscc: str) -> str:
    raise LookupError("a sole trader's code, and no register key to put in its place")


def seal(
    schema: Schema, data: Data, speaker: str = "", to_register_key: ToRegisterKey = _nothing_stands_for
) -> tuple[Data, tuple[PersonalValue, ...]]:
    """``data`` as loaded by ``schema``, with commitments for its personal values, and those values.

    ``speaker`` is the social credit code of who says it, or what stands for it in the register. Whoever
    proposes the data keeps the values (keeping.py) with it. Raises LookupError for a sole trader's code that
    nothing could be put in the place of.
    """
    sealing = _Sealing(speaker, to_register_key)
    return sealing.sealed(schema, data, ""), tuple(sealing.found)


def together(*asides: Asides) -> Asides | None:
    """Several asides as one; None where there are none."""

    def all_of_them(position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for each in asides:
            yield from each(position, statement)

    return all_of_them if asides else None


@dataclass(frozen=True, slots=True)
class _Sealing:
    """One walk through a statement's data; ``found`` are the values that it replaced."""

    speaker: str
    to_register_key: ToRegisterKey
    found: list[PersonalValue] = field(default_factory=list)

    def sealed(self, schema: Schema, data: Mapping[str, Any], pointer: str) -> Data:
        sealed = dict(data)
        for name, asked in _private(schema):
            said = data.get(name)
            if said is None:
                continue
            if isinstance(asked, Uscc):
                sealed |= self._code(asked, name, said, pointer)
            else:
                sealed[name] = self._value(asked, said, data, f"{pointer}/{name}")
        return sealed

    def _code(self, asked: Uscc, name: str, code: str, pointer: str) -> Data:
        """What stands in a statement instead of a sole trader's code."""
        if not is_sole_trader(code):
            return {name: code}
        key = self.to_register_key(code)
        if asked.about is None:
            return {name: key}
        beside = f"{name}_code"
        return {name: key, beside: self._commitment(code, f"{pointer}/{beside}", asked.about, key)}

    def _value(self, asked: fields.Field[Any], said: Any, holder: Mapping[str, Any], pointer: str) -> Any:
        if isinstance(asked, Personal):
            private = asked.is_private(holder, self.speaker)
            return self._commitment(said, pointer, asked.about) if private else said
        if isinstance(asked, fields.List):
            return [self._value(asked.inner, v, holder, f"{pointer}/{i}") for i, v in enumerate(said)]
        assert isinstance(asked, fields.Nested)  # noqa: S101  (_private yields no others)
        return self.sealed(asked.schema, said, pointer)

    def _commitment(self, value: str, pointer: str, about: About, register_key: str | None = None) -> Data:
        salt = secrets.token_bytes(HASH_BYTES)
        digest = field_commitment(salt, value.encode()).hex()
        self.found.append(PersonalValue(digest, pointer, salt, value, about, register_key))
        return {"sha256": digest}


@lru_cache(maxsize=1024)
def _private(schema: Schema) -> tuple[tuple[str, fields.Field[Any]], ...]:
    """The fields of a schema that are or may hold personal values: most of most schemas need no walk."""
    return tuple((name, field) for name, field in schema.load_fields.items() if _may_be_private(field))


def _may_be_private(field: fields.Field[Any]) -> bool:
    if isinstance(field, fields.List):
        return _may_be_private(field.inner)
    if isinstance(field, fields.Nested):
        return bool(_private(field.schema))
    return isinstance(field, (Personal, Uscc))


def redact(schema: Schema, body: Mapping[str, Any], speaker: str = "", changed: Schema | None = None) -> Data:
    """What a client sent without personal values and secrets: the part that may go into a lasting digest.

    A digest of a phone number or a plate could be searched for among all there are, even after its erasure.
    ``body`` need not be well-formed. ``changed`` is the schema of what it changes, where that is known.
    """
    known = schema.load_fields
    return {name: _redacted(known.get(name), value, speaker, changed) for name, value in body.items()}


def _redacted(field: fields.Field[Any] | None, value: Any, speaker: str, changed: Schema | None) -> Any:
    if isinstance(field, Changes):
        if changed is None or not isinstance(value, dict):
            return _without_text(value)
        return redact(changed, value, speaker)
    if _may_tell(field, value, speaker):
        return None
    if isinstance(field, fields.List) and isinstance(value, list):
        return [_redacted(field.inner, each, speaker, changed) for each in value]
    if isinstance(field, fields.Nested) and isinstance(value, dict):
        return redact(field.schema, value, speaker, changed)
    return value


def _may_tell(field: fields.Field[Any] | None, value: Any, speaker: str) -> bool:
    """Whether a value is, or may be, a secret or about a person."""
    if isinstance(field, Uscc):
        return field.is_private(value)
    return isinstance(field, Secret) or (isinstance(field, Personal) and field.may_be_private(speaker))


def _without_text(value: Any) -> Any:
    """Numbers, and which members there are: whether a text is personal is not known."""
    if isinstance(value, dict):
        return {name: _without_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_text(each) for each in value]
    return None if isinstance(value, str) else value
