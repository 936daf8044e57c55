"""What nobody has tried."""

from __future__ import annotations

import pytest

from kg import analytics
from kg.errors import GraphError
from kg.graph import Graph
from tests.fields import graph_of, naming

METHODS = ("m:OakNet", "m:ElmNet", "m:AshNet")


@pytest.fixture(name="graph", scope="module")
def made() -> Graph:
    """Three methods for one task, of which two were tried on a dataset, and three for another task."""
    trees = [naming(f"t{name}{n}", name, "t:tree counting") for name in METHODS for n in range(3)]
    tried = [naming(f"d{name}{n}", name, "d:Meadow") for name in METHODS[:2] for n in range(2)]
    ships = [naming(f"s{name}{n}", name, "t:ship finding") for name in ("m:Hull", "m:Keel", "m:Mast") for n in range(3)]
    return graph_of(*trees, *tried, *ships)


def test_gap(graph: Graph) -> None:
    """The method that was not tried where its likes were is a gap, with the reasons; other fields are none."""
    (found,) = analytics.gaps(graph, min_papers=3).to_dict("records")
    assert (found["method"], found["dataset"]) == ("AshNet", "Meadow")
    assert sorted(found["tried_by"]) == ["ElmNet", "OakNet"]
    assert (found["method_papers"], found["dataset_papers"]) == (3, 4)
    assert 0 < found["score"] <= 2


def test_what_any_paper_names_together_is_no_gap(graph: Graph) -> None:
    """A pair that is only mentioned somewhere is known, and so is one that a variant was tried with."""
    mentioned = graph.copy()
    for node, relation in (("method/AshNet", "mentions"), ("dataset/Meadow", "mentions")):
        edge = {"relation": relation, "confidence": 0.5, "evidence": [], "role_rule": "x"}
        mentioned.add_node("paper/x", **graph.nodes["paper/tm:AshNet0"])
        mentioned.add_edge("paper/x", node, key=relation, **edge)
    assert analytics.gaps(mentioned, min_papers=3).empty
    variant = graph_of(naming("v", "m:AshNet-50", "d:Meadow"))
    both = graph.copy()
    both.add_nodes_from(variant.nodes(data=True))
    both.add_edges_from(variant.edges(keys=True, data=True))
    both.nodes["dataset/Meadow"]["papers"] = 5
    assert len(analytics.gaps(both, min_papers=3)) == 1
    both.add_edge(
        "method/AshNet-50", "method/AshNet", key="variantOf", relation="variantOf", confidence=1.0, evidence=[]
    )
    assert analytics.gaps(both, min_papers=3).empty


def test_filters(graph: Graph) -> None:
    """A method or a dataset narrows the answer; what few papers name has no gaps."""
    assert len(analytics.gaps(graph, method="ashnet", min_papers=3)) == 1
    assert analytics.gaps(graph, method="OakNet", min_papers=3).empty
    assert len(analytics.gaps(graph, dataset="Meadow", min_papers=3)) == 1
    assert analytics.gaps(graph).empty
    with pytest.raises(GraphError, match="no method 'AshNett'; did you mean 'AshNet'"):
        analytics.gaps(graph, method="AshNett")


def test_without_datasets() -> None:
    """A graph without datasets has no gaps."""
    assert analytics.gaps(graph_of(naming("a", "m:FooNet"))).empty
