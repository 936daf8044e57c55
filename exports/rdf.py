"""The formats of RDF, all made of the same blocks of text, one triple a line.

N-Triples, N-Quads, Turtle and TriG are these blocks; JSON-LD and RDF/XML are made of what they say. Nothing holds more
than a few blocks in memory. The same graph gives the same bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final, get_args

import networkx as nx
import pyoxigraph

from kg.errors import ExportError, GraphError
from kg.graph import Piece
from kg.model import GraphFacts

from .rdf_description import description, totals
from .rdf_evidence import EvidenceBlocks
from .rdf_nodes import NodeBlocks, Row
from .rdf_reading import Graph, read_graph
from .rdf_syntax import NQuads, Turtle, are_relative
from .rdf_terms import checked_iri
from .rdf_vocabulary import DEFAULT_BASE, GRAPH_TEXTS, PREFIXES, EvidenceLevel

EVIDENCE_GRAPH: Final = "evidence"
"""What the IRI of the named graph with the evidence has after the base."""

_BASE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>\"{}|\\^`?#]+/")
_BUFFER: Final = 1 << 20
_GROUPED: Final = frozenset({pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.TRIG})


@dataclass(frozen=True, slots=True)
class RdfPieces:
    """A graph told piece by piece, in a format of RDF; whoever has it can be sent to another process.

    The file is a frame of three parts around two sections, that of nodes and that of evidence, in which the pieces
    stand one behind the other. ``suffix`` names the format; ``whole_iris`` says that some node's key cannot be written
    relative to the base.
    """

    base: str
    evidence: EvidenceLevel
    suffix: str
    whole_iris: bool

    @property
    def fingerprint(self) -> str:
        """What the sections depend on, besides the piece."""
        return f"{self.suffix} {self.base} {self.evidence} {self.whole_iris}"

    def sections(self, piece: Piece) -> tuple[bytes, bytes]:
        """What a piece says: of its nodes, and of what its edges rest on.

        Raises ExportError where something in it cannot be said in RDF.
        """
        rows = _rows(piece)
        nodes, evidence = _makers(self)
        told = evidence.blocks(rows) if self.evidence != "none" else ()
        return "".join(nodes.blocks(rows)).encode(), "".join(told).encode()

    def frame(self, facts: GraphFacts, lines: Sequence[int]) -> tuple[bytes, bytes, bytes]:
        """What stands before, between and behind the sections of a graph, which have so many lines."""
        head = _head(self.base) if self._format in _GROUPED else ""
        about = "".join(description(facts, self.base, self.evidence, self._format, self.syntax))
        nodes, evidence = lines
        between, behind = "", ""
        if self.evidence != "none":
            rules = EvidenceBlocks(self.evidence, self.of_evidence).of_rules(facts.rules)
            evidence += rules.count("\n")
            between, end = self._braces()
            behind = f"{rules}{end}"
        behind += totals(EVIDENCE_GRAPH, about.count("\n") + nodes, evidence, self.syntax)
        return f"{head}{about}".encode(), between.encode(), behind.encode()

    def blocks(self, graph: nx.MultiDiGraph[str]) -> Iterator[bytes]:
        """All that a graph says, in blocks of whole lines, as if it had been told piece by piece."""
        facts = facts_of(graph)
        rows = [(key, graph.nodes[key], neighbours) for key, neighbours in graph.adjacency()]
        nodes = _Counted(NodeBlocks(self.base, self.syntax).blocks(rows))
        evidence = EvidenceBlocks(self.evidence, self.of_evidence, lambda paper: _evidence_from(graph, paper))
        told = _Counted(evidence.blocks(rows) if self.evidence != "none" else ())
        before, between, _ = self.frame(facts, (0, 0))
        yield before
        yield from map(str.encode, nodes)
        yield between
        yield from map(str.encode, told)
        yield self.frame(replace(facts, rules=evidence.rules), (nodes.lines, told.lines))[2]

    @property
    def _format(self) -> pyoxigraph.RdfFormat:
        found = pyoxigraph.RdfFormat.from_extension(self.suffix.removeprefix("."))
        assert found is not None, self.suffix  # noqa: S101 - only a RdfExporter makes pieces
        return found

    @property
    def syntax(self) -> NQuads:
        """The syntax of what is said of nodes."""
        if self._format in _GROUPED:
            return Turtle(self.base, whole=self.whole_iris)
        return NQuads(self.base)

    @property
    def of_evidence(self) -> NQuads:
        """The syntax of the evidence."""
        if self._format in _GROUPED:
            return self.syntax
        return NQuads(self.base, graph=f"{self.base}{EVIDENCE_GRAPH}" if self._format.supports_datasets else "")

    def _braces(self) -> tuple[str, str]:
        """What stands around the evidence where it is a graph of its own among others."""
        if self._format in _GROUPED and self._format.supports_datasets:
            return f"<{self.syntax.base}{EVIDENCE_GRAPH}> {{\n", "}\n"
        return "", ""


@lru_cache(maxsize=8)
def _makers(pieces: RdfPieces) -> tuple[NodeBlocks, EvidenceBlocks]:
    """What makes the blocks of pieces; the terms in it are made once, and not for each of many small pieces."""
    return NodeBlocks(pieces.base, pieces.syntax), EvidenceBlocks(pieces.evidence, pieces.of_evidence)


def facts_of(graph: nx.MultiDiGraph[str]) -> GraphFacts:
    """What is counted of a graph that is in memory, but for the rules."""
    name, version, rules_hash = (graph.graph.get(attribute) for attribute in GRAPH_TEXTS)
    return GraphFacts(
        name=None if name is None else str(name),
        kg_version=version,
        rules_hash=rules_hash,
        nodes=Counter(node["kind"] for _, node in graph.nodes(data=True)),
        edges=Counter(relation for *_, relation in graph.edges(keys=True)),
        example=next((key for key, node in graph.nodes(data=True) if node["kind"] == "Paper"), None),
    )


def _rows(piece: Piece) -> list[Row]:
    """The nodes of a piece with their edges, in the order of the piece."""
    edges: dict[str, dict[str, dict[str, Any]]] = {key: {} for key, _ in piece.nodes}
    for source, target, relation, edge in piece.edges:
        edges[source].setdefault(target, {})[relation] = edge
    return [(key, node, edges[key]) for key, node in piece.nodes]


def _evidence_from(graph: nx.MultiDiGraph[str], paper: str) -> Iterator[Mapping[str, Any]]:
    """The evidence of the edges from a paper, which the graph may not have."""
    if paper in graph:
        for *_, edge in graph.out_edges(paper, data=True):
            yield from edge["evidence"]


class _Counted:
    """Blocks, and how many lines those have that were taken."""

    def __init__(self, blocks_: Iterable[str]) -> None:
        self._blocks = blocks_
        self.lines = 0

    def __iter__(self) -> Iterator[str]:
        for block in self._blocks:
            self.lines += block.count("\n")
            yield block


def _head(base: str) -> str:
    return f"@base <{base}> .\n" + "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


def quads(lines: Iterable[bytes]) -> Iterator[pyoxigraph.Quad]:
    """What lines of N-Quads say, for other writers."""
    for block in lines:
        yield from pyoxigraph.parse(block, format=pyoxigraph.RdfFormat.N_QUADS)


class RdfExporter:
    """Writes one format of RDF.

    Options: ``base``, the IRI (ending in "/") below which every node gets its own; ``evidence``: ``full``
    (words, sentence and rule behind every edge), ``link`` (confidence, rule and paper) or ``none`` (the plain
    triples alone).
    """

    made_of_pieces = True

    def __init__(self, name: str, description: str, format_: pyoxigraph.RdfFormat) -> None:
        self.name = name
        self.description = description
        self.suffix = f".{format_.file_extension}"
        self.media_type = format_.media_type
        self.prefixes = PREFIXES
        self._format = format_

    def __call__(
        self, graph: nx.MultiDiGraph[str], path: Path, *, base: str = DEFAULT_BASE, evidence: EvidenceLevel = "full"
    ) -> None:
        """Write the graph to ``path``; ExportError where an option is not usable."""
        lines = self.blocks(graph, base=base, evidence=evidence)
        with path.open("wb", buffering=_BUFFER) as stream:
            self._write(lines, stream, base)

    def blocks(
        self, graph: nx.MultiDiGraph[str], *, base: str = DEFAULT_BASE, evidence: EvidenceLevel = "full"
    ) -> Iterator[bytes]:
        """The graph in blocks of whole lines: the very file where the format is made of lines, else N-Quads of it.

        Raises ExportError where an option is not usable.
        """
        return self.pieces(graph, base=base, evidence=evidence).blocks(graph)

    def pieces(self, keys: Iterable[str], *, base: str = DEFAULT_BASE, evidence: EvidenceLevel = "full") -> RdfPieces:
        """What tells a graph with nodes of these keys piece by piece; ExportError where an option is not usable."""
        if not _BASE.fullmatch(base):
            raise ExportError(f"base {base!r} is no absolute IRI that ends in '/'; {DEFAULT_BASE} would be one")
        checked_iri(base, f"base {base!r}")
        if evidence not in get_args(EvidenceLevel):
            raise ExportError(f"evidence {evidence!r} is none of: {', '.join(get_args(EvidenceLevel))}")
        whole = self._format in _GROUPED and not are_relative(keys)
        return RdfPieces(base, evidence, self.suffix, whole)

    def read(self, path: Path) -> Graph:
        """The graph that was written to ``path`` with all its evidence.

        Raises GraphError where that is not what the file holds, OSError where it cannot be read.
        """
        with path.open("rb") as stream:
            try:
                return read_graph(pyoxigraph.parse(stream, format=self._format))
            except SyntaxError as error:
                raise GraphError(f"it is no {self._format.name}: {error.msg}") from error

    def _write(self, lines: Iterable[bytes], stream: IO[bytes], base: str) -> None:  # noqa: ARG002 - others need it
        stream.writelines(lines)
