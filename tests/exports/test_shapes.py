"""The SHACL shapes: what kg writes conforms to them, and what is broken does not."""

from __future__ import annotations

import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, RDFS, SH, SKOS, XSD

import kg
from kg.graph import Graph, build_graph
from tests.material import EXAMPLES, SHARED, needs_shared
from tests.samples import samples

BASE = rdflib.Namespace("https://example.org/kg/")
KGO = rdflib.Namespace(BASE + "ontology#")
MLS = rdflib.Namespace("http://www.w3.org/ns/mls#")
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
RESULT = BASE["result/2410.00001/1"]
STATEMENT = BASE["paper/2410.00001#introduces=method/HarborNet"]


def written(graph: Graph, **options: Any) -> rdflib.Graph:
    """What rdflib reads in the Turtle of a graph."""
    with tempfile.TemporaryDirectory() as folder:
        kg.export(graph, "turtle", Path(folder, "graph.ttl"), **options)
        return rdflib.Graph().parse(Path(folder, "graph.ttl"))


@pytest.fixture(name="shapes", scope="module")
def shapes_of_kg() -> rdflib.Graph:
    """The shapes that come with kg."""
    return rdflib.Graph().parse(data=resources.files("kg.exports").joinpath("shapes.ttl").read_text("utf-8"))


def complaints(graph: rdflib.Graph, shapes: rdflib.Graph) -> set[tuple[rdflib.term.Node | None, ...]]:
    """What is wrong with a graph: the node, the property, and what it should be."""
    conforms, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inplace=True)
    assert isinstance(report, rdflib.Graph)
    found = {
        tuple(report.value(one, part) for part in (SH.focusNode, SH.resultPath, SH.sourceConstraintComponent))
        for one in report.subjects(RDF.type, SH.ValidationResult)
    }
    assert conforms == (not found)
    return found


def test_shapes_are_shapes(shapes: rdflib.Graph) -> None:
    """They follow the rules that SHACL has for shapes."""
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


@pytest.mark.parametrize("evidence", ["none", "link", "full"])
def test_samples_conform(evidence: str, shapes: rdflib.Graph) -> None:
    """Names to escape, ranges, dates without a year, links and variants conform, with and without evidence."""
    graph = build_graph(samples())
    graph.nodes["method/DETR"]["links"] = ["https://example.com/b", "https://example.com/a"]
    variant = {"relation": "variantOf", "evidence": [], "confidence": 1.0, "reason": "size"}
    graph.add_edge("method/HarborNet", "method/DETR", key="variantOf", **variant)
    assert complaints(written(graph, evidence=evidence), shapes) == set()


def test_examples_conform(shapes: rdflib.Graph) -> None:
    """So does the graph of the examples, with all its evidence."""
    graph = kg.build(EXAMPLES / "abstracts.jsonl", EXAMPLES / "saved-page.txt")
    assert complaints(written(graph), shapes) == set()


@needs_shared
def test_seeds_conform(shapes: rdflib.Graph) -> None:
    """So does the graph of the 340 papers of the seeds; with its evidence, which is many times larger, a part."""
    extractions = list(kg.extract(kg.merge_duplicates(kg.read(*sorted((SHARED / "seeds").glob("*.txt"))))))
    assert complaints(written(build_graph(extractions), evidence="none"), shapes) == set()
    assert complaints(written(build_graph(extractions[::20])), shapes) == set()


@pytest.mark.parametrize(
    ("node", "name", "value", "constraint"),
    [
        (RESULT, KGO.valueText, None, SH.MinCountConstraintComponent),
        (RESULT, MLS.hasValue, rdflib.Literal("91.5"), SH.DatatypeConstraintComponent),
        (RESULT, KGO.resultKind, KGO.about, SH.InConstraintComponent),
        (RESULT, KGO.hasDataset, BASE["method/DETR"], SH.ClassConstraintComponent),
        (RESULT, KGO.hasMetric, BASE["metric/error"], SH.EqualsConstraintComponent),
        (BASE["paper/2410.00001"], RDFS.label, None, SH.MinCountConstraintComponent),
        (BASE["paper/2410.00001"], rdflib.DCTERMS.date, rdflib.Literal(2024), SH.OrConstraintComponent),
        (BASE["paper/2410.00001"], KGO.mentions, BASE["method/HarborNet"], SH.DisjointConstraintComponent),
        (BASE["method/HarborNet"], SKOS.prefLabel, rdflib.Literal("other"), SH.EqualsConstraintComponent),
        (BASE["metric/accuracy"], KGO.paperCount, rdflib.Literal(0), SH.MinInclusiveConstraintComponent),
        (STATEMENT, KGO.confidence, rdflib.Literal("1.5", datatype=XSD.decimal), SH.MaxInclusiveConstraintComponent),
        (STATEMENT, KGO.evidence, None, SH.OrConstraintComponent),
        (
            BASE["paper/2410.00001#title=0,9;position"],
            OA.start,
            rdflib.Literal(10),
            SH.LessThanOrEqualsConstraintComponent,
        ),
        (BASE["paper/2410.00001#title=0,9;quote"], OA.exact, None, SH.MinCountConstraintComponent),
        (BASE["paper/2410.00001#title=0,9"], OA.hasSource, BASE["method/DETR"], SH.ClassConstraintComponent),
        (BASE["paper/2410.00001#title"], KGO.textProperty, RDFS.label, SH.InConstraintComponent),
        (BASE["rule/method-list"], RDFS.label, None, SH.MinCountConstraintComponent),
        (rdflib.URIRef(BASE), KGO.evidenceLevel, rdflib.Literal("some"), SH.InConstraintComponent),
    ],
)
def test_what_is_broken_is_found(
    node: rdflib.URIRef,
    name: rdflib.URIRef,
    value: rdflib.term.Identifier | None,
    constraint: rdflib.URIRef,
    shapes: rdflib.Graph,
) -> None:
    """Where one value is taken away, or replaced by one that cannot be, the shapes say where and what it should be."""
    graph = written(build_graph(samples()[:1]))
    assert (node, name, None) in graph or name == KGO.mentions
    graph.remove((node, name, None))
    if value is not None:
        graph.add((node, name, value))
    found = complaints(graph, shapes)
    assert any(focus == node and what == constraint for focus, _, what in found), found
