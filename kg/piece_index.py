"""An index of the pieces of which a graph folder was written, by which those that have not changed are taken over.

``pieces.tsv`` has a line for each piece, in their order, with four fields: what it was made of (JSON: of a paper its
id, the hash of its extraction and the node keys of its entities, of an entity all that is said of it), how many bytes
and lines its sections have (numbers, a pair for each section of each writer), what is counted of it (JSON: nodes by
kind, results by kind, edges by relation, rules), and what it implies of others (JSON, or nothing). The last line is
about all of them. The same graph gives the same index, however it came about.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add, sub
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from kg.folder import EXTRACTIONS, read_extraction, sha256
from kg.graph import Implied, Piece, paper_piece
from kg.model import GraphFacts

INDEX: Final = "pieces.tsv"
_as_json: Final = json.JSONEncoder(separators=(",", ":")).encode
Column: TypeAlias = tuple[str, int]
"""A section of what a writer writes: its name, and which of its sections."""
PlaceOf: TypeAlias = Callable[[str], tuple[int, int]]
"""Where the extraction of a paper begins and ends in a file (bytes), by its id; nowhere is (0, 0)."""


class NotReusableError(Exception):
    """What is in a folder cannot be taken over, so that all has to be written anew; nobody outside sees it."""


class Span(NamedTuple):
    """Some bytes of a file."""

    path: Path
    start: int
    end: int


class Told(NamedTuple):
    """What the index says of a piece; ``sizes`` are the bytes and lines of each section, one pair behind the other."""

    made_of: bytes
    sizes: tuple[int, ...]
    counted: bytes
    implied: bytes

    def line(self) -> bytes:
        """It as a line of the index."""
        return (
            b"\t".join((self.made_of, b" ".join(b"%d" % size for size in self.sizes), self.counted, self.implied))
            + b"\n"
        )


@dataclass(slots=True)
class Tally:
    """What is counted of pieces: nodes, results, edges, in how many pieces rules stand, and the lines of sections."""

    counts: tuple[Counter[str], ...] = field(default_factory=lambda: (Counter(), Counter(), Counter(), Counter()))
    lines: list[int] = field(default_factory=list)

    def count(self, told: Told) -> None:
        """Count a piece as well."""
        self._change(json.loads(told.counted), told.sizes[1::2], 1)

    def add(self, other: Tally) -> None:
        """Count what another one counted as well."""
        self._change(other.counts, other.lines, 1)

    def leave_out(self, told: Told) -> None:
        """Count a piece no more."""
        self._change(json.loads(told.counted), told.sizes[1::2], -1)

    def facts(self, about: GraphFacts) -> GraphFacts:
        """What is known of a graph besides, with what was counted."""
        nodes, results, edges, rules = (+one for one in self.counts)
        return GraphFacts(
            name=about.name,
            kg_version=about.kg_version,
            rules_hash=about.rules_hash,
            nodes=nodes,
            results=results,
            edges=edges,
            rules=set(rules),
            example=about.example,
        )

    def _change(self, counted: Sequence[Mapping[str, int] | list[str]], lines: Sequence[int], sign: int) -> None:
        for counter, more in zip(self.counts, counted, strict=True):
            (counter.update if sign > 0 else counter.subtract)(more)
        before = self.lines or [0] * len(lines)
        self.lines = list(map(add if sign > 0 else sub, before, lines))


def json_text(value: Any) -> bytes:
    """A value as JSON in ASCII, without a tab or a line's end."""
    return _as_json(value).encode()


def counted_of(piece: Piece) -> bytes:
    """What is counted of a piece, as the index says it."""
    nodes: Counter[str] = Counter()
    results: Counter[str] = Counter()
    edges: Counter[str] = Counter()
    rules: set[str] = set()
    for _, node in piece.nodes:
        nodes[node["kind"]] += 1
        if node["kind"] == "Result":
            results[node["result_kind"]] += 1
    for _, _, relation, edge in piece.edges:
        edges[relation] += 1
        rules.update(item["rule"] for item in edge["evidence"])
        if "role_rule" in edge:
            rules.add(edge["role_rule"])
    return json_text([nodes, results, edges, sorted(rules)])


def implied_text(implied: Sequence[Implied]) -> bytes:
    """What a piece implies of others, as the index says it."""
    return json_text(implied) if implied else b""


def implied_of(said: bytes) -> Iterator[Implied]:
    """What the index says that a piece implies."""
    return (Implied(*one) for one in json.loads(said)) if said else iter(())


def paper_made_of(paper: str, line: bytes, nodes: Sequence[str]) -> bytes:
    """What the piece of a paper is made of: its id, its extraction as a line, and the node keys of its entities."""
    return json_text([paper, hashlib.sha256(line).hexdigest(), nodes])


def entity_pieces(shared: Piece) -> Iterator[tuple[bytes, Piece]]:
    """The pieces of which that of all entities consists, and what they are made of."""
    edges: dict[str, list[tuple[str, str, str, dict[str, Any]]]] = {}
    for edge in shared.edges:
        edges.setdefault(edge[0], []).append(edge)
    for key, node in shared.nodes:
        own = edges.get(key, [])
        yield json_text([key, node, own]), Piece([(key, node)], own, [])


def about_all(
    columns: Iterable[Column], fingerprints: Mapping[str, str | None], about: GraphFacts, tally: Tally
) -> bytes:
    """The last line of an index."""
    said = {
        "columns": list(columns),
        "writers": dict(fingerprints),
        "graph": [about.name, about.kg_version, about.rules_hash, about.example],
        "counts": [dict(sorted((+one).items())) for one in tally.counts],
        "lines": tally.lines,
    }
    return json_text(said) + b"\n"


class Earlier:
    """The pieces of a graph folder as they were written before, by its index.

    ``place_of`` says where the extraction of a paper begins and ends in it (bytes); ``files`` and ``fingerprints`` are
    the files and what they are written with, by the names of the writers. Raises NotReusableError where there is no
    index, a file is not the one of which ``manifest`` has the hash, or other writers wrote it.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Mapping[str, Any],
        place_of: PlaceOf,
        *,
        files: Mapping[str, str],
        fingerprints: Mapping[str, str | None],
    ) -> None:
        self._folder = folder
        self._place_of = place_of
        hashes = manifest["files"]
        for file in (INDEX, *files.values()):
            path = folder / file
            if file not in hashes or not path.is_file() or sha256(path) != hashes[file]:
                raise NotReusableError(file)
        *self._lines, last, _ = (folder / INDEX).read_bytes().split(b"\n")
        about = json.loads(last)
        if about["writers"] != dict(fingerprints):
            raise NotReusableError("writers")
        self.columns: list[Column] = [(name, place) for name, place in about["columns"]]
        name, kg_version, rules_hash, example = about["graph"]
        self._about = GraphFacts(name=name, kg_version=kg_version, rules_hash=rules_hash, example=example)
        self.tally = Tally(tuple(map(Counter, about["counts"])), about["lines"])
        fields = [line.split(b"\t") for line in self._lines]
        self._rows = {one[0]: row for row, one in enumerate(fields)}
        self._implied = {row: one[3] for row, one in enumerate(fields) if one[3]}
        sizes = np.fromstring(b" ".join(one[1] for one in fields).decode(), dtype=np.int64, sep=" ")
        of_index = np.fromiter((len(line) + 1 for line in self._lines), np.int64, len(fields))
        self._ends = np.zeros((len(fields) + 1, 1 + len(self.columns)), np.int64)
        table = np.column_stack([of_index, sizes.reshape(len(fields), -1)[:, ::2]])
        np.cumsum(table, axis=0, out=self._ends[1:])

    def __len__(self) -> int:
        return len(self._lines)

    def row(self, made_of: bytes) -> int | None:
        """The place of the piece that was made of this; None where there was none."""
        return self._rows.get(made_of)

    def implied(self, row: int) -> bytes:
        """What the piece at a place implied."""
        return self._implied.get(row, b"")

    def facts(self) -> GraphFacts:
        """What was known of the graph."""
        return self.tally.facts(self._about)

    def lines(self, writer: str) -> list[int]:
        """How many lines the sections of a writer had."""
        return lines_of(writer, self.columns, self.tally)

    def spans(self, rows: range, starts: Mapping[Column, Span]) -> list[Span | None]:
        """Where neighbouring pieces stand: in the index, and by column, given where each of these begins."""
        first, last = self._ends[rows.start], self._ends[rows.stop]
        found: list[Span | None] = [Span(self._folder / INDEX, int(first[0]), int(last[0]))]
        for place, column in enumerate(self.columns, start=1):
            there = starts.get(column)
            found.append(there and Span(there.path, there.start + int(first[place]), there.start + int(last[place])))
        return found

    def starts(self, frames: Mapping[str, Sequence[bytes]], files: Mapping[str, str]) -> dict[Column, Span]:
        """Where the sections begin and end in the files, given what stands around them in each."""
        found = {}
        reached = dict.fromkeys(files, 0)
        for place, (writer, section) in enumerate(self.columns, start=1):
            if writer in files:
                start = reached[writer] + len(frames[writer][section])
                reached[writer] = start + int(self._ends[-1][place])
                found[writer, section] = Span(self._folder / files[writer], start, reached[writer])
        return found

    def told(self, row: int) -> Told:
        """What the index says of the piece at a place."""
        made_of, sizes, counted, implied = self._lines[row].split(b"\t")
        return Told(made_of, tuple(map(int, sizes.split())), counted, implied)

    def piece(self, told: Told) -> Piece:
        """A piece made again of what it was made of; NotReusableError where that is not there any more."""
        first, second, third = json.loads(told.made_of)
        if isinstance(second, dict):
            return Piece([(first, second)], [tuple(edge) for edge in third], [])
        start, end = self._place_of(first)
        with (self._folder / EXTRACTIONS).open("rb") as file:
            file.seek(start)
            line = file.read(end - start)
        if paper_made_of(first, line, third) != told.made_of:
            raise NotReusableError(first)
        return paper_piece(read_extraction(line, first), third)


def lines_of(writer: str, columns: Iterable[Column], tally: Tally) -> list[int]:
    """How many lines the sections of a writer have."""
    return [lines for (name, _), lines in zip(columns, tally.lines, strict=True) if name == writer]
