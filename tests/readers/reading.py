"""What tests of readers do again and again: read bytes, or a sample in tests/data, and look at what was skipped."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

from kg.model import Paper, Skipped
from kg.readers import read
from tests.material import DATA


def read_bytes(data: bytes, format: str | None = None) -> tuple[list[Paper], list[Skipped]]:  # noqa: A002
    """The papers in some bytes and what was skipped."""
    skipped: list[Skipped] = []
    return list(read(io.BytesIO(data), format=format, on_skip=skipped.append)), skipped


def read_sample(name: str) -> tuple[list[Paper], list[tuple[int | None, str]]]:
    """The papers in a file of tests/data, and number and reason of each record that was skipped."""
    skipped: list[Skipped] = []
    papers = list(read(DATA / name, on_skip=skipped.append))
    return papers, [(one.record, one.reason) for one in skipped]


def read_objects(records: Iterable[object], format: str | None = None) -> tuple[list[Paper], list[Skipped]]:  # noqa: A002
    """The papers in JSON values, one a line, and what was skipped."""
    return read_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records), format)


class Repeated(io.RawIOBase):
    """A stream that begins with one piece, repeats another for long, and ends with a third, without holding it all.

    ``size`` is how much was read of it.
    """

    def __init__(self, head: bytes, piece: bytes, times: int, tail: bytes = b"") -> None:
        self.size = 0
        self._pieces = (part for group in ([head], (piece for _ in range(times)), [tail]) for part in group)
        self._left = b""

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Give as much as there is of one piece."""
        while not self._left:
            try:
                self._left = next(self._pieces)
            except StopIteration:
                return 0
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        self.size += len(part)
        return len(part)
