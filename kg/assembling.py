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
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias
from uuid import uuid4

from kg.exporting import PieceWriter
from kg.folder import read_extraction
from kg.graph import Assembly, Graph, Implied, Piece, check_ids_differ, paper_piece, put_together
from kg.iris import slug
from kg.model import ENTITY_TYPES, GraphFacts
from kg.processes import collector_paused, in_batches
from kg.resolution.identities import Identities
from kg.shards import Entry
from kg.summary import GraphSummary, ranked

_PAPERS: Final = 256
"""How many papers are written together."""
_TOP: Final = 10
OnSections: TypeAlias = Callable[[str, Sequence[Path]], None]
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
    """What became of some pieces: the files of their sections by writer, how many lines these have, what they imply."""

    files: dict[str, list[Path]]
    lines: dict[str, list[int]]
    facts: GraphFacts
    implied: list[Implied]


def write_in_pieces(
    assembled: Assembled,
    writers: Mapping[str, PieceWriter],
    folder: Path,
    *,
    about: GraphFacts,
    on_sections: OnSections,
    on_papers: Callable[[int], None],
    workers: int = 1,
    executor: Executor | None = None,
) -> tuple[GraphFacts, dict[str, list[int]]]:
    """Write the sections of all pieces as files into a folder, in their order, and tell of each file when it is there.

    ``about`` is what is known of the graph before, to which is added what is counted; ``on_papers`` is called with how
    many papers are done. ``workers`` processes, or those of ``executor``, which must see the files, share the work;
    what is written does not depend on it. What comes back are the facts, and by writer how many lines each section has.
    """
    facts = about
    lines: dict[str, list[int]] = {}
    implied: list[Implied] = []

    def take(written: _Written) -> None:
        facts.add(written.facts)
        implied.extend(written.implied)
        for writer, files in written.files.items():
            before = lines.get(writer, [0] * len(files))
            lines[writer] = [one + other for one, other in zip(before, written.lines[writer], strict=True)]
            on_sections(writer, files)

    work = partial(_write_papers, path=str(assembled.path), folder=str(folder), writers=dict(writers))
    for written in in_batches(work, assembled.lines, workers=workers, size=_PAPERS, executor=executor):
        take(written)
        on_papers(facts.nodes["Paper"])
    take(_write([assembled.assembly.shared(implied)], "shared", folder, writers))
    return facts, lines


def _write_papers(lines: list[Line], *, path: str, folder: str, writers: Mapping[str, PieceWriter]) -> _Written:
    # a name of its own, for a cluster may have another process do the same where it takes this one for lost
    name = f"{lines[0].start}-{uuid4().hex}"
    return _write(_paper_pieces(Path(path), lines), name, Path(folder), writers)


def _paper_pieces(path: Path, lines: Iterable[Line]) -> Iterator[Piece]:
    """The pieces of papers whose extractions stand in a file. Raises GraphError where an extraction is damaged."""
    with path.open("rb") as file:
        for line in lines:
            file.seek(line.start)
            extraction = read_extraction(file.read(line.end - line.start), f"{path}: at byte {line.start}")
            yield paper_piece(extraction, line.nodes)


def _write(pieces: Iterable[Piece], name: str, folder: Path, writers: Mapping[str, PieceWriter]) -> _Written:
    """Write the sections of some pieces into files that begin with a name."""
    facts = GraphFacts()
    implied: list[Implied] = []
    told: dict[str, list[list[bytes]]] = {writer: [] for writer in writers}
    with collector_paused():
        for piece in pieces:
            _count(piece, facts)
            implied += piece.implied
            for writer, sections in told.items():
                for place, section in enumerate(writers[writer].sections(piece)):
                    if place == len(sections):
                        sections.append([])
                    sections[place].append(section)
    files: dict[str, list[Path]] = {}
    for writer, sections in told.items():
        files[writer] = [folder / f"{name}-{writer}-{place}" for place in range(len(sections))]
        for file, parts in zip(files[writer], sections, strict=True):
            with file.open("wb") as stream:
                stream.writelines(parts)
    lines = {writer: [sum(part.count(b"\n") for part in one) for one in sections] for writer, sections in told.items()}
    return _Written(files, lines, facts, implied)


def _count(piece: Piece, facts: GraphFacts) -> None:
    for key, node in piece.nodes:
        facts.nodes[node["kind"]] += 1
        if node["kind"] == "Result":
            facts.results[node["result_kind"]] += 1
        elif node["kind"] == "Paper" and facts.example is None:
            facts.example = key
    for _, _, relation, edge in piece.edges:
        facts.edges[relation] += 1
        facts.rules.update(item["rule"] for item in edge["evidence"])
        if "role_rule" in edge:
            facts.rules.add(edge["role_rule"])
