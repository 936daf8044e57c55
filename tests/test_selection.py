"""Parts of graphs: what is left, and that it is a graph like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kg import select
from kg.errors import GraphError
from kg.graph import Graph, build_graph
from tests.boards import Report, reporting
from tests.samples import samples

MEADOW = Report("91.2", "%", baseline="BarNet", kind="gain")
BROOK = Report("70", "%", dataset="Brook", method="FooNet", task="tree counting")


@pytest.fixture(name="graph", scope="module")
def made_graph() -> Graph:
    """Four papers: two on Meadow (2020 and 2022), one on Brook (2024), one on Brook without a year."""
    return build_graph(
        [
            reporting("a", MEADOW, published="2020-03-01"),
            reporting("b", MEADOW, published="2022"),
            reporting("c", BROOK, published="2024"),
            reporting("d", replace(BROOK, method="ElseNet"), published="--10-09"),
        ]
    )


def papers(graph: Graph) -> set[str]:
    """The ids of the papers of a graph."""
    return {key.removeprefix("paper/") for key, kind in graph.nodes(data="kind") if kind == "Paper"}


def labels(graph: Graph, kind: str) -> set[str]:
    """The labels of the nodes of a kind."""
    return {node["label"] for _, node in graph.nodes(data=True) if node["kind"] == kind}


def contents(graph: Graph) -> tuple[Any, ...]:
    """All that a graph holds, in its order."""
    return dict(graph.graph), list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))


def test_nothing_asked_for_is_everything(graph: Graph) -> None:
    """Without a question, the part is the whole."""
    assert contents(select(graph)) == contents(graph)
    assert contents(select(build_graph(samples()))) == contents(build_graph(samples()))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Meadow", {"a", "b"}),
        ("meadow", {"a", "b"}),
        ("dataset/Meadow", {"a", "b"}),
        ("tree counting", {"c", "d"}),
        ("result/a/1", {"a"}),
        ("paper/c", {"c"}),
        ("on c", {"c"}),
    ],
)
def test_about(graph: Graph, name: str, found: set[str]) -> None:
    """Papers are found by a thing, however it is written, by a node key, and by their titles."""
    assert papers(select(graph, about=[name])) == found


def test_another_name_will_do() -> None:
    """A thing is found by any name that a paper gives it, but one that is called so comes first."""
    graph = build_graph(samples())
    assert papers(select(graph, about=["detection transformer"])) == papers(select(graph, about=["DETR"]))
    assert labels(select(graph, about=["kelp"]), "Paper") >= {"Kelp++ <b>beats</b> Kelp on “tides” & more"}


def test_several_names_are_either(graph: Graph) -> None:
    """A paper that belongs to one of several things is enough."""
    assert papers(select(graph, about=["ElseNet", "BarNet"])) == {"a", "b", "d"}


def test_what_belongs_to_the_papers(graph: Graph) -> None:
    """The part is the graph of these papers alone."""
    part = select(graph, about=["Meadow"])
    alone = build_graph([reporting("a", MEADOW, published="2020-03-01"), reporting("b", MEADOW, published="2022")])
    assert contents(part) == contents(alone)
    assert part.nodes["method/FooNet"]["papers"] == 2
    assert graph.nodes["method/FooNet"]["papers"] == 3


@pytest.mark.parametrize(
    ("years", "found"),
    [
        ({"since": 2022}, {"b", "c"}),
        ({"until": 2022}, {"a", "b"}),
        ({"since": 2021, "until": 2023}, {"b"}),
    ],
)
def test_years(graph: Graph, years: dict[str, int], found: set[str]) -> None:
    """Both years count, and a paper without one is left out."""
    assert papers(select(graph, **years)) == found  # type: ignore[arg-type]


def test_derived_edges_keep_to_the_results_that_are_left(graph: Graph) -> None:
    """An edge of two papers' results rests on the one that is left; without any, it goes."""
    edge = graph.edges["method/FooNet", "method/BarNet", "outperforms"]
    assert edge["derived_from"] == ["result/a/1", "result/b/1"]
    part = select(graph, until=2020).edges["method/FooNet", "method/BarNet", "outperforms"]
    assert part["derived_from"] == ["result/a/1"]
    assert {item["paper"] for item in part["evidence"]} == {"paper/a"}
    assert not select(graph, since=2024).has_edge("method/FooNet", "method/BarNet")


def test_types(graph: Graph) -> None:
    """Only things of the types are left, and those that are named; papers and results stay."""
    part = select(graph, types=["Method"], about=["Brook"])
    assert labels(part, "Method") == {"FooNet", "ElseNet"}
    assert labels(part, "Dataset") == {"Brook"}
    assert not labels(part, "Metric") | labels(part, "Task")
    assert len(labels(part, "Result")) == 1
    assert {relation for _, _, relation in part.edges(keys=True)} == {
        *("uses", "evaluatesOn", "reports", "hasMethod", "hasDataset", "evaluatedOn")
    }


def test_min_confidence() -> None:
    """What is less sure goes with its edges; an edge is as sure as what is left of its evidence."""
    graph = build_graph(samples())
    part = select(graph, min_confidence=0.95)
    assert labels(part, "Method") == {"HarborNet"}
    assert not labels(part, "Result")
    assert {edge["confidence"] for _, _, edge in part.edges(data=True)} == {0.95}
    assert contents(select(graph, min_confidence=0.8)) == contents(graph)


def test_edges_without_evidence_stay_where_both_ends_do() -> None:
    """A variant is one as long as both things are there."""
    graph = build_graph([reporting("a", MEADOW, BROOK, published="2020"), reporting("b", MEADOW, published="2022")])
    attributes = {"relation": "variantOf", "confidence": 1.0, "evidence": [], "reason": "x"}
    graph.add_edge("dataset/Brook", "dataset/Meadow", key="variantOf", **attributes)
    assert select(graph, until=2020).has_edge("dataset/Brook", "dataset/Meadow", "variantOf")
    assert "dataset/Brook" not in select(graph, since=2021)


def test_every_part_holds_together(graph: Graph) -> None:
    """Evidence and results point to papers that are there, and no thing is named by none."""
    about = select(graph, about=["FooNet"], types=["Dataset"])
    for part in (about, select(graph, since=2022), select(graph, until=2021)):
        papers_of_part = {f"paper/{paper}" for paper in papers(part)}
        for node, attributes in part.nodes(data=True):
            assert attributes.get("paper", node) in part
            if attributes["kind"] not in {"Paper", "Result"}:
                assert attributes["papers"] == len(papers_of_part & set(part.predecessors(node)))
        for _, _, edge in part.edges(data=True):
            assert all(item["paper"] in part for item in edge["evidence"])
            assert all(result in part for result in edge.get("derived_from", ()))


def test_the_graph_stays_as_it_was(graph: Graph) -> None:
    """Taking a part changes nothing."""
    before = contents(graph)
    select(graph, about=["Brook"], types=["Method"], since=2024, min_confidence=0.5)
    assert contents(graph) == before


def test_errors(graph: Graph) -> None:
    """A name that is not there brings the nearest ones; so does nothing left a line."""
    with pytest.raises(GraphError, match=r"nothing in the graph is called 'Medow'; did you mean 'Meadow'\?"):
        select(graph, about=["Medow"])
    with pytest.raises(GraphError, match="nothing in the graph is called 'qqqq'; kg stats names what there is"):
        select(graph, about=["qqqq"])
    with pytest.raises(GraphError, match="no paper of the graph is of what is asked for; ask for less"):
        select(graph, about=["Brook"], until=2000)
