"""The SPARQL endpoint: the protocol's ways of asking, forms of answers, and that a query stays on this machine."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from starlette.testclient import TestClient

from kg.building import build_folder
from kg.catalogue.opening import open_catalogue
from kg.errors import GraphError
from kg.web.accepting import MEDIA_TYPES, accepted_forms, prefers_html
from kg.web.app import create_app
from kg.web.queries import SMALL, Queries, status_of
from tests.built import example_files

ROWS = "SELECT ?label { ?thing a kgo:Dataset ; rdfs:label ?label } ORDER BY ?label LIMIT 3"
TRIPLES = "CONSTRUCT WHERE { ?paper kgo:uses ?thing }"
EVIDENCE = "https://example.org/kg/evidence"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def client(examples_served: str) -> Iterator[httpx.Client]:
    """A client of the explorer of the examples."""
    with httpx.Client(base_url=examples_served, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another server on this machine, and what was asked of it."""
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(HTTPStatus.NOT_FOUND)

        do_POST = do_GET  # noqa: N815 - as the class above calls it

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sparql", asked
        server.shutdown()


def line(answer: httpx.Response) -> str:
    """What a refusal says, in one line of text."""
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.count("\n") == 1
    return answer.text.strip()


def test_three_ways_of_asking(client: httpx.Client) -> None:
    """A query in the address, in a form, and as it is, has the same answer."""
    answers = [
        client.get("/sparql", params={"query": ROWS}),
        client.post("/sparql", data={"query": ROWS}),
        client.post("/sparql", content=ROWS, headers={"content-type": QUERY}),
        client.post("/sparql", content=ROWS, headers={"content-type": f"{QUERY}; charset=UTF-8"}),
    ]
    assert {answer.status_code for answer in answers} == {HTTPStatus.OK}
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["results"]["bindings"]) == 3


@pytest.mark.parametrize(
    ("query", "accept", "form"),
    [
        (ROWS, None, "json"),
        (ROWS, "*/*", "json"),
        (ROWS, "text/csv", "csv"),
        (ROWS, "text/tab-separated-values;q=0.9, text/csv;q=0.1", "tsv"),
        (ROWS, "application/json", "json"),
        (ROWS, "application/sparql-results+xml, application/rdf+xml", "xml"),
        (ROWS, "application/xml, text/turtle", "xml"),
        ("ASK {}", "application/sparql-results+json;q=0, */*;q=0.1", "xml"),
        (TRIPLES, None, "turtle"),
        (TRIPLES, "application/n-triples", "ntriples"),
        (TRIPLES, "application/sparql-results+xml, application/rdf+xml", "rdfxml"),
        ("DESCRIBE <dataset/ImageNet>", "text/turtle, application/json;q=0.5", "turtle"),
    ],
)
def test_what_a_client_accepts(client: httpx.Client, query: str, accept: str | None, form: str) -> None:
    """The form is the one of the query's kind that the client likes best, and the answer says which it is."""
    request = client.build_request("GET", "/sparql", params={"query": query})
    request.headers.pop("accept")
    if accept is not None:
        request.headers["accept"] = accept
    answer = client.send(request)
    assert answer.status_code == HTTPStatus.OK, answer.text
    assert answer.headers["content-type"].removesuffix("; charset=utf-8") == MEDIA_TYPES[form]
    assert answer.headers["vary"] == "accept"
    assert client.get("/sparql", params={"query": query, "format": form}).content == answer.content


def test_what_no_client_could_accept(client: httpx.Client) -> None:
    """Rows for a client that reads triples alone are refused, and the message names what there is."""
    answer = client.get("/sparql", params={"query": ROWS}, headers={"accept": "text/turtle"})
    assert answer.status_code == HTTPStatus.NOT_ACCEPTABLE
    assert "ask for one of: csv, tsv, json, xml" in line(answer)
    answer = client.get("/sparql", params={"query": ROWS}, headers={"accept": "image/png"})
    assert answer.status_code == HTTPStatus.NOT_ACCEPTABLE
    answer = client.get("/sparql", params={"query": ROWS}, headers={"accept": "nonsense"})
    assert (answer.status_code, line(answer)[:34]) == (HTTPStatus.BAD_REQUEST, "the field Accept cannot be read: C")


def test_a_browser_is_shown_the_page(client: httpx.Client) -> None:
    """Who likes HTML best is led to the page, with the query where there is one."""
    accept = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    answer = client.get("/sparql", headers=accept)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/query")
    answer = client.get("/sparql", params={"query": "ASK {}"}, headers=accept)
    assert answer.headers["location"] == "/query?query=ASK+%7B%7D"


def test_it_describes_itself(client: httpx.Client) -> None:
    """Without a query it tells, in any form of RDF, where it is, and which graphs and forms it has."""
    said = []
    for accept in ("text/turtle", "application/rdf+xml", "application/n-triples"):
        answer = client.get("/sparql", headers={"accept": accept})
        assert answer.headers["content-type"].startswith(accept)
        graph = rdflib.Graph().parse(data=answer.text, format=accept)
        address = rdflib.URIRef(f"{client.base_url}/sparql".replace("//sparql", "/sparql"))
        assert graph.value(predicate=RDF.type, object=SD.Service) == address
        assert graph.value(address, SD.endpoint) == address
        assert [str(name) for name in graph.objects(None, SD.name)] == [EVIDENCE]
        said.append(len(graph))
    assert len(set(said)) == 1
    assert client.get("/sparql", headers={"accept": "text/csv"}).status_code == HTTPStatus.NOT_ACCEPTABLE


def test_a_client_that_others_made(examples_served: str) -> None:
    """The SPARQLStore of rdflib asks rows, truths and triples, in each of its ways."""
    for method in ("GET", "POST", "POST_FORM"):
        graph = rdflib.Graph(SPARQLStore(f"{examples_served}/sparql", method=method))
        assert len(list(graph.query(ROWS))) == 3
        assert bool(graph.query("ASK { <https://example.org/kg/dataset/ImageNet> ?p ?o }"))
        assert len(graph.query(TRIPLES).graph or ()) > 10


def test_the_graphs_of_a_query(client: httpx.Client) -> None:
    """A query is asked of the graphs that the request names, of those it names itself, or of all as usual."""
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

    def counted(query: str, **parameters: str) -> int:
        answer = client.post("/sparql", data={"query": query, **parameters})
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    usual, evidence = counted(count), counted(named)
    assert evidence > 0
    assert counted(count, **{"default-graph-uri": EVIDENCE}) == evidence
    assert counted(named, **{"named-graph-uri": EVIDENCE}) == evidence
    assert counted(count, **{"named-graph-uri": EVIDENCE}) == 0
    assert counted(named, **{"default-graph-uri": EVIDENCE}) == 0
    assert counted(count.replace(" {", f" FROM <{EVIDENCE}> {{", 1)) == evidence
    assert counted(count.replace(" {", " FROM <http://nowhere.example/> {", 1)) == 0
    assert usual not in {0, evidence}
    answer = client.post("/sparql", data={"query": count, "default-graph-uri": "no IRI"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ({"params": {"query": "SELECT ?s {\n ?s foo:bar 1 }"}}, 400, "line 2, column 12"),
        ({"params": {"query": ""}}, 400, "the query is wrong"),
        ({"params": {"query": ["ASK {}", "ASK {}"]}}, 400, "one query, not several"),
        ({"data": {"other": "x"}}, 400, "no field 'query'"),
        ({"content": b"ASK { \xff }", "headers": {"content-type": QUERY}}, 400, "no text in UTF-8"),
        ({"content": "ASK {}", "headers": {"content-type": QUERY}, "params": {"query": "ASK {}"}}, 400, "in the body"),
        ({"content": "ASK {}", "headers": {"content-type": "text/plain"}}, 415, "post a query as"),
        ({"content": "ASK {}", "headers": {"content-type": f"{QUERY}; charset=utf-16"}}, 415, "text in UTF-8"),
        ({"content": "ASK {}"}, 415, "not as nothing"),
        ({"params": {"query": "INSERT DATA { <a> <b> <c> }"}}, 403, "INSERT is refused"),
        ({"data": {"update": "DROP ALL"}}, 403, "updates are refused"),
        ({"params": {"update": "DROP ALL"}}, 403, "updates are refused"),
        ({"content": "DROP ALL", "headers": {"content-type": "application/sparql-update"}}, 403, "updates are"),
        ({"params": {"query": "SELECT * { SERVICE <http://x/> {} }"}}, 403, "SERVICE is refused"),
        ({"data": {"query": f"ASK {{}} # {'x' * 100_000}"}}, 400, "more than 100,000 characters"),
        ({"data": {"query": f"ASK {{}} # {'x' * 1_000_000}"}}, 413, "no more than 1,000,000 bytes"),
        ({"params": {"query": "ASK {}", "default-graph-uri": ["x:y"] * 101}}, 400, "no more than 100 graphs"),
    ],
)
def test_refusals(client: httpx.Client, sent: dict[str, object], status: int, says: str) -> None:
    """What the protocol does not allow, what is wrong, and what would write has a status of its own and one line."""
    method = "POST" if sent.keys() & {"data", "content"} else "GET"
    answer = client.request(method, "/sparql", **sent)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert says in answer.text
    assert len(answer.text.splitlines()) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(client: httpx.Client, method: str) -> None:
    """Nothing can be put or deleted, and other origins are not invited."""
    answer = client.request(method, "/sparql", headers={"origin": "http://evil.example"})
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "access-control-allow-origin" not in answer.headers


SERVICES = (
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { { SELECT * { service silent <URL> { ?s ?p ?o } } } }",
    "SELECT * { VALUES ?x { <URL> } SeRvIcE ?x { ?s ?p ?o } }",
    "SELECT * { BIND(1 AS ?x)SERVICE<URL>{ ?s ?p ?o } }",
    "SELECT * { BIND(1 AS ?x)#\rSERVICE<URL>{ ?s ?p ?o }\n}",
    "SELECT * { BIND(1 AS ?x) LATERAL { SERVICE <URL> { ?s ?p ?o } } }",
    "PREFIX : <URL> SELECT * { SERVICE : { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE: { ?s ?p ?o } }",
    "PREFIX x: <http://x/> SELECT * { VALUES ?o { x: } BIND(x: AS ?q) FILTER EXISTS { SERVICE <URL> {} } }",
    "SELECT * { ?s kgo:paperCount 1SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s kgo:paperCount 1.SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s rdfs:label 'ImageNet'SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s rdfs:label ?l.SERVICE <URL> { ?s ?p ?o } }",
    "PREFIX p: <http://127.0.0.1:80> SELECT * { ?s ?p ?q FILTER(?q != p:SERVICE <URL> { ?s ?p ?o }) }",
    "PREFIX p: <http://127.0.0.1:80> SELECT * { { BIND(1 AS ?a) } OPTIONAL { ?s ?p p:SERVICE <URL> { ?x ?y ?z } } }",
    "SELECT * { VALUES ?x { ''' ' } SERVICE <URL> { ?s ?p ?o } # \\uD800 ''' } }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVIC\\U00000045 <URL> { ?s ?p ?o } }",
    "SELECT * { BIND('\\\\' AS ?x) SERVICE <URL> { BIND('' AS ?y) } }",
    "ASK FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
    "DESCRIBE <URL>",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <g>",
)


def test_no_query_asks_another_machine(client: httpx.Client, elsewhere: tuple[str, list[str]]) -> None:
    """However it is spelt, nothing in a query makes the server ask an address."""
    address, asked = elsewhere
    store = pyoxigraph.Store()
    with pytest.raises(OSError, match="404"):  # what would be asked, were it not refused
        list(store.query(SERVICES[0].replace("URL", address)))  # type: ignore[arg-type]
    assert len(asked) == 1
    for query in SERVICES:
        answer = client.post("/sparql", data={"query": query.replace("URL", address)})
        assert answer.status_code in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}, query
        client.post("/sparql", data={"query": "ASK {}", "default-graph-uri": address, "named-graph-uri": address})
    assert len(asked) == 1


def test_the_word_may_stand_in_texts(client: httpx.Client) -> None:
    """In texts, IRIs, comments and variables it means what it says."""
    query = """SELECT ?service ?iri { # SERVICE <http://x/> {}
      BIND("a 'SERVICE' <http://x/>" AS ?service) BIND(<http://service.example/Service> AS ?iri) }"""
    found = client.post("/sparql", data={"query": query}).json()["results"]["bindings"]
    assert found[0]["service"]["value"] == "a 'SERVICE' <http://x/>"
    assert found[0]["iri"]["value"] == "http://service.example/Service"
    answer = client.post("/sparql", data={"query": 'SELECT ("service" AS ?a) {\n "service" }'})
    assert "line 2, column " in line(answer)
    assert "\\u0073" not in answer.text


def test_limits(examples_folder: Path) -> None:
    """What takes too long is 504, an answer that is too large 422, and the next query is answered."""
    catalogue = open_catalogue(examples_folder)
    app = create_app(catalogue, graph_path=examples_folder, query_seconds=2, query_megabytes=0.001)
    with TestClient(app, base_url="http://localhost") as client:
        answer = client.post("/sparql", data={"query": ENDLESS})
        assert (answer.status_code, line(answer)) == (HTTPStatus.GATEWAY_TIMEOUT, "the query was ended after 2 s")
        answer = client.post("/sparql", data={"query": "SELECT * { ?s ?p ?o }"})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert line(answer) == "the answer is larger than 0.001 MB; add a LIMIT to the query"
        assert client.post("/sparql", data={"query": "ASK {}"}).json()["boolean"] is True
    catalogue.close()


def test_a_graph_without_a_store(tmp_path: Path) -> None:
    """For a small graph a store is made, and vanishes; of a large one it is said what to do."""
    build_folder(example_files()[:1], tmp_path / "g", exports=["graphml"], store=False)
    queries = Queries(tmp_path / "g", papers=SMALL, seconds=60, megabytes=1)
    queries.start()
    found = queries.ask("SELECT (COUNT(*) AS ?n) { ?s a kgo:Paper }", ("json",))
    assert int(json.loads(found.content)["results"]["bindings"][0]["n"]["value"]) > 3
    queries.close()
    queries = Queries(tmp_path / "g", papers=SMALL + 1, seconds=60, megabytes=1)
    with pytest.raises(GraphError, match=r"has no store.* build it again without --no-store") as told:
        queries.ask("ASK {}", ("json",))
    assert status_of(told.value) == HTTPStatus.SERVICE_UNAVAILABLE


MEDIA_RANGE = st.builds(
    "{}/{}{}".format,
    st.sampled_from(["*", "text", "application"]),
    st.sampled_from(["*", "csv", "html", "turtle", "sparql-results+json", "rdf+xml"]),
    st.sampled_from(["", ";q=0", ";q=0.5", "; q=1.0", ";q=x", ';a="b;c"']),
)


@given(st.one_of(st.text(max_size=60), st.lists(MEDIA_RANGE, max_size=6).map(", ".join)))
def test_any_accept_is_understood_or_refused(accept: str) -> None:
    """Whatever stands in Accept, forms are told from it, each once, or it is a ValueError."""
    try:
        forms = accepted_forms(accept)
        wants_page = prefers_html(accept)
    except ValueError:
        return
    assert len(forms) == len(set(forms))
    assert set(forms) <= set(MEDIA_TYPES)
    assert not (wants_page and "html" not in accept and "*" not in accept)
