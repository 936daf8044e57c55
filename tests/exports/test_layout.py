"""Positions: nothing overlaps, everything stands in its region, and what is tied stands near."""

from __future__ import annotations

import math
from itertools import combinations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from kg.exports.layout import MOST_REGIONS, arrange, communities, pack


def _clusters(count: int, size: int) -> nx.Graph[int]:
    """So many rings of so many nodes, each with a hub, tied in a chain."""
    graph: nx.Graph[int] = nx.Graph()
    for cluster in range(count):
        hub = cluster * size
        for node in range(hub + 1, hub + size):
            graph.add_edge(hub, node, weight=1.0)
            graph.add_edge(node, hub + 1 + (node - hub) % (size - 1), weight=1.0)
        if cluster:
            graph.add_edge(hub, hub - size, weight=0.1)
    return graph


def test_regions_are_the_clusters_and_do_not_overlap() -> None:
    """Clearly parted clusters become regions of their own, whose discs lie beside each other."""
    arrangement = arrange(_clusters(6, 12), dict.fromkeys(range(0, 72, 3), 10.0))
    assert sorted(len(region.members) for region in arrangement.regions) == [12] * 6
    for one, other in combinations(arrangement.regions, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) >= 0.98 * (one.radius + other.radius)


def test_every_node_stands_inside_its_region() -> None:
    """No node is without a place, and none lies outside the disc it belongs to."""
    graph = _clusters(5, 30)
    arrangement = arrange(graph, dict.fromkeys(range(0, 150, 10), 12.0))
    assert sorted(arrangement.positions) == sorted(graph)
    for region in arrangement.regions:
        for node in region.members:
            x, y = arrangement.positions[node]
            assert math.hypot(x - region.x, y - region.y) <= region.radius


def test_no_two_nodes_share_a_place() -> None:
    """Every two nodes are at least a seed's width apart."""
    arrangement = arrange(_clusters(4, 40), dict.fromkeys(range(0, 160, 8), 12.0))
    for one, other in combinations(arrangement.positions.values(), 2):
        assert math.dist(one, other) > 6


def test_lonely_nodes_share_one_region() -> None:
    """Nodes tied to nothing make no regions of their own."""
    graph = _clusters(3, 12)
    graph.add_nodes_from(range(100, 140))
    groups = communities(graph, graph)
    assert tuple(range(100, 140)) in groups
    assert len(groups) == 4


def test_regions_are_few() -> None:
    """However many communities there are, the map has a number of regions that can be read."""
    assert len(communities(_clusters(60, 5), range(300))) <= MOST_REGIONS + 1


@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(5, 300), min_size=1, max_size=25))
def test_packed_discs_do_not_overlap(radii: list[float]) -> None:
    """Whatever their sizes, packed discs touch at most."""
    ties: nx.Graph[int] = nx.path_graph(len(radii))
    nx.set_edge_attributes(ties, 1.0, "weight")
    centres = pack(np.array(radii), ties, stretch=1.2)
    for one, other in combinations(range(len(radii)), 2):
        assert math.dist(centres[one], centres[other]) >= 0.95 * (radii[one] + radii[other])
