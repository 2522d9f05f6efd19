"""Personal values: a commitment in their place in the statement, salt and value sealed beside the ledger.

A field declared as ``Personal`` in a message becomes ``{"sha256": hex SHA-256(salt ‖ value in UTF-8)}``, with
a random 32-byte salt for each field and statement, so that neither the statement nor a list of likely values
tells it, and so that salt and value can be erased while every proof still holds. Both are kept encrypted
under the key of the person whom the value is about (vault.py; keeping.py says who that is).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields

from schema.messages.corrections import Changes
from schema.messages.fields import About, Personal, Secret
from service.ledger import Data, Statement
from service.ledger.chain import HASH_BYTES, field_commitment
from service.ledger.kinds import Asides
from service.parties.persons.vault import Vault


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A value that was sealed, where it stood (a JSON pointer into the data), its salt, whom it is about."""

    sha256: str
    pointer: str
    salt: bytes
    value: str
    about: About = About.STATEMENT

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


def seal(schema: Schema, data: Data, speaker: str = "") -> tuple[Data, tuple[PersonalValue, ...]]:
    """``data`` as loaded by ``schema``, with commitments for its personal values, and those values.

    ``speaker`` is the social credit code of who says it. Whoever proposes the data keeps the values
    (keeping.py) with it.
    """
    found: list[PersonalValue] = []
    sealed = _seal_object(schema, data, "", found, speaker)
    return sealed, tuple(found)


def together(*asides: Asides) -> Asides | None:
    """Several asides as one; None where there are none."""

    def all_of_them(position: int, statement: Statement) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for each in asides:
            yield from each(position, statement)

    return all_of_them if asides else None


def _seal_object(
    schema: Schema, data: Mapping[str, Any], pointer: str, found: list[PersonalValue], speaker: str
) -> Data:
    sealed = dict(data)
    for name, field in _private(schema):
        if data.get(name) is not None:
            sealed[name] = _seal_value(field, data[name], data, f"{pointer}/{name}", found, speaker)
    return sealed


def _seal_value(
    field: fields.Field[Any],
    value: Any,
    holder: Mapping[str, Any],
    pointer: str,
    found: list[PersonalValue],
    speaker: str,
) -> Any:
    if isinstance(field, Personal):
        if not field.is_private(holder, speaker):
            return value
        found.append(_commit(value, pointer, field.about))
        return {"sha256": found[-1].sha256}
    if isinstance(field, fields.List):
        each = enumerate(value)
        return [_seal_value(field.inner, v, holder, f"{pointer}/{i}", found, speaker) for i, v in each]
    assert isinstance(field, fields.Nested)  # noqa: S101  (_private yields no others)
    return _seal_object(field.schema, value, pointer, found, speaker)


def _commit(value: str, pointer: str, about: About) -> PersonalValue:
    salt = secrets.token_bytes(HASH_BYTES)
    digest = field_commitment(salt, value.encode())
    return PersonalValue(digest.hex(), pointer, salt, value, about)


@lru_cache(maxsize=1024)
def _private(schema: Schema) -> tuple[tuple[str, fields.Field[Any]], ...]:
    """The fields of a schema that are or may hold personal values: most of most schemas need no walk."""
    return tuple((name, field) for name, field in schema.load_fields.items() if _may_be_private(field))


def _may_be_private(field: fields.Field[Any]) -> bool:
    if isinstance(field, fields.List):
        return _may_be_private(field.inner)
    if isinstance(field, fields.Nested):
        return bool(_private(field.schema))
    return isinstance(field, Personal)


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
    if isinstance(field, Secret) or (isinstance(field, Personal) and field.may_be_private(speaker)):
        return None
    if isinstance(field, fields.List) and isinstance(value, list):
        return [_redacted(field.inner, each, speaker, changed) for each in value]
    if isinstance(field, fields.Nested) and isinstance(value, dict):
        return redact(field.schema, value, speaker, changed)
    return value


def _without_text(value: Any) -> Any:
    """Numbers, and which members there are: whether a text is personal is not known."""
    if isinstance(value, dict):
        return {name: _without_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_text(each) for each in value]
    return None if isinstance(value, str) else value
