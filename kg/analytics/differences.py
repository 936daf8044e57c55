"""What is new, gone or changed between two graphs.

Papers are the same where their node keys are. Entities are the same where their node keys are, or else where they are
of one type and the one has the other's label among its names: a thing that more papers name may get another best name.
Results of a paper are the same where their numbers stand at the same place in its text. Edges are the same where their
ends and their relation are, the entities of both graphs taken by what is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import pandas as pd

from kg.frames import frame_of
from kg.graph import Graph
from kg.model import ENTITY_TYPES
from kg.names import key

Change: TypeAlias = Literal["new", "gone", "changed"]

CHANGES: Final[tuple[Change, ...]] = ("new", "gone", "changed")
_KINDS: Final = ("Paper", *ENTITY_TYPES, "Result")
_NOT_COMPARED: Final = frozenset({"paper", "sources", "papers"})
_COLUMNS: Final = {
    "change": "str",
    "kind": "str",
    "label": "str",
    "before": "object",
    "after": "object",
    "node": "str",
    "source": "str",
    "relation": "str",
    "target": "str",
}


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs: ``summary`` counts, ``changes`` has a row for each thing that is new, gone or changed.

    ``summary``: ``kind`` (str: the kinds of nodes, then the relations), ``before`` and ``after`` (how many the graphs
    have), ``new``, ``gone`` and ``changed`` (int64).

    ``changes``, nodes before edges:

    ============  ======  =============================================================================================
    ``change``    str     new, gone or changed
    ``kind``      str     kind of the node, or relation of the edge
    ``label``     str     label of the node; of an edge, those of its ends
    ``before``    object  of what is changed: a dict of the attributes that differ, as they were; else None
    ``after``     object  the same, as they are
    ``node``      str     node key, the new one where both graphs have it; missing for an edge
    ``source``    str     node key of an edge's source; ``relation`` and ``target`` likewise; missing for a node
    ============  ======  =============================================================================================

    Of a node everything is compared but the files that it was read from and the number of its papers, of an edge its
    confidence, the rule of its role, and how much evidence it has.
    """

    summary: pd.DataFrame
    changes: pd.DataFrame

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return not self.changes.empty


def differences(before: Graph, after: Graph) -> Differences:
    """What is new in ``after``, gone from ``before``, or in both but changed.

    The differences of a graph from itself are none, and those of two graphs the other way round are the same with new
    and gone, before and after exchanged.
    """
    same = _same_nodes(before, after)
    rows = sorted([*_node_changes(before, after, same), *_edge_changes(before, after, same)], key=_order)
    changes = frame_of(rows, _COLUMNS)
    return Differences(_summary(before, after, changes), changes)


def _same_nodes(before: Graph, after: Graph) -> dict[str, str]:
    """The nodes that both graphs have, by their keys in ``before``."""
    same = {
        node: node
        for node, attributes in before.nodes(data=True)
        if attributes["kind"] != "Result" and node in after and after.nodes[node]["kind"] == attributes["kind"]
    }
    same |= dict(_same_entities(before, after, frozenset(same)))
    places = {_place(after, node): node for node in _of_kind(after, "Result")}
    for node in _of_kind(before, "Result"):
        other = places.pop(_place(before, node), None)
        if other is not None:
            same[node] = other
    return same


def _same_entities(before: Graph, after: Graph, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Entities with other keys that are one: each has the other's label among its names, and no third one does."""
    for kind in ENTITY_TYPES:
        ones, others = ([node for node in _of_kind(graph, kind) if node not in known] for graph in (before, after))
        by_name: dict[str, set[str]] = {}
        for node in others:
            for name in after.nodes[node]["names"]:
                by_name.setdefault(key(name), set()).add(node)
        pairs = [
            (node, other)
            for node in ones
            for other in by_name.get(key(before.nodes[node]["label"]), ())
            if key(after.nodes[other]["label"]) in map(key, before.nodes[node]["names"])
        ]
        firsts, seconds = (Counter(pair[side] for pair in pairs) for side in (0, 1))
        yield from ((one, other) for one, other in pairs if firsts[one] == seconds[other] == 1)


def _of_kind(graph: Graph, kind: str) -> Iterator[str]:
    return (node for node, attributes in graph.nodes(data=True) if attributes["kind"] == kind)


def _place(graph: Graph, node: str) -> tuple[Any, ...]:
    """Where the number of a result stands."""
    paper = graph.nodes[node]["paper"]
    evidence = graph.edges[paper, node, "reports"]["evidence"][0]
    return paper, evidence["field"], evidence["start"], evidence["end"]


def _node_changes(before: Graph, after: Graph, same: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    found = frozenset(same.values())
    for node, attributes in before.nodes(data=True):
        if node not in same:
            yield _node_row("gone", attributes, node)
            continue
        other = after.nodes[same[node]]
        was, now = _differing(attributes, other)
        if was or now:
            yield _node_row("changed", other, same[node], was, now)
    for node, attributes in after.nodes(data=True):
        if node not in found:
            yield _node_row("new", attributes, node)


def _node_row(
    change: Change, attributes: Mapping[str, Any], node: str, was: Any = None, now: Any = None
) -> tuple[Any, ...]:
    return change, attributes["kind"], attributes["label"], was, now, node, None, None, None


def _differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The attributes whose values differ, as they were and as they are."""
    names = sorted(name for name in {*was, *now} - _NOT_COMPARED if was.get(name) != now.get(name))
    return {name: was.get(name) for name in names}, {name: now.get(name) for name in names}


def _edge_changes(before: Graph, after: Graph, same: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    taken = set()
    for source, target, relation, edge in before.edges(keys=True, data=True):
        one, other = same.get(source), same.get(target)
        if one is None or other is None or not after.has_edge(one, other, relation):
            yield _edge_row("gone", before, (source, relation, target))
            continue
        place = (one, relation, other)
        taken.add(place)
        was, now = _differing(_compared(edge), _compared(after.edges[one, other, relation]))
        if was or now:
            yield _edge_row("changed", after, place, was, now)
    for source, target, relation in after.edges(keys=True):
        if (source, relation, target) not in taken:
            yield _edge_row("new", after, (source, relation, target))


def _compared(edge: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "confidence": edge["confidence"],
        "role_rule": edge.get("role_rule"),
        "evidence": len(edge["evidence"]),
    }


def _edge_row(
    change: Change, graph: Graph, edge: tuple[str, str, str], was: Any = None, now: Any = None
) -> tuple[Any, ...]:
    source, relation, target = edge
    label = f"{graph.nodes[source]['label']} → {graph.nodes[target]['label']}"
    return change, relation, label, was, now, None, source, relation, target


def _order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    change, kind, label, _, _, node, source, _, target = row
    place = _KINDS.index(kind) if node is not None else len(_KINDS)
    return place, kind, CHANGES.index(change), label, node or "", source or "", target or ""


def _summary(before: Graph, after: Graph, changes: pd.DataFrame) -> pd.DataFrame:
    counts = changes.groupby(["kind", "change"]).size().to_dict()
    sizes = [_sizes(graph) for graph in (before, after)]
    relations = sorted({*sizes[0], *sizes[1]} - set(_KINDS))
    rows = (
        (kind, *(size[kind] for size in sizes), *(counts.get((kind, change), 0) for change in CHANGES))
        for kind in (*_KINDS, *relations)
    )
    return frame_of(rows, {"kind": "str", **dict.fromkeys(("before", "after", *CHANGES), "int64")})


def _sizes(graph: Graph) -> Counter[str]:
    kinds = (attributes["kind"] for _, attributes in graph.nodes(data=True))
    return Counter(kinds) + Counter(relation for _, _, relation in graph.edges(keys=True))
