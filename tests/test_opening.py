"""A graph folder opened in Python: as networkx, as rdflib, as pandas, and for SPARQL."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import rdflib

import kg
from kg.competency import competency_queries
from kg.errors import GraphError, QueryError
from tests.built import example_files

pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib's, of itself
KGO = rdflib.Namespace("https://example.org/kg/ontology#")


@pytest.fixture(name="folder", scope="module")
def graph_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph folder of the examples."""
    folder = tmp_path_factory.mktemp("opening") / "g"
    kg.build_folder(example_files(), folder, exports=["nquads"])
    return folder


def test_every_form_holds_the_same_graph(folder: Path) -> None:
    """networkx, rdflib, pandas and SPARQL know the same papers."""
    with kg.open(folder) as opened:
        titles = {node["label"] for _, node in opened.graph.nodes(data=True) if node["kind"] == "Paper"}
        assert len(titles) == 35
        asked = opened.query("SELECT ?t { ?p a kgo:Paper ; rdfs:label ?t }")
        assert {row["t"] for row in asked} == titles  # type: ignore[union-attr]
        papers = opened.dataset.default_graph.subjects(rdflib.RDF.type, KGO.Paper)
        assert {str(opened.dataset.value(paper, rdflib.RDFS.label)) for paper in papers} == titles
        assert len(opened.frames.papers) == 35


def test_the_dataset_is_the_store(folder: Path) -> None:
    """The store's quads are there without a copy, the evidence in its graph, and the prefixes of the graph."""
    plain = rdflib.Dataset().parse(folder / "graph.nq", format="nquads")
    with kg.open(folder) as opened:
        dataset = opened.dataset
        evidence = rdflib.URIRef(f"{opened.namespaces.base}evidence")
        assert len(dataset.graph(evidence)) > len(dataset.default_graph) > 1000
        assert len(dataset.graph(evidence)) + len(dataset.default_graph) == len(set(plain.quads()))
        rows = dataset.query("SELECT ?label { ?p a kgo:Paper ; rdfs:label ?label } ORDER BY ?label LIMIT 1")
        assert [str(row[0]) for row in rows] == [
            "A Simple Framework for Contrastive Learning of Visual Representations"
        ]
        with pytest.raises(RuntimeError, match="read-write"):
            dataset.add((evidence, evidence, evidence))


def test_values_are_those_of_python(folder: Path) -> None:
    """Numbers are int and Decimal, truths bool, IRIs and texts str, and what is not bound is None."""
    text = 'SELECT * { VALUES (?i ?d ?b ?t ?u ?n) { (1 2.50 true "x"@en <dataset/COCO> UNDEF) } }'
    with kg.open(folder) as opened:
        assert opened.query(text) == [
            {"i": 1, "d": Decimal("2.5"), "b": True, "t": "x", "u": "https://example.org/kg/dataset/COCO", "n": None}
        ]
        assert opened.query("ASK { <dataset/COCO> a kgo:Dataset }") is True
        triples = opened.query("CONSTRUCT { ?d a kgo:Dataset } { VALUES ?d { <dataset/b> <dataset/a> <dataset/a> } }")
        assert [row["subject"].rsplit("/")[-1] for row in triples] == ["a", "b"]  # type: ignore[union-attr]


def test_competency_queries_by_name(folder: Path) -> None:
    """A competency query is asked by its name, with values for its parameters; each has an answer."""
    with kg.open(folder) as opened:
        assert all(opened.query(query.name) for query in competency_queries())
        since = opened.query("datasets-introduced-since", since=2018)
        assert {row["dataset"] for row in since} == {"GLUE", "HotpotQA"}  # type: ignore[union-attr]
        with pytest.raises(QueryError, match="has no parameter 'year'"):
            opened.query("datasets-introduced-since", year=2018)
        with pytest.raises(QueryError, match="parameters are for competency queries"):
            opened.query("ASK { ?s ?p ?o }", year=2018)
        with pytest.raises(QueryError, match="SERVICE is refused"):
            opened.query("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_without_a_store(folder: Path, tmp_path: Path) -> None:
    """A file of extractions is opened, too: its store lies in a temporary folder until it is closed."""
    (tmp_path / "e.jsonl").write_bytes((folder / "extractions.jsonl").read_bytes())
    opened = kg.open(str(tmp_path / "e.jsonl"))
    with opened, kg.open(folder) as other:
        assert opened.query("counts") == other.query("counts")
    assert [path.name for path in tmp_path.iterdir()] == ["e.jsonl"]
    assert opened.query("counts")
    opened.close()


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """A folder that is no graph folder is refused at once, a file that is not there when it is looked at."""
    with pytest.raises(GraphError, match="is no graph folder"):
        kg.open(tmp_path)
    with pytest.raises(GraphError, match="is not there"):
        _ = kg.open(tmp_path / "gone").graph
