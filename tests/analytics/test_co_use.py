"""What is used together."""

from __future__ import annotations

import math

import pytest

from kg import analytics
from kg.errors import GraphError
from tests.fields import graph_of, naming, two_fields


def test_measures_by_hand() -> None:
    """Of 4 papers 2 use both of two things and 2 neither: twice as often as by chance, ratio 2·4·log 2."""
    graph = graph_of(
        *(naming(f"a{n}", "m:FooNet", "d:Meadow") for n in range(2)), *(naming(f"b{n}", "d:Brook") for n in range(2))
    )
    (found,) = analytics.together(graph, "foonet").to_dict("records")
    assert (found["label"], found["papers"], found["share"], found["times"]) == ("Meadow", 2, 100.0, 2.0)
    assert found["association"] == pytest.approx(8 * math.log(2))


def test_what_avoids_each_other() -> None:
    """What is used together less often than by chance has a minus, and stands last."""
    graph = graph_of(
        *(naming(f"a{n}", "m:FooNet", "d:Meadow") for n in range(5)),
        *(naming(f"b{n}", "d:Brook") for n in range(5)),
        naming("c", "m:FooNet", "d:Brook"),
    )
    found = analytics.together(graph, "FooNet", min_papers=1)
    assert found["label"].tolist() == ["Meadow", "Brook"]
    assert found["association"].iloc[1] < 0


def test_filters() -> None:
    """A type, a year and a least number of papers narrow the answer; what is only mentioned does not count."""
    graph = graph_of(
        naming("a", "m:FooNet", "d:Meadow", "t:tree counting", published="2020"),
        naming("b", "m:FooNet", "d:Meadow", "t:tree counting", published="2022"),
        naming("c", "m:FooNet", "d:Brook", role="mentioned"),
    )
    assert set(analytics.together(graph, "FooNet")["label"]) == {"Meadow", "tree counting"}
    assert analytics.together(graph, "FooNet", type="Task")["label"].tolist() == ["tree counting"]
    assert analytics.together(graph, "FooNet", since=2021).empty
    assert len(analytics.together(graph, "FooNet", since=2021, min_papers=1)) == 2
    assert analytics.together(graph, "Brook").empty


def test_names() -> None:
    """A thing is found however it is written, as most papers mean it, or by its node key; else the nearest is named."""
    graph = graph_of(
        naming("a", "m:Foo-Net", "t:tree counting", "d:Meadow"),
        naming("b", "m:Foo-Net", "d:Meadow"),
    )
    assert analytics.together(graph, "FOONET", min_papers=2)["label"].tolist() == ["Meadow"]
    assert len(analytics.together(graph, "task/tree_counting", min_papers=1)) == 2
    with pytest.raises(GraphError, match=r"the graph holds no thing 'Meadows Net'; did you mean 'Meadow'"):
        analytics.together(graph, "Meadows Net")


def test_pairs() -> None:
    """Pairs of two types, the closest first; of one type, each pair once."""
    graph = two_fields()
    found = analytics.pairs(graph)
    assert set(zip(found["one"], found["other"], strict=True)) == {("LeafNet", "Meadow"), ("HullNet", "Harbor")}
    assert found["papers"].tolist() == [4, 4]
    (alike,) = analytics.pairs(graph, "Method", "Method", min_papers=1).to_dict("records")
    assert {alike["one"], alike["other"]} == {"LeafNet", "HullNet"}
    with pytest.raises(GraphError, match="no metric is in so many papers"):
        analytics.pairs(graph, "Method", "Metric")


def test_pair_counts() -> None:
    """Counts of papers with both, in the order asked for; what no paper works with is counted as none."""
    graph = two_fields()
    found = analytics.pair_counts(graph, ["method/HullNet", "method/LeafNet"], ["dataset/Meadow"])
    assert found.index.tolist() == ["HullNet", "LeafNet"]
    assert found["Meadow"].tolist() == [0, 4]
    assert analytics.pair_counts(graph, ["method/LeafNet"], ["dataset/Meadow"], since=2022).to_numpy().tolist() == [[0]]
