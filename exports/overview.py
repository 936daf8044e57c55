"""What of a graph the page draws at first, and what its regions are called."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import networkx as nx

SHOWN_AT_FIRST: Final = 320
SHARES: Final[Mapping[str, float]] = {"Paper": 0.36, "Method": 0.26, "Dataset": 0.15, "Task": 0.15, "Metric": 0.08}
"""How much of what is shown at first each kind may have."""

TELLING: Final[Mapping[str, float]] = {"Task": 1.5, "Method": 1.0, "Dataset": 0.8, "Metric": 0.1}
"""How well the names of each kind tell what a region is about."""

LONGEST_NAME: Final = 30


def shown_at_first(graph: nx.Graph[int], kinds: Sequence[str], *, most: int = SHOWN_AT_FIRST) -> list[int]:
    """The nodes drawn at first, sorted: the most connected of each kind of thing, and the papers that connect them.

    ``kinds`` gives the kind of each node, which are the numbers 0 to n-1. At most ``most`` nodes, or all if
    there are no more.
    """
    if len(graph) <= most:
        return sorted(graph)
    ranked: dict[str, list[int]] = {kind: [] for kind in SHARES}
    for node in sorted(graph, key=lambda node: (-graph.degree(node), node)):
        ranked[kinds[node]].append(node)
    things = {node for kind, share in SHARES.items() if kind != "Paper" for node in ranked[kind][: int(share * most)]}
    worth = {
        paper: sum(1 / math.sqrt(graph.degree(thing)) for thing in graph[paper] if thing in things)
        for paper in ranked["Paper"]
    }
    best = sorted(worth, key=lambda paper: (-worth[paper], paper))
    room = most - len(things)
    papers: list[int] = []
    # Every thing first gets the paper that ties it best to the others, the most connected things first.
    for thing in sorted(things, key=lambda node: (-graph.degree(node), node)):
        around = [other for other in graph[thing] if kinds[other] == "Paper"]
        if len(papers) < room and around and not any(paper in papers for paper in around):
            papers.append(max(around, key=lambda paper: (worth[paper], -paper)))
    chosen = set(papers)
    papers.extend(paper for paper in best[: room + len(papers)] if paper not in chosen)
    return sorted(things.union(papers[:room]))


def region_name(graph: nx.Graph[int], members: Sequence[int], kinds: Sequence[str], labels: Sequence[str]) -> str:
    """The names of the one or two things that are most a region's own, the most telling first.

    What stands in many papers of the region and in few others is its own; empty where the region has none.
    """
    inside = set(members)
    worth: dict[int, float] = {}
    for node in members:
        if kinds[node] in TELLING and graph.degree(node):
            papers = [other for other in graph[node] if kinds[other] == "Paper"]
            here = sum(1 for paper in papers if paper in inside)
            worth[node] = TELLING[kinds[node]] * max(here - 0.9, 0.0) * math.sqrt(here / max(len(papers), 1))
    names: list[str] = []
    for node in sorted(worth, key=lambda node: (-worth[node], node)):
        name = labels[node]
        folded = name.casefold()
        if len(name) > LONGEST_NAME or any(folded in other.casefold() or other.casefold() in folded for other in names):
            continue
        names.append(name)
        if len(names) == 2:  # noqa: PLR2004 - two names fit on a line
            break
    return " · ".join(names)
