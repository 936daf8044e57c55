"""The graph as JSON-LD: plain JSON for who knows no RDF, the same triples for who does."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.graph import Graph, build_graph
from tests.exports.test_turtle import PREFIXES
from tests.samples import samples

BASE = "https://example.org/kg/"


@pytest.fixture(name="context", scope="module")
def context_of_kg() -> dict[str, Any]:
    """The context that comes with kg."""
    found: dict[str, Any] = json.loads(resources.files("kg.exports").joinpath("context.jsonld").read_text("utf-8"))
    return found["@context"]


@pytest.fixture(name="document", scope="module")
def document_of_samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The samples, with a link and a variant, as a program reads them that knows JSON alone."""
    graph: Graph = build_graph(samples())
    graph.nodes["method/DETR"]["links"] = ["https://example.com/b", "https://example.com/a"]
    variant = {"relation": "variantOf", "evidence": [], "confidence": 1.0, "reason": "size"}
    graph.add_edge("method/HarborNet", "method/DETR", key="variantOf", **variant)
    path = tmp_path_factory.mktemp("jsonld") / "graph.jsonld"
    kg.export(graph, "jsonld", path)
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def nodes(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All objects outside the evidence by their ids."""
    return {node["@id"]: node for node in document["@graph"]}


def evidence(document: dict[str, Any]) -> list[dict[str, Any]]:
    """All objects of the named graph."""
    ((name, found),) = [(node["@id"], node["@graph"]) for node in document["@graph"] if "@graph" in node]
    assert name == "evidence"
    return list(found)


def test_words_are_those_of_the_data_model(document: dict[str, Any]) -> None:
    """A result reads as in the data model, its number with all digits, its things by their keys."""
    result = nodes(document)["result/kelp%2F2023/1"]
    assert result["@type"] == ["kgo:Result", "mls:ModelEvaluation"]
    assert (result["number"], result["valueText"], result["resultKind"]) == ("0.0430", "0.0430", "kgo:score")
    assert (result["hasMetric"], result["paper"]) == ("metric/error", "paper/kelp%2F2023")
    assert nodes(document)["paper/kelp%2F2023"]["published"] == {"@value": "--10-09", "@type": "xsd:gMonthDay"}
    assert nodes(document)["method/DETR"]["exactMatch"] == ["https://example.com/b", "https://example.com/a"]


def test_evidence_is_a_graph_of_its_own(document: dict[str, Any]) -> None:
    """One object holds all that concerns evidence."""
    types = {node["@type"] for node in evidence(document) if "@type" in node}
    assert {"rdf:Statement", "oa:Annotation", "prov:Plan"} <= types
    assert not any("confidence" in node for node in document["@graph"])


def test_every_property_has_a_word(document: dict[str, Any]) -> None:
    """No property is written with a prefix, but those that count the members of a list."""
    used = {name for node in (*document["@graph"], *evidence(document)) for name in node}
    assert {name for name in used if ":" in name and not re.fullmatch(r"rdf:_\d+", name)} == set()


def test_context_is_the_one_that_ships(document: dict[str, Any], context: dict[str, Any]) -> None:
    """The file holds the context of context.jsonld and the base of its own, and needs nothing from elsewhere."""
    assert document["@context"] == {"@base": BASE, **context}


def test_context_means_what_turtle_means(context: dict[str, Any]) -> None:
    """A prefix stands for the same in the context as in queries; each word for a property of its own."""
    for prefix, namespace in re.findall(r"PREFIX (\w+): <(.*?)>", PREFIXES):
        assert context[prefix] == namespace
    properties = [word["@id"] for word in context.values() if isinstance(word, dict)]
    assert len(properties) == len(set(properties))
    assert {name.partition(":")[0] for name in properties} <= set(context)


def test_one_line_a_thing(tmp_path: Path) -> None:
    """A line holds one object, so that tools for lines can be used."""
    kg.export(build_graph(samples()), "jsonld", tmp_path / "graph.jsonld")
    lines = (tmp_path / "graph.jsonld").read_text("utf-8").splitlines()
    papers = [
        json.loads(line.rstrip(",")) for line in lines if line.startswith('{"@id":"paper/') and '"kgo:Paper"' in line
    ]
    assert len(papers) == len(samples())
