"""A graph put together from a file of extractions, piece by piece, so that the extractions need not be in memory.

Names are resolved first, which needs of each paper no more than what it names (:class:`kg.shards.Entry`). Then every
paper is a piece by itself, in the order of the papers' ids, and so are the things that papers share. Pieces are either
put together as one networkx graph, or written as they come, by several processes if there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from mmap import ACCESS_READ, mmap
from operator import add
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias
from uuid import uuid4

from kg.exporting import PieceWriter
from kg.folder import read_extraction
from kg.graph import Assembly, Graph, Piece, check_ids_differ, paper_piece, put_together
from kg.iris import slug
from kg.model import ENTITY_TYPES, GraphFacts
from kg.piece_index import (
    Column,
    Earlier,
    NotReusableError,
    Span,
    Tally,
    Told,
    counted_of,
    entity_pieces,
    implied_of,
    implied_text,
    lines_of,
    paper_made_of,
)
from kg.processes import batches, collector_paused, in_batches
from kg.resolution.identities import Identities
from kg.shards import Entry
from kg.summary import GraphSummary, ranked

_PAPERS: Final = 256
"""How many papers are written together."""
_TOP: Final = 10
_ENTITIES: Final = 4096
"""How many things that papers share are written together."""
_MOST: Final = 0.5
"""Where more than this part is new or gone, it is sooner written anew than changed."""
OnFiles: TypeAlias = Callable[[str, Sequence[Path]], None]
"""Called with the name of a writer and the files with the sections of some pieces, as soon as they are written."""


class Line(NamedTuple):
    """Where an extraction stands in a file (bytes), and the node keys of its entities, in their order."""

    start: int
    end: int
    nodes: list[str]


@dataclass(slots=True)
class Assembled:
    """Extractions of a file, resolved: what stands where, in the order of the papers' ids, and what papers share."""

    path: Path
    lines: list[Line]
    assembly: Assembly
    identities: Identities
    papers: list[str]

    @classmethod
    def of(cls, path: Path, entries: Iterable[Entry], identities: Identities) -> Assembled:
        """Those of a file, given what stands where in it. Raises GraphError where two papers have one id."""
        ordered = sorted(entries, key=lambda entry: entry.id)
        ids = [entry.id for entry in ordered]
        check_ids_differ(ids)
        assembly = Assembly(identities)
        lines = [Line(entry.start, entry.end, assembly.nodes(entry.entities)) for entry in ordered]
        return cls(path, lines, assembly, identities, ids)

    def keys(self) -> Iterator[str]:
        """The keys of all nodes but the results, whose keys are made as those of their papers are."""
        yield from (f"paper/{slug(paper)}" for paper in self.papers)
        yield from self.assembly.keys()

    def graph(self, *, name: str, rules_hash: str | None) -> Graph:
        """All of it in memory."""
        pieces = list(_paper_pieces(self.path, self.lines))
        pieces.append(self.assembly.shared(implied for piece in pieces for implied in piece.implied))
        return put_together(pieces, name=name, rules_hash=rules_hash)

    def summary(self, facts: GraphFacts) -> GraphSummary:
        """What the graph holds, in numbers, given what was counted of its pieces."""
        best = {
            type_: sorted(
                ((one.label, one.papers) for one in self.identities.all if one.type == type_),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for type_ in ENTITY_TYPES
        }
        return GraphSummary(
            papers=facts.nodes["Paper"],
            entities={type_: facts.nodes[type_] for type_ in ENTITY_TYPES},
            results=ranked(facts.results.elements()),
            edges=ranked(facts.edges.elements()),
            top={type_: tuple(found[:_TOP]) for type_, found in best.items()},
        )


@dataclass(slots=True)
class _Written:
    """What became of some pieces: the files of their sections by column, and by piece how long these are (bytes).

    The first file, and the first length of a piece, are those of the lines of the index; ``implied`` is what each piece
    implies of others, as the index says it.
    """

    columns: list[Column]
    files: list[Path]
    sizes: list[list[int]]
    implied: list[bytes]
    tally: Tally


class Pieces:
    """Where the sections of all pieces stand, written just now or earlier, and what was counted of them."""

    def __init__(self, earlier: Earlier | None, starts: Mapping[Column, Span]) -> None:
        self.columns: list[Column] = earlier.columns if earlier else []
        self.index: list[Span] = []
        self.spans: list[list[Span]] = [[] for _ in self.columns]
        self.tally = Tally()
        self.kept: list[range] = []
        self._earlier = earlier
        self._starts = starts

    def count(self, written: _Written) -> None:
        """Count pieces that are new."""
        if not self.columns:
            self.columns = written.columns
            self.spans = [[] for _ in self.columns]
        self.tally.add(written.tally)

    def put(self, found: Sequence[Span | None]) -> None:
        """Put sections, and a part of the index, behind those that are there."""
        for spans, span in zip((self.index, *self.spans), found, strict=True):
            if span is None or span.start == span.end:
                continue
            if spans and spans[-1].path == span.path and spans[-1].end == span.start:
                spans[-1] = Span(span.path, spans[-1].start, span.end)
            else:
                spans.append(span)

    def keep(self, rows: range) -> None:
        """Put neighbouring earlier pieces behind those that are there."""
        if self._earlier is not None:
            self.kept.append(rows)
            self.put(self._earlier.spans(rows, self._starts))

    def gone(self, earlier: Earlier) -> list[int]:
        """The places of earlier pieces that are not there any more; called once, at the end, it counts the others.

        Raises NotReusableError where these are most of them.
        """
        left = set(range(len(earlier)))
        for rows in self.kept:
            left.difference_update(rows)
        if len(left) > len(earlier) * _MOST:
            raise NotReusableError("most of what was there is gone")
        self.tally.add(earlier.tally)
        for row in left:
            self.tally.leave_out(earlier.told(row))
        return sorted(left)

    def of(self, writer: str) -> list[list[Span]]:
        """The sections of what a writer wrote."""
        return [spans for (name, _), spans in zip(self.columns, self.spans, strict=True) if name == writer]

    def lines(self, writer: str) -> list[int]:
        """How many lines these have."""
        return lines_of(writer, self.columns, self.tally)


@dataclass(slots=True, kw_only=True)
class PiecesWriter:
    """Writes the sections of the pieces of a graph as files into a folder; those that were there before stay.

    ``on_files`` is called with the name of a writer and the files with sections of some pieces that are new, as soon as
    they are written, in their order, and ``on_papers`` with how many papers are done. ``workers`` processes, or those
    of ``executor``, which must see the files, share the work; what is written does not depend on it.
    """

    assembled: Assembled
    writers: Mapping[str, PieceWriter]
    folder: Path
    on_files: OnFiles
    on_papers: Callable[[int], None]
    workers: int = 1
    executor: Executor | None = None

    def write(self, earlier: Earlier | None = None, starts: Mapping[Column, Span] | None = None) -> Pieces:
        """Write them; ``starts`` says where the sections of the earlier files stand.

        Raises NotReusableError where most papers are not as they were.
        """
        pieces = Pieces(earlier, starts or {})
        implied = self._papers(pieces, earlier)
        shared = self.assembled.assembly.shared(one for said in implied for one in implied_of(said))
        parts = list(entity_pieces(shared))
        rows = [earlier.row(made_of) for made_of, _ in parts] if earlier else [None] * len(parts)
        fresh = (part for part, row in zip(parts, rows, strict=True) if row is None)
        written = (
            _write(some, f"shared-{number}", self.folder, self.writers)
            for number, some in enumerate(batches(fresh, _ENTITIES))
        )
        for _ in self._woven(pieces, rows, written):
            pass
        return pieces

    def _papers(self, pieces: Pieces, earlier: Earlier | None) -> list[bytes]:
        """Write the pieces of papers; what these imply of others, as the index says it."""
        lines = self.assembled.lines
        rows: list[int | None] = [None] * len(lines)
        if earlier:
            with self.assembled.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
                rows = [
                    earlier.row(paper_made_of(paper, text[line.start : line.end], line.nodes))
                    for paper, line in zip(self.assembled.papers, lines, strict=True)
                ]
        fresh = [line for line, row in zip(lines, rows, strict=True) if row is None]
        if earlier and len(fresh) > len(lines) * _MOST:
            raise NotReusableError("most papers are not as they were")
        work = partial(
            _write_papers, path=str(self.assembled.path), folder=str(self.folder), writers=dict(self.writers)
        )
        written = in_batches(work, fresh, workers=self.workers, size=_PAPERS, executor=self.executor)
        implied: list[bytes] = []
        done = 0
        for here in self._woven(pieces, rows, written):
            if isinstance(here, range):
                assert earlier is not None  # noqa: S101 - there are no such pieces otherwise
                implied += filter(None, map(earlier.implied, here))
                done += len(here)
            else:
                implied += filter(None, [here])
                done += 1
            if done % _PAPERS == 0 or done == len(lines):
                self.on_papers(done)
        return implied

    def _woven(
        self, pieces: Pieces, rows: Sequence[int | None], written: Iterable[_Written]
    ) -> Iterator[range | bytes]:
        """Put pieces behind each other in their order; yields earlier places, or what a new piece implies."""
        fresh = self._fresh(pieces, written)
        for run in _runs(rows):
            if run is None:
                spans, implied = next(fresh)
                pieces.put(spans)
                yield implied
            else:
                pieces.keep(run)
                yield run

    def _fresh(self, pieces: Pieces, written: Iterable[_Written]) -> Iterator[tuple[list[Span | None], bytes]]:
        """The spans of new pieces, each with what it implies."""
        for one in written:
            pieces.count(one)
            for writer in self.writers:
                columns = zip(one.columns, one.files[1:], strict=True)
                self.on_files(writer, [file for (name, _), file in columns if name == writer])
            reached = [0] * len(one.files)
            for sizes, implied in zip(one.sizes, one.implied, strict=True):
                ends = list(map(add, reached, sizes))
                yield list(map(Span, one.files, reached, ends)), implied
                reached = ends


def _runs(rows: Iterable[int | None]) -> Iterator[range | None]:
    """Earlier places that follow each other, as one; None for each that is new."""
    run = range(0)
    for row in rows:
        if row is not None and row == run.stop and run:
            run = range(run.start, row + 1)
            continue
        if run:
            yield run
        if row is None:
            yield None
        run = range(0) if row is None else range(row, row + 1)
    if run:
        yield run


def _write_papers(lines: list[Line], *, path: str, folder: str, writers: Mapping[str, PieceWriter]) -> _Written:
    # a name of its own, for a cluster may have another process do the same where it takes this one for lost
    name = f"{lines[0].start}-{uuid4().hex}"
    with collector_paused():
        return _write(_told_papers(Path(path), lines), name, Path(folder), writers)


def _paper_pieces(path: Path, lines: Iterable[Line]) -> Iterator[Piece]:
    """The pieces of papers whose extractions stand in a file. Raises GraphError where an extraction is damaged."""
    return (piece for _, piece in _told_papers(path, lines))


def _told_papers(path: Path, lines: Iterable[Line]) -> Iterator[tuple[bytes, Piece]]:
    """The same, each with what it is made of."""
    with path.open("rb") as file:
        for line in lines:
            file.seek(line.start)
            text = file.read(line.end - line.start)
            extraction = read_extraction(text, f"{path}: at byte {line.start}")
            yield paper_made_of(extraction.paper.id, text, line.nodes), paper_piece(extraction, line.nodes)


def _write(
    pieces: Iterable[tuple[bytes, Piece]], name: str, folder: Path, writers: Mapping[str, PieceWriter]
) -> _Written:
    """Write the sections of some pieces, and what the index says of them, into files that begin with a name."""
    tally = Tally()
    columns: list[Column] = []
    sections: list[list[bytes]] = []
    index: list[bytes] = []
    sizes: list[list[int]] = []
    implied: list[bytes] = []
    for made_of, piece in pieces:
        found = {writer: one.sections(piece) for writer, one in writers.items()}
        if not columns:
            columns = [(writer, place) for writer, parts in found.items() for place in range(len(parts))]
            sections = [[] for _ in columns]
        told = [section for parts in found.values() for section in parts]
        lengths = tuple(size for section in told for size in (len(section), section.count(b"\n")))
        row = Told(made_of, lengths, counted_of(piece), implied_text(piece.implied))
        tally.count(row)
        index.append(row.line())
        implied.append(row.implied)
        sizes.append([len(index[-1]), *lengths[::2]])
        for whole, section in zip(sections, told, strict=True):
            whole.append(section)
    files = [folder / f"{name}-index", *(folder / f"{name}-{writer}-{place}" for writer, place in columns)]
    for file, parts in zip(files, (index, *sections), strict=True):
        with file.open("wb") as stream:
            stream.writelines(parts)
    return _Written(columns, files, sizes, implied, tally)
