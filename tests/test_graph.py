"""Extractions put together into a graph."""

from __future__ import annotations

import dataclasses
import random
import re
from decimal import Decimal
from itertools import permutations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import GraphError
from kg.graph import build_graph
from kg.iris import slug, unslug
from kg.model import Extraction
from kg.resolution.aliases import read_aliases
from kg.summary import graph_summary
from tests.boards import Report, reporting
from tests.samples import HARBOR, harbor, kelp, named, samples


def contents(graph: nx.MultiDiGraph[str]) -> tuple[Any, ...]:
    """All that a graph holds, in its order."""
    return dict(graph.graph), list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))


def test_nodes_and_their_attributes() -> None:
    """Papers, entities and results are nodes, with what the papers say of them."""
    graph = build_graph(samples(), name="Ships", rules_hash="abc")
    assert graph.graph["name"] == "Ships"
    assert graph.graph["rules_hash"] == "abc"
    paper = graph.nodes["paper/2410.00001"]
    assert paper["kind"] == "Paper"
    assert paper["label"] == paper["title"] == HARBOR.title
    assert paper["authors"] == ["Ada Example", "Bo Ähnlich"]
    assert paper["sources"] == [{"file": "page1.txt", "record": 1}]
    assert graph.nodes["paper/note-3"]["label"].endswith("…")
    assert graph.nodes["dataset/Gulf_3K"] == {
        "kind": "Dataset", "label": "Gulf 3K", "names": ["Gulf 3K", "Gulf-3K"], "papers": 2, "links": [],
    }  # fmt: skip
    result = graph.nodes["result/kelp%2F2023/1"]
    assert (result["value"], result["number"], result["unit"]) == ("0.0430", Decimal("0.0430"), None)
    assert result["baseline"] == "last year's"
    assert result["paper"] == "paper/kelp%2F2023"
    assert graph.nodes["result/kelp%2F2023/2"]["number"] is None


def test_edges_from_papers() -> None:
    """A paper has one of the four role edges to each thing, and evaluatesOn, addresses, reports beside."""
    graph = build_graph(samples())
    relations = {
        target: sorted(graph[source][target]) for source, target in graph.edges() if source == "paper/kelp%2F2023"
    }
    assert relations == {
        "dataset/Gulf_3K": ["evaluatesOn", "uses"],
        "method/DETR": ["comparesWith"],
        "method/Kelp": ["comparesWith"],
        "method/Kelp%2B%2B": ["introduces"],
        "metric/error": ["reports", "uses"],
        "result/kelp%2F2023/1": ["reports"],
        "result/kelp%2F2023/2": ["reports"],
        "task/Ship_counting": ["mentions"],
        "task/tide_prediction": ["addresses", "uses"],
    }
    assert graph["paper/kelp%2F2023"]["method/Kelp"]["comparesWith"]["role_rule"] == "role-compared"


def test_edges_from_results() -> None:
    """A slot that names an entity of the paper is an edge; one that only describes is not."""
    graph = build_graph(samples())
    assert {relation for _, _, relation in graph.out_edges("result/2410.00001/2", keys=True)} == {
        "hasMethod", "hasBaseline", "hasDataset", "hasMetric",
    }  # fmt: skip
    assert "hasBaseline" not in {relation for _, _, relation in graph.out_edges("result/kelp%2F2023/1", keys=True)}


def test_derived_edges() -> None:
    """What results imply is an edge that knows its results and has their evidence."""
    graph = build_graph(samples())
    evaluated = graph["method/HarborNet"]["dataset/Gulf_3K"]["evaluatedOn"]
    assert evaluated["derived_from"] == ["result/2410.00001/1", "result/2410.00001/2"]
    assert [item["text"] for item in evaluated["evidence"]] == ["91.5%", "2.4 points"]
    assert graph["method/HarborNet"]["method/ResNet-50"]["outperforms"]["derived_from"] == [
        "result/2410.00001/2", "result/2410.00001/3",
    ]  # fmt: skip
    assert list(graph["method/Kelp%2B%2B"]["method/Kelp"]) == ["variantOf"]


def test_variants() -> None:
    """A thing of a family is tied to it by its name alone: an edge without evidence, which says what the name adds."""
    graph = build_graph(samples())
    assert graph["method/Kelp%2B%2B"]["method/Kelp"]["variantOf"] == {
        "relation": "variantOf", "confidence": 1.0, "evidence": [], "reason": "++ added to Kelp",
    }  # fmt: skip


def test_links_and_labels_of_aliases() -> None:
    """What a file of aliases gives a thing stands on its node."""
    aliases = read_aliases("same: [{names: [DETR], label: Detection Transformer, links: ['https://x.org/detr']}]")
    node = build_graph(samples(), aliases=aliases).nodes["method/Detection_Transformer"]
    assert (node["links"], node["names"][0], node["papers"]) == (["https://x.org/detr"], "Detection Transformer", 2)


def test_a_node_of_another_type() -> None:
    """Where most papers give a name another type, its edges are of that type, and no slot holds what it cannot."""
    reports = [
        reporting(str(number), Report("9", task="tide reading", method="Kelp", metric="gain")) for number in range(2)
    ]
    methods = [named(f"m{number}", ("Method", ("tide reading",))) for number in range(3)]
    graph = build_graph([*reports, *methods])
    assert "task/tide_reading" not in graph
    assert list(graph["paper/0"]["method/tide_reading"]) == ["uses"]
    assert not graph.has_edge("result/0/1", "method/tide_reading")


def test_evidence_can_be_found_in_the_paper() -> None:
    """Every edge but those of families has evidence, whose words and sentence stand in the paper where it says."""
    graph = build_graph(samples())
    for _, _, relation, edge in graph.edges(keys=True, data=True):
        assert edge["relation"] == relation
        assert (relation == "variantOf") == (edge["evidence"] == [])
        if relation == "variantOf":
            continue
        assert edge["confidence"] == max(item["confidence"] for item in edge["evidence"])
        for item in edge["evidence"]:
            text = graph.nodes[item["paper"]][item["field"]]
            assert text[item["start"] : item["end"]] == item["text"]
            assert text[item["sentence_start"] :].startswith(item["sentence"])
            assert item["text"] in item["sentence"]


def test_wrong_offsets_are_refused() -> None:
    """A mention whose offsets give other words is an error that names paper and place."""
    good = harbor()
    entity = good.entities[0]
    moved = dataclasses.replace(entity.mentions[0], start=1)
    bad = dataclasses.replace(good, entities=(dataclasses.replace(entity, mentions=(moved,)),), results=())
    with pytest.raises(GraphError, match=re.escape("'2410.00001': title[1:9] is 'arborNet', not 'HarborNet'")):
        build_graph([bad])


def test_two_papers_with_one_id_are_refused() -> None:
    """Nothing is lost in silence where two papers have one id."""
    with pytest.raises(GraphError, match=re.escape("two papers have the id '2410.00001'")):
        build_graph([harbor(), harbor()])


def test_strongest_role_wins() -> None:
    """Two entities of a paper that another paper shows to be one thing get one role edge, the stronger."""
    paper = named("1", ("Method", ("Kelp Weed Optimizer",)), ("Method", ("KWO",)))
    weak = dataclasses.replace(paper.entities[0], role="mentioned", role_rule="role-mentioned")
    graph = build_graph(
        [
            dataclasses.replace(paper, entities=(weak, paper.entities[1])),
            *(named(number, ("Method", ("Kelp Weed Optimizer", "KWO"))) for number in "23"),
        ]
    )
    (target,) = graph["paper/1"]
    assert list(graph["paper/1"][target]) == ["uses"]
    assert graph["paper/1"][target]["uses"]["role_rule"] == "role-used"
    assert [item["text"] for item in graph["paper/1"][target]["uses"]["evidence"]] == ["Kelp Weed Optimizer", "KWO"]


def test_order_does_not_matter() -> None:
    """The papers in any order give the same graph, nodes and edges in the same order."""
    expected = contents(build_graph(samples()))
    for order in permutations(samples()):
        assert contents(build_graph(order)) == expected


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["Method", "Task"]), st.sampled_from(["A b", "AB", "a-b", "C++", "C"]))),
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter_for_any_papers(things: list[list[tuple[Any, str]]], chance: random.Random) -> None:
    """As above, for papers made up by chance; every edge leads from a node to a node."""
    extractions = [named(str(n), *((type_, (name,)) for type_, name in listed)) for n, listed in enumerate(things)]
    graph = build_graph(extractions)
    assert contents(build_graph(chance.sample(extractions, len(extractions)))) == contents(graph)
    assert all("kind" in node for _, node in graph.nodes(data=True))


def test_summary() -> None:
    """The summary counts nodes and edges and lists the entities of most papers first."""
    summary = graph_summary(build_graph(samples()), top=2)
    assert summary.papers == 3
    assert summary.entities == {"Method": 7, "Dataset": 1, "Metric": 3, "Task": 3}
    assert summary.results == {"score": 3, "gain": 1, "ratio": 1}
    assert next(iter(summary.edges)) == "uses"
    assert summary.edges["outperforms"] == 1
    assert summary.top["Method"] == (("DETR", 2), ("Kelp", 2))


def test_no_papers() -> None:
    """No papers make an empty graph with an empty summary."""
    graph = build_graph(list[Extraction]())
    assert not graph
    assert graph_summary(graph).papers == 0


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("Mask R-CNN", "Mask_R-CNN"),
        ("C++", "C%2B%2B"),
        ("BT^2", "BT%5E2"),
        ("a_b", "a%5Fb"),
        ("100%", "100%25"),
        ("Größenmaß", "Größenmaß"),
        ("数据集", "数据集"),
        ("..", "%2E%2E"),
        ("\u200f", "%E2%80%8F"),
    ],
)
def test_slugs(name: str, segment: str) -> None:
    """A slug keeps letters of every script and escapes what an IRI may not hold or a reader may not see."""
    assert slug(name) == segment


@given(st.text(st.characters()))
def test_slugs_are_injective(name: str) -> None:
    """The name comes back from its slug, so that no two names can share one."""
    assert unslug(slug(name)) == name
    assert not re.search(r"[\s/#?<>\"{}|\\^`]", slug(name))


def test_kelp_is_not_kelp_plus_plus() -> None:
    """Names that differ by signs alone are two nodes."""
    graph = build_graph([kelp()])
    assert {"method/Kelp", "method/Kelp%2B%2B"} <= set(graph)
