"""The graph as Turtle."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph
import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS

from kg.errors import ExportError
from kg.exporting import export
from kg.graph import build_graph
from kg.model import Extraction, Paper
from tests.material import ROOT
from tests.samples import extraction, harbor, named, samples

BASE = "https://example.org/kg/"
KGO = rdflib.Namespace(f"{BASE}ontology#")
MLS = rdflib.Namespace("http://www.w3.org/ns/mls#")
PREFIXES = """
PREFIX kgo: <https://example.org/kg/ontology#> PREFIX mls: <http://www.w3.org/ns/mls#>
PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX schema: <https://schema.org/>
"""


def written(extractions: list[Extraction], folder: Path, **options: Any) -> Path:
    """A file with the Turtle of these extractions."""
    path = folder / "graph.ttl"
    export(build_graph(extractions), "turtle", path, **options)
    return path


def read(path: Path) -> rdflib.Graph:
    """What rdflib reads, after pyoxigraph has read as many triples."""
    graph = rdflib.Graph().parse(path, format="turtle")
    assert len(graph) == len(set(pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)))
    return graph


@pytest.mark.parametrize("evidence", ["none", "link", "full"])
def test_every_reader_reads_the_same(tmp_path: Path, evidence: str) -> None:
    """All of rdflib, pyoxigraph and rapper read it, to the same number of triples, and find no blank node."""
    path = written(samples(), tmp_path, evidence=evidence)
    graph = read(path)
    assert not any(isinstance(node, rdflib.BNode) for triple in graph for node in triple)
    rapper = shutil.which("rapper")
    if rapper is None:
        pytest.skip("needs rapper (raptor2-utils)")
    done = subprocess.run([rapper, "-i", "turtle", "-c", path], capture_output=True, text=True, check=True)
    assert f"returned {len(graph)} triples" in done.stderr
    assert not re.search("error|warning", done.stderr, re.IGNORECASE)


def test_same_bytes(tmp_path: Path) -> None:
    """The same graph gives the same bytes, also in a Python that hashes otherwise."""
    path = written(samples(), tmp_path)
    before = path.read_bytes()
    assert written(samples()[::-1], tmp_path).read_bytes() == before
    code = (
        "import sys; from kg.exporting import export; from kg.graph import build_graph; "
        "from tests.samples import samples; export(build_graph(samples()), 'turtle', sys.argv[1])"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", code, path], check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        assert path.read_bytes() == before


def test_public_classes(tmp_path: Path) -> None:
    """Every node is typed with a public class beside ours."""
    graph = read(written(samples(), tmp_path, evidence="none"))
    types = {str(node).removeprefix(BASE): set(graph.objects(node, RDF.type)) for node in graph.subjects(RDF.type)}
    schema = rdflib.Namespace("https://schema.org/")
    assert types["paper/note-3"] == {KGO.Paper, schema.ScholarlyArticle}
    assert types["method/DETR"] == {KGO.Method, MLS.Algorithm, SKOS.Concept}
    assert types["dataset/Gulf_3K"] == {KGO.Dataset, MLS.Dataset, schema.Dataset}
    assert types["metric/error"] == {KGO.Metric, MLS.EvaluationMeasure}
    assert types["task/Ship_counting"] == {KGO.Task, MLS.Task, SKOS.Concept}
    assert types["result/2410.00001/1"] == {KGO.Result, MLS.ModelEvaluation}


def test_results(tmp_path: Path) -> None:
    """A result is specified by its metric and has a decimal that sorts as a number; a range has only its text."""
    graph = read(written(samples(), tmp_path, evidence="none"))
    low, between = rdflib.URIRef(f"{BASE}result/kelp%2F2023/1"), rdflib.URIRef(f"{BASE}result/kelp%2F2023/2")
    value = graph.value(low, MLS.hasValue)
    assert isinstance(value, rdflib.Literal)
    assert (str(value), value.datatype, value.toPython()) == ("0.0430", rdflib.XSD.decimal, Decimal("0.0430"))
    assert graph.value(low, MLS.specifiedBy) == rdflib.URIRef(f"{BASE}metric/error")
    assert graph.value(low, KGO.baselineText) == rdflib.Literal("last year's")
    assert graph.value(between, MLS.hasValue) is None
    assert graph.value(between, KGO.valueText) == rdflib.Literal("15-20")
    assert graph.value(between, KGO.qualifier) == KGO.about


@pytest.mark.parametrize(
    ("published", "datatype"),
    [
        ("2024-10-09", rdflib.XSD.date),
        ("2024-10", rdflib.XSD.gYearMonth),
        ("2024", rdflib.XSD.gYear),
        ("--10-09", rdflib.XSD.gMonthDay),
        ("--02-29", rdflib.XSD.gMonthDay),
        ("2023-02-29", None),
        ("--02-30", None),
        ("0000", None),
        ("2024-13", None),
        ("Oct 2024", None),
        ("٢٠٢٤", None),
    ],
)
def test_dates(tmp_path: Path, published: str, datatype: rdflib.URIRef | None) -> None:
    """A date has the datatype of what is known of it; what is no date is text."""
    graph = read(written([extraction(Paper(id="1", title="T", published=published))], tmp_path))
    (found,) = graph.objects(rdflib.URIRef(f"{BASE}paper/1"), DCTERMS.date)
    assert isinstance(found, rdflib.Literal)
    assert (str(found), found.datatype) == (published, datatype)


def test_plain_triples_answer_plain_questions(tmp_path: Path) -> None:
    """Which methods were evaluated on a dataset is one pattern, with or without evidence."""
    for evidence in ("none", "link", "full"):
        graph = read(written(samples(), tmp_path, evidence=evidence))
        found = graph.query(PREFIXES + 'SELECT ?m { ?m kgo:evaluatedOn [ rdfs:label "Gulf 3K" ] } ORDER BY ?m')
        assert [str(row[0]).removeprefix(BASE) for row in found] == ["method/HarborNet", "method/Kelp%2B%2B"]  # type: ignore[index]


def test_evidence_leads_to_the_words(tmp_path: Path) -> None:
    """By its selectors every piece of evidence can be found in the paper, by position as by quotation."""
    graph = read(written(samples(), tmp_path))
    rows = list(
        graph.query(
            PREFIXES
            + """
            SELECT ?text ?start ?end ?exact ?prefix ?suffix {
              ?statement a rdf:Statement ; kgo:evidence/oa:hasTarget ?words .
              ?words oa:hasSource ?field ; oa:hasSelector ?position, ?quotation .
              ?position oa:start ?start ; oa:end ?end .
              ?quotation oa:exact ?exact ; oa:prefix ?prefix ; oa:suffix ?suffix .
              ?field schema:isPartOf ?paper ; kgo:textProperty ?property .
              ?paper ?property ?text }"""
        )
    )
    assert rows
    for text, start, end, exact, prefix, suffix in rows:  # type: ignore[misc]
        assert str(text)[int(start) : int(end)] == str(exact)
        assert f"{prefix}{exact}{suffix}" in str(text)


def test_every_edge_has_a_statement(tmp_path: Path) -> None:
    """Every plain triple between nodes is stated once, with confidence, evidence, rule and what it is derived from."""
    path = written(samples(), tmp_path, evidence="link")
    graph = read(path)
    stated = {
        (graph.value(s, RDF.subject), graph.value(s, RDF.predicate), graph.value(s, RDF.object))
        for s in graph.subjects(RDF.type, RDF.Statement)
    }
    edges = build_graph(samples()).edges(keys=True)
    assert stated == {(rdflib.URIRef(BASE + u), KGO[key], rdflib.URIRef(BASE + v)) for u, v, key in edges}
    assert stated <= set(graph)
    derived = rdflib.URIRef(f"{BASE}method/HarborNet#outperforms=method/ResNet-50")
    assert set(graph.objects(derived, rdflib.PROV.wasDerivedFrom)) == {
        rdflib.URIRef(f"{BASE}result/2410.00001/{number}") for number in (2, 3)
    }
    assert (rdflib.URIRef(f"{BASE}rule/number-unit"), RDF.type, rdflib.PROV.Plan) in graph


@pytest.mark.parametrize("key", ["method/../x", "method/.", "x:y", "//a/b", "/a", "method//x", "method/a#b", "?q", "a"])
def test_any_key_is_its_iri(tmp_path: Path, key: str) -> None:
    """A key that would be read as another IRI, relative to the base, is written whole: steps in a path, schemes."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for one in (key, "method/plain"):
        graph.add_node(one, kind="Method", label=one, names=[one], papers=1)
    export(graph, "turtle", tmp_path / "graph.ttl")
    found = {quad.subject.value: quad.object.value for quad in labels(tmp_path / "graph.ttl")}
    assert {f"{BASE}{one}": one for one in (key, "method/plain")}.items() <= found.items()


def labels(path: Path) -> list[pyoxigraph.Triple]:
    """The triples of a file that give labels."""
    quads = pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE)
    return [quad.triple for quad in quads if quad.predicate.value == str(RDFS.label)]


def test_one_triple_a_line(tmp_path: Path) -> None:
    """What is said of a thing stands together; after the head, every line is one triple."""
    lines = written(samples(), tmp_path).read_text("utf-8").splitlines()
    body = [line for line in lines if not line.startswith("@")]
    assert lines[0] == f"@base <{BASE}> ."
    assert len(body) == len(list(pyoxigraph.parse(path=tmp_path / "graph.ttl")))
    subjects = [line.partition(" ")[0] for line in body if not line.startswith("\t")]
    assert len(subjects) == len(set(subjects)) + 1  # the graph itself begins and ends the file


def test_base(tmp_path: Path) -> None:
    """Every node's IRI begins with the base that the user sets; the vocabulary keeps its own."""
    graph = read(written([harbor()], tmp_path, base="http://kb.example.com/ships/"))
    assert all(str(subject).startswith("http://kb.example.com/ships/") for subject in graph.subjects())
    assert KGO.introduces in set(graph.predicates())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base": "ships"}, "base 'ships' is no absolute IRI that ends in '/'"),
        ({"base": "https://example.org/a b/"}, "is no absolute IRI"),
        ({"evidence": "some"}, "evidence 'some' is none of: none, link, full"),
    ],
)
def test_unusable_options(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    """An option that cannot be used is an error that says what may be given, and leaves no file."""
    with pytest.raises(ExportError, match=re.escape(message)):
        written([harbor()], tmp_path, **options)
    assert not list(tmp_path.iterdir())


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1),
        min_size=1,
        max_size=5,
        unique=True,
    )
)
@example(
    ['"""', "'", "\\", 'a"', "\\u0041", "\r", "\x00", "\x85\u2028", "\u202egnihton", "@en", "..", ".", "a.", "%41"]
)
@example(["\U0001fffe", "\u0301", "\u0e33", "e\u0301", "é", "\U000e0100", "#", "?x", "//", "A:b"])
def test_any_name_comes_back(names: list[str]) -> None:
    """Whatever a thing is called, the Turtle is valid and gives its names, its paper's text and its IRI back."""
    extractions = [named(f"{name}/{number}", ("Method", (name,))) for number, name in enumerate(names)]
    built = build_graph(extractions)
    with tempfile.TemporaryDirectory() as folder:
        graph = read(written(extractions, Path(folder)))
    for key, node in built.nodes(data=True):
        about = rdflib.URIRef(BASE + key)
        assert graph.value(about, RDFS.label) == rdflib.Literal(node["label"])
        if node["kind"] == "Paper":
            assert graph.value(about, rdflib.URIRef("https://schema.org/text")) == rdflib.Literal(node["text"])
        else:
            assert {str(name) for name in graph.objects(about, SKOS.altLabel)} == set(node["names"][1:])


@pytest.mark.parametrize("character", ["\ud800", "\ufffe", "\uffff"])
def test_what_is_no_character(tmp_path: Path, character: str) -> None:
    """What is no Unicode character becomes U+FFFD, one for one, so that positions stay right."""
    graph = read(written([named("1", ("Method", (f"a{character}b",)))], tmp_path))
    assert rdflib.Literal("a\ufffdb") in set(graph.objects(None, SKOS.prefLabel))


def test_rapper_reads_any_character(tmp_path: Path) -> None:
    """Control characters, quotes, marks of direction and letters of all scripts do not disturb rapper."""
    rapper = shutil.which("rapper")
    if rapper is None:
        pytest.skip("needs rapper (raptor2-utils)")
    names = [
        "\x01\x7f\x85",
        "\u200f\u202e",
        '"""\\',
        "e\u0301",
        "\u0301",
        "\ufffe",
        "数据集",
        "عربي",
        "\U0001f680",
        "\U000e0100",
    ]
    path = written([named(name, ("Method", (name,))) for name in names], tmp_path)
    done = subprocess.run([rapper, "-i", "turtle", "-c", path], capture_output=True, text=True, check=True)
    assert f"returned {len(read(path))} triples" in done.stderr
    assert not re.search("error|warning", done.stderr, re.IGNORECASE)
