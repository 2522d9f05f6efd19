"""The index on disk, so that a start need not read all tables: a folder of its own in the data folder.

One file: a line that names the format, the length of a description (8 bytes, big-endian), the description in
JSON, the columns one after another. The description says of which ledger it is, at which position and chain
value, and the SHA-256 of each column; its own stands before it. Whatever is odd – cut off, changed, of
another format – is no snapshot: the index is made from the tables again. It is no truth, and nothing is lost
with it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from service.storage.durable import replace_file
from service.tracing.index.adjacency import Adjacency
from service.tracing.index.arrays import Arrays, Order
from service.tracing.index.columns import Array

MAGIC = b"coldledger index 2\n"
MODE = 0o600
_THREADS = 4
_ORDERS = ("down", "up", "of_lot")


@dataclass(frozen=True, slots=True)
class Origin:
    """Which ledger a snapshot is of, as of which position: the chain value there, and the number of the last
    migration, after which tables may hold other rows."""

    ledger: str | None
    position: int
    chain: str
    migration: int


class OddSnapshotError(Exception):
    """There is a file, and it is no snapshot of ours."""


def path_in(folder: Path) -> Path:
    """The file."""
    return folder / "trace.index"


def save(folder: Path, arrays: Arrays, order: Order, origin: Origin) -> None:
    """Write a snapshot durably, in the place of the one before. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    columns = list(_columns(arrays, order))
    with ThreadPoolExecutor(_THREADS) as threads:
        digests = list(threads.map(_digest, (column for _, column in columns)))
    listed = [
        {"name": name, "type": column.dtype.str, "count": len(column), "sha256": digest}
        for (name, column), digest in zip(columns, digests, strict=True)
    ]
    means = [[*means] for means in arrays.handlings.means]
    covers = {"nodes": order.nodes, "edges": order.edges, "stays": arrays.stays.ordered}
    about = orjson.dumps({"origin": asdict(origin), "columns": listed, "means": means, "covers": covers})
    head = (MAGIC, len(about).to_bytes(8, "big"), hashlib.sha256(about).digest(), about)
    replace_file(path_in(folder), (*head, *(column.data for _, column in columns)), MODE)


def read_origin(folder: Path) -> Origin | None:
    """What the snapshot is of; None where there is none. Raises OddSnapshotError, OSError."""
    try:
        with path_in(folder).open("rb") as file:
            return Origin(**_about(file)["origin"])
    except FileNotFoundError:
        return None


def restore(folder: Path, origin: Origin) -> Arrays:
    """The arrays that were saved, where they are of ``origin``. Raises OddSnapshotError, OSError."""
    with path_in(folder).open("rb") as file:
        about = _about(file)
        if Origin(**about["origin"]) != origin:
            raise OddSnapshotError("it is of another ledger, newer than the database, or of older tables")
        try:
            columns = dict(_read(file, about["columns"]))
            return _arrays(about, columns)
        except (KeyError, TypeError, ValueError) as error:
            raise OddSnapshotError(f"it does not hold what it says: {error}") from error


def remove(folder: Path) -> bool:
    """Drop the snapshot; whether there was one. Raises OSError."""
    there = path_in(folder).exists()
    path_in(folder).unlink(missing_ok=True)
    return there


def _columns(arrays: Arrays, order: Order) -> Iterator[tuple[str, Array]]:
    for table, rows in arrays.tables().items():
        for name, column in rows.columns():
            yield f"{table}.{name}", column
    for name, ids in arrays.numberings().items():
        yield f"ids.{name}", ids.ids
    for name in (*_ORDERS, "of_node"):
        by = arrays.stays.of_node if name == "of_node" else getattr(order, name)
        offsets, found = by.sorted_part
        yield f"{name}.offsets", offsets
        yield f"{name}.rows", found


def _about(file: Any) -> dict[str, Any]:
    if file.read(len(MAGIC)) != MAGIC:
        raise OddSnapshotError("it is of another format")
    length, digest = int.from_bytes(file.read(8), "big"), file.read(32)
    text = file.read(min(length, 1 << 20))
    if hashlib.sha256(text).digest() != digest:
        raise OddSnapshotError("its description was changed or cut off")
    about: dict[str, Any] = orjson.loads(text)
    return about


def _read(file: Any, listed: list[Mapping[str, Any]]) -> Iterator[tuple[str, Array]]:
    """The columns, each read and hashed in a thread: both let the others go on, and room is new to the
    process, which costs more than the reading."""
    columns = [np.empty(each["count"], each["type"]) for each in listed]
    ends = accumulate((column.nbytes for column in columns), initial=file.tell())
    with ThreadPoolExecutor(_THREADS) as threads:
        digests = threads.map(partial(_filled, file.fileno()), columns, ends)
        for each, column, digest in zip(listed, columns, digests, strict=True):
            if digest != each["sha256"]:
                raise OddSnapshotError(f"the column {each['name']} was changed or cut off")
            yield each["name"], column


def _filled(file: int, column: Array, begin: int) -> str:
    """Read a column that begins there in the file; its digest. What is cut off has another."""
    room, done = column.view(np.uint8).data, 0
    while done < len(room) and (got := os.preadv(file, [room[done:]], begin + done)):
        done += got
    return hashlib.sha256(room[:done]).hexdigest()


def _digest(column: Array) -> str:
    return hashlib.sha256(column.data).hexdigest()


def _arrays(about: Mapping[str, Any], columns: Mapping[str, Array]) -> Arrays:
    arrays = Arrays()
    for table, rows in arrays.tables().items():
        rows.restore({name: columns[f"{table}.{name}"] for name in rows.types})
    for name in arrays.numberings():
        arrays.number_again(name, columns[f"ids.{name}"])
    arrays.handlings.remember([(kind, of, label) for kind, of, label in about["means"]], len(arrays.nodes))
    covers = about["covers"]
    bases = {"down": covers["edges"], "up": covers["edges"], "of_lot": covers["nodes"]}
    orders = {
        name: Adjacency.restored(columns[f"{name}.offsets"], columns[f"{name}.rows"], bases[name])
        for name in _ORDERS
    }
    of_node = Adjacency.restored(columns["of_node.offsets"], columns["of_node.rows"], covers["stays"])
    arrays.stays.adopt(of_node, covers["stays"])
    arrays.adopt(Order(**orders, nodes=covers["nodes"], edges=covers["edges"]))
    arrays.position = about["origin"]["position"]
    return arrays
