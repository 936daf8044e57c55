"""The graph as GEXF."""

from __future__ import annotations

import re
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given

from kg.exporting import export, exporter
from kg.graph import build_graph
from tests.exports.hostile import hostile_graph, hostile_texts
from tests.samples import harbor, kelp, note, samples

SPACE = "{http://gexf.net/1.3}"
COLOUR = "{http://gexf.net/1.3/viz}color"
TYPES = {"string", "double", "long", "boolean", "integer"}


@pytest.fixture(name="written")
def write_samples(tmp_path: Path) -> Path:
    """The samples as GEXF."""
    path = tmp_path / "graph.gexf"
    export(build_graph(samples()), "gexf", path)
    return path


def root_of(path: Path) -> ET.Element:
    """The root of a file of XML."""
    return ET.parse(path).getroot()  # noqa: S314 - we wrote it


def test_nothing_is_lost(written: Path) -> None:
    """Networkx reads back every node and every edge, with labels, weights and flat attributes."""
    graph = build_graph(samples())
    read = nx.read_gexf(written)
    assert list(read) == list(graph)
    assert Counter((u, v, edge["label"]) for u, v, edge in read.edges(data=True)) == Counter(
        list(graph.edges(keys=True))
    )
    assert {node: read.nodes[node]["label"] for node in read} == dict(graph.nodes(data="label"))
    assert read.nodes["paper/2410.00001"]["authors"] == "Ada Example; Bo Ähnlich"
    assert read.nodes["result/kelp%2F2023/1"]["number"] == pytest.approx(0.043)
    (edge,) = read["paper/2410.00001"]["method/HarborNet"].values()
    assert edge["sentence"] == "HarborNet: Counting Ships with Few Labels"
    assert edge["weight"] == len(graph.edges["paper/2410.00001", "method/HarborNet", "introduces"]["evidence"]) > 1


def test_it_keeps_to_the_schema(written: Path) -> None:
    """Elements and attributes are those of GEXF 1.3, in its order; every value belongs to a declared column."""
    root = root_of(written)
    assert root.attrib == {"version": "1.3"}
    assert [child.tag for child in root] == [f"{SPACE}meta", f"{SPACE}graph"]
    assert root[0].attrib == {}
    graph = root[1]
    assert set(graph.attrib) == {"defaultedgetype", "mode", "timeformat"}
    assert [child.tag.removeprefix(SPACE) for child in graph] == ["attributes", "attributes", "nodes", "edges"]
    for columns, elements in (("node", "nodes/*"), ("edge", "edges/*")):
        (declared,) = graph.findall(f"{SPACE}attributes[@class='{columns}']")
        ids = {column.attrib["id"]: column.attrib["title"] for column in declared}
        assert {column.attrib["type"] for column in declared} <= TYPES
        assert "networkx_key" not in ids.values()
        for element in graph.findall(f"{SPACE}{elements.replace('*', SPACE + columns)}"):
            used = [value.attrib["for"] for value in element.iter(f"{SPACE}attvalue")]
            assert set(used) <= set(ids)
            assert len(used) == len(set(used))
            assert [child.tag for child in element] == ([COLOUR] if columns == "node" else []) + [f"{SPACE}attvalues"]


def test_gephi_keeps_parallel_edges_apart(written: Path) -> None:
    """Edges have ids of their own, and no two between the same nodes have the same kind."""
    edges = list(root_of(written).iter(f"{SPACE}edge"))
    assert len({edge.get("id") for edge in edges}) == len(edges) > 0
    assert len({(edge.get("source"), edge.get("target"), edge.get("kind")) for edge in edges}) == len(edges)
    assert all(edge.get("kind") == edge.get("label") for edge in edges)


def test_every_kind_has_a_colour(written: Path) -> None:
    """Nodes of one kind have one colour, those of two kinds have two."""
    read = nx.read_gexf(written)
    colours = {(node["kind"], tuple(node["viz"]["color"].values())) for _, node in read.nodes(data=True)}
    assert len(colours) == len({kind for kind, _ in colours}) == len({colour for _, colour in colours}) == 6


def test_time(tmp_path: Path) -> None:
    """A paper and its edges exist since it was published, a thing since the first paper; without a year, always."""
    graph = build_graph([harbor(), kelp(), note()])
    export(graph, "gexf", tmp_path / "g.gexf")
    read = nx.read_gexf(tmp_path / "g.gexf")
    assert read.graph["mode"] == "dynamic"
    starts = dict(read.nodes(data="start"))
    assert starts["paper/2410.00001"] == starts["method/HarborNet"] == starts["result/2410.00001/1"] == "2024-10-09"
    assert starts["paper/note-3"] == starts["metric/Größenmaß"] == "2023-01-01"
    assert starts["paper/kelp%2F2023"] is starts["method/Kelp%2B%2B"] is None, "it has a day, but no year"
    assert starts["method/Kelp"] is None, "one of its papers has no year"
    edges = {(u, v): edge.get("start") for u, v, edge in read.edges(data=True)}
    assert edges["paper/2410.00001", "method/ResNet-50"] == "2024-10-09"
    assert edges["method/HarborNet", "method/ResNet-50"] == "2024-10-09", "derived from a result of that paper"
    assert edges["paper/kelp%2F2023", "method/Kelp"] is None
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in {*starts.values(), *edges.values()} if day)
    export(graph, "gexf", tmp_path / "g.gexf", time=False)
    assert root_of(tmp_path / "g.gexf")[1].get("mode") == "static"
    assert b"start=" not in (tmp_path / "g.gexf").read_bytes()


def test_same_bytes_on_any_day(written: Path) -> None:
    """The same graph gives the same bytes, and nothing in them says when they were written."""
    before = written.read_bytes()
    export(build_graph(reversed(samples())), "gexf", written)
    assert written.read_bytes() == before
    assert b"lastmodified" not in before


def test_no_papers(tmp_path: Path) -> None:
    """An empty graph is a file too."""
    export(build_graph([]), "gexf", tmp_path / "graph.gexf")
    assert not nx.read_gexf(tmp_path / "graph.gexf")


@given(hostile_texts)
def test_no_text_breaks_it(text: str) -> None:
    """Whatever a paper says, networkx reads back the same nodes and edges."""
    graph = hostile_graph(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "g.gexf")
        exporter("gexf")(graph, path)
        read = nx.read_gexf(path)
        assert list(read) == list(graph)
        assert read.number_of_edges() == graph.number_of_edges()
        exporter("graphml")(graph, path)
        assert list(nx.read_graphml(path, force_multigraph=True)) == list(graph)
