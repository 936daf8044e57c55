"""The competency queries: what they say of themselves, and that four engines give the answers that are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.building import build_folder
from kg.competency import CompetencyQuery, competency_queries, competency_query
from kg.errors import QueryError
from kg.sparql import open_store
from tests.built import example_files
from tests.competency import EXPECTED, expected, in_rows
from tests.engines import Ask, in_oxigraph, in_rdflib, in_store, in_virtuoso, oxigraph_server, virtuoso_server
from tests.material import ROOT

QUERIES = competency_queries()
NAMES = [query.name for query in QUERIES]
pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib's, of itself


@pytest.fixture(name="built", scope="module")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph folder of the examples, with its store and its N-Quads."""
    folder = tmp_path_factory.mktemp("competency") / "g"
    build_folder(example_files(), folder, exports=["nquads"])
    return folder


@pytest.fixture(name="rdflib_answers", scope="module")
def rdflib_engine(built: Path) -> Ask:
    """Plain rdflib."""
    return cache(in_rdflib(built / "graph.nq"))


@pytest.fixture(name="store_answers", scope="module")
def store_engine(built: Path) -> Ask:
    """The embedded Oxigraph."""
    return in_store(open_store(built / "store"))


@pytest.fixture(name="oxigraph_answers", scope="module")
def oxigraph_engine(built: Path) -> Iterator[Ask]:
    """Oxigraph's server over HTTP."""
    program = oxigraph_server()
    if program is None:
        pytest.skip("the server of the PyPI package oxigraph is not installed")
    with in_oxigraph(program, built / "store") as ask:
        yield cache(ask)


@pytest.fixture(name="virtuoso_answers", scope="module")
def virtuoso_engine(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Virtuoso over HTTP."""
    program = virtuoso_server()
    if program is None:
        pytest.skip("Virtuoso is not installed (Debian: virtuoso-opensource)")
    with in_virtuoso(program, built / "graph.nq", tmp_path_factory.mktemp("virtuoso")) as ask:
        yield cache(ask)


@pytest.mark.parametrize("engine", ["rdflib", "store", "oxigraph", "virtuoso"])
@pytest.mark.parametrize("name", NAMES)
def test_every_engine_gives_the_expected_answer(name: str, engine: str, request: pytest.FixtureRequest) -> None:
    """On the graph of the examples each query has the rows that are kept for it, in their order, in each engine."""
    ask: Ask = request.getfixturevalue(f"{engine}_answers")
    query = competency_query(name)
    assert in_rows(ask(query.text)) == expected(query)


@pytest.mark.parametrize("name", NAMES)
def test_terms_are_the_same_in_every_engine(name: str, request: pytest.FixtureRequest) -> None:
    """Not only the texts of an answer agree, but what is a number, a text or an IRI."""
    text = competency_query(name).text
    answers = [request.getfixturevalue(f"{one}_answers")(text) for one in ("rdflib", "store", "oxigraph", "virtuoso")]
    assert all(answer == answers[0] for answer in answers)


def test_there_are_enough_and_each_has_an_answer() -> None:
    """There are more than twenty, and none whose expected answer is empty; no answer is kept for what is gone."""
    assert len(QUERIES) > 20
    assert all(expected(query) for query in QUERIES)
    assert sorted(path.stem for path in EXPECTED.iterdir()) == NAMES


def test_a_wrong_answer_is_noticed(store_answers: Ask) -> None:
    """The order of rows and the values of numbers are looked at."""
    query = competency_query("methods-on-dataset")
    upside_down = query.text.replace("DESC(?results) DESC(?papers) ?method", "?results ?papers DESC(?method)")
    other = query.with_values({"dataset": "CIFAR-10"})
    assert in_rows(store_answers(upside_down)) == expected(query)[::-1] != expected(query)
    assert in_rows(store_answers(other)) != expected(query)


@pytest.mark.parametrize("query", QUERIES, ids=NAMES)
def test_each_says_what_it_is(query: CompetencyQuery) -> None:
    """A query has a question and describes its parameters; its file is SPARQL by itself, with all its prefixes."""
    assert query.question.endswith("?")
    assert all(parameter.description for parameter in query.parameters)
    pyoxigraph.Store().query(query.text)
    declared = set(re.findall(r"(?m)^PREFIX (\w+):", query.text))
    body = re.sub(r'"[^"]*"|<[^>]*>|(?m:^#.*$|^PREFIX .*$)', "", query.text)
    assert declared == set(re.findall(r"\b([a-z]+):[A-Za-z]", body))


def test_names_are_found_however_written(store_answers: Ask) -> None:
    """Case does not matter, and an alias is as good as the label."""
    query = competency_query("names-of")
    answers = [in_rows(store_answers(query.with_values({"thing": name}))) for name in ("GANS", "gans")]
    assert answers[0] == answers[1] == expected(query)
    assert {row["name"].lower() for row in answers[0]} > {"gans"}


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("methods-on-datasets", {}, "did you mean 'methods-on-dataset'"),
        ("counts", {"dataset": "x"}, "query 'counts' has no parameter 'dataset'; it has none"),
        ("papers-in-common", {"papers": "x"}, "there are: paper, other"),
        ("datasets-introduced-since", {"since": "2016 }"}, "'since' is a whole number, such as 2016, not '2016 }'"),
        ("uncertain-edges", {"below": "NaN"}, "'below' is a number"),
    ],
)
def test_wrong_names_and_values(name: str, values: dict[str, object], message: str) -> None:
    """What is not there, and what is no value of its type, is an error that says what is."""
    with pytest.raises(QueryError, match=re.escape(message)):
        competency_query(name).with_values(values)


def test_numbers_are_written_as_numbers() -> None:
    """A number takes the place of a number, whole or not, however it is given."""
    assert "{ 1999 }" in competency_query("datasets-introduced-since").with_values({"since": 1999})
    assert "{ 1.0 }" in competency_query("uncertain-edges").with_values({"below": "1"})
    assert "{ 0.25 }" in competency_query("uncertain-edges").with_values({"below": 0.25})


@given(st.text())
def test_a_value_is_never_more_than_a_value(value: str) -> None:
    """Whatever is given, the query holds it as one literal that is the same text."""
    text = competency_query("names-of").with_values({"thing": value})
    (line,) = (line for line in re.split(r"\n", text) if "VALUES ?asked_thing" in line)
    (row,) = pyoxigraph.Store().query(f"SELECT * {{ {line} }}")  # type: ignore[misc, union-attr]
    assert row["asked_thing"] == pyoxigraph.Literal(value.replace("\0", "\ufffd"))


def test_hostile_values_find_nothing(store_answers: Ask) -> None:
    """Text that would be SPARQL is looked for as text, and is not found."""
    for value in ('" } #', '"} UNION { ?s ?p ?o } { "', "\\", '\\" }', "\n}", "' } ; DROP ALL #"):
        assert in_rows(store_answers(competency_query("names-of").with_values({"thing": value}))) == []


def test_the_documents_list_them() -> None:
    """docs/sparql.md has a row for each, with its question and its parameters."""
    text = (ROOT / "docs" / "sparql.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| `([a-z-]+)` \| (.+?) \| (.*?) \|$", text)
    assert rows == [
        (query.name, query.question, ", ".join(f"`{one.name}`" for one in query.parameters)) for query in QUERIES
    ]
