"""Nodes, edges and pieces of a graph, looked up in its catalogue."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from kg.building import build, build_folder
from kg.catalogue.reading import Catalogue
from kg.catalogue.writing import write_catalogue
from kg.errors import GraphError
from kg.folder import load_graph
from kg.graph import Graph
from kg.told_graph import told_graph
from tests.built import example_files
from tests.exports.hostile import hostile_graph, hostile_texts


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The graph of the examples."""
    return build(*example_files())


@pytest.fixture(scope="module")
def catalogue(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Its catalogue."""
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.sqlite"
    write_catalogue(graph, path, source="examples")
    return Catalogue(path)


def _edges(graph: Graph) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {(one, relation, other): edge for one, other, relation, edge in graph.edges(keys=True, data=True)}


def test_all_nodes_are_the_graph_again(graph: Graph, catalogue: Catalogue) -> None:
    """The part of all nodes has every node and edge of the graph, with equal attributes."""
    part = catalogue.part(graph)
    assert dict(part.nodes(data=True)) == dict(graph.nodes(data=True))
    assert _edges(part) == _edges(graph)
    assert part.graph == graph.graph


def test_a_graph_that_is_told_piece_by_piece_has_the_same_catalogue(tmp_path: Path) -> None:
    """Of a folder, and of a file of extractions, it is made without the graph in memory: the same bytes."""
    build_folder(example_files(), tmp_path / "g", exports=["turtle"], store=False)
    for source in (tmp_path / "g", tmp_path / "g" / "extractions.jsonl"):
        write_catalogue(load_graph(source), tmp_path / "whole")
        with told_graph(source) as told:
            write_catalogue(told, tmp_path / "pieces")
        assert (tmp_path / "whole").read_bytes() == (tmp_path / "pieces").read_bytes()


@given(text=hostile_texts)
def test_no_text_breaks_it(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """A graph of any text comes out of its catalogue as it went in, and its names can be searched for."""
    path = tmp_path_factory.mktemp("hostile") / "catalogue.sqlite"
    graph = hostile_graph(text)
    write_catalogue(graph, path)
    catalogue = Catalogue(path)
    try:
        part = catalogue.part(graph)
        assert dict(part.nodes(data=True)) == dict(graph.nodes(data=True))
        assert _edges(part) == _edges(graph)
        for hit in catalogue.search(text):
            assert hit.line.key in graph
    finally:
        catalogue.close()


def test_lines_say_what_the_graph_says(graph: Graph, catalogue: Catalogue) -> None:
    """Kind, papers and degree of every node are the graph's, and its edges are counted by relation and direction."""
    for key, attributes in graph.nodes(data=True):
        line = catalogue.line(key)
        assert line is not None
        assert (line.kind, line.papers, line.degree) == (
            attributes["kind"],
            attributes.get("papers", 0),
            graph.degree(key),
        )
        assert catalogue.node(key) == attributes
        assert sum(count for *_, count in catalogue.counts(key)) == graph.degree(key)


def test_edges_come_by_importance(graph: Graph, catalogue: Catalogue) -> None:
    """Edges of one relation are all there, whatever their pages, those to what most papers name first."""
    paper = max((key for key in graph if key.startswith("paper/")), key=graph.out_degree)
    pages = [catalogue.edges(paper, "uses", limit=3, offset=offset) for offset in range(0, 60, 3)]
    lines = [line for page in pages for line in page]
    expected = {other for _, other, relation in graph.out_edges(paper, keys=True) if relation == "uses"}
    assert {line.target for line in lines} == expected
    papers = [line.other.papers for line in lines]
    assert papers == sorted(papers, reverse=True)


def test_edges_to_a_node_are_of_the_kinds_asked_for(graph: Graph, catalogue: Catalogue) -> None:
    """Of the edges to a dataset, only those from methods are given where methods are asked for."""
    found = catalogue.edges("dataset/ImageNet", direction="in", kinds=("Method",))
    expected = {one for one, _ in graph.in_edges("dataset/ImageNet") if one.startswith("method/")}
    assert {line.source for line in found} == expected


def test_an_edge_has_its_evidence(graph: Graph, catalogue: Catalogue) -> None:
    """An edge that is asked for is equal to that of the graph, sentence and all."""
    for one, other, relation, edge in graph.edges(keys=True, data=True):
        assert catalogue.edge(one, relation, other) == edge
    assert catalogue.edge("dataset/ImageNet", "uses", "dataset/ImageNet") is None


def test_results_come_with_papers_and_slots(graph: Graph, catalogue: Catalogue) -> None:
    """The results of a dataset are all that have it in a slot, each with its paper."""
    part = catalogue.results_of("dataset/ImageNet")
    expected = {one for one, _, name in graph.in_edges("dataset/ImageNet", keys=True) if name == "hasDataset"}
    found = {key for key, kind in part.nodes(data="kind") if kind == "Result"}
    assert found == expected
    assert all(part.nodes[key]["paper"] in part for key in found)
    assert len([key for key in catalogue.results_of("dataset/ImageNet", 2) if key.startswith("result/")]) == 2


def test_what_is_not_there_is_nothing(catalogue: Catalogue) -> None:
    """Keys and relations that the graph does not have are answered by nothing."""
    assert catalogue.line("method/Nothing") is None
    assert catalogue.node("method/Nothing\ud800") is None
    assert catalogue.edges("method/Nothing") == []
    assert catalogue.edges("dataset/ImageNet", "no relation") == []
    assert catalogue.counts("method/Nothing") == []
    assert len(catalogue.part(["method/Nothing"])) == 0
    assert len(catalogue.results_of("method/Nothing")) == 0


def test_what_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    """A file that is something else is refused, with what to do."""
    path = tmp_path / "catalogue.sqlite"
    path.write_text("not a database, but long enough to be looked at as one" * 40)
    with pytest.raises(GraphError, match="remove it"):
        Catalogue(path)


def test_same_graph_same_bytes(graph: Graph, catalogue: Catalogue, tmp_path: Path) -> None:
    """A graph is written to the same bytes each time."""
    again = tmp_path / "catalogue.sqlite"
    write_catalogue(graph, again, source="examples")
    assert again.read_bytes() == catalogue.path.read_bytes()


@pytest.mark.parametrize(
    "statement", ["UPDATE about SET value = '0' WHERE name = 'format'", "UPDATE rule SET name = '['"]
)
def test_a_catalogue_of_another_version_is_refused(catalogue: Catalogue, tmp_path: Path, statement: str) -> None:
    """Where the tables are of another version, or damaged, it is said what to do."""
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(catalogue.path.read_bytes())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)
    with pytest.raises(GraphError, match="remove it, and it is made anew"):
        Catalogue(path)
