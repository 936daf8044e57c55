"""Papers like a paper."""

from __future__ import annotations

import pytest

from kg import analytics
from kg.errors import GraphError
from kg.graph import Graph
from tests.fields import graph_of, naming


@pytest.fixture(name="graph", scope="module")
def made() -> Graph:
    """A paper, one like it, one that shares what many name, and one of another field."""
    return graph_of(
        naming("a", "m:FooNet", "d:Meadow", "t:tree counting", title="Counting Trees with FooNet", published="2020"),
        naming("b", "m:FooNet", "d:Meadow", "t:leaf counting", title="Counting Leaves", published="2021"),
        naming("c", "t:tree counting", "m:BarNet", title="Counting Trees Twice", published="2019"),
        naming("d", "t:tree counting", title="On Trees"),
        naming("e", "m:HullNet", "x:accuracy", title="Ships"),
        naming("f", "m:FooNet", "x:accuracy", "m:HullNet", title="Ships Again"),
    )


def test_nearest_first(graph: Graph) -> None:
    """Papers that share more, and rarer things come first, with what they share; others are not there."""
    found = analytics.similar(graph, "a")
    assert found["paper"].tolist()[0] == "paper/b"
    assert found["shared"].iloc[0] == ["Meadow", "FooNet"]
    assert "paper/e" not in set(found["paper"])
    assert "paper/a" not in set(found["paper"])
    assert found["similarity"].is_monotonic_decreasing


def test_ways_to_name_a_paper(graph: Graph) -> None:
    """Its id, its node key, its title however written, or a part of it that no other title has."""
    wanted = analytics.similar(graph, "a")["paper"].tolist()
    for name in ("paper/a", "counting trees with foonet", "with FooNet"):
        assert analytics.similar(graph, name)["paper"].tolist() == wanted


def test_since(graph: Graph) -> None:
    """With a year, only papers that tell one from then on are in the answer."""
    assert analytics.similar(graph, "a", since=2020)["paper"].tolist() == ["paper/b"]


def test_no_such_paper(graph: Graph) -> None:
    """What no paper is called is refused with the nearest titles, and what several are with some of them."""
    with pytest.raises(GraphError, match=r"no paper 'Shipps'; did you mean 'Ships'"):
        analytics.similar(graph, "Shipps")
    with pytest.raises(GraphError, match=r"2 papers have 'Counting Trees' in their titles; which of them"):
        analytics.similar(graph, "Counting Trees")


def test_a_paper_that_shares_nothing() -> None:
    """It has an empty answer."""
    graph = graph_of(naming("a", "m:FooNet"), naming("b", "m:BarNet"), naming("c"))
    assert analytics.similar(graph, "a").empty
    assert analytics.similar(graph, "c").empty


def test_variants_count_as_what_they_are_variants_of() -> None:
    """Papers with two variants of a thing share that thing."""
    graph = graph_of(naming("a", "m:FooNet-18"), naming("b", "m:FooNet-50"), naming("c", "m:FooNet"))
    for variant in ("method/FooNet-18", "method/FooNet-50"):
        graph.add_edge(variant, "method/FooNet", key="variantOf", relation="variantOf", confidence=1.0, evidence=[])
    found = analytics.similar(graph, "a")
    assert found.set_index("paper")["shared"].to_dict() == {"paper/b": ["FooNet"], "paper/c": ["FooNet"]}
