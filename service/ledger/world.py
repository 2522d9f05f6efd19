"""State for judging: the rows of the streams that a batch needs, folded as its statements are admitted.

A stream is one row of a projection; its version is the position of the statement that last wrote it.
Deciders read through a world and never see the database, so the same rules judge a live batch and a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

Key = int | str


class Versioned(Protocol):
    """A row: a frozen dataclass whose fields are its table's columns, in order."""

    @property
    def version(self) -> int: ...


R = TypeVar("R", bound=Versioned)


class Projection(Generic[R]):
    """A table derived from the ledger, one row a stream.

    ``name`` names the stream in statements. ``queries`` is the SQL file (``goods/unit``) with the named
    queries ``load`` ($1: array of keys → rows), ``save`` (one array a column, in field order) and ``all``
    (every row, ordered by key). ``reference`` rows are few and rarely change, so each process keeps them
    between batches. ``log`` rows are only ever added, so they are never loaded by their key; an index of
    them may be (``index``). A projection that is not ``kept`` is a view of what the ledger holds anyway: it
    is loaded, never written. ``history`` names a column of ids by which rows that were replaced are kept
    (history.py), so that what was known at a position can be asked later.
    """

    def __init__(
        self,
        row: type[R],
        *,
        name: str,
        queries: str,
        key: str = "id",
        reference: bool = False,
        log: bool = False,
        kept: bool = True,
        history: str | None = None,
    ) -> None:
        self.row = row
        self.name = name
        self.queries = queries
        self.query = f"{queries}.load"
        self.key: Callable[[R], Key] = attrgetter(key)
        self.reference = reference
        self.log = log
        self.kept = kept
        self.history = history
        self.indexes: list[Index[R]] = []
        self.columns = tuple(f.name for f in fields(row))  # type: ignore[arg-type]
        self.values: Callable[[R], tuple[Any, ...]] = attrgetter(*self.columns)

    def index(self, name: str, *, by: str) -> Index[R]:
        """All rows of this log that have one value in column ``by``, as one stream: ``edge.leaving/17``."""
        found = Index(self, name, by)
        self.indexes.append(found)
        return found

    def __repr__(self) -> str:
        return f"Projection({self.name})"


class Index(Generic[R]):
    """The rows of a log by one of their columns. A stream of it is every such row, in order of writing.

    Its query is the block ``name`` of the projection's file ($1: array of keys → rows). A log is only added
    to, so the stream's version is the last row's: who reads it learns of every row there was.
    """

    def __init__(self, projection: Projection[R], name: str, by: str) -> None:
        if not projection.log:
            raise ValueError(f"{projection.name} is no log: its rows change, an index of them would not tell")
        self.projection = projection
        self.name = f"{projection.name}.{name}"
        self.query = f"{projection.queries}.{name}"
        self.row = projection.row
        self.key: Callable[[R], Key] = attrgetter(by)

    def __repr__(self) -> str:
        return f"Index({self.name})"


Source = Projection[Any] | Index[Any]
Stream = tuple[Source, Key]


class UnloadedError(Exception):
    """A decider asked for a stream that was not loaded: load it and judge again."""

    def __init__(self, source: Source, key: Key) -> None:
        super().__init__(f"{source.name}/{key}")
        self.stream: Stream = (source, key)


@dataclass(frozen=True, slots=True)
class Dirty:
    """The rows that one projection has to write, each with its final value."""

    projection: Projection[Any]
    rows: list[Any]


class World:
    """Loaded rows plus what the batch has written so far."""

    def __init__(self, projections: dict[type[Any], Projection[Any]]) -> None:
        self._projections = projections
        self._rows: dict[str, dict[Key, Any]] = {p.name: {} for p in projections.values()}
        for index in (index for p in projections.values() for index in p.indexes):
            self._rows[index.name] = {}
        self._added: dict[str, dict[Key, list[Any]]] = {}
        self._dirty: dict[str, dict[Key, Any]] = {}
        self._read: dict[str, int | None] = {}

    def get(self, projection: Projection[R], key: Key) -> R | None:
        """The row of a stream, or None where there is none; noted as read by the statement in judgement.

        Raises UnloadedError where the stream was not loaded.
        """
        row: R | None = self._find(projection, key)
        self._read[f"{projection.name}/{key}"] = None if row is None else row.version
        return row

    def peek(self, projection: Projection[R], key: Key) -> R | None:
        """Like ``get`` without noting it; None also where the stream is not loaded yet."""
        row: R | None = self._rows[projection.name].get(key)
        return row

    def row(self, projection: Projection[R], key: Key) -> R:
        """A row that a statement was admitted on, for its projector. Raises KeyError where it is missing."""
        row: R | None = self._rows[projection.name][key]
        if row is None:
            raise KeyError(f"{projection.name}/{key}")
        return row

    def among(self, index: Index[R], key: Key) -> Sequence[R]:
        """The rows of an index stream, in order of writing; noted as read.

        Raises UnloadedError where the stream was not loaded.
        """
        rows = self._listed(index, key)
        self._read[f"{index.name}/{key}"] = rows[-1].version if rows else None
        return rows

    def _listed(self, index: Index[R], key: Key) -> Sequence[R]:
        loaded: list[R] | None = self._find(index, key)
        return [*(loaded or ()), *self._added.get(index.name, {}).get(key, ())]

    def _find(self, source: Source, key: Key) -> Any:
        try:
            return self._rows[source.name][key]
        except KeyError:
            raise UnloadedError(source, key) from None

    def knows(self, source: Source, key: Key) -> bool:
        """Whether the stream was loaded, be it absent."""
        return key in self._rows[source.name]

    def load(self, source: Source, keys: Iterable[Key], rows: Iterable[Any]) -> None:
        """Take rows from the database; keys without a row are known to be absent."""
        known = self._rows[source.name]
        for key in keys:
            known.setdefault(key, None)
        for row in rows:
            key = source.key(row)
            known[key] = row if isinstance(source, Projection) else [*(known[key] or ()), row]

    def put(self, rows: Iterable[Any]) -> None:
        """Fold the rows that a statement wrote. The last value of a stream in a batch is the one saved."""
        for row in rows:
            projection = self._projections[type(row)]
            key = projection.key(row)
            self._rows[projection.name][key] = row
            self._dirty.setdefault(projection.name, {})[key] = row
            for index in projection.indexes:
                self._added.setdefault(index.name, {}).setdefault(index.key(row), []).append(row)

    def projection_of(self, row: Versioned) -> Projection[Any]:
        """The projection whose row it is."""
        return self._projections[type(row)]

    def adopt(self, rows: dict[str, dict[Key, Any]]) -> None:
        """Take reference rows that are still valid; the world works on copies of the tables."""
        for name, known in rows.items():
            self._rows[name] = dict(known)

    def references(self) -> dict[str, dict[Key, Any]]:
        """The reference rows known now, absent ones included."""
        return {p.name: self._rows[p.name] for p in self._projections.values() if p.reference}

    def begin(self) -> None:
        """Forget which streams were read: the next statement is judged from here."""
        self._read = {}

    def reads(self) -> list[tuple[str, int | None]]:
        """Stream and version of all that was read since ``begin``, in order of the first reading."""
        return list(self._read.items())

    def dirty(self) -> Iterator[Dirty]:
        """What is to be written, projection by projection in the order of the registry."""
        for projection in self._projections.values():
            rows = self._dirty.get(projection.name)
            if rows:
                yield Dirty(projection, list(rows.values()))


class ReplayWorld(World):
    """The whole state, folded from position 0: what was never written is absent."""

    def _find(self, source: Source, key: Key) -> Any:
        return self._rows[source.name].get(key)

    def table(self, projection: Projection[R]) -> dict[Key, R]:
        """Every row of a projection by key."""
        return self._dirty.get(projection.name, {})


class Fork(World):
    """What a world would be after some rows more: reads fall through to it, and are noted there."""

    def __init__(self, base: World) -> None:
        super().__init__(base._projections)
        self._base = base

    def get(self, projection: Projection[R], key: Key) -> R | None:
        """The row as this fork has it, else as the world below has it; noted as read below in both cases."""
        row = self._base.get(projection, key)
        return self._rows[projection.name].get(key, row)

    def peek(self, projection: Projection[R], key: Key) -> R | None:
        """Like ``get`` without noting it."""
        rows = self._rows[projection.name]
        return rows[key] if key in rows else self._base.peek(projection, key)

    def row(self, projection: Projection[R], key: Key) -> R:
        """A row that a statement was admitted on. Raises KeyError where there is none."""
        row: R | None = self._rows[projection.name].get(key)
        if row is None and key in self._rows[projection.name]:
            raise KeyError(f"{projection.name}/{key}")
        return self._base.row(projection, key) if row is None else row

    def among(self, index: Index[R], key: Key) -> Sequence[R]:
        """The rows of the world below, then those of this fork."""
        return [*self._base.among(index, key), *self._added.get(index.name, {}).get(key, ())]

    def forget(self, projection: Projection[Any], key: Key) -> None:
        """As if the row had never been written."""
        self._rows[projection.name][key] = None
