"""Where every node of the page stands, computed beforehand.

The map is made of nested discs: a region for each community, in it a cell for each of its anchors (the nodes
that are drawn at first), and in the cell, as the seeds of a sunflower, the nodes that hang on that anchor. So
nothing has to be moved when a node is opened, and nothing overlaps. The same graph gives the same positions.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sknetwork.clustering import Louvain

Point = tuple[float, float]
Floats = NDArray[np.float64]

LEAF_SPACING: Final = 15.0
ANCHOR_ROOM: Final = 33.0
LABEL_ROOM: Final = 22.0
REGION_GAP: Final = 50.0
REGION_RIM: Final = 14.0
MOST_REGIONS: Final = 16
LANDSCAPE: Final = 1.25
FEW_DISCS: Final = 60
"""So many find their places in fewer rounds."""
GOLDEN_ANGLE: Final = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One community: its disc on the map (units of the map) and its members, the nodes' numbers, sorted."""

    x: float
    y: float
    radius: float
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The whole map: a position for every node, the regions from the largest to the smallest, and the scale.

    ``scale`` is 1 where cells have their least size and grows with the number of nodes that hang on an
    anchor; sizes of drawn nodes are multiplied by it, so that a large map does not look empty. ``rooms`` is the
    radius of each anchor's cell.
    """

    positions: Mapping[int, Point]
    rooms: Mapping[int, float]
    regions: tuple[Region, ...]
    scale: float


def arrange(graph: nx.Graph[int], anchors: Mapping[int, float]) -> Arrangement:
    """The map of a graph whose nodes are integers and whose edges have a ``weight``.

    Integers, because sets of strings are ordered differently in every process. ``anchors`` are the nodes that
    are drawn at first, each with the radius that it is drawn with; a region without any gets its most connected
    node as one.
    """
    discs: list[tuple[tuple[int, ...], dict[int, Point], float]] = []
    rooms: dict[int, float] = {}
    for members in communities(graph, anchors):
        inside, radius, cells = _fill(graph, members, {node: anchors[node] for node in members if node in anchors})
        discs.append((members, inside, radius))
        rooms.update(cells)
    radii = np.array([radius for _, _, radius in discs], dtype=np.float64)
    ties = _ties(graph, [members for members, _, _ in discs])
    centres = pack(radii + REGION_GAP / 2, ties, stretch=LANDSCAPE)
    positions: dict[int, Point] = {}
    regions = []
    for (members, inside, radius), (x, y) in zip(discs, centres.tolist(), strict=True):
        positions.update({node: (x + dx, y + dy) for node, (dx, dy) in inside.items()})
        regions.append(Region(x=x, y=y, radius=radius, members=members))
    scale = max(1.0, float(np.median(list(rooms.values()))) / ANCHOR_ROOM) if rooms else 1.0
    return Arrangement(positions=positions, rooms=rooms, regions=tuple(regions), scale=scale)


def communities(graph: nx.Graph[int], anchors: Collection[int]) -> list[tuple[int, ...]]:
    """The communities, largest first, at most MOST_REGIONS and one more for the nodes that hang on nothing large.

    Louvain's are taken as found; the small ones, and those without an anchor, join the community that they have
    the strongest ties to.
    """
    if not graph:
        return []
    found = _louvain(graph)
    found.sort(key=lambda group: (-len(group), min(group)))
    groups = {number: set(group) for number, group in enumerate(found)}
    least = max(3, round(len(graph) * 0.015))
    home = {node: number for number, group in groups.items() for node in group}
    loose: set[int] = set()
    chosen = set(anchors)
    size = {number: len(group) if group & chosen else 0 for number, group in groups.items()}
    waiting = [(count, -number) for number, count in size.items()]
    heapq.heapify(waiting)
    while len(groups) > 1:
        count, smallest = waiting[0][0], -waiting[0][1]
        if smallest not in groups or size[smallest] != count:  # it has joined another, or another has joined it
            heapq.heappop(waiting)
            continue
        if count >= least and len(groups) <= MOST_REGIONS:
            break
        pull: defaultdict[int, float] = defaultdict(float)
        group = groups.pop(smallest)
        for node in sorted(group):
            for other, data in graph[node].items():
                if home[other] != smallest and home[other] in groups:
                    pull[home[other]] += data.get("weight", 1.0) / math.sqrt(len(groups[home[other]]))
        if pull:
            best = max(pull, key=lambda number: (pull[number], -number))
            groups[best] |= group
            size[best] = len(groups[best]) if size[best] or count else 0
            heapq.heappush(waiting, (size[best], -best))
            home.update(dict.fromkeys(group, best))
        else:
            loose |= group
    kept = sorted((tuple(sorted(group)) for group in groups.values()), key=lambda group: (-len(group), group[0]))
    return [*kept, tuple(sorted(loose))] if loose else kept


def _louvain(graph: nx.Graph[int]) -> list[set[int]]:
    """Communities by V. D. Blondel et al., "Fast unfolding of communities in large networks", J. Stat. Mech. (2008).

    By scikit-network, which ends when little is gained: networkx goes on for ever where rounding makes nodes change
    sides again and again.
    """
    if not graph.number_of_edges():
        return [{node} for node in graph]
    nodes = sorted(graph)
    matrix: Any = nx.to_scipy_sparse_array(
        graph, nodelist=nodes, weight="weight", dtype=np.dtype("float64"), format="csr"
    )
    labels = Louvain(random_state=0).fit_predict(sparse.csr_matrix(matrix))
    groups: defaultdict[int, set[int]] = defaultdict(set)
    for node, label in zip(nodes, labels.tolist(), strict=True):
        groups[label].add(node)
    return list(groups.values())


def pack(radii: Floats, ties: nx.Graph[int], *, stretch: float = 1.0) -> Floats:
    """Centres (n by 2) of n discs that do not overlap, tied ones near each other, the whole close to the middle.

    ``ties`` has the nodes 0 to n-1 and edges with a ``weight``; ``stretch`` above 1 makes the whole wider than high.
    """
    count = len(radii)
    if count < 2:  # noqa: PLR2004 - one disc is in the middle
        return np.zeros((count, 2))
    order = np.argsort(-radii, kind="stable")
    start = np.zeros((count, 2))
    reach = np.sqrt(np.cumsum((radii[order]) ** 2))
    for rank, disc in enumerate(order.tolist()):
        angle = rank * GOLDEN_ANGLE
        start[disc] = (reach[rank] * math.cos(angle), reach[rank] * math.sin(angle)) if rank else (0.0, 0.0)
    if count > 2 and ties.number_of_edges():  # noqa: PLR2004 - two discs have no arrangement to find
        total = float(reach[-1]) or 1.0
        begin = {disc: start[disc] / total for disc in range(count)}
        spring: dict[int, Any] = nx.spring_layout(
            ties, pos=begin, weight="weight", seed=0, iterations=80, k=1.2 / math.sqrt(count)
        )
        start = np.array([spring[disc] for disc in range(count)], dtype=np.float64)
        start -= start.mean(axis=0)
        spread = float(np.sqrt((start**2).sum(axis=1)).max()) or 1.0
        start *= total * 1.15 / spread
    return _separate(start / np.array([math.sqrt(stretch), 1 / math.sqrt(stretch)]), radii, stretch)


def _separate(centres: Floats, radii: Floats, stretch: float) -> Floats:
    """Push overlapping discs apart while drawing all of them to the middle, more and more gently."""
    x, y = centres.T.copy()
    count = len(radii)
    # The squares of the distances that discs should have; each pair counts once, below the diagonal none does.
    least = np.triu((radii[:, None] + radii[None, :]) ** 2, 1).ravel()
    rounds, last = (160, 60) if count <= FEW_DISCS else (420, 80)
    for turn in range(rounds):
        pulling = turn < rounds - last
        if pulling:
            pull = 10 / rounds * (1 - turn / rounds)
            x *= 1 - pull
            y *= 1 - pull * stretch**2
        across, along = (x[:, None] - x).ravel(), (y[:, None] - y).ravel()
        overlapping = np.flatnonzero(across**2 + along**2 < least)
        if not len(overlapping):
            if pulling:
                continue
            break
        one, other = np.divmod(overlapping, count)
        across, along = across[overlapping], along[overlapping]
        distance = np.hypot(across, along)
        push = (radii[one] + radii[other] - distance) / 2
        # Discs on one spot are parted along a direction that depends on their numbers only.
        same = distance < 1e-9  # noqa: PLR2004 - a distance of nothing
        angle = (other[same] - one[same]) * GOLDEN_ANGLE
        across[same], along[same], distance[same] = np.cos(angle), np.sin(angle), 1.0
        push /= distance
        x += np.bincount(one, across * push, count) - np.bincount(other, across * push, count)
        y += np.bincount(one, along * push, count) - np.bincount(other, along * push, count)
    return np.stack([x, y], axis=1)


def _fill(
    graph: nx.Graph[int], members: Sequence[int], sizes: Mapping[int, float]
) -> tuple[dict[int, Point], float, dict[int, float]]:
    """Positions of one community's nodes about its middle, the radius of its disc, and the radii of its cells."""
    anchors = sorted(sizes) or [max(members, key=lambda node: (graph.degree(node), -node))]
    hanging = _hang(graph, members, anchors)
    rooms = []
    for anchor in anchors:
        size = sizes.get(anchor, 0.0)
        seeds = LEAF_SPACING * math.sqrt(len(hanging[anchor]) + (size / LEAF_SPACING + 1.0) ** 2)
        rooms.append(max(ANCHOR_ROOM, size + LABEL_ROOM, seeds))
    radii = np.array(rooms, dtype=np.float64)
    ties = _ties(graph, [(anchor, *hanging[anchor]) for anchor in anchors])
    centres = pack(radii, ties)
    positions: dict[int, Point] = {}
    for anchor, (x, y) in zip(anchors, centres.tolist(), strict=True):
        positions[anchor] = (x, y)
        # The innermost seeds would lie beneath the anchor.
        inner = 1 + math.ceil((sizes.get(anchor, 0.0) / LEAF_SPACING + 0.5) ** 2)
        for rank, leaf in enumerate(hanging[anchor], start=inner):
            distance = LEAF_SPACING * math.sqrt(rank)
            angle = rank * GOLDEN_ANGLE + anchor
            positions[leaf] = (x + distance * math.cos(angle), y + distance * math.sin(angle))
    middle = (centres.max(axis=0) + centres.min(axis=0)) / 2
    positions = {node: (x - float(middle[0]), y - float(middle[1])) for node, (x, y) in positions.items()}
    reach = np.sqrt(((centres - middle) ** 2).sum(axis=1)) + radii
    return positions, float(reach.max()) + REGION_RIM, dict(zip(anchors, rooms, strict=True))


def _hang(graph: nx.Graph[int], members: Sequence[int], anchors: Sequence[int]) -> dict[int, list[int]]:
    """For each anchor the members nearest to it, nearest first; members that reach no anchor hang on the first."""
    inside = set(members)
    owner = {anchor: anchor for anchor in anchors}
    hanging: dict[int, list[int]] = {anchor: [] for anchor in anchors}
    # The least connected anchors take their leaves first: a hub would otherwise take them all.
    waiting = deque(sorted(anchors, key=lambda node: (graph.degree(node), node)))
    while waiting:
        node = waiting.popleft()
        for other in sorted(graph[node]):
            if other in inside and other not in owner:
                owner[other] = owner[node]
                hanging[owner[node]].append(other)
                waiting.append(other)
    hanging[anchors[0]].extend(node for node in members if node not in owner)
    return hanging


def _ties(graph: nx.Graph[int], groups: Sequence[Sequence[int]]) -> nx.Graph[int]:
    """The graph between groups: its nodes are their numbers, its weights the sums of the edges between them."""
    group_of = {node: number for number, group in enumerate(groups) for node in group}
    ties: nx.Graph[int] = nx.Graph()
    ties.add_nodes_from(range(len(groups)))
    for number, group in enumerate(groups):
        for node in group:
            for other, data in graph[node].items():
                there = group_of.get(other)
                if there is not None and number < there:
                    before = ties[number][there]["weight"] if ties.has_edge(number, there) else 0.0
                    ties.add_edge(number, there, weight=before + data.get("weight", 1.0))
    # Many weak ties would pull everything onto one spot; their logarithm keeps the strongest in the lead.
    for _, _, data in ties.edges(data=True):
        data["weight"] = math.log1p(data["weight"])
    return ties
