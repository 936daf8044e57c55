"""The graph as tables for the import of Neo4j."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from kg.exporting import export, exporter
from kg.graph import Graph, build_graph
from tests.exports.hostile import hostile_graph, hostile_texts
from tests.samples import samples

NODES = ("papers.csv", "entities.csv", "results.csv")
EDGES = "relationships.csv"
FIELD = re.compile(r"(\w*)(?::(ID|LABEL|START_ID|END_ID|TYPE|(?:int|double|string)(?:\[\])?))?")
CONVERTED = {"int": int, "double": float}


def tables(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables of an archive as neo4j-admin reads them by default.

    A record is a line; quotes are doubled; semicolons part the elements of an array; an empty field is no property.
    """
    found = {}
    with zipfile.ZipFile(path) as files:
        for name in (*NODES, EDGES):
            header, *lines = files.read(name).decode("utf-8").removesuffix("\n").split("\n")
            fields = [FIELD.fullmatch(field) for field in header.split(",")]
            found[name] = [_record(fields, line) for line in lines]
    return found


def _record(fields: list[re.Match[str] | None], line: str) -> dict[str, Any]:
    (values,) = csv.reader(io.StringIO(line), strict=True)
    record = {}
    for field, value in zip(fields, values, strict=True):
        assert field
        name, kind = field[1] or field[2], field[2] or "string"
        if value:
            record[name] = value.split(";") if kind.endswith("[]") else CONVERTED.get(kind, str)(value)
    return record


@pytest.fixture(name="graph", scope="module")
def sample_graph() -> Graph:
    """The samples."""
    return build_graph(samples())


@pytest.fixture(name="written")
def write_samples(graph: Graph, tmp_path: Path) -> Path:
    """The samples as an archive."""
    path = tmp_path / "graph.zip"
    export(graph, "csv", path)
    return path


def test_nothing_is_lost(graph: Graph, written: Path) -> None:
    """Every node and every edge is there once, and every edge joins nodes that are there."""
    read = tables(written)
    nodes = {node["key"]: node for name in NODES for node in read[name]}
    assert sum(len(read[name]) for name in NODES) == len(nodes)
    assert {key: node["LABEL"] for key, node in nodes.items()} == dict(graph.nodes(data="kind"))
    assert {key: node["label"] for key, node in nodes.items()} == dict(graph.nodes(data="label"))
    edges = [(edge["START_ID"], edge["END_ID"], edge["TYPE"]) for edge in read[EDGES]]
    assert Counter(edges) == Counter(list(graph.edges(keys=True)))


def test_values_have_types(written: Path) -> None:
    """Numbers are numbers, lists are arrays, what is absent is no property."""
    read = tables(written)
    papers = {paper["key"]: paper for paper in read["papers.csv"]}
    harbor, kelp = papers["paper/2410.00001"], papers["paper/kelp%2F2023"]
    assert harbor["authors"] == ["Ada Example", "Bo Ähnlich"]
    assert (harbor["year"], harbor["author_count"]) == (2024, 2)
    assert harbor["identifiers"] == ["arxiv:2410.00001"]
    assert kelp["title"] == "Kelp++ <b>beats</b> Kelp on “tides” & more"
    assert kelp["sources"] == ["page1.txt:2", "page2.txt:7"]
    assert not {"year", "venue", "text"} & set(kelp)
    results = {result["key"]: result for result in read["results.csv"]}
    assert results["result/kelp%2F2023/1"]["number"] == pytest.approx(0.043)
    assert "number" not in results["result/kelp%2F2023/2"]
    edges = {(edge["START_ID"], edge["END_ID"], edge["TYPE"]): edge for edge in read[EDGES]}
    derived = edges["method/HarborNet", "method/ResNet-50", "outperforms"]
    assert derived["derived_from"] == ["result/2410.00001/2", "result/2410.00001/3"]
    assert derived["papers"] == ["paper/2410.00001"]
    assert derived["weight"] == 2
    assert derived["sentence"].startswith("On the Gulf-3K benchmark")


def test_attributes_are_all_there(graph: Graph, written: Path) -> None:
    """Every attribute of the graph has a column of its name."""
    with zipfile.ZipFile(written) as files:
        headers = {name: files.read(name).decode().split("\n")[0] for name in (*NODES, EDGES)}
    columns = {name: {field.split(":")[0] for field in header.split(",")} for name, header in headers.items()}
    of_kind: Mapping[str, str] = {"Paper": NODES[0], "Result": NODES[2]}
    for _, node in graph.nodes(data=True):
        assert set(node) - {"kind"} <= columns[of_kind.get(node["kind"], NODES[1])]
    for _, _, edge in graph.edges(data=True):
        assert set(edge) - {"relation"} <= columns[EDGES]


def test_import_is_called_as_documented(graph: Graph, tmp_path: Path) -> None:
    """The script names the database first, for options of several values would swallow it, then every table."""
    tool = tmp_path / "bin" / "neo4j-admin"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nls "${6#--nodes=}" > /dev/null\n')
    tool.chmod(0o755)
    export(graph, "csv", f"{tmp_path}/tables/")
    command = ["sh", f"{tmp_path}/tables/import.sh", "papers", "--overwrite-destination"]
    done = subprocess.run(
        command, env={"PATH": f"{tool.parent}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [
        *("database", "import", "full", "papers", "--overwrite-destination"),
        *(f"--nodes={name}" for name in NODES),
        f"--relationships={EDGES}",
    ]
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {*NODES, EDGES, "import.sh"}


def test_same_bytes_at_any_time(written: Path) -> None:
    """The same graph gives the same bytes, and the files in the archive have no date."""
    before = written.read_bytes()
    export(build_graph(reversed(samples())), "csv", written)
    assert written.read_bytes() == before
    with zipfile.ZipFile(written) as files:
        assert {member.date_time for member in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_papers(tmp_path: Path) -> None:
    """An empty graph is an archive of headers."""
    export(build_graph([]), "csv", tmp_path / "graph.zip")
    assert set(map(len, tables(tmp_path / "graph.zip").values())) == {0}


@given(hostile_texts)
def test_no_text_breaks_it(text: str) -> None:
    """Whatever a paper says, a record is a line, and names are read back but for line breaks and semicolons."""
    graph = hostile_graph(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "g.zip")
        exporter("csv")(graph, path)
        read = tables(path)
    assert {node["key"] for name in NODES for node in read[name]} == set(graph)
    assert len(read[EDGES]) == graph.number_of_edges()
    (paper,) = read["papers.csv"]
    told = re.sub("[\ud800-\udfff]", "\ufffd", re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text))
    assert paper["title"] == told
    assert paper["authors"] == [told.replace(";", ","), "Ada Example"]
