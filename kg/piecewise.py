"""Exports and store of a graph folder, written piece by piece; what did not change is taken over from the old folder.

Every paper is a piece, and so is every thing that papers name (:mod:`kg.piece_index`). The sections of pieces that are
new or changed are written as files of their own. Then each export is put together of its frame, of these files, and of
long stretches of the old export; and the store is a copy of the old one, from which the quads of pieces that changed or
went are taken, and to which those of the new ones are added.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from kg._version import __version__
from kg.assembling import Assembled, OnFiles, Pieces, PiecesWriter
from kg.errors import GraphError
from kg.exporting import PieceWriter
from kg.folder import STORE, named_errors
from kg.model import GraphFacts, JsonObject
from kg.piece_index import INDEX, Earlier, NotReusableError, PlaceOf, Span, about_all
from kg.reading import OnProgress
from kg.storage import Folder, Storage

_PIECES: Final = "pieces"
_WRITING: Final = "writing the graph"
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Before:
    """A graph folder as it was, from which what has not changed is taken over.

    ``place_of`` says where the extraction of a paper begins and ends in its file (bytes), by its id.
    """

    folder: Path
    manifest: JsonObject
    place_of: PlaceOf


@dataclass(slots=True, kw_only=True)
class PiecewiseMaker:
    """Makes the exports, the index and the store of a new graph folder, ``part``.

    ``writers`` write the exports, of which ``files`` are the names, and the store, where there is to be one; ``about``
    is what is known of the graph besides what is counted of it; ``before`` is the folder as it was. Processes that
    share the work leave files for each other in ``storage``, if it is not the new folder.
    """

    part: Path
    assembled: Assembled
    writers: Mapping[str, PieceWriter]
    files: Mapping[str, str]
    about: GraphFacts
    tell: OnProgress
    workers: int
    executor: Executor | None
    storage: Storage | None
    before: Before | None
    _sections: Storage = field(init=False)

    def make(self) -> GraphFacts:
        """Make them; what was counted. Raises GraphError and ExportError where something cannot be written."""
        folder = self.part / _PIECES
        with named_errors(folder), self._shared_sections(folder):
            facts = self._changed(folder)
            if facts is None:
                facts = self._anew(folder)
            shutil.rmtree(folder)
        return facts

    @contextmanager
    def _shared_sections(self, folder: Path) -> Iterator[None]:
        """Have a storage for the sections that other processes write; where it is another folder, it is removed."""
        if self.storage is None:
            self._sections = Folder(folder)
            yield
            return
        # what an attempt leaves that was given up, or a process that was taken for lost, goes with it
        self._sections = self.storage.within(f"{_PIECES}-{uuid4().hex}")
        try:
            yield
        finally:
            self._sections.clear()

    def _anew(self, folder: Path) -> GraphFacts:
        """Write all of them; what goes into the store is loaded as it comes."""
        folder.mkdir()
        with self._store() as load:
            pieces = self._writer(folder, partial(_load, load)).write()
            facts = pieces.tally.facts(self.about)
            if STORE in self.writers:
                self.tell("filling the store", 0, None)
                for block in self.writers[STORE].frame(facts, pieces.lines(STORE)):
                    load(block)
        self._join(pieces, facts)
        return facts

    def _changed(self, folder: Path) -> GraphFacts | None:
        """Write what changed, and take over the rest; None, and nothing is there, where that cannot be done."""
        if self.before is None or self.before.manifest["kg_version"] != __version__:
            return None
        try:
            earlier = Earlier(
                self.before.folder,
                self.before.manifest,
                self.before.place_of,
                files=self.files,
                fingerprints=_fingerprints(self.writers),
            )
            said = earlier.facts()
            frames = {name: writer.frame(said, earlier.lines(name)) for name, writer in self.writers.items()}
            folder.mkdir()
            new: list[Path] = []
            writer = self._writer(folder, lambda name, files: new.extend(files if name == STORE else ()))
            pieces = writer.write(earlier, earlier.starts(frames, self.files))
            gone = [earlier.told(row) for row in pieces.gone(earlier)]
            facts = pieces.tally.facts(self.about)
            if STORE in self.writers:
                self.tell("changing the store", 0, None)
                told = self.writers[STORE]
                out = chain.from_iterable(told.sections(earlier.piece(one)) for one in gone)
                self._change_store(frames[STORE], out, [*new, *told.frame(facts, pieces.lines(STORE))])
        except (NotReusableError, GraphError):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(self.part / STORE, ignore_errors=True)
            return None
        self._join(pieces, facts)
        return facts

    def _change_store(self, about: Iterable[bytes], out: Iterable[bytes], new: Iterable[Path | bytes]) -> None:
        """Make the store of the one that was there before, of which ``about`` tells, so it goes as well.

        Raises NotReusableError where that is another store.
        """
        from kg.store import changed_store  # noqa: PLC0415 - kg extract has no store

        assert self.before is not None  # noqa: S101 - there is nothing to change otherwise
        with changed_store(self.before.folder / STORE, self.part / STORE) as store:
            if not all(map(store.holds, about)):
                raise NotReusableError(STORE)
            for block in chain(about, out):
                store.take_out(block)
            store.add(more if isinstance(more, bytes) else more.read_bytes() for more in new)

    def _writer(self, folder: Path, on_files: OnFiles) -> PiecesWriter:
        total = self.assembled.count
        self.tell(_WRITING, 0, total)
        return PiecesWriter(
            assembled=self.assembled,
            writers=self.writers,
            folder=folder,
            storage=self._sections,
            on_files=on_files,
            on_papers=lambda done: self.tell(_WRITING, done, total),
            workers=self.workers,
            executor=self.executor,
        )

    def _join(self, pieces: Pieces, facts: GraphFacts) -> None:
        """Put the files together of their frames and sections, and the index of its lines."""
        own = self.part / _PIECES
        for name, file in self.files.items():
            self.tell(f"writing {file}", 0, None)
            with named_errors(self.part / file), (self.part / file).open("wb") as whole:
                _join(whole, self.writers[name].frame(facts, pieces.lines(name)), pieces.of(name), own)
        fingerprints = _fingerprints(self.writers)
        if None not in fingerprints.values():
            end = about_all(pieces.columns, fingerprints, facts, pieces.tally)
            with named_errors(self.part / INDEX), (self.part / INDEX).open("wb") as whole:
                _join(whole, [b"", end], [pieces.index], own)

    def _store(self) -> AbstractContextManager[Callable[[bytes], None]]:
        """What loads lines into the store; nothing where there is to be none."""
        if STORE not in self.writers:
            return nullcontext(lambda _: None)
        from kg.store import filled_store  # noqa: PLC0415 - as above

        return filled_store(self.part / STORE, threads=self.workers)


def _fingerprints(writers: Mapping[str, PieceWriter]) -> dict[str, str | None]:
    return {name: getattr(writer, "fingerprint", None) for name, writer in writers.items()}


def _load(load: Callable[[bytes], None], name: str, files: Sequence[Path]) -> None:
    """Load the sections for the store."""
    for file in files if name == STORE else ():
        load(file.read_bytes())
        file.unlink()


def _join(whole: IO[bytes], frame: Sequence[bytes], sections: Sequence[Sequence[Span]], own: Path) -> None:
    """Put a file together of its frame and its sections; files in the folder ``own`` are removed when all is read."""
    for place, block in enumerate(frame):
        whole.write(block)
        if place < len(sections):
            last = {span.path: number for number, span in enumerate(sections[place])}
            for number, span in enumerate(sections[place]):
                _copy(span, whole)
                if last[span.path] == number and span.path.parent == own:
                    span.path.unlink()


def _copy(span: Span, whole: IO[bytes]) -> None:
    """Write a part of a file behind what is there. Raises GraphError where it is not all there."""
    with span.path.open("rb") as file:
        whole.flush()
        start = _sent(file, span.start, span.end, whole)
        file.seek(start)
        while start < span.end:
            block = file.read(min(span.end - start, _BLOCK))
            if not block:
                raise GraphError(f"{span.path} was cut off while it was read")
            whole.write(block)
            start += len(block)


def _sent(file: IO[bytes], start: int, end: int, whole: IO[bytes]) -> int:
    """Let the system copy from one file to the other, as far as it can, which is where it ends."""
    if sys.platform == "linux":
        with suppress(OSError):
            while start < end:
                sent = os.sendfile(whole.fileno(), file.fileno(), start, end - start)
                if not sent:
                    break
                start += sent
    return start
