"""Statements are read as they were written, and nothing else is read as one."""

import pytest

from service.ledger import PLATFORM, Statement

SAID = Statement("said", 1, 1, "2026-11-22T12:00:00.000000Z", PLATFORM, {"what": "so"}, {}, [])


def test_what_was_written_is_read() -> None:
    assert Statement.decode(SAID.encode()) == SAID


@pytest.mark.parametrize("version", [b"0", b"2", b"true", b'"1"', b"null"])
def test_another_format_is_not_read(version: bytes) -> None:
    other = SAID.encode().replace(b'"v":1', b'"v":' + version)
    with pytest.raises(ValueError, match="unknown format"):
        Statement.decode(other)
