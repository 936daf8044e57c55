"""Graphs that are written piece by piece are those that are put together in memory."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

import kg
from kg.building import build_folder
from kg.exporting import export, exporter, piece_writer
from kg.folder import load_graph
from tests.built import contents, example_files

IN_PIECES = ("turtle", "trig", "ntriples", "nquads")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The examples, and enough papers beside that there are several pieces for each process."""
    path = tmp_path_factory.mktemp("sources") / "more.jsonl"
    path.write_text(
        "".join(
            f'{{"id": "more/{number}", "text": "QuillNet-{number % 30} has {number % 90 + 1}.5% accuracy on Sea."}}\n'
            for number in range(600)
        )
    )
    return [*example_files(), str(path)]


@pytest.fixture(scope="module")
def folder(sources: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose exports and store were written piece by piece."""
    target = tmp_path_factory.mktemp("built") / "g"
    build_folder(sources, target, exports=IN_PIECES)
    return target


@pytest.mark.parametrize("name", IN_PIECES)
def test_the_same_bytes_as_of_the_graph_in_memory(folder: Path, tmp_path: Path, name: str) -> None:
    """A file that was written piece by piece is the one that is exported of the graph."""
    assert piece_writer(name, []) is not None
    file = f"graph{exporter(name).suffix}"
    export(load_graph(folder), name, tmp_path / file)
    assert (folder / file).read_bytes() == (tmp_path / file).read_bytes()


def test_the_store_holds_what_the_file_does(folder: Path) -> None:
    """The store is filled with the quads of N-Quads, each once, though it writes some numbers otherwise."""
    written = set(pyoxigraph.parse(path=str(folder / "graph.nq"), format=pyoxigraph.RdfFormat.N_QUADS))
    with kg.open(folder) as opened:
        stored = set(opened.store)
    assert len(stored) == len(written)
    assert {quad for quad in written - stored if not str(quad.object).endswith("#decimal>")} == set()


@pytest.mark.parametrize("level", ["link", "none"])
def test_a_store_with_less_evidence(sources: list[str], tmp_path: Path, level: str) -> None:
    """The store holds as much evidence as is asked for, whether or not the graph was in memory, and says how much."""
    question = "SELECT ?level { ?about kgo:evidenceLevel ?level }"
    stored = []
    for place, exports in (("pieces", ["turtle"]), ("whole", ["graphml"])):
        build_folder(sources[:1], tmp_path / place / "g", exports=exports, store_evidence=level)
        assert kg.load_manifest(tmp_path / place / "g")["store"]["evidence"] == level
        with kg.open(tmp_path / place / "g") as opened:
            assert opened.query(question) == [{"level": level}]
            stored.append({str(quad) for quad in opened.store})
    assert stored[0] == stored[1]


def test_what_is_counted_is_what_the_graph_holds(sources: list[str], folder: Path, tmp_path: Path) -> None:
    """The summary and the manifest of a graph that never was in memory are those of the graph."""
    report = build_folder(sources, tmp_path / "g", exports=["turtle"], store=False)
    assert report.summary == kg.graph_summary(load_graph(tmp_path / "g"))
    whole = build_folder(sources, tmp_path / "w" / "g", exports=["graphml"], store=False)
    assert report.summary == whole.summary
    assert kg.load_manifest(folder)["counts"] == kg.load_manifest(tmp_path / "g")["counts"]


def test_the_number_of_processes_does_not_show(sources: list[str], folder: Path, tmp_path: Path) -> None:
    """Two processes write what one does."""
    build_folder(sources, tmp_path / "g", exports=IN_PIECES, workers=2)
    assert contents(tmp_path / "g") == contents(folder)


def test_exporters_that_need_the_whole_graph_say_so() -> None:
    """What cannot be written piece by piece is not."""
    for name in ("jsonld", "rdfxml", "graphml", "html"):
        assert piece_writer(name, []) is None
