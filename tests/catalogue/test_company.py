"""Searches, and what stands together, in the catalogue of a small graph made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.analytics import together
from kg.building import build
from kg.catalogue.opening import open_catalogue
from kg.catalogue.reading import Catalogue
from kg.catalogue.writing import write_catalogue
from kg.folder import CATALOGUE, load_graph
from kg.graph import ROLE_RELATIONS, Graph
from tests.built import example_files, run


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The graph of the examples."""
    return build(*example_files())


@pytest.fixture(scope="module")
def catalogue(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Its catalogue."""
    path = tmp_path_factory.mktemp("catalogue") / CATALOGUE
    write_catalogue(graph, path)
    return Catalogue(path)


def _found(catalogue: Catalogue, text: str, *kinds: str) -> list[str]:
    return [hit.line.key for hit in catalogue.search(text, kinds)]


def test_every_name_finds_its_node(graph: Graph, catalogue: Catalogue) -> None:
    """What is called exactly so is found, before all that only begins so."""
    for key, attributes in graph.nodes(data=True):
        for name in attributes.get("names", ()):
            hits = catalogue.search(name, limit=10)
            found = [hit.line.key for hit in hits]
            assert key in found, name


def test_names_are_found_while_they_are_typed(catalogue: Catalogue) -> None:
    """The beginning of the last word will do; case, hyphens and spaces do not count."""
    assert "dataset/ImageNet" in _found(catalogue, "imagen")
    assert _found(catalogue, "RESNET 50")[0] == "method/ResNet-50"
    assert _found(catalogue, "resnet50")[0] == "method/ResNet-50"
    assert "method/Fast_R-CNN" in _found(catalogue, "fast r")
    assert _found(catalogue, "resid learn") == _found(catalogue, "learn resid")[: len(_found(catalogue, "resid learn"))]


def test_only_kinds_asked_for_are_found(catalogue: Catalogue) -> None:
    """A kind leaves out the others."""
    assert {hit.line.kind for hit in catalogue.search("image", ["Task"])} == {"Task"}


@pytest.mark.parametrize("text", ["", "  ", '"', '" OR 1', "NEAR(", "name:", "*", "-", "😀", "'; DROP TABLE node; --"])
def test_signs_are_no_syntax(catalogue: Catalogue, text: str) -> None:
    """Whatever is typed is looked for as words, and never as a query."""
    assert all(hit.line.key for hit in catalogue.search(text))


def test_years_count_papers(graph: Graph, catalogue: Catalogue) -> None:
    """The papers by year are those that name the thing and have a year."""
    roles = set(ROLE_RELATIONS.values())
    papers = {one for one, _, name in graph.in_edges("dataset/ImageNet", keys=True) if name in roles}
    dated = [paper for paper in papers if (graph.nodes[paper]["published"] or "-").startswith(("1", "2"))]
    assert sum(count for _, count in catalogue.by_year("dataset/ImageNet")) == len(dated)


def test_together_is_measured_as_everywhere(graph: Graph, catalogue: Catalogue) -> None:
    """Counts of papers are those of kg.analytics, where no paper only mentions the things."""
    frame = together(graph, "ImageNet", type="Method").set_index("entity")
    found = catalogue.together("dataset/ImageNet", "Method", 50)
    assert found
    for line, both, times in found:
        assert both >= frame["papers"].get(line.key, 0)
        assert times > 0


def test_similar_shares_something(catalogue: Catalogue) -> None:
    """What is similar is of the same kind and shares at least one thing."""
    for key in ("dataset/ImageNet", "method/ResNet", "paper/resnet-2015"):
        found = catalogue.similar(key, 5)
        assert found
        line = catalogue.line(key)
        assert line is not None
        assert {one.kind for one, *_ in found} == {line.kind}
        assert all(shared >= 1 and one.key != key for one, shared, _ in found)
    assert catalogue.similar("method/Nothing") == []


def test_around_is_a_piece_of_the_graph(graph: Graph, catalogue: Catalogue) -> None:
    """What is around a node holds the node, no more than asked for, and only edges of the graph."""
    for key in ("dataset/ImageNet", "paper/resnet-2015", next(iter(catalogue.top("Result"))).key):
        part = catalogue.around(key, 20)
        assert key in part
        assert len([node for node, kind in part.nodes(data="kind") if kind != "Result"]) <= 21
        assert set(part.edges(keys=True)) <= set(graph.edges(keys=True))


def test_results_between_nodes_come_with_their_papers(catalogue: Catalogue) -> None:
    """Named nodes are a piece of the graph in which each result is about two of them, and its paper is there."""
    metric = next(one.key for one in catalogue.top("Metric") if len(catalogue.results_of(one.key)) > 1)
    datasets = [one.key for one in catalogue.top("Dataset", limit=50)]
    part = catalogue.among([metric, *datasets])
    results = [key for key, kind in part.nodes(data="kind") if kind == "Result"]
    assert results
    for key in results:
        assert part.nodes[key]["paper"] in part
        assert part.has_edge(key, metric) or part.out_degree(key) > 1
    assert set(catalogue.among(["method/Nothing"])) == set()


def test_every_edge_of_a_piece_has_a_witness(catalogue: Catalogue) -> None:
    """With witnesses, each edge that rests on sentences has one in a paper of the piece."""
    alone = catalogue.part(line.key for kind in ("Method", "Dataset") for line in catalogue.top(kind, limit=100))
    assert not any(kind == "Paper" for _, kind in alone.nodes(data="kind"))
    part = catalogue.with_witnesses(alone)
    assert set(alone) < set(part)
    for *_, edge in part.edges(data=True):
        assert not edge["evidence"] or any(item["paper"] in part for item in edge["evidence"])


def test_the_overview_is_connected(catalogue: Catalogue) -> None:
    """An overview has things of every kind, and papers that name them."""
    part = catalogue.overview()
    assert {"Paper", "Method", "Dataset", "Metric", "Task"} <= {kind for _, kind in part.nodes(data="kind")}
    assert all(part.degree(key) for key, kind in part.nodes(data="kind") if kind == "Paper")


def test_a_folder_keeps_its_catalogue_until_it_is_built_anew(tmp_path: Path) -> None:
    """The catalogue is made once, found again, and made anew after the folder was; a build leaves none behind."""
    folder = tmp_path / "graph"
    assert run("build", *example_files(), "-o", folder, "--no-store", "--export", "turtle").returncode == 0
    with_all = open_catalogue(folder)
    made = with_all.path.stat().st_mtime_ns
    with_all.close()
    again = open_catalogue(folder)
    assert again.path.stat().st_mtime_ns == made
    again.close()
    assert run("build", example_files()[0], "-o", folder, "--no-store", "--export", "turtle").returncode == 0
    assert not (folder / CATALOGUE).exists()
    fewer = open_catalogue(folder)
    assert fewer.kinds["Paper"] == len([key for key in load_graph(folder) if key.startswith("paper/")])
    fewer.close()


def test_a_file_has_a_catalogue_for_a_while(tmp_path: Path) -> None:
    """The catalogue of a file that kg extract wrote vanishes when it is closed."""
    extracted = tmp_path / "extractions.jsonl"
    assert run("extract", *example_files(), "-o", extracted).returncode == 0
    catalogue = open_catalogue(extracted)
    assert catalogue.kinds["Paper"] > 0
    assert catalogue.path.exists()
    catalogue.close()
    assert not catalogue.path.exists()
