"""The graph as Turtle, the form of RDF that people read; the same graph gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import networkx as nx
import rdflib
from rdflib.namespace import RDF, XSD
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from .rdf import DEFAULT_BASE, PREFIXES, EvidenceLevel, Triples

_ESCAPED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\"\\]")
_SHORT_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LOCAL_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_BARE: Final = {XSD.integer: re.compile(r"[+-]?[0-9]+"), XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+")}


class _SortedTurtle(TurtleSerializer):
    """rdflib's Turtle with three differences.

    Subjects and objects are sorted by how they are written, so that the order never depends on how rdflib
    compares values; IRIs are shortened to a prefix only where that is sure to be read back (rdflib's rules for
    local names are those of XML, which are not Turtle's), otherwise to the base; and control characters are
    escaped, since some readers stumble over them.
    """

    def __init__(self, store: rdflib.Graph, base: str) -> None:
        super().__init__(store)
        self._base_iri = base
        self._labels: dict[Node, str] = {}

    def preprocess(self) -> None:
        """Note the subjects; the prefixes are known beforehand."""
        self._subjects = dict.fromkeys(self.store.subjects(unique=True), True)
        self.namespaces = {prefix: rdflib.URIRef(namespace) for prefix, namespace in PREFIXES.items()}

    def orderSubjects(self) -> list[Any]:  # noqa: N802 - rdflib's name
        """All subjects by their IRIs."""
        return sorted(self._subjects, key=str)

    def sortProperties(self, properties: Mapping[Any, list[Any]]) -> list[Any]:  # noqa: N802 - rdflib's name
        """The predicates by their IRIs after rdf:type, and each one's objects as they are written."""
        for objects in properties.values():
            objects.sort(key=lambda node: self.label(node, 2))
        return sorted(properties, key=lambda predicate: (predicate != RDF.type, str(predicate)))

    def path(self, node: Node, position: int, newline: bool = False) -> None:  # noqa: FBT001, FBT002 - rdflib's
        """Write one node; there are no blank nodes, so nothing is nested."""
        self.write(self.label(node, position) if position == 0 or newline else f" {self.label(node, position)}")

    def label(self, node: Node, position: int) -> str:
        """How a node is written."""
        if position == 1 and node == RDF.type:
            return "a"
        if isinstance(node, rdflib.Literal):
            return self._literal(node)
        if node not in self._labels:
            self._labels[node] = self._iri(str(node))
        return self._labels[node]

    def _iri(self, iri: str) -> str:
        for prefix, namespace in PREFIXES.items():
            if iri.startswith(namespace) and _LOCAL_NAME.fullmatch(iri, len(namespace)):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return f"<{iri.removeprefix(self._base_iri)}>"

    def _literal(self, literal: rdflib.Literal) -> str:
        datatype = literal.datatype
        if datatype in _BARE and _BARE[datatype].fullmatch(literal):
            return str(literal)
        quoted = f'"{_ESCAPED.sub(_escape, literal)}"'
        if datatype is not None:
            return f"{quoted}^^{self.label(datatype, 2)}"
        return f"{quoted}@{literal.language}" if literal.language else quoted


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _SHORT_ESCAPES.get(character) or f"\\u{ord(character):04X}"


class TurtleExporter:
    """Writes Turtle.

    Options: ``base``, the IRI (ending in "/") below which every node gets its own; ``evidence``: ``full``
    (words, sentence and rule behind every edge), ``link`` (confidence, rule and paper) or ``none`` (the plain
    triples alone).
    """

    name = "turtle"
    description = "RDF in Turtle: public vocabularies, one plain triple an edge, evidence beside"
    suffix = ".ttl"
    media_type = "text/turtle"

    def __call__(
        self, graph: nx.MultiDiGraph[str], path: Path, *, base: str = DEFAULT_BASE, evidence: EvidenceLevel = "full"
    ) -> None:
        """Write the graph to ``path``; ExportError where an option is not usable."""
        triples = rdflib.Graph(store="SimpleMemory")
        for triple in Triples(graph, base, evidence):
            triples.add(triple)
        with path.open("wb") as stream:
            _SortedTurtle(triples, base).serialize(stream, base=base)


exporter = TurtleExporter()
