"""The graph as GraphML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest

from kg.exporting import export
from kg.graph import build_graph
from tests.samples import named, samples

NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(name="written")
def write_samples(tmp_path: Path) -> Path:
    """The samples as GraphML."""
    path = tmp_path / "graph.graphml"
    export(build_graph(samples()), "graphml", path)
    return path


def test_nothing_is_lost(written: Path) -> None:
    """Networkx reads back every node and every edge with its relation."""
    graph = build_graph(samples())
    read = nx.read_graphml(written, force_multigraph=True)
    assert list(read) == list(graph)
    assert Counter((u, v, edge["relation"]) for u, v, edge in read.edges(data=True)) == Counter(
        list(graph.edges(keys=True))
    )
    assert {node: read.nodes[node]["label"] for node in read} == dict(graph.nodes(data="label"))


def test_attributes_are_flat(written: Path) -> None:
    """Numbers stay numbers, lists are joined, what is absent is left out, the first sentence stands on the edge."""
    read = nx.read_graphml(written, force_multigraph=True)
    assert read.nodes["result/kelp%2F2023/1"]["number"] == pytest.approx(0.043)
    assert "number" not in read.nodes["result/kelp%2F2023/2"]
    assert read.nodes["paper/2410.00001"]["authors"] == "Ada Example; Bo Ähnlich"
    assert "venue" not in read.nodes["paper/note-3"]
    (edge,) = read["paper/2410.00001"]["method/HarborNet"].values()
    assert edge["sentence"] == "HarborNet: Counting Ships with Few Labels"
    assert edge["label"] == "introduces"


def test_ids_are_unique_and_types_agree(written: Path) -> None:
    """Every edge has an id of its own and every attribute one type, as strict readers want."""
    root = ET.parse(written).getroot()  # noqa: S314 - we wrote it
    ids = [edge.get("id") for edge in root.iter(f"{NAMESPACE}edge")]
    assert len(ids) == len(set(ids)) > 0
    keys = [(key.get("for"), key.get("attr.name")) for key in root.iter(f"{NAMESPACE}key")]
    assert len(keys) == len(set(keys))


def test_characters_that_xml_cannot_hold(tmp_path: Path) -> None:
    """Control characters are left out; markup and marks of direction stay text."""
    name = "A\x00\x0b<b>&\"'\u200f\ufffe\ud800\U0001f680\r]]>"
    path = tmp_path / "graph.graphml"
    export(build_graph([named("1", ("Method", (name,)))]), "graphml", path)
    labels = {node["label"] for _, node in nx.read_graphml(path, force_multigraph=True).nodes(data=True)}
    assert "A<b>&\"'\u200f\U0001f680\n]]>" in labels


def test_same_bytes(written: Path) -> None:
    """The same graph gives the same bytes."""
    before = written.read_bytes()
    export(build_graph(reversed(samples())), "graphml", written)
    assert written.read_bytes() == before


def test_no_papers(tmp_path: Path) -> None:
    """An empty graph is a file too."""
    export(build_graph([]), "graphml", tmp_path / "graph.graphml")
    assert not nx.read_graphml(tmp_path / "graph.graphml")
