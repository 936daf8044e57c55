"""Sources read as one collection of papers: files and folders without what kg wrote itself, each paper once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeAlias, TypeVar

from kg.errors import InputError
from kg.folder import own_files, own_objects
from kg.model import Paper, Skipped
from kg.readers import merge_duplicates, read
from kg.readers.records_file import RecordsFile
from kg.readers.remote import is_url
from kg.readers.sources import STANDARD_INPUT
from kg.readers.sources import Source as ByteSource

OnProgress: TypeAlias = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None where nobody knows)."""
OnSkip: TypeAlias = Callable[[Skipped], None]
"""Called with each file and record that cannot be read, when it is met."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingReport:
    """What was read: the files, records as they were found, the papers that they are, and what was skipped."""

    files: tuple[str, ...]
    records: tuple[Paper, ...]
    papers: tuple[Paper, ...]
    skipped: tuple[Skipped, ...]

    @property
    def duplicates(self) -> int:
        """How many records were merged into papers that had been read before."""
        return len(self.records) - len(self.papers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Sources as they are read: which, what they are read as, and who is told of it.

    ``leave_out`` is a file that is none of them wherever it lies; the others are options of :func:`kg.read`.
    """

    sources: Sequence[ByteSource]
    format: str | None = None
    saved_in: int | None = None
    columns: Mapping[str, str] | None = None
    strict: bool = False
    leave_out: Path | None = None
    on_progress: OnProgress | None = None
    on_skip: OnSkip | None = None

    def read_into(self, add: Callable[[Paper], None]) -> Read:
        """Read all records. Raises InputError where there are none or, if ``strict``, anything cannot be read."""
        files = _Files(self.sources, self.leave_out)
        skipped: list[Skipped] = []
        count = 0

        def skip(one: Skipped) -> None:
            skipped.append(one)
            if self.on_skip is not None:
                self.on_skip(one)

        found = read(
            *self.sources,
            format=self.format,
            saved_in=self.saved_in,
            columns=self.columns,
            strict=self.strict,
            on_skip=skip,
            wanted=files.is_wanted,
        )
        tell = self.on_progress or say_nothing
        for record in counted(found, "reading", None, tell):
            add(record)
            count += 1
        tell("merging duplicates", 0, None)
        if not count:
            reason = f": {skipped[0]}" if len(skipped) == 1 else " from any source"
            raise InputError(f"no paper could be read{reason}, so nothing was written")
        return Read(tuple(sorted({*files.read, *(one.file for one in skipped)})), count, tuple(skipped))

    @contextmanager
    def streamed(self) -> Iterator[tuple[Read, int, Iterator[Paper]]]:
        """What was read, how many papers that is, and these, which are not all in memory at a time.

        They wait in a file in the system's folder for such. Raises InputError as :meth:`read_into` does.
        """
        with TemporaryDirectory(prefix="kg-") as folder, RecordsFile(Path(folder, "records.jsonl")) as records:
            found = self.read_into(records.add)
            yield found, records.merge(), map(records.paper, records.papers())


class Read(NamedTuple):
    """What was read: the files, how many records were in them, and what was skipped."""

    files: tuple[str, ...]
    records: int
    skipped: tuple[Skipped, ...]


def read_papers(
    sources: Sequence[ByteSource],
    *,
    format: str | None = None,  # noqa: A002 - the word of kg.read
    saved_in: int | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    leave_out: Path | None = None,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> ReadingReport:
    """Read sources and merge what is one paper.

    Of a folder, files that ``kg build`` wrote and the file ``leave_out`` are left out, so that output that lies among
    the input is not read back. Raises InputError where no paper can be read or, if ``strict``, anything cannot.
    """
    records: list[Paper] = []
    found = Reading(
        sources=sources,
        format=format,
        saved_in=saved_in,
        columns=columns,
        strict=strict,
        leave_out=leave_out,
        on_progress=on_progress,
        on_skip=on_skip,
    ).read_into(records.append)
    return ReadingReport(
        files=found.files, records=tuple(records), papers=tuple(merge_duplicates(records)), skipped=found.skipped
    )


class _Files:
    """The files that are read; a file met in a folder is not where it is output of kg, one that was named always is."""

    def __init__(self, sources: Sequence[ByteSource], leave_out: Path | None) -> None:
        paths = (os.fspath(source) for source in sources if isinstance(source, (str, os.PathLike)))
        self._named = {_real(path) for path in paths if not Path(path).is_dir()}
        self._leave_out = None if leave_out is None else os.path.realpath(leave_out)
        self._outputs: dict[str, frozenset[str]] = {}
        self.read: set[str] = set()

    def is_wanted(self, file: str) -> bool:
        real = _real(file)
        wanted = file == STANDARD_INPUT or real in self._named or not self._is_output(real)
        if wanted:
            self.read.add(file)
        return wanted

    def _is_output(self, real: str) -> bool:
        folder, name = os.path.split(real)
        if folder not in self._outputs:
            self._outputs[folder] = own_objects(folder) if is_url(folder) else own_files(Path(folder))
        return real == self._leave_out or name in self._outputs[folder]


def _real(file: str) -> str:
    """A URL as it is, a path without links."""
    return file if is_url(file) else os.path.realpath(file)


def counted(items: Iterable[T], what: str, total: int | None, tell: OnProgress) -> Iterator[T]:
    """The items, while it is told how many are done."""
    tell(what, 0, total)
    for done, item in enumerate(items, start=1):
        yield item
        tell(what, done, total)


def say_nothing(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody asked for."""
