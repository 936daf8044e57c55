"""The graph as tables of Parquet."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from kg.exporting import export, exporter
from kg.graph import Graph, build_graph
from kg.model import ENTITY_TYPES
from tests.exports.hostile import hostile_graph, hostile_texts
from tests.samples import samples

NAMES = ("papers", "entities", "results", "edges")


def tables(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables of an archive, a list of rows each."""
    with zipfile.ZipFile(path) as files:
        return {name: pq.read_table(io.BytesIO(files.read(f"{name}.parquet"))).to_pylist() for name in NAMES}


@pytest.fixture(name="graph", scope="module")
def sample_graph() -> Graph:
    """The samples."""
    return build_graph(samples())


@pytest.fixture(name="folder")
def write_samples(graph: Graph, tmp_path: Path) -> Path:
    """The samples, unpacked."""
    export(graph, "parquet", f"{tmp_path}/tables/")
    return tmp_path / "tables"


def test_nothing_is_lost(graph: Graph, tmp_path: Path) -> None:
    """Every attribute of every node and edge is read back as it was, however nested."""
    export(graph, "parquet", tmp_path / "graph.zip")
    read = tables(tmp_path / "graph.zip")
    kinds = {"papers": ["Paper"], "entities": ENTITY_TYPES, "results": ["Result"]}
    for name, of_kind in kinds.items():
        nodes = [(key, node) for key, node in graph.nodes(data=True) if node["kind"] in of_kind]
        for row, (key, node) in zip(read[name], nodes, strict=True):
            assert row["key"] == key
            for attribute, value in node.items():
                if attribute == "number":
                    assert row["decimal"] == (None if value is None else f"{value:f}")
                elif attribute == "identifiers":
                    assert {one["scheme"]: one["value"] for one in row[attribute]} == value
                elif attribute != "kind" or name == "entities":
                    assert row[attribute] == value
    for row, (source, target, edge) in zip(read["edges"], graph.edges(data=True), strict=True):
        assert (row["source"], row["target"]) == (source, target)
        assert {name: row[name] for name in edge} == edge


def test_pandas_reads_it(folder: Path) -> None:
    """Years and numbers can be computed with, and every digit of a decimal is there."""
    papers = pd.read_parquet(folder / "papers.parquet").set_index("key")
    assert papers["year"]["paper/2410.00001"] == 2024
    assert papers["year"].isna()["paper/kelp%2F2023"]
    results = pd.read_parquet(folder / "results.parquet").set_index("key")
    assert results["number"].max() == pytest.approx(91.5)
    assert results["decimal"]["result/kelp%2F2023/1"] == "0.0430"
    edges = pd.read_parquet(folder / "edges.parquet")
    places = edges.explode("evidence")["evidence"].dropna()
    assert {place["rule"] for place in places} == {
        "number-unit",
        "method-list",
        "dataset-list",
        "metric-list",
        "task-list",
    }


def test_same_bytes(folder: Path) -> None:
    """The same graph gives the same bytes."""
    before = [path.read_bytes() for path in sorted(folder.iterdir())]
    export(build_graph(reversed(samples())), "parquet", folder)
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == before
    assert len(before) == len(NAMES)


def test_no_papers(tmp_path: Path) -> None:
    """An empty graph is tables with columns and no rows."""
    export(build_graph([]), "parquet", tmp_path / "graph.zip")
    assert tables(tmp_path / "graph.zip") == {name: [] for name in NAMES}


@given(hostile_texts)
def test_no_text_breaks_it(text: str) -> None:
    """Whatever a paper says is read back, but for halves of characters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "g.zip")
        exporter("parquet")(hostile_graph(text), path)
        read = tables(path)
    told = re.sub("[\ud800-\udfff]", "\ufffd", text)
    (paper,) = read["papers"]
    assert paper["title"] == paper["url"] == paper["authors"][0] == told
    assert {place["sentence"] for edge in read["edges"] for place in edge["evidence"]} == {told}
