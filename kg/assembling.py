"""A graph put together from a file of extractions, piece by piece, so that the extractions need not be in memory.

Names are resolved first, which needs of the papers no more than what they name (:mod:`kg.paper_namings`). Then every
paper is a piece by itself, in the order of the papers' ids, and so are the things that papers share. Pieces are either
put together as one networkx graph, or written as they come, by several processes if there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import add
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias
from uuid import uuid4

from kg.exporting import PieceWriter
from kg.folder import read_extraction
from kg.graph import Assembly, Graph, Implied, Piece, paper_piece, put_together
from kg.iris import slug
from kg.model import ENTITY_TYPES, GraphFacts
from kg.paper_namings import PaperNamings
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
from kg.storage import Folder, Storage
from kg.summary import GraphSummary, ranked

_PAPERS: Final = 256
"""How many papers are written together."""
_CHANGED: Final = 4
"""How many such batches one process writes, where a graph is changed, sooner than others have started."""
_TOP: Final = 10
_ENTITIES: Final = 4096
"""How many things that papers share are written together."""
_MOST: Final = 0.5
"""Where more than this part is new or gone, it is sooner written anew than changed."""
OnFiles: TypeAlias = Callable[[str, Sequence[Path]], None]
"""Called with the name of a writer and the files with the sections of some pieces, as soon as they are written."""


class Line(NamedTuple):
    """A paper: its extraction, as a line of a file, and the node keys of its entities, in their order."""

    id: str
    extraction: bytes
    nodes: list[str]


class Assembled:
    """Extractions of a file, resolved: what each says, in the order of the papers' ids, and what papers share.

    Raises GraphError where two papers have one id.
    """

    def __init__(self, extractions: Path, namings: PaperNamings, identities: Identities) -> None:
        self._path = extractions
        self._namings = namings
        self.identities = identities
        self.assembly = Assembly(identities)
        self._nodes = self.assembly.nodes(namings.all())
        self.count = sum(1 for _ in namings.ids())

    def lines(self) -> Iterator[Line]:
        """The papers."""
        nodes = self._nodes
        with self._path.open("rb") as file:
            for paper in self._namings.papers():
                file.seek(paper.start)
                yield Line(paper.id, file.read(paper.end - paper.start), [nodes[one] for one in paper.namings])

    def keys(self) -> Keys:
        """The keys of all nodes but the results, whose keys are made as those of their papers are."""
        return Keys(self._namings, self.assembly)

    def graph(self, *, name: str, rules_hash: str | None) -> Graph:
        """All of it in memory."""
        return put_together(list(self.pieces()), name=name, rules_hash=rules_hash)

    def pieces(self) -> Iterator[Piece]:
        """The pieces of all papers, and then that of what they share."""
        implied: list[Implied] = []
        for _, piece in _told_papers(self.lines()):
            implied += piece.implied
            yield piece
        yield self.assembly.shared(implied)

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


class Keys(Iterable[str]):
    """Keys of nodes, which are made again each time they are gone through."""

    def __init__(self, namings: PaperNamings, assembly: Assembly) -> None:
        self._namings = namings
        self._assembly = assembly

    def __iter__(self) -> Iterator[str]:
        yield from (f"paper/{slug(paper)}" for paper in self._namings.ids())
        yield from self._assembly.keys()


@dataclass(slots=True)
class _Written:
    """What became of some pieces: the files of their sections by column, and by piece how long these are (bytes).

    The first file, and the first length of a piece, are those of the lines of the index; ``implied`` is what each piece
    implies of others, as the index says it. The files are given by their names in a storage.
    """

    columns: list[Column]
    files: list[str]
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
    of ``executor``, share the work and leave the files in ``storage``; what is written does not depend on it.
    """

    assembled: Assembled
    writers: Mapping[str, PieceWriter]
    folder: Path
    storage: Storage
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
        parts = list(entity_pieces(self.assembled.assembly.shared(chain.from_iterable(map(implied_of, implied)))))
        rows = deque[int | None]()

        def fresh() -> Iterator[tuple[bytes, Piece]]:
            for part in parts:
                rows.append(earlier.row(part[0]) if earlier else None)
                if rows[-1] is None:
                    yield part

        here = Folder(self.folder)
        written = (
            _write(some, f"shared-{number}", here, self.writers)
            for number, some in enumerate(batches(fresh(), _ENTITIES))
        )
        for _ in self._woven(pieces, rows, written, here):
            pass
        return pieces

    def _papers(self, pieces: Pieces, earlier: Earlier | None) -> list[bytes]:
        """Write the pieces of papers; what these imply of others, as the index says it."""
        rows = deque[int | None]()
        most = self.assembled.count * _MOST

        def fresh() -> Iterator[Line]:
            count = 0
            for line in self.assembled.lines():
                row = earlier.row(paper_made_of(*line)) if earlier else None
                rows.append(row)
                if row is None:
                    count += 1
                    if earlier and count > most:
                        raise NotReusableError("most papers are not as they were")
                    yield line

        work = partial(_write_papers, storage=self.storage, writers=dict(self.writers))
        written = in_batches(
            work, fresh(), workers=self.workers, size=_PAPERS, executor=self.executor, alone=_CHANGED if earlier else 1
        )
        implied: list[bytes] = []
        done = 0
        for here in self._woven(pieces, rows, written, self.storage):
            if isinstance(here, range):
                assert earlier is not None  # noqa: S101 - there are no such pieces otherwise
                implied += filter(None, map(earlier.implied, here))
                done += len(here)
            else:
                implied += filter(None, [here])
                done += 1
            if done % _PAPERS == 0 or done == self.assembled.count:
                self.on_papers(done)
        return implied

    def _woven(
        self, pieces: Pieces, rows: deque[int | None], written: Iterable[_Written], storage: Storage
    ) -> Iterator[range | bytes]:
        """Put pieces behind each other in their order; yields earlier places, or what a new piece implies.

        ``rows`` are the earlier places of pieces, None for new ones; they come as the new ones are taken to be written.
        """
        for spans, implied in self._fresh(pieces, written, storage):
            yield from self._kept(pieces, rows)
            rows.popleft()
            pieces.put(spans)
            yield implied
        yield from self._kept(pieces, rows)

    def _kept(self, pieces: Pieces, rows: deque[int | None]) -> Iterator[range]:
        """Keep earlier pieces as far as the next that is new."""
        for run in _runs(rows):
            pieces.keep(run)
            yield run

    def _fresh(
        self, pieces: Pieces, written: Iterable[_Written], storage: Storage
    ) -> Iterator[tuple[list[Span | None], bytes]]:
        """The spans of new pieces, each with what it implies."""
        for one in written:
            pieces.count(one)
            files = [storage.fetch(name, self.folder) for name in one.files]
            for writer in self.writers:
                columns = zip(one.columns, files[1:], strict=True)
                self.on_files(writer, [file for (name, _), file in columns if name == writer])
            reached = [0] * len(files)
            for sizes, implied in zip(one.sizes, one.implied, strict=True):
                ends = list(map(add, reached, sizes))
                yield list(map(Span, files, reached, ends)), implied
                reached = ends


def _runs(rows: deque[int | None]) -> Iterator[range]:
    """Earlier places that follow each other, as one, as far as the next that is new; they are taken away."""
    run = range(0)
    while rows and (row := rows[0]) is not None:
        rows.popleft()
        if run and row == run.stop:
            run = range(run.start, row + 1)
            continue
        if run:
            yield run
        run = range(row, row + 1)
    if run:
        yield run


def _write_papers(lines: list[Line], *, storage: Storage, writers: Mapping[str, PieceWriter]) -> _Written:
    # a name of its own, for a cluster may have another process do the same where it takes this one for lost
    with collector_paused():
        return _write(_told_papers(lines), uuid4().hex, storage, writers)


def _told_papers(lines: Iterable[Line]) -> Iterator[tuple[bytes, Piece]]:
    """The pieces of papers, each with what it is made of. Raises GraphError where an extraction is damaged."""
    for line in lines:
        extraction = read_extraction(line.extraction, f"the extraction of {line.id!r}")
        yield paper_made_of(*line), paper_piece(extraction, line.nodes)


def _write(
    pieces: Iterable[tuple[bytes, Piece]], name: str, storage: Storage, writers: Mapping[str, PieceWriter]
) -> _Written:
    """Write the sections of some pieces, and what the index says of them, into files whose names begin with a name."""
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
    files = [f"{name}-index", *(f"{name}-{writer}-{place}" for writer, place in columns)]
    for file, parts in zip(files, (index, *sections), strict=True):
        storage.write(file, b"".join(parts))
    return _Written(columns, files, sizes, implied, tally)
