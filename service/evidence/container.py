"""The outside of a pack: a ZIP that has exactly one spelling for given files.

Every archiver opens it, and there is nothing to attack in it: members are stored, so it cannot unpack to more
than it is; sorted, each once; named in plain ASCII without a way out of a folder; no comment, no extra field,
no gap, no time. Rule kept: what is read is written again and must be the same bytes, so that no two programs
can see two things in one file. Nothing but Problem ``pack.…`` is raised, whatever the bytes.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from schema.problems import Problem

START: Final = b"PK\x03\x04"
MOST_BYTES: Final = 1 << 30
MOST_FILES: Final = 5_000
"""As many as the manifest has room for."""
_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*(?:/[a-zA-Z0-9][a-zA-Z0-9._-]*)*")
_NAME_BYTES: Final = 200
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION: Final = 20
_DAY: Final = 0x21
"""1 January 1980, the first day that a ZIP knows."""
_STORED: Final = 0

Content = bytes | memoryview
Files = Mapping[str, Content]


def write(files: Files) -> Iterator[Content]:
    """The parts of the file, in order. Raises Problem ``pack.name`` or ``….too-large``."""
    central, at = [], 0
    for name, content in sorted(files.items()):
        told = _demand_name(name)
        sums = zlib.crc32(content), len(content), len(content)
        head = _LOCAL.pack(START, _VERSION, 0, _STORED, 0, _DAY, *sums, len(told), 0) + told
        entry = (b"PK\x01\x02", _VERSION, _VERSION, 0, _STORED, 0, _DAY, *sums, len(told), 0, 0, 0, 0, 0, at)
        central.append(_CENTRAL.pack(*entry) + told)
        at += len(head) + len(content)
        yield head
        yield content
    size = sum(map(len, central))
    if at + size + _END.size > MOST_BYTES or len(central) > MOST_FILES:
        raise Problem("pack.too-large", size=at + size + _END.size, limit=MOST_BYTES)
    yield from central
    yield _END.pack(b"PK\x05\x06", 0, 0, len(central), len(central), size, at, 0)


def read(data: Content) -> dict[str, memoryview]:
    """The files of a pack by name, as views of ``data``.

    Raises Problem ``pack.no-zip``, ``….too-large``, ``….cut-off``, ``….compressed``, ``….name``,
    ``….file-twice``, ``….file-damaged`` or ``….otherwise-written``.
    """
    view = memoryview(data)
    if len(view) > MOST_BYTES:
        raise Problem("pack.too-large", size=len(view), limit=MOST_BYTES)
    if bytes(view[:4]) != START:
        raise Problem("pack.no-zip")
    files: dict[str, memoryview] = {}
    at = 0
    while bytes(view[at : at + 4]) == START:
        name, content, at = _member(view, at)
        if name in files:
            raise Problem("pack.file-twice", file=name)
        files[name] = content
    _demand_spelling(view, files)
    return files


def _member(view: memoryview, at: int) -> tuple[str, memoryview, int]:
    """The name, the content and where the next one begins."""
    begins = at + _LOCAL.size
    if begins > len(view):
        raise Problem("pack.cut-off", size=len(view))
    told = _LOCAL.unpack_from(view, at)
    _, _, flags, method, _, _, crc, packed, size, name_size, extra = told
    content_at = begins + name_size + extra
    name = bytes(view[begins : begins + name_size]).decode("ascii", "replace")
    _demand_name(name)
    if method != _STORED or packed != size or flags:
        raise Problem("pack.compressed", file=name, size=size)
    if content_at + size > len(view):
        raise Problem("pack.cut-off", size=len(view))
    content = view[content_at : content_at + size]
    if zlib.crc32(content) != crc:
        raise Problem("pack.file-damaged", file=name)
    return name, content, content_at + size


def _demand_name(name: str) -> bytes:
    """Raises Problem ``pack.name`` for what could lead anywhere else than into one folder."""
    told = name.encode("ascii", "replace")
    if not _NAME.fullmatch(name) or len(told) > _NAME_BYTES:
        raise Problem("pack.name", file=ascii(name)[1:61])
    return told


def _demand_spelling(view: memoryview, files: Files) -> None:
    at = 0
    for part in write(files):
        if view[at : at + len(part)] != part:
            # What ends within an index that is otherwise right was cut off; all else was written by others.
            cut = len(view) < at + len(part) and view[at:] == memoryview(part)[: len(view) - at]
            if cut:
                raise Problem("pack.cut-off", size=len(view))
            raise Problem("pack.otherwise-written", byte=at)
        at += len(part)
    if at != len(view):
        raise Problem("pack.otherwise-written", byte=at)
