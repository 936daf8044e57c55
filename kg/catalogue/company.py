"""What stands together in papers, asked of a catalogue: by year, with what else, and what is like it.

The measure of what belongs together is that of :mod:`kg.association`; papers and things are likened by what they
share, weighed by how rare it is (G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval",
Information Processing & Management 24(5), 1988).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from kg.association import association_measures
from kg.catalogue.lookup import Lookup, NodeLine
from kg.graph import SLOTS, Graph

_COMPANIONS: Final = 12
_RARE: Final = 1000
"""What more papers name than this says too little of what one of them is like."""
_LEAST_SHARED: Final = 2
_NEWEST: Final = 500
_KEPT: Final = 32
"""Of so many entities it is kept what stands beside them, which one page asks for several times."""
_SHOWN: Final = {"Method": 85, "Dataset": 48, "Task": 48, "Metric": 24}
_PAPERS_SHOWN: Final = 400
_RESULTS_SHOWN: Final = 100
"""What an overview holds: things of each kind, papers, and results between them."""


def by_year(catalogue: Lookup, key: str) -> list[tuple[int, int]]:
    """How many papers name an entity, by year, ascending; papers without a year are left out."""
    line = catalogue.line(key)
    if line is None:
        return []
    return catalogue.rows(
        "SELECT node.year, COUNT(*) FROM edge JOIN node ON node.id = edge.source "
        "WHERE edge.target = ? AND edge.relation IN (SELECT value FROM json_each(?)) AND node.year IS NOT NULL "
        "GROUP BY node.year ORDER BY node.year",
        [line.id, json.dumps(catalogue.role_relations)],
    )


def together(catalogue: Lookup, key: str, kind: str, limit: int = 10) -> list[tuple[NodeLine, int, float]]:
    """Entities of a kind that the same papers name: how many papers name both, and how many times the chance of it.

    The closest first, by the log-likelihood ratio; what is together less often than by chance is left out.
    """
    line = catalogue.line(key)
    found = [] if line is None else _together(catalogue, line, kind)
    return [(other, both, times) for _, other, both, times in found[:limit]]


def similar(catalogue: Lookup, key: str, limit: int = 10) -> list[tuple[NodeLine, int, float]]:
    """What is like a node: papers that name the same rare things, entities of its kind that keep the same company.

    Each with how many things are shared, and a score by which they are ordered, the most alike first.
    """
    line = catalogue.line(key)
    if line is None or line.kind == "Result":
        return []
    if line.kind == "Paper":
        shared = [end for end in _named_by(catalogue, line) if end.papers <= _RARE and end.kind != "Metric"]
        sql = (
            "SELECT target, source, 1 FROM edge WHERE target IN (SELECT value FROM json_each(?1)) "
            "AND relation IN (SELECT value FROM json_each(?2)) AND source != ?3"
        )
        rows = catalogue.rows(sql, [_ids(shared), json.dumps(catalogue.role_relations), line.id])
    else:
        near = [found for kind in ("Task", "Dataset", "Method") for found in _together(catalogue, line, kind)]
        near.sort(key=lambda row: (-row[0], row[1].id))
        shared = [other for _, other, *_ in near if other.papers <= _RARE][:_COMPANIONS]
        sql = (
            "SELECT found.companion, found.target, found.both FROM ("
            "SELECT one.target AS companion, other.target, COUNT(*) AS both "
            "FROM edge AS one JOIN edge AS other ON other.source = one.source "
            "WHERE one.target IN (SELECT value FROM json_each(?1)) "
            "AND one.relation IN (SELECT value FROM json_each(?2)) "
            "AND other.relation IN (SELECT value FROM json_each(?2)) AND other.target != ?3 "
            "GROUP BY one.target, other.target) AS found JOIN node ON node.id = found.target AND node.kind = ?4"
        )
        rows = catalogue.rows(sql, [_ids(shared), json.dumps(catalogue.role_relations), line.id, line.kind])
    papers = max(catalogue.kinds.get("Paper", 1), 1)
    rarity = {one.id: math.log(papers / max(one.papers, 1)) + 1.0 for one in shared}
    scores: defaultdict[int, float] = defaultdict(float)
    counts: defaultdict[int, int] = defaultdict(int)
    for companion, other, both in rows:
        if companion != other:
            scores[other] += rarity[companion] * math.log1p(both)
            counts[other] += 1
    least = 1 if line.kind == "Paper" else min(_LEAST_SHARED, len(shared))
    ranked = sorted((-score, other) for other, score in scores.items() if counts[other] >= least)
    if line.kind == "Paper":
        return [(other, counts[other.id], scores[other.id]) for other in _lines(catalogue, ranked[:limit])]
    # those that keep company with everything are like nothing: the many papers of an entity count against it
    candidates = _lines(catalogue, ranked[: 20 * limit])
    weighed = [(scores[one.id] / math.sqrt(one.papers + 5.0), one) for one in candidates]
    weighed.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [(one, counts[one.id], score) for score, one in weighed[:limit]]


def around(catalogue: Lookup, key: str, most: int = 60) -> Graph:
    """A node with its most important neighbours, and all edges among them, as a graph.

    For an entity these are what it stands in an edge with, the papers that introduce it, what the same papers name,
    and the newest papers; for a paper, all that it has edges to; for a result, its paper and slots. Results that are
    about two of the nodes come with them, beside the ``most``.
    """
    line = catalogue.line(key)
    if line is None:
        return catalogue.part([])
    if line.kind == "Result":
        keys = [one.other.key for one in (*catalogue.edges(key), *catalogue.edges(key, direction="in"))]
        return catalogue.part([key, *keys])
    if line.kind == "Paper":
        chosen = [one.other.key for one in catalogue.edges(key, limit=5 * most) if one.other.kind != "Result"][:most]
    else:
        chosen = _company(catalogue, line, most)
    chosen = list(dict.fromkeys([key, *chosen]))[: most + 1]
    return catalogue.part([*chosen, *_results_among(catalogue, chosen, 5 * most)])


def among(catalogue: Lookup, keys: Iterable[str]) -> Graph:
    """Some nodes, results that are about two of them with their papers, and all edges among these, as a graph."""
    chosen = list(keys)
    results = _results_among(catalogue, chosen, _RESULTS_SHOWN)
    papers = [edge.source for key in results for edge in catalogue.edges(key, "reports", "in", limit=1)]
    return catalogue.part([*chosen, *results, *papers])


def overview(catalogue: Lookup) -> Graph:
    """The most named things of each kind with the papers that name most of them, as a graph of some hundred nodes."""
    things = [line for kind, most in _SHOWN.items() for line in catalogue.top(kind, limit=most)]
    papers = catalogue.rows(
        "SELECT source, COUNT(DISTINCT target) AS named FROM edge WHERE target IN (SELECT value FROM json_each(?1)) "
        "AND relation IN (SELECT value FROM json_each(?2)) GROUP BY source ORDER BY named DESC, source LIMIT ?3",
        [_ids(things), json.dumps(catalogue.role_relations), _PAPERS_SHOWN],
    )
    chosen = [*things, *catalogue.lines_numbered(row[0] for row in papers)]
    return among(catalogue, (line.key for line in chosen))


def with_witnesses(catalogue: Lookup, graph: Graph) -> Graph:
    """A piece of the graph with a paper more for each edge of which no sentence stands in a paper of the piece.

    Edges of results do not count: they say what their paper says.
    """
    results = {key for key, node in graph.nodes(data=True) if node["kind"] == "Result"}
    papers = {
        edge["evidence"][0]["paper"]
        for source, target, edge in graph.edges(data=True)
        if edge["evidence"]
        and not results.intersection((source, target))
        and not any(item["paper"] in graph for item in edge["evidence"])
    }
    return catalogue.part([*graph, *sorted(papers)]) if papers else graph


def _company(catalogue: Lookup, line: NodeLine, most: int) -> list[str]:
    share = max(most // 8, 3)
    edges = [
        *catalogue.edges(line.key, limit=2 * share),
        *catalogue.edges(line.key, direction="in", kinds=("Method", "Dataset", "Metric", "Task"), limit=share),
        *catalogue.edges(line.key, "introduces", "in", limit=share),
    ]
    kinds = ("Dataset", "Method", "Task", "Metric")
    near = [other.key for kind in kinds for other, *_ in together(catalogue, line.key, kind, share)]
    papers = [
        one.other.key
        for relation in ("uses", "comparesWith", "mentions")
        for one in catalogue.edges(line.key, relation, "in", limit=most)
    ]
    return [*(edge.other.key for edge in edges), *near, *papers]


def _results_among(catalogue: Lookup, keys: list[str], most: int) -> list[str]:
    """Results that have edges with at least two of these nodes."""
    rows = catalogue.rows(
        "SELECT result, COUNT(DISTINCT other) AS ends FROM ("
        "SELECT edge.source AS result, edge.target AS other FROM edge "
        "WHERE edge.target IN (SELECT value FROM json_each(?1)) "
        "AND edge.relation IN (SELECT value FROM json_each(?2)) UNION ALL "
        "SELECT edge.target, edge.source FROM edge JOIN node ON node.id = edge.target "
        "WHERE edge.source IN (SELECT value FROM json_each(?1)) AND node.kind = 'Result') "
        "GROUP BY result HAVING ends >= 2 ORDER BY ends DESC, result LIMIT ?3",
        [
            _ids(catalogue.lines(keys)),
            json.dumps(catalogue.relation_numbers(relation for _, relation in SLOTS.values())),
            most,
        ],
    )
    return [line.key for line in catalogue.lines_numbered(row[0] for row in rows)]


def _together(catalogue: Lookup, line: NodeLine, kind: str) -> list[tuple[float, NodeLine, int, float]]:
    rows = [counted for one, *counted in _named_beside(catalogue, line) if one == kind]
    if not rows:
        return []
    ids, both, papers = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    own = np.full(len(rows), float(line.papers))
    times, association = association_measures(both, own, papers, catalogue.kinds.get("Paper", 1))
    order = [place for place in np.lexsort((ids, -association)).tolist() if association[place] > 0][:_NEWEST]
    lines = catalogue.lines_numbered(int(ids[place]) for place in order)
    return [
        (float(association[place]), other, int(both[place]), float(times[place]))
        for place, other in zip(order, lines, strict=True)
    ]


@lru_cache(maxsize=_KEPT)
def _named_beside(catalogue: Lookup, line: NodeLine) -> list[tuple[str, int, int, int]]:
    """What the papers name that name an entity: kind, number, in how many of these papers, and in how many of all."""
    return catalogue.rows(
        "SELECT node.kind, node.id, found.both, node.papers FROM ("
        "SELECT other.target, COUNT(*) AS both FROM edge AS one JOIN edge AS other ON other.source = one.source "
        "WHERE one.target = ?1 AND other.target != ?1 "
        "AND one.relation IN (SELECT value FROM json_each(?2)) AND other.relation IN (SELECT value FROM json_each(?2)) "
        "GROUP BY other.target HAVING COUNT(*) >= ?3) AS found JOIN node ON node.id = found.target",
        [line.id, json.dumps(catalogue.role_relations), min(_LEAST_SHARED, line.papers)],
    )


def _named_by(catalogue: Lookup, paper: NodeLine) -> list[NodeLine]:
    rows = catalogue.rows(
        "SELECT target FROM edge WHERE source = ? AND relation IN (SELECT value FROM json_each(?))",
        [paper.id, json.dumps(catalogue.role_relations)],
    )
    return catalogue.lines_numbered(row[0] for row in rows)


def _lines(catalogue: Lookup, ranked: list[tuple[float, int]]) -> list[NodeLine]:
    return catalogue.lines_numbered(other for _, other in ranked)


def _ids(lines: list[NodeLine]) -> str:
    return json.dumps([line.id for line in lines])
