"""Records kept in files while it is found which of them are one paper, so that they need not be in memory.

Two passes: as records are read, each is written as a line of JSON, and kept of it is only where it stands and hashes of
all by which it may be known (:func:`kg.readers.merge.possible_keys`). Records that have such a hash in common, directly
or through others, are the connected components of a graph; only those of one component can have to do with each other,
so components are then merged one by one, and most of them are a single record.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kg.model import Paper, paper_from_json, paper_to_json
from kg.readers.merge import merged_records, possible_keys

_OWN: Final = 0
_Numbers = npt.NDArray[np.int64]


def paper_line(paper: Paper) -> bytes:
    """A paper as a line of JSON in UTF-8."""
    return json.dumps(paper_to_json(paper), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class RecordsFile:
    """Numbered records, each a line of JSON in a file: ``path``, which is made and removed, or one that was there.

    Some 50 bytes of each are in memory, while they are merged some 200.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = path.open("wb")
        self._files: list[BinaryIO] = [path.open("rb")]
        self._file = bytearray()
        self._starts = array("q")
        self._ends = array("q")
        self._keys = array("Q")
        self._key_counts = array("q")
        self._is_gone = bytearray()
        self._is_changed = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in (self._written, *self._files):
            file.close()
        self._path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, paper: Paper) -> None:
        """Add a record."""
        start, end = self._write(paper)
        self._note(_OWN, start, end, list(possible_keys(paper)))

    def take(self, path: Path, lines: Iterable[tuple[int, int, Sequence[int]]]) -> None:
        """Add records that stand in another file: where each begins and ends (bytes), and by what it may be known."""
        self._files.append(path.open("rb"))
        for start, end, keys in lines:
            self._note(len(self._files) - 1, start, end, keys)

    def replace(self, number: int, paper: Paper | None) -> None:
        """Have another record stand in the place of one; None for none. What it is known by must be the same."""
        self._is_changed[number] = True
        if paper is None:
            self._is_gone[number] = True
        else:
            self._file[number] = _OWN
            self._starts[number], self._ends[number] = self._write(paper)

    def merge(self) -> int:
        """Merge those that are one paper, and forget by what they are known; the number of papers."""
        for members in self._components():
            known = [(number, self.paper(number)) for number in members if not self._is_gone[number]]
            before = dict(known)
            after = dict(merged_records(known))
            for number, paper in before.items():
                if number not in after:
                    self._is_gone[number] = True
                elif after[number] is not paper:
                    self.replace(number, after[number])
        self._written.flush()
        self._keys, self._key_counts = array("Q"), array("q")
        return len(self) - sum(self._is_gone)

    def papers(self) -> Iterator[int]:
        """The numbers of those that are left: that of the first record of each paper."""
        return (number for number, gone in enumerate(self._is_gone) if not gone)

    def is_changed(self, number: int) -> bool:
        """Whether a record is not what was added under its number."""
        return bool(self._is_changed[number])

    def line(self, number: int) -> bytes:
        """A record as it stands in its file."""
        file = self._files[self._file[number]]
        if file.tell() != self._starts[number]:
            file.seek(self._starts[number])
        return file.read(self._ends[number] - self._starts[number])

    def paper(self, number: int) -> Paper:
        """A record."""
        return paper_from_json(json.loads(self.line(number)))

    def _write(self, paper: Paper) -> tuple[int, int]:
        start = self._written.tell()
        return start, start + self._written.write(paper_line(paper))

    def _note(self, file: int, start: int, end: int, keys: Sequence[int]) -> None:
        self._file.append(file)
        self._starts.append(start)
        self._ends.append(end)
        self._keys.extend(keys)
        self._key_counts.append(len(keys))
        self._is_gone.append(False)
        self._is_changed.append(False)

    def _components(self) -> Iterator[list[int]]:
        """The numbers of records that have to do with each other, ascending, where there are several."""
        self._written.flush()
        owners = np.repeat(np.arange(len(self)), np.frombuffer(self._key_counts, np.int64))
        _, keys, counts = np.unique(np.frombuffer(self._keys, np.uint64), return_inverse=True, return_counts=True)
        shared = counts[keys] > 1
        if not shared.any():
            return
        records, ends = np.unique(owners[shared], return_inverse=True)
        _, keys = np.unique(keys[shared], return_inverse=True)
        size = len(records) + int(keys.max()) + 1
        graph = coo_array((np.ones(len(ends), np.int8), (ends, len(records) + keys)), shape=(size, size))
        _, component = connected_components(graph, directed=False)
        yield from _groups(records, component[: len(records)])


def _groups(records: _Numbers, component: npt.NDArray[np.int32]) -> Iterator[list[int]]:
    order = np.argsort(component, kind="stable")
    bounds = np.flatnonzero(np.diff(component[order])) + 1
    for group in np.split(records[order], bounds):
        if len(group) > 1:
            yield group.tolist()
