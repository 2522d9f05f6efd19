"""The batch code that a new lot gets: random, made before the ledger is asked, so it is only checked here."""

from __future__ import annotations

from schema.identifiers import Level, TraceCode
from schema.problems import Problem, Refusal
from service.codes.state import ISSUED_CODE, IssuedCode
from service.ledger import World


def unused_batch_code(text: str, region: str, world: World, field: str = "/code") -> str:
    """A batch code of ``region`` that names nothing yet.

    Raises Refusal ``identifier.trace-code-…`` or ``lot.code-…``.
    """
    try:
        code = TraceCode.parse(text)
    except Problem as problem:
        raise Refusal(problem.code, field=field, causes=(), **problem.facts) from None
    if code.text != text:
        raise Refusal("lot.code-written-otherwise", field=field, code=text[:40], written=code.text)
    if code.level is not Level.BATCH:
        raise Refusal("lot.code-level", field=field, code=code.text, level=code.level.value)
    if code.region != region:
        raise Refusal("lot.code-region", field=field, code=code.text, region=code.region, expected=region)
    if world.get(ISSUED_CODE, code.text) is not None:
        raise Refusal("lot.code-used", field=field, code=code.text)
    return code.text


def issued(code: str, lot: int, position: int) -> IssuedCode:
    """The row that ties a batch code to its lot."""
    return IssuedCode(code=code, lot=lot, level=Level.BATCH.value, serial=0, version=position)
