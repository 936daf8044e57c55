"""A part of a graph: what belongs to things that are named, to years, to types, and to what is surely found.

What is left is a graph like any other, as if only the papers in it had been read, and of them only what was asked for:

- **papers** that were published in the years, and that have an edge to one of the things named, or are named
  themselves; one without a year is left out where years are asked for;
- of these papers, the **entities** that they have edges to (of the types asked for, and the things named whatever their
  type), with how many papers of the selection name them, and their **results**;
- the **edges** between all these. An edge keeps the evidence that comes from the papers and is sure enough, and goes
  with the last of it. A derived edge goes with the last result that it was derived from. An edge that rests on no
  evidence, such as that of a variant, stays where both its ends do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import networkx as nx

from kg.errors import GraphError
from kg.graph import Graph
from kg.model import ENTITY_TYPES, EntityType
from kg.names import key, nearest

_YEAR: Final = re.compile(r"\d{4}")


def select(
    graph: Graph,
    *,
    about: Sequence[str] = (),
    types: Collection[EntityType] = (),
    since: int | None = None,
    until: int | None = None,
    min_confidence: float = 0.0,
) -> Graph:
    """The part of a graph that belongs to what is asked for; see the top of this module.

    ``about`` are names of things (any of their names, however it is written), titles of papers, or node keys; a paper
    that belongs to one of them is enough. ``types`` are those of entities, all if empty; ``since`` and ``until`` are
    years, both included; ``min_confidence`` is from 0 to 1. The graph itself is not changed; what is the same in both
    is shared. Raises GraphError where a name fits nothing, with the nearest ones, and where no paper is left.
    """
    named = frozenset(node for name in about for node in _named(graph, name))
    part = _Part(graph, min_confidence)
    part.papers = {
        node
        for node, attributes in graph.nodes(data=True)
        if attributes["kind"] == "Paper" and _is_of(attributes["published"], since, until)
    }
    if about:
        part.papers = {
            paper for paper in part.papers if paper in named or any(target in named for target in part.targets(paper))
        }
    if not part.papers:
        raise GraphError("no paper of the graph is of what is asked for; ask for less")
    return part.graph(frozenset(types or ENTITY_TYPES), named)


def _named(graph: Graph, name: str) -> Collection[str]:
    """The nodes that a name stands for: one by its key, or else things by label, things by any name, or papers."""
    if name in graph:
        return {name}
    wanted = key(name)
    things = [(node, one) for node, one in graph.nodes(data=True) if one["kind"] in ENTITY_TYPES]
    found = (
        {node for node, thing in things if key(thing["label"]) == wanted}
        or {node for node, thing in things if wanted in map(key, thing["names"])}
        or {node for node, one in graph.nodes(data=True) if one["kind"] == "Paper" and key(one["label"]) == wanted}
    )
    if not found:
        advice = nearest(name, {thing["label"]: thing["papers"] for _, thing in things})
        raise GraphError(f"nothing in the graph is called {name!r}; {advice or 'kg stats names what there is'}")
    return found


def _is_of(published: str | None, since: int | None, until: int | None) -> bool:
    if since is None and until is None:
        return True
    found = _YEAR.match(published or "")
    return found is not None and (since or 0) <= int(found[0]) <= (until or 9999)


class _Part:
    """What is left of a graph when only some papers are, and only what is sure enough."""

    def __init__(self, graph: Graph, min_confidence: float) -> None:
        self._graph = graph
        self._min_confidence = min_confidence
        self.papers: set[str] = set()

    def targets(self, paper: str) -> set[str]:
        """What a paper has an edge to that is sure enough."""
        edges = self._graph.out_edges(paper, data=True)
        return {target for _, target, edge in edges if any(map(self._is_sure, edge["evidence"]))}

    def graph(self, types: Collection[str], named: Collection[str]) -> Graph:
        """The graph of the papers, with entities of the types, and those that are named."""
        named_by: defaultdict[str, set[str]] = defaultdict(set)
        for paper in self.papers:
            for target in self.targets(paper):
                named_by[target].add(paper)
        found: Graph = nx.MultiDiGraph(**self._graph.graph)
        for node, attributes in self._graph.nodes(data=True):
            kind, papers = attributes["kind"], named_by.get(node, set())
            if node in self.papers or (papers and kind == "Result"):
                found.add_node(node, **attributes)
            elif papers and (kind in types or node in named):
                found.add_node(node, **{**attributes, "papers": len(papers)})
        for source, target, relation, edge in self._graph.edges(keys=True, data=True):
            if source not in found or target not in found:
                continue
            reported_by = found.nodes[source].get("paper")
            if reported_by is None or reported_by in named_by[target]:
                left = self._left(edge, found)
                if left is not None:
                    found.add_edge(source, target, key=relation, **left)
        return found

    def _is_sure(self, item: Mapping[str, Any]) -> bool:
        return bool(item["confidence"] >= self._min_confidence)

    def _left(self, edge: Mapping[str, Any], found: Graph) -> Mapping[str, Any] | None:
        """What is left of an edge; None where nothing is."""
        left = dict(edge)
        evidence = [item for item in edge["evidence"] if item["paper"] in self.papers and self._is_sure(item)]
        if len(evidence) < len(edge["evidence"]):
            left |= {"evidence": evidence, "confidence": max((item["confidence"] for item in evidence), default=0.0)}
        if "derived_from" in edge:
            left["derived_from"] = [result for result in edge["derived_from"] if result in found]
        gone = (edge["evidence"] and not evidence) or ("derived_from" in edge and not left["derived_from"])
        return None if gone else left
