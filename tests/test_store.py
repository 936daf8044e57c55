"""The store in a graph folder: what it holds, and that a folder with one is replaced as one without."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest

from kg.building import build_folder, resolve_folder
from kg.errors import GraphError
from kg.exporting import export
from kg.folder import load_graph, load_manifest, own_files
from kg.graph import build_graph
from kg.reading import read_papers
from kg.sparql import open_store
from kg.store import namespaces, store_folder, stored_namespaces, write_store
from tests.built import contents
from tests.samples import samples

PAPER = {"id": "one", "title": "FooNet", "abstract": "We propose FooNet, which reaches 91.5% accuracy on ImageNet."}
OTHER = {"id": "two", "title": "BarNet", "abstract": "We propose BarNet for image classification on CIFAR-10."}


@pytest.fixture(name="papers")
def papers_file(tmp_path: Path) -> Path:
    """A file with a paper."""
    file = tmp_path / "papers.jsonl"
    file.write_text(json.dumps(PAPER) + "\n")
    return file


@pytest.fixture(name="built")
def built_folder(papers: Path) -> Path:
    """The graph folder of that paper."""
    build_folder([papers], papers.parent / "g", exports=["graphml"])
    return papers.parent / "g"


def labels(folder: Path) -> set[str]:
    """The labels of the papers in the store of a folder."""
    found = open_store(folder / "store").query("SELECT ?l { ?p a <https://example.org/kg/ontology#Paper> ; ?is ?l }")
    return {row["l"].value for row in found} & {"FooNet", "BarNet"}  # type: ignore[union-attr]


def in_values(quads: Iterable[pyoxigraph.Quad]) -> set[tuple[object, ...]]:
    """Quads with decimals by their values: of a number, Oxigraph keeps no zeros at its end."""
    decimal = pyoxigraph.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    return {
        (subject, predicate, Decimal(term.value) if getattr(term, "datatype", None) == decimal else term, graph)
        for subject, predicate, term, graph in quads
    }


def test_it_holds_what_the_nquads_hold(tmp_path: Path) -> None:
    """Every quad of the export is in the store, those of the evidence in their graph, and no more."""
    graph = build_graph(samples())
    export(graph, "nquads", tmp_path / "graph.nq")
    write_store(graph, tmp_path / "store")
    write_store(graph, tmp_path / "again", nquads=tmp_path / "graph.nq")
    quads = set(pyoxigraph.parse(path=str(tmp_path / "graph.nq")))
    evidence = pyoxigraph.NamedNode(f"{namespaces().base}evidence")
    assert in_values(open_store(tmp_path / "store")) == in_values(open_store(tmp_path / "again")) == in_values(quads)
    assert {quad.graph_name for quad in quads} == {pyoxigraph.DefaultGraph(), evidence}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "graph.nq", "store"]


def test_it_is_the_same_in_many_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However little is loaded together, of a graph or of a file, all of it is there."""
    graph = build_graph(samples())
    export(graph, "nquads", tmp_path / "graph.nq")
    write_store(graph, tmp_path / "whole")
    monkeypatch.setattr("kg.store._BATCH", 1000)
    write_store(graph, tmp_path / "parts")
    write_store(graph, tmp_path / "again", nquads=tmp_path / "graph.nq")
    whole, parts, again = (set(open_store(tmp_path / name)) for name in ("whole", "parts", "again"))
    assert whole == parts == again


def test_it_can_hold_less_evidence(tmp_path: Path) -> None:
    """A store without evidence has the nodes and the plain triples alone, and says so."""
    write_store(build_graph(samples()), tmp_path / "store", evidence="none")
    store = open_store(tmp_path / "store")
    level = pyoxigraph.NamedNode("https://example.org/kg/ontology#evidenceLevel")
    assert {quad.graph_name for quad in store} == {pyoxigraph.DefaultGraph()}
    assert [quad.object.value for quad in store.quads_for_pattern(None, level, None)] == ["none"]


def test_the_manifest_says_what_its_iris_begin_with(built: Path) -> None:
    """Base and prefixes stand in the manifest; the files of the database, which always differ, do not."""
    names = stored_namespaces(built)
    assert names == namespaces()
    assert names is not None
    assert names.prefixes["kgo"] == "https://example.org/kg/ontology#"
    assert set(load_manifest(built)["files"]) == {"extractions.jsonl", "graph.graphml", "papers.parquet"}
    assert labels(built) == {"FooNet"}


def test_it_cannot_be_written(built: Path) -> None:
    """What was opened is read only."""
    store = open_store(built / "store")
    quad = next(iter(store))
    with pytest.raises(RuntimeError, match="only possible on read-write"):
        store.remove(quad)


def test_a_folder_with_a_store_is_replaced(papers: Path, built: Path) -> None:
    """The new store takes the place of the old one, also while that is being read."""
    reader = open_store(built / "store")
    before = len(reader)
    papers.write_text(json.dumps(OTHER) + "\n")
    build_folder([papers], built, exports=["graphml"])
    assert labels(built) == {"BarNet"}
    assert len(reader) == before


def test_resolving_again_fills_it_again(papers: Path, built: Path) -> None:
    """A folder whose names are resolved again has a new store if it had one, and none if it had none."""
    before = set(open_store(built / "store"))
    resolve_folder(built)
    assert set(open_store(built / "store")) == before
    build_folder([papers], built, exports=["graphml"], store=False)
    resolve_folder(built)
    assert not (built / "store").exists()


def test_without_a_store(papers: Path, built: Path) -> None:
    """A folder may do without one; to be asked, one is then made in a place that vanishes."""
    build_folder([papers], built, exports=["graphml"], store=False)
    assert "store" not in load_manifest(built)
    assert not (built / "store").exists()
    with store_folder(built) as (folder, names, was_there):
        assert not was_there
        assert names == namespaces()
        assert labels(folder.parent) == {"FooNet"}
    assert not folder.exists()


def test_a_users_files_stay(papers: Path, built: Path) -> None:
    """What a user laid into the folder, or even into its store, stays, with a store or without."""
    (built / "notes.txt").write_text("mine")
    (built / "store" / "notes.txt").write_text("mine, too")
    (built / "store" / "deep").mkdir()
    (built / "store" / "deep" / "000001.sst").write_text("and this")
    for store in (True, False):
        build_folder([papers], built, exports=["graphml"], store=store)
        assert (built / "notes.txt").read_text() == "mine"
        assert (built / "store" / "notes.txt").read_text() == "mine, too"
        assert (built / "store" / "deep" / "000001.sst").read_text() == "and this"
    assert sorted(path.name for path in (built / "store").iterdir()) == ["deep", "notes.txt"]


def test_a_folder_called_store_that_is_a_users(papers: Path, built: Path) -> None:
    """It is kept, and a store is not mixed with it."""
    build_folder([papers], built, exports=["graphml"], store=False)
    (built / "store").mkdir()
    (built / "store" / "CURRENT").write_text("mine")
    before = contents(built)
    with pytest.raises(GraphError, match="store is none that kg made; move it, or build without a store"):
        build_folder([papers], built, exports=["graphml"])
    build_folder([papers], built, exports=["graphml"], store=False)
    assert contents(built) == before
    assert (built / "store" / "CURRENT").read_text() == "mine"


def test_its_files_are_no_input(papers: Path, built: Path) -> None:
    """A folder that is read again gives no complaint about the files of a store in it."""
    found = read_papers([papers.parent])
    assert found.skipped == ()
    assert [paper.id for paper in found.papers] == ["one"]
    assert "CURRENT" in own_files(built / "store")


def test_a_failed_build_leaves_the_old_store(papers: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a store cannot be filled, the folder stays as it was, and nothing lies beside it."""

    def fail(*_: object, **__: object) -> None:
        raise GraphError("no room")

    monkeypatch.setattr("kg.store.write_store", fail)
    with pytest.raises(GraphError, match="no room"):
        build_folder([papers], built, exports=["graphml"])
    assert labels(built) == {"FooNet"}
    assert sorted(path.name for path in built.parent.iterdir()) == ["g", "papers.jsonl"]


def test_what_is_no_store(tmp_path: Path, built: Path) -> None:
    """A folder without a database, or a damaged one, is one error that says what to do."""
    with pytest.raises(GraphError, match=r"is no store that can be read .* build the graph again"):
        open_store(tmp_path / "nowhere")
    (built / "store" / "CURRENT").write_text("damaged")
    with pytest.raises(GraphError, match="build the graph again"):
        open_store(built / "store")
    assert load_graph(built).number_of_nodes() > 1
