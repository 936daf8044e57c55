"""The page where questions are asked in SPARQL, without a script: examples, views, mistakes and hostile texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

import httpx
import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.competency import competency_queries
from kg.query_forms import RESULT_FORMS, TRIPLE_FORMS
from kg.querying import Answer
from kg.sparql import Namespaces
from kg.web.answer_pictures import LINE_HEIGHT, MOST_BARS, WIDTH, chart
from kg.web.answers import Rows, Term, rows_of
from tests.web.crawling import Seen
from tests.web.hostile import TEXTS

USES = "SELECT ?paper ?thing ?papers { ?paper kgo:uses ?thing . ?thing kgo:paperCount ?papers } ORDER BY ?paper ?thing"
NUMBERS = Namespaces("https://example.org/kg/")


@pytest.fixture(scope="module")
def client(examples_served: str) -> Iterator[httpx.Client]:
    """A client of the explorer of the examples."""
    with httpx.Client(base_url=examples_served, timeout=60) as opened:
        yield opened


def shown(client: httpx.Client, **parameters: str | int) -> str:
    """The page for these parameters, on which nothing can run."""
    answer = client.get("/query", params=parameters)
    assert answer.status_code == HTTPStatus.OK, Seen(answer.text).text
    assert Seen(answer.text).could_run == []
    return answer.text


def test_it_begins_with_a_query_and_the_examples(client: httpx.Client) -> None:
    """Without parameters there is a query with its answer, and a link to every competency query."""
    page = shown(client)
    links = Seen(page).links
    assert [link for link in links if link.startswith("/query?example=")] == [
        f"/query?example={one.name}" for one in competency_queries()
    ]
    assert "ORDER BY DESC(?papers)" in page
    assert '<a class="node" href="/node/dataset/' in page


@pytest.mark.parametrize("example", [one.name for one in competency_queries()])
def test_every_example_is_answered(client: httpx.Client, example: str) -> None:
    """Each is asked with its defaults, which stand in a form, and its SPARQL in the editor."""
    (query,) = [one for one in competency_queries() if one.name == example]
    page = shown(client, example=example)
    assert "Answer" in page
    for parameter in query.parameters:
        assert f'name="set-{parameter.name}" value="{parameter.shown_default}"' in page


def test_an_example_with_another_value(client: httpx.Client) -> None:
    """A value that is given takes the place of the default, in the form, the query and the answer."""
    page = shown(client, example="methods-on-dataset", **{"set-dataset": "pascal voc 2007"})
    assert 'value="pascal voc 2007"' in page
    assert "{ &#34;pascal voc 2007&#34; }" in page
    assert "<bdi>YOLO</bdi>" in page
    answer = client.get("/query", params={"example": "methods-introduced-since", "set-since": "soon"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "is a whole number, such as" in answer.text
    answer = client.get("/query", params={"example": "counts", "set-nothing": "1"})
    assert "has no parameter &#39;nothing&#39;" in answer.text


def test_rows_lead_to_nodes(client: httpx.Client) -> None:
    """IRIs of the graph are links to their pages by their labels, other IRIs lead elsewhere, numbers stand right."""
    page = shown(client, query=f"{USES} LIMIT 5")
    assert '<a class="node" href="/node/paper/' in page
    assert re.search(r'<td class="right"><bdi>\d+</bdi></td>', page)
    page = shown(client, query='SELECT ?t ("x"@de AS ?x) (<javascript:alert(1)> AS ?bad) { <dataset/ImageNet> a ?t }')
    assert (
        '<a class="iri" href="https://schema.org/Dataset" rel="noreferrer external"><bdi>schema:Dataset</bdi>' in page
    )
    assert '<span class="tag">de</span>' in page
    assert not any("javascript" in link for link in Seen(page).links if not link.startswith("/"))


def test_long_answers_are_cut_into_pages(client: httpx.Client) -> None:
    """A hundred rows stand on a page, and the last page holds the rest."""
    query = "SELECT ?s ?p { ?s ?p ?o } ORDER BY STR(?s) STR(?p) LIMIT 250"
    first, last = shown(client, query=query), shown(client, query=query, page=3)
    assert (first.count("<tr><td"), last.count("<tr><td")) == (100, 50)
    assert "Page 1 of 3" in first
    assert "Page 3 of 3" in last
    assert shown(client, query=query, page=99).count("<tr><td") == 50
    assert f"/query?page=2&amp;query={quote(query, safe='').replace('%20', '+')}" in first


def test_charts(client: httpx.Client) -> None:
    """The first column of numbers is drawn over the first of texts, or it is said that there is none."""
    query = "SELECT ?label ?papers { ?d a kgo:Dataset ; rdfs:label ?label ; kgo:paperCount ?papers } ORDER BY ?label"
    bars = shown(client, query=query, view="bar")
    assert 'aria-label="papers by label, as bars"' in bars
    assert 0 < bars.count('rx="2"') <= MOST_BARS
    years = shown(client, example="papers-a-year", view="line")
    assert 'aria-label="papers by year, as a line"' in years
    assert "<polyline " in years
    assert "There is no column of numbers" in shown(client, query="SELECT ?s { ?s a kgo:Task }", view="line")


def test_graphs(client: httpx.Client) -> None:
    """Triples, or two columns of IRIs, are drawn with links to the nodes and to the map; others cannot be."""
    page = shown(client, query=f"{USES} LIMIT 9", view="graph")
    assert page == shown(client, query=f"{USES} LIMIT 9", view="graph")
    assert page.count("<line ") == 9
    keys = [link for link in Seen(page).links if link.startswith("/graph?keys=")]
    assert len(keys) == 1
    assert client.get(keys[0]).status_code == HTTPStatus.OK
    assert "<title>kgo:uses</title>" in shown(client, query="CONSTRUCT WHERE { ?s kgo:uses ?o }", view="graph")
    assert "more nodes would not fit" in shown(
        client, query="CONSTRUCT WHERE { ?s kgo:uses ?o ; ?p ?q } LIMIT 400", view="graph"
    )
    assert "no two columns of IRIs" in shown(client, query="SELECT ?s { ?s a kgo:Task }", view="graph")


def test_truths_and_nothing(client: httpx.Client) -> None:
    """ASK is answered by yes or no; where nothing is found the page says so, in every view."""
    assert '<p class="truth" role="status">Yes</p>' in shown(client, query="ASK {}")
    assert '<p class="truth" role="status">No</p>' in shown(client, query="ASK { <x> ?p ?o }", view="graph")
    for view in ("table", "bar", "line", "graph"):
        assert "Nothing answers this" in shown(client, query="SELECT ?s { ?s a kgo:None }", view=view)


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("SELECT ?s {\n ?s foo:bar 1 }", 400, "?s foo:bar<mark> </mark>1 }</pre>"),
        ("SELECT ?s { ?s ?p ?o } ORDER", 400, "ORDER<mark> </mark></pre>"),
        ("INSERT DATA { <a> <b> <c> }", 403, "INSERT is refused"),
        ("SELECT * { SERVICE <http://x/> {} }", 403, "SERVICE is refused"),
        ("SELECT <script>alert(1)</script>", 400, "&lt;script&gt;"),
    ],
)
def test_mistakes_are_shown_where_they_are(client: httpx.Client, query: str, status: int, says: str) -> None:
    """A query that is wrong or refused stays in the editor, and the mistake is marked in its line."""
    answer = client.get("/query", params={"query": query})
    assert answer.status_code == status
    assert says in answer.text
    assert 'role="alert"' in answer.text
    assert Seen(answer.text).could_run == []


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_queries_are_inert(client: httpx.Client, text: str) -> None:
    """Whatever is asked, and whatever an answer holds, is shown as text."""
    sent = text.encode("utf-8", "replace").decode()
    literal = json.dumps(sent.replace("\x00", ""), ensure_ascii=True).replace("\\/", "/")
    for parameters in (
        {"query": sent},
        {"query": f"SELECT ({literal} AS ?x) (1 AS ?n) {{}}", "view": "bar"},
        {"query": f"SELECT ({literal} AS ?x) {{}}"},
        {"example": "methods-on-dataset", "set-dataset": sent},
        {"example": sent, "view": "graph"},
    ):
        answer = client.get("/query", params=parameters)
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert Seen(answer.text).could_run == []


def test_answers_as_files(client: httpx.Client) -> None:
    """Rows are downloaded as CSV, TSV, JSON and XML, triples as Turtle, N-Triples and RDF/XML; all can be read."""
    for query, forms in ((f"{USES} LIMIT 3", RESULT_FORMS), ("CONSTRUCT WHERE { ?s kgo:uses ?o }", TRIPLE_FORMS)):
        links = [link for link in Seen(shown(client, query=query)).links if link.startswith("/query/answer?")]
        assert [re.findall(r"as=(\w+)", link)[0] for link in links] == list(forms)
        for link in links:
            answer = client.get(link)
            assert answer.status_code == HTTPStatus.OK
            assert re.fullmatch(r'attachment; filename="answer\.\w+"', answer.headers["content-disposition"])
            if query.startswith("CONSTRUCT"):
                kind = pyoxigraph.RdfFormat.from_media_type(answer.headers["content-type"].partition(";")[0])
                assert len(list(pyoxigraph.parse(answer.content, format=kind))) > 10
    answer = client.get("/query/answer", params={"query": "SELECT", "as": "csv"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert client.get("/query/answer", params={"query": "ASK {}", "as": "turtle"}).status_code == 406


def test_words_for_the_editor(client: httpx.Client) -> None:
    """Prefixes, terms with their meanings, and the keywords of the examples are there to choose from."""
    words = client.get("/query/words.json").json()
    assert words["prefixes"]["kgo"] == "https://example.org/kg/ontology#"
    terms = {term["name"]: term for term in words["terms"]}
    assert terms["kgo:Dataset"]["kind"] == "class"
    assert terms["kgo:Dataset"]["about"].startswith("A named data set")
    assert terms["kgo:uses"]["kind"] == "property"
    assert "rdfs:label" in terms
    assert {"SELECT", "WHERE", "FILTER", "OPTIONAL"} <= set(words["keywords"])
    assert list(terms) == sorted(terms)


PARAMETERS = st.dictionaries(
    st.sampled_from(["query", "example", "view", "page", "set-dataset", "set-since", "other"]),
    st.one_of(st.text(max_size=20), st.sampled_from(["bar", "graph", "counts", "2", "-1", "ASK {}", USES])),
    max_size=5,
)


@settings(max_examples=60)
@given(parameters=PARAMETERS)
def test_any_parameters(client: httpx.Client, parameters: dict[str, str]) -> None:
    """No parameters whatever are an error of the server."""
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in parameters.items()}
    assert client.get("/query", params=sent).status_code < HTTPStatus.INTERNAL_SERVER_ERROR


def number(value: float) -> Term:
    """A number as a term."""
    return {"type": "literal", "value": repr(value), "datatype": "http://www.w3.org/2001/XMLSchema#double"}


@given(
    st.lists(st.tuples(st.text(max_size=40), st.floats()), min_size=1, max_size=30),
    st.sampled_from(["bar", "line"]),
)
def test_any_numbers_are_drawn_within_the_picture(pairs: list[tuple[str, float]], kind: str) -> None:
    """Bars and points lie within the picture, longer bars for larger values; what is no number is left out."""
    rows = Rows(("name", "value"), [[{"type": "literal", "value": name}, number(value)] for name, value in pairs])
    drawn = chart(rows, kind, NUMBERS)
    finite = [value for _, value in pairs if abs(value) <= 1e100]
    if not finite:
        assert drawn is None
        return
    assert drawn is not None
    assert len(drawn.bars) + len(drawn.points) == len(finite)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in drawn.bars)
    assert all(0 <= point.x <= WIDTH and 0 <= point.y <= LINE_HEIGHT for point in drawn.points)
    by_value = sorted(zip(finite, drawn.bars, strict=False), key=lambda pair: abs(pair[0]))
    assert [bar.width for _, bar in by_value] == sorted(bar.width for bar in drawn.bars)


def test_triples_are_rows() -> None:
    """Triples of every kind of term become rows of three."""
    content = b'<x:a> <x:b> "c"@en .\n_:a <x:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    found = rows_of(Answer("triples", "ntriples", content))
    assert isinstance(found, Rows)
    assert [[term["type"] for term in row if term] for row in found.terms] == [
        ["uri", "uri", "literal"],
        ["bnode", "uri", "literal"],
    ]
