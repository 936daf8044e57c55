"""The formats of RDF, all made of the same lines of N-Quads, block by block.

N-Triples and N-Quads are these lines; they are the ones for millions of triples. The others are what pyoxigraph's
writers make of them, with prefixes and relative to the base. Nothing holds more than a few blocks in memory. The same
graph gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Final, get_args

import networkx as nx
import pyoxigraph

from kg.errors import ExportError, GraphError

from .rdf_description import description, totals
from .rdf_evidence import EvidenceBlocks
from .rdf_nodes import node_blocks
from .rdf_reading import Graph, read_graph
from .rdf_terms import checked_iri
from .rdf_vocabulary import CLASSES, DEFAULT_BASE, PREFIXES, EvidenceLevel

EVIDENCE_GRAPH: Final = "evidence"
"""What the IRI of the named graph with the evidence has after the base."""

_BASE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>\"{}|\\^`?#]+/")
_BUFFER: Final = 1 << 20


def blocks(
    graph: nx.MultiDiGraph[str], base: str, evidence: EvidenceLevel, format_: pyoxigraph.RdfFormat
) -> Iterator[bytes]:
    """All lines about a graph in blocks: what it says of itself, its nodes, the evidence, how many triples these are.

    Where the format can hold named graphs, the evidence is in one. Raises ExportError where an option is not
    usable, or something in the graph cannot be said in RDF.
    """
    if not _BASE.fullmatch(base):
        raise ExportError(f"base {base!r} is no absolute IRI that ends in '/'; {DEFAULT_BASE} would be one")
    checked_iri(base, f"base {base!r}")
    if evidence not in get_args(EvidenceLevel):
        raise ExportError(f"evidence {evidence!r} is none of: {', '.join(get_args(EvidenceLevel))}")
    return _blocks(graph, base, evidence, format_)


def _blocks(
    graph: nx.MultiDiGraph[str], base: str, evidence: EvidenceLevel, format_: pyoxigraph.RdfFormat
) -> Iterator[bytes]:
    name = f"{base}{EVIDENCE_GRAPH}"
    triples = 0
    for block in map(str.encode, chain(description(graph, base, evidence, format_), node_blocks(graph, base))):
        triples += block.count(b"\n")
        yield block
    of_evidence = 0
    if evidence != "none":
        in_graph = name if format_.supports_datasets else ""
        for block in map(str.encode, EvidenceBlocks(graph, base, evidence, name=in_graph)):
            of_evidence += block.count(b"\n")
            yield block
    yield totals(base, name, triples, of_evidence).encode()


def quads(lines: Iterable[bytes]) -> Iterator[pyoxigraph.Quad]:
    """What the lines say, for other writers."""
    for block in lines:
        yield from pyoxigraph.parse(block, format=pyoxigraph.RdfFormat.N_QUADS)


class RdfExporter:
    """Writes one format of RDF.

    Options: ``base``, the IRI (ending in "/") below which every node gets its own; ``evidence``: ``full``
    (words, sentence and rule behind every edge), ``link`` (confidence, rule and paper) or ``none`` (the plain
    triples alone).
    """

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
        lines = blocks(graph, base, evidence, self._format)
        with path.open("wb", buffering=_BUFFER) as stream:
            self._write(lines, stream, base)

    def read(self, path: Path) -> Graph:
        """The graph that was written to ``path`` with all its evidence.

        Raises GraphError where that is not what the file holds, OSError where it cannot be read.
        """
        with path.open("rb") as stream:
            try:
                return read_graph(pyoxigraph.parse(stream, format=self._format))
            except SyntaxError as error:
                raise GraphError(f"it is no {self._format.name}: {error.msg}") from error

    def _write(self, lines: Iterable[bytes], stream: IO[bytes], base: str) -> None:
        if self._format in {pyoxigraph.RdfFormat.N_QUADS, pyoxigraph.RdfFormat.N_TRIPLES}:
            stream.writelines(lines)
            return
        if self._format.supports_datasets:
            pyoxigraph.serialize(quads(lines), stream, self._format, prefixes=_prefixes(base))
        else:
            triples = (quad.triple for quad in quads(lines))
            pyoxigraph.serialize(triples, stream, self._format, prefixes=_prefixes(base))


def _prefixes(base: str) -> dict[str, str]:
    """The prefixes of the vocabularies, and one for each kind of node; not the base, or IRIs of others would be cut."""
    return {**PREFIXES, **{name: f"{base}{name}/" for name in (*map(str.lower, CLASSES), "rule")}}
