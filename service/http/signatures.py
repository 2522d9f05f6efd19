"""A signed request at the door: refused here where its signature does not hold, before anything is taken.

The rules are judged once more under the head row (service/parties/signatures.py); whether the key stands and
the time is right is judged there alone, so that a submission that was answered is answered again, whenever it
is repeated. A request is sent in its normal form, so that what was signed is what is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from marshmallow import Schema

from schema import canonical
from schema.problems import Problem, Refusal
from schema.signed_request import Signature, as_said
from service.http.keys import DATABASE, REGISTER_KEYS
from service.http.readers import Reader
from service.ledger import Data, Idempotency, Kind
from service.parties.persons.personal import redact, seal
from service.parties.signatures import holds, is_of, made_in, request_of
from service.parties.state import DeviceKey
from service.storage import query

_SHOWN = 4000
"""Characters of a text that a problem repeats."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature and what it is over: what was said, with null for what is personal."""

    signature: Signature
    said: Data

    def recorded(self, kind: Kind, data: Data) -> str:
        """As the statement of ``data`` keeps it.

        Raises Refusal ``signature.not-as-said`` where the statement would not say what was signed.
        """
        made = made_in(kind, data)
        told = as_said(data, made)
        if told != self.said:
            raise Refusal("signature.not-as-said", members=_differing(told, self.said))
        return self.signature.recorded(made)


@dataclass(frozen=True, slots=True)
class Signing:
    """One request that came with a signature."""

    app: web.Application
    kind: Kind
    schema: Schema
    reader: Reader

    async def check(
        self,
        header: str,
        body: Mapping[str, Any],
        loaded: Data,
        data: Data,
        submission: Idempotency | None,
    ) -> Signed:
        """What was signed. ``loaded`` is what the schema made of ``body``, ``data`` that and the path.

        Raises Problem ``signature.…``. What a key that is not there would have signed is for the rules.
        """
        signature = Signature.of_header(header)
        if submission is None:
            raise Problem("signature.without-idempotency-key")
        self._demand_normal(body, loaded)
        sealed, _ = seal(self.schema, data, self.reader.uscc, self.app[REGISTER_KEYS].of)
        signed = Signed(signature, as_said(sealed, made_in(self.kind, sealed)))
        key = await self._key(signature.key)
        if key is not None:
            request = request_of(key, self.kind, submission.key, signature, signed.said)
            if not holds(key, request, signature):
                raise Problem("signature.differs", key=key.id, text=_shown(request.text()))
        return signed

    def _demand_normal(self, body: Mapping[str, Any], loaded: Data) -> None:
        if canonical.encode(dict(body)) != canonical.encode(loaded):
            normal = redact(self.schema, loaded, self.reader.uscc)
            raise Problem(
                "signature.not-normal",
                members=_differing(loaded, body),
                normal=_shown(canonical.encode(normal)),
            )

    async def _key(self, id_: int) -> DeviceKey | None:
        """The key, where it is one of the token that asks."""
        actor = self.reader.actor
        row = await self.app[DATABASE].reader.fetchrow(query("parties/device_key.load"), [id_])
        key = None if row is None else DeviceKey(**row)
        return key if actor is not None and is_of(key, actor.organisation, actor.token) else None


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The names of the members that are in one of two only, or not the same in both."""
    names = sorted({*one, *other})
    differ = [name for name in names if name not in one or name not in other or one[name] != other[name]]
    return ", ".join(differ) or "—"


def _shown(text: bytes) -> str:
    shown = text.decode()
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
