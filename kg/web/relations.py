"""How relations are said in words, and edges with the first sentence that they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.catalogue.reading import Catalogue, EdgeLine
from kg.web.marking import Piece, sentence_of

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "introduces": ("Introduces", "Introduced by"),
    "uses": ("Uses", "Used by"),
    "comparesWith": ("Compares with", "Compared with by"),
    "mentions": ("Mentions", "Mentioned by"),
    "evaluatesOn": ("Evaluates on", "Evaluated on by"),
    "addresses": ("Addresses", "Addressed by"),
    "reports": ("Reports", "Reported by"),
    "evaluatedOn": ("Evaluated on", "Methods evaluated on it"),
    "outperforms": ("Outperforms", "Outperformed by"),
    "variantOf": ("Variant of", "Variants"),
    "hasMethod": ("Method", "Results got with it"),
    "hasDataset": ("Dataset", "Results on it"),
    "hasMetric": ("Metric", "Results in it"),
    "hasTask": ("Task", "Results for it"),
    "hasBaseline": ("Baseline", "Results compared with it"),
}
"""What each relation is called, seen from its source ("out") and from its target ("in")."""


@dataclass(frozen=True, slots=True)
class EdgeSaid:
    """An edge, and the first sentence that it rests on, if it rests on any."""

    edge: EdgeLine
    sentence: list[Piece[bool]] | None


def said(relation: str, direction: str) -> str:
    """A relation in words, as seen from a node: "Used by"."""
    return WORDS.get(relation, (relation, f"{relation} of"))[direction == "in"]


def edges_said(catalogue: Catalogue, edges: Iterable[EdgeLine]) -> list[EdgeSaid]:
    """These edges with their sentences."""
    return [EdgeSaid(edge, _sentence(catalogue, edge)) for edge in edges]


def _sentence(catalogue: Catalogue, edge: EdgeLine) -> list[Piece[bool]] | None:
    found = catalogue.edge(edge.source, edge.relation, edge.target)
    return sentence_of(found["evidence"][0]) if found and found["evidence"] else None
