"""What a graph holds, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.graph import Graph
from kg.model import ENTITY_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSummary:
    """What a graph holds, in numbers.

    ``entities`` counts nodes by type, ``results`` result nodes by kind, ``edges`` edges by relation, the most
    frequent first; ``top`` lists for each type the entities that most papers name, as (label, papers).
    """

    papers: int
    entities: Mapping[str, int]
    results: Mapping[str, int]
    edges: Mapping[str, int]
    top: Mapping[str, tuple[tuple[str, int], ...]]


def graph_summary(graph: Graph, *, top: int = 10) -> GraphSummary:
    """Count what a graph holds, and find the ``top`` entities of each type."""
    nodes = [attributes for _, attributes in graph.nodes(data=True)]
    kinds = Counter(attributes["kind"] for attributes in nodes)
    best = {
        type_: sorted(
            ((node["label"], node["papers"]) for node in nodes if node["kind"] == type_),
            key=lambda pair: (-pair[1], pair[0]),
        )[:top]
        for type_ in ENTITY_TYPES
    }
    return GraphSummary(
        papers=kinds["Paper"],
        entities={type_: kinds[type_] for type_ in ENTITY_TYPES},
        results=ranked(node["result_kind"] for node in nodes if node["kind"] == "Result"),
        edges=ranked(relation for _, _, relation in graph.edges(keys=True)),
        top={type_: tuple(found) for type_, found in best.items()},
    )


def ranked(values: Iterable[str]) -> dict[str, int]:
    """How often each value is there, the most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))
