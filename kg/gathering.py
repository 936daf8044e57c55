"""Extractions gathered into the file of a new graph folder, with the table of what is to be known of them.

Some are made anew, by however many processes, others are taken over from an older folder; they come in the order of the
papers, and only some of each are in memory at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kg.folder import EXTRACTIONS, PAPER_TABLE
from kg.paper_table import PaperTableWriter
from kg.reading import OnProgress
from kg.shards import extracted_shards, read_shard
from kg.storage import Storage

_BLOCK: Final = 1 << 20


class Fresh(NamedTuple):
    """A paper that is to be extracted, as a line of JSON."""

    paper: bytes


class Kept(NamedTuple):
    """A row of the older folder's table, and its extraction; the row may have other values than there."""

    row: int
    extraction: bytes | None = None
    values: pa.Table | None = None


Item: TypeAlias = "Fresh | Kept"


class Older:
    """The extractions of a graph folder, and the rows of its table."""

    def __init__(self, extractions: Path, rows: pa.Table) -> None:
        self._path = extractions
        self.rows = rows
        self.starts: npt.NDArray[np.int64] = rows["start"].to_numpy()
        self.ends: npt.NDArray[np.int64] = rows["end"].to_numpy()

    def line(self, row: int) -> bytes:
        """The extraction of a row."""
        with self._path.open("rb") as file:
            file.seek(self.starts[row])
            return file.read(self.ends[row] - self.starts[row])

    def blocks(self, first: int, last: int) -> Iterator[bytes]:
        """The extractions of neighbouring rows."""
        with self._path.open("rb") as file:
            file.seek(self.starts[first])
            left = int(self.ends[last] - self.starts[first])
            while left > 0 and (block := file.read(min(left, _BLOCK))):
                yield block
                left -= len(block)


class _Gathered:
    """The two files as they grow."""

    def __init__(self, whole: IO[bytes], table: PaperTableWriter, older: Older | None) -> None:
        self._whole = whole
        self._table = table
        self._older = older
        self._reached = 0

    def add(self, rows: pa.Table, sizes: npt.ArrayLike, blocks: Iterable[bytes]) -> None:
        """Add rows with extractions of these sizes (bytes)."""
        lengths = np.asarray(sizes, np.int64)
        ends = self._reached + np.cumsum(lengths)
        starts = ends - lengths
        rows = rows.select([name for name in rows.column_names if name not in {"start", "end"}])
        self._table.add(rows.append_column("start", pa.array(starts)).append_column("end", pa.array(ends)))
        self._whole.writelines(blocks)
        self._reached = int(ends[-1])

    def keep(self, kept: Sequence[Kept]) -> None:
        """Add what stands in the older folder, neighbouring rows at once."""
        for one, last in _runs(kept):
            assert self._older is not None  # noqa: S101 - nothing is kept of nothing
            if one.extraction is not None:
                rows = self._older.rows.slice(one.row, 1) if one.values is None else one.values
                self.add(rows, [len(one.extraction)], [one.extraction])
            else:
                rows = self._older.rows.slice(one.row, last - one.row + 1)
                sizes = self._older.ends[one.row : last + 1] - self._older.starts[one.row : last + 1]
                self.add(rows, sizes, self._older.blocks(one.row, last))


def _runs(kept: Iterable[Kept]) -> Iterator[tuple[Kept, int]]:
    """What is kept, with the last of the rows that follow it and stand as they were."""
    first: Kept | None = None
    last = -1
    for one in kept:
        if first is not None and first.extraction is None and one.extraction is None and one.row == last + 1:
            last = one.row
            continue
        if first is not None:
            yield first, last
        first, last = one, one.row
    if first is not None:
        yield first, last


def gather(
    folder: Path,
    items: Iterable[Item],
    storage: Storage,
    *,
    total: int | None,
    tell: OnProgress,
    older: Older | None = None,
    **options: Any,
) -> list[str]:
    """Write the extractions of papers and their table into a graph folder; the names of the shards that they were in.

    ``total`` is how many are to be extracted, if it is known; ``options`` are those of
    :func:`kg.shards.extracted_shards`, and so are the errors.
    """
    waiting: deque[Kept | None] = deque()

    def fresh() -> Iterator[bytes]:
        for item in items:
            if isinstance(item, Fresh):
                waiting.append(None)
                yield item.paper
            else:
                waiting.append(item)

    tell("extracting", 0, total)
    done = 0
    names: list[str] = []
    with (folder / EXTRACTIONS).open("wb") as whole, PaperTableWriter(folder / PAPER_TABLE) as table:
        gathered = _Gathered(whole, table, older)
        for name in extracted_shards(fresh(), storage, **options):
            rows, lines = read_shard(storage, name)
            reached = 0
            while reached < len(lines):
                gathered.keep(_taken(waiting))
                count = _fresh_ahead(waiting, len(lines) - reached)
                some = lines[reached : reached + count]
                gathered.add(rows.slice(reached, count), list(map(len, some)), some)
                reached += count
            names.append(name)
            done += len(lines)
            tell("extracting", done, total)
        gathered.keep(_taken(waiting))
    return names


def _taken(waiting: deque[Kept | None]) -> list[Kept]:
    """What is kept, as far as the next that is fresh."""
    found = []
    while waiting and (one := waiting[0]) is not None:
        found.append(one)
        waiting.popleft()
    return found


def _fresh_ahead(waiting: deque[Kept | None], most: int) -> int:
    """How many fresh ones come next, which wait no more."""
    count = 0
    while count < most and waiting and waiting[0] is None:
        waiting.popleft()
        count += 1
    return count
