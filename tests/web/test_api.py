"""The JSON API: what it answers is what the graph holds, its description is right, and nothing breaks it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

import kg
from kg.catalogue.opening import open_catalogue
from kg.catalogue.reading import Catalogue
from kg.graph import KINDS
from kg.web.problems import MEDIA_TYPE
from kg.web.readings import LONGEST_TEXT
from tests.web.crawling import Seen
from tests.web.hostile import TEXTS

KEY = "dataset/ImageNet"


@pytest.fixture(scope="module")
def client(examples_served: str) -> Iterator[httpx.Client]:
    """A client of the explorer of the examples."""
    with httpx.Client(base_url=examples_served, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def catalogue(examples_folder: Path) -> Iterator[Catalogue]:
    """The catalogue of the same graph."""
    opened = open_catalogue(examples_folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def asked(client: httpx.Client, operation: str, **parameters: Any) -> Any:
    """What an operation answers."""
    answer = client.get(f"/api/v1/{operation}", params=parameters)
    assert answer.status_code == HTTPStatus.OK, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def problem(answer: httpx.Response, status: int) -> str:
    """The detail of a problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    told = answer.json()
    assert told.keys() == {"type", "title", "status", "detail"}
    assert told["status"] == status
    return str(told["detail"])


def test_the_description_is_openapi(document: dict[str, Any]) -> None:
    """It is valid OpenAPI, every operation and parameter is described, and every error is a problem."""
    validate(document)
    for path, methods in document["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert operation["responses"].keys() == {"200", "default"}
            assert operation["responses"]["default"]["content"].keys() == {MEDIA_TYPE}
            for parameter in operation.get("parameters", ()):
                assert parameter["description"], (path, parameter["name"])


def test_what_the_graph_holds(client: httpx.Client, catalogue: Catalogue) -> None:
    """The summary counts what the catalogue counts."""
    found = asked(client, "graph")
    assert found["kinds"] == catalogue.kinds
    assert found["relations"] == catalogue.relations
    assert (found["name"], found["rules_hash"]) == (catalogue.name, catalogue.rules_hash)


def test_nodes_of_every_kind(client: httpx.Client, catalogue: Catalogue) -> None:
    """Every attribute of a node is in the answer; numbers keep their digits."""
    for kind in KINDS:
        for line in catalogue.top(kind, 5):
            found = asked(client, "node", key=line.key)
            node = catalogue.node(line.key)
            assert node is not None
            expected = json.loads(json.dumps({"key": line.key, **node}, default=str))
            assert found == expected


def test_searching(client: httpx.Client) -> None:
    """A node is found by any beginning of its names, of the kinds asked for."""
    found = asked(client, "search", q="image", type=["Dataset", "Metric"])
    assert {hit["node"]["kind"] for hit in found} <= {"Dataset", "Metric"}
    assert KEY in [hit["node"]["key"] for hit in found]
    assert len(asked(client, "search", q="a", limit=3)) == 3
    assert asked(client, "search", q="") == []


def test_what_is_told_of_a_node(client: httpx.Client, catalogue: Catalogue) -> None:
    """Years, company, likeness, leaderboards and the graph around it are those of the catalogue."""
    assert [(one["year"], one["papers"]) for one in asked(client, "by-year", key=KEY)] == catalogue.by_year(KEY)
    together = asked(client, "together", key=KEY, kind="Method", limit=3)
    assert [(one["node"]["key"], one["papers"], one["lift"]) for one in together] == [
        (line.key, papers, lift) for line, papers, lift in catalogue.together(KEY, "Method", 3)
    ]
    similar = asked(client, "similar", key=KEY)
    assert [one["node"]["key"] for one in similar] == [line.key for line, _, _ in catalogue.similar(KEY)]
    around = asked(client, "neighbourhood", key=KEY, most=20)
    keys = {node["key"] for node in around["nodes"]}
    assert KEY in keys
    assert len([node for node in around["nodes"] if node["kind"] != "Result"]) <= 21
    assert {end for edge in around["edges"] for end in (edge["source"], edge["target"])} <= keys


def test_leaderboards(client: httpx.Client, examples_folder: Path) -> None:
    """The boards of a dataset are those of kg.leaderboards; the less sure are shown when asked for."""
    boards = asked(client, "leaderboards", key=KEY, least=0, limit=100)
    expected = kg.leaderboards(kg.load_graph(examples_folder), dataset="ImageNet")
    assert [(one["metric"], one["unit"], len(one["scores"]), len(one["changes"])) for one in boards] == [
        (one.metric, one.unit, len(one.scores), len(one.changes)) for one in expected
    ]
    sure = asked(client, "leaderboards", key=KEY, least=0.9)
    assert all(entry["confidence"] >= 0.9 for one in sure for entry in one["scores"])


def test_edges_and_what_they_rest_on(client: httpx.Client, catalogue: Catalogue) -> None:
    """From counts to edges to the words in their sentences."""
    counts = asked(client, "relations", key=KEY)
    assert [tuple(one.values()) for one in counts] == [tuple(one) for one in catalogue.counts(KEY)]
    for one in counts:
        edges = asked(client, "edges", key=KEY, relation=one["relation"], direction=one["direction"], limit=100)
        assert len(edges) == min(one["count"], 100)
        named = {name: edges[0][name] for name in ("source", "relation", "target")}
        edge = asked(client, "edge", **named)
        assert len(edge["evidence"]) == edges[0]["evidence_count"]
        for item in edge["evidence"]:
            start = item["start"] - item["sentence_start"]
            assert item["sentence"][start : start + len(item["text"])] == item["text"]


def test_extracting(client: httpx.Client) -> None:
    """A text that is posted is read as kg extract reads it."""
    text = "We propose FooNet, which reaches 92.3% accuracy on ImageNet."
    answer = client.post("/api/v1/extract", json={"title": "FooNet", "text": text})
    assert answer.status_code == HTTPStatus.OK
    found = answer.json()
    (extraction,) = kg.extract([kg.Paper(id="text", title="FooNet", abstract=text)])
    expected = json.loads(json.dumps(kg.extraction_to_json(extraction)))
    for name in ("title", "abstract", "entities", "results", "mentions", "sentences"):
        assert found[name] == expected[name]
    assert len(found["explanations"]) >= len(found["mentions"])


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ({"text": " "}, 400, "there is no text"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, 422, "at most 20000 characters"),
        ({"title": "x" * LONGEST_TEXT, "text": "y"}, 413, "more than 20,000 characters"),
        ({"text": 1}, 422, "valid string"),
        (["text"], 422, "valid dictionary"),
    ],
)
def test_what_cannot_be_extracted_from(client: httpx.Client, sent: object, status: int, says: str) -> None:
    """What is posted wrongly is a problem."""
    assert says in problem(client.post("/api/v1/extract", json=sent), status)


def test_problems(client: httpx.Client) -> None:
    """What is not there and what is asked wrongly is told of in one form, wherever it goes wrong."""
    for operation in ("node", "edges", "relations", "similar", "together", "by-year", "leaderboards", "neighbourhood"):
        answer = client.get(f"/api/v1/{operation}", params={"key": "dataset/no such"})
        assert problem(answer, 404) == "there is no node dataset/no such"
    assert "there is no edge uses from a to b" in problem(
        client.get("/api/v1/edge", params={"source": "a", "relation": "uses", "target": "b"}), 404
    )
    assert "limit" in problem(client.get("/api/v1/search", params={"q": "a", "limit": "many"}), 422)
    assert "key" in problem(client.get("/api/v1/node"), 422)
    assert problem(client.get("/api/v1/nothing"), 404)
    assert problem(client.post("/api/v1/node"), 405)
    broken = client.post("/api/v1/extract", content=b"{", headers={"content-type": "application/json"})
    assert "JSON decode error" in problem(broken, 422)


def test_the_page_describes_every_operation(client: httpx.Client, document: dict[str, Any]) -> None:
    """Each has a section with its parameters, a command that works, and, where it only reads, a link to try it."""
    answer = client.get("/api")
    seen = Seen(answer.text)
    assert seen.could_run == []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in answer.text
            assert all(parameter["name"] in seen.text for parameter in operation.get("parameters", ()))
            if method == "get":
                (link,) = [one for one in seen.links if one.partition("?")[0] == path]
                assert client.get(link).status_code == HTTPStatus.OK, link
    commands = [line for line in seen.text.splitlines() if line.strip().startswith("curl ")]
    assert len(commands) == sum(map(len, document["paths"].values()))
    for command in commands:
        address, *rest = shlex.split(command)[1:]
        answer = client.post(address, json=json.loads(rest[-1])) if rest else client.get(address)
        assert answer.status_code == HTTPStatus.OK, command
    for name in document["components"]["schemas"]:
        assert (
            f'id="model-{name}"' in answer.text or name == "Problem" or f'id="model-{name}"' in client.get("/api").text
        )


OPERATIONS = (
    *("graph", "search", "top", "node", "by-year", "together", "similar"),
    *("leaderboards", "relations", "edges", "edge", "neighbourhood"),
)
VALUES = st.one_of(
    st.sampled_from(
        [KEY, "paper/resnet-2015", "result/resnet-2015/1", "uses", "Method", "in", "0", "-1", "1e9", "nan"]
    ),
    st.sampled_from(TEXTS),
    st.text(max_size=30),
)
NAMES = ("key", "q", "kind", "type", "limit", "offset", "relation", "direction", "source", "target", "most", "least")


@settings(max_examples=150)
@given(operation=st.sampled_from(OPERATIONS), parameters=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5))
def test_any_parameters(client: httpx.Client, operation: str, parameters: dict[str, str]) -> None:
    """Whatever is asked is answered, or is a problem of who asks."""
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in parameters.items()}
    answer = client.get(f"/api/v1/{operation}", params=sent)
    if answer.status_code == HTTPStatus.OK:
        answer.json()
    else:
        assert problem(answer, answer.status_code)
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


def test_hostile_graphs_are_json(hostile_served: str) -> None:
    """Whatever texts a graph is made of, every node of it is answered as it is."""
    with httpx.Client(base_url=hostile_served, timeout=60) as client:
        for kind in ("Paper", "Method", "Result"):
            for line in asked(client, "top", kind=kind, limit=100):
                found = asked(client, "node", key=line["key"])
                assert found["label"].encode("utf-8", "replace").decode() == line["label"]
                asked(client, "relations", key=line["key"])
                asked(client, "edges", key=line["key"], direction="in")
        assert client.get("/api").status_code == HTTPStatus.OK
