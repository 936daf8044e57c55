"""Communities and centrality."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from kg import analytics
from kg.graph import Graph
from tests.fields import graph_of, naming, two_fields


@pytest.fixture(name="graph", scope="module")
def made() -> Graph:
    """Two fields with one paper between them."""
    return two_fields()


def test_two_fields(graph: Graph) -> None:
    """Fields that share next to nothing are communities of their own, named by what is theirs."""
    found = analytics.communities(graph)
    assert found.overview["papers"].tolist() == [4, 4]
    labels = [set(label.split(" · ")) for label in found.overview["label"]]
    assert {"Meadow", "tree counting"} < labels[0] or {"Harbor", "ship finding"} < labels[0]
    assert labels[0].isdisjoint(labels[1])
    trees = found.overview[found.overview["label"].str.contains("Meadow")].iloc[0]
    assert (trees["methods"], trees["datasets"], trees["tasks"]) == (["LeafNet"], ["Meadow"], ["tree counting"])


def test_members(graph: Graph) -> None:
    """Every paper and every thing of a community stands in it once, entities first; metrics are in none."""
    members = analytics.communities(graph).members
    assert members["node"].is_unique
    assert set(members["kind"]) == {"Paper", "Method", "Dataset", "Task"}
    assert len(members[members["kind"] == "Paper"]) == 8
    first = members[members["community"] == 1]["kind"].tolist()
    assert first == sorted(first, key=lambda kind: kind == "Paper")


def test_what_one_paper_names_is_left_out() -> None:
    """A graph in which nothing is shared has no communities, and the frames are empty, not missing."""
    found = analytics.communities(graph_of(naming("a", "m:FooNet"), naming("b", "m:BarNet")))
    assert found.overview.empty
    assert found.members.empty
    assert analytics.communities_per_year(graph_of(naming("a", "m:FooNet")), found).empty


def test_labels_do_not_say_a_thing_twice() -> None:
    """A name that holds another one, or is the short form of one, is not put beside it."""
    leaves = [naming(f"a{n}", "m:Leaf Net", "t:leaf nets", "m:Leaf Net Large", "d:Meadow") for n in range(3)]
    ships = [naming(f"b{n}", "m:HullNet", "d:Harbor") for n in range(2)]
    label = analytics.communities(graph_of(*leaves, *ships)).overview["label"].iloc[0]
    assert len(label.split(" · ")) == 2
    assert "Meadow" in label


def test_order_of_papers_does_not_matter(graph: Graph) -> None:
    """The same papers give the same communities, whatever order the graph holds them in."""
    nodes = list(graph.nodes(data=True))
    random.Random(3).shuffle(nodes)  # noqa: S311 - nothing secret
    other = graph.__class__()
    other.add_nodes_from(nodes)
    other.add_edges_from(reversed(list(graph.edges(keys=True, data=True))))
    pd.testing.assert_frame_equal(analytics.communities(other).members, analytics.communities(graph).members)
    pd.testing.assert_frame_equal(analytics.central(other), analytics.central(graph))


def test_years(graph: Graph) -> None:
    """Shares are of all papers of a year, also of those in no community, from the first year to the last."""
    found = analytics.communities_per_year(graph, analytics.communities(graph))
    assert sorted(found["year"].unique()) == [2018, 2019, 2020, 2021, 2022]
    assert found.groupby("year")["share"].sum().round(6).tolist() == [100.0] * 4 + [50.0]
    assert analytics.communities(graph, since=2022).overview["papers"].sum() == 0


def test_central(graph: Graph) -> None:
    """What stands in the most papers is most central; what has neighbours in both fields bridges."""
    found = analytics.central(graph, min_papers=1).set_index("label")
    assert set(found.index[:2]) == {"LeafNet", "HullNet"}
    assert found["pagerank"].sum() == pytest.approx(1000, rel=1e-3)
    assert found.loc["Meadow", "bridging"] == 0
    assert found.loc["accuracy", "bridging"] == pytest.approx(0.5)
    assert pd.isna(found.loc["accuracy", "community"])
    assert found.loc["LeafNet", ["papers", "neighbours"]].tolist() == [5, 4]
    assert analytics.central(graph, by="bridging", min_papers=1)["label"].iloc[0] == "accuracy"
    assert analytics.central(graph, type="Dataset")["label"].tolist() == ["Harbor", "Meadow"]


def test_central_of_nothing() -> None:
    """A graph without connections has an answer, too."""
    assert analytics.central(graph_of(naming("a", "m:FooNet"))).empty
    assert analytics.central(graph_of(naming("a"))).empty
