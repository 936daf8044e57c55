"""``kg query``: every form of an answer, what is refused, and that a query can be ended."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest

from kg.building import build_folder
from kg.competency import competency_queries, competency_query
from kg.errors import ProcessError
from kg.querying import query_store
from kg.store import stored_namespaces
from tests.built import KG, run
from tests.material import ROOT
from tests.test_cli import invoke

LABELS = "SELECT ?label ?papers { ?thing a kgo:Dataset ; rdfs:label ?label ; kgo:paperCount ?papers } ORDER BY ?label"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PAPERS = (
    ("one", "FooNet", "We propose FooNet, which reaches 91.5% accuracy on ImageNet and 95.25% accuracy on CIFAR-10."),
    ("two", "BarNet", "We propose BarNet for image classification on ImageNet."),
)


@pytest.fixture(name="graph", scope="module")
def graph_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small graph folder with a store, in a folder whose name needs care."""
    place = tmp_path_factory.mktemp("query it")
    lines = (json.dumps({"id": key, "title": title, "abstract": text}) for key, title, text in PAPERS)
    (place / "papers.jsonl").write_text("\n".join(lines))
    build_folder([place / "papers.jsonl"], place / "a graph", exports=["graphml"])
    return place / "a graph"


def asked(graph: Path, *arguments: str, given: bytes = b"") -> str:
    """What kg query prints on standard output; it must have gone well and said nothing besides."""
    done = run("query", graph, *arguments, given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_a_table(graph: Path) -> None:
    """Rows under their names, numbers to the right, IRIs short, a dash for what is not bound, and their count."""
    query = (
        "SELECT ?label ?papers ?d ?p ?n { ?d a kgo:Dataset ; rdfs:label ?label ; kgo:paperCount ?papers ; a ?p } "
        "ORDER BY ?label ?p"
    )
    lines = asked(graph, "-q", query).split("\n")
    assert lines[0] == "label     papers  d                 p               n"
    assert lines[1] == "CIFAR-10       1  dataset/CIFAR-10  mls:Dataset     -"
    assert lines[4].startswith("ImageNet       2  dataset/ImageNet  mls:Dataset")
    assert lines[-2:] == ["(6 rows)", ""]
    assert asked(graph, "-q", "SELECT ?s { ?s a kgo:Nothing }") == "s\n(0 rows)\n"
    assert asked(graph, "-q", 'SELECT ("a\\tb\\u009b" AS ?x) {}') == "x\na\\tb\\x9b\n(1 row)\n"


def test_forms_for_machines(graph: Path) -> None:
    """CSV, TSV, JSON and XML hold the same rows, and each can be read by what reads it."""
    expected = [["CIFAR-10", "1"], ["ImageNet", "2"]]
    assert list(csv.reader(io.StringIO(asked(graph, "-q", LABELS, "--format", "csv")))) == [
        ["label", "papers"],
        *expected,
    ]
    assert asked(graph, "-q", LABELS, "--format", "tsv") == '?label\t?papers\n"CIFAR-10"\t1\n"ImageNet"\t2\n'
    rows = json.loads(asked(graph, "-q", LABELS, "--format", "json"))["results"]["bindings"]
    assert [[row["label"]["value"], row["papers"]["value"]] for row in rows] == expected
    tree = ET.fromstring(asked(graph, "-q", LABELS, "--format", "xml"))  # noqa: S314 - what Oxigraph wrote
    texts = [literal.text for literal in tree.iter("{http://www.w3.org/2005/sparql-results#}literal")]
    assert texts == [text for row in expected for text in row]


def test_triples(graph: Path) -> None:
    """What CONSTRUCT makes is printed as Turtle, or as N-Triples, sorted."""
    query = "CONSTRUCT { ?paper kgo:uses ?thing } { ?paper kgo:uses|kgo:introduces ?thing }"
    turtle = asked(graph, "-q", query)
    lines = asked(graph, "-q", query, "--format", "ntriples").splitlines()
    assert turtle.startswith("@prefix kgo: <https://example.org/kg/ontology#> .")
    read = {str(quad.triple) for quad in pyoxigraph.parse(turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE)}
    assert lines == sorted(f"{triple} ." for triple in read)
    assert len(lines) > 3


@pytest.mark.parametrize(
    ("form", "yes"), [("table", "true\n"), ("csv", "true\n"), ("json", '{"head":{},"boolean":true}\n')]
)
def test_truths(graph: Path, form: str, yes: str) -> None:
    """ASK gives true or false, and both are answers."""
    assert asked(graph, "-q", "ASK { <dataset/ImageNet> a kgo:Dataset }", "--format", form) == yes
    assert asked(graph, "-q", "ASK { <dataset/ImageNet> a kgo:Task }") == "false\n"


def test_where_a_query_stands(graph: Path, tmp_path: Path) -> None:
    """A query comes from a file, from standard input, or from the examples with values for their parameters."""
    (tmp_path / "question.rq").write_text(f"\ufeff# with a mark at its beginning\n{LABELS}\n", "utf-8")
    printed = asked(graph, "-q", LABELS)
    assert asked(graph, str(tmp_path / "question.rq")) == asked(graph, "-", given=LABELS.encode()) == printed
    example = asked(graph, "--example", "most-named", "--set", "type=dataset")
    assert example == "thing     papers\nImageNet       2\nCIFAR-10       1\n(2 rows)\n"


def test_a_graph_without_a_store(graph: Path, tmp_path: Path) -> None:
    """A folder without a store, and a file of extractions, give the same answer, and standard error says so."""
    build_folder([graph.parent / "papers.jsonl"], tmp_path / "g", exports=["graphml"], store=False)
    for source in (tmp_path / "g", graph / "extractions.jsonl"):
        done = run("query", source, "-q", LABELS)
        assert done.stdout.decode() == asked(graph, "-q", LABELS)
        assert re.fullmatch(
            rb"kg: \S.* has no store; one was made for this query \(kg build leaves one\)\n", done.stderr
        )
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == [
        "extractions.jsonl",
        "graph.graphml",
        "manifest.json",
        "papers.parquet",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-q", "SELECT ?s {\n ?s foo:bar 1 }"), "line 2, column 12, at '1 }': a prefix that is not declared?"),
        (("-q", "SELECT ?s { ?s ?p ?o } ORDER"), "wrong in line 1, column 29, where the line ends: expected GROUP"),
        (("-q", "INSERT DATA { <a> <b> <c> }"), "INSERT is refused: a query only reads"),
        (("-q", "PREFIX x: <y:z> # DROP\ndrop all"), "DROP is refused: a query only reads"),
        (("-q", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), "SERVICE is refused"),
        (("-q", "SELECT * { BIND(1 AS ?x) service silent ?x { ?s ?p ?o } }"), "SERVICE is refused"),
        (("-q", "SELECT * { ?s ?p ?o }", "--max-size", "0.001"), "larger than 0.001 MB; add a LIMIT"),
        (("-q", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "--max-size", "0.001"), "larger than 0.001 MB"),
        (
            ("-q", "ASK {}", "--format", "turtle"),
            "the answer is truth, which 'turtle' cannot hold; ask for one of: csv",
        ),
        (("-q", "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"), "ask for one of: turtle, ntriples"),
        (("--example", "method-on-dataset"), "did you mean 'methods-on-dataset'?"),
        (("--example", "counts", "--set", "x=y"), "query 'counts' has no parameter 'x'; it has none"),
        (("gone.rq",), "cannot read gone.rq: No such file"),
    ],
)
def test_errors_are_one_line(graph: Path, arguments: tuple[str, ...], message: str) -> None:
    """What is wrong or refused is exit code 1 and one line on standard error, and nothing is printed."""
    done = run("query", graph, *arguments)
    assert (done.returncode, done.stdout) == (1, b"")
    assert message in done.stderr.decode()
    assert done.stderr.startswith(b"kg: ")
    assert done.stderr.count(b"\n") == 1


def test_words_that_only_look_refused(graph: Path) -> None:
    """In texts, IRIs, comments and variables, the words of what is refused may stand, and mean what they say."""
    query = """# SERVICE <http://x/>
    PREFIX s: <http://SERVICE/DROP#>
    SELECT ?service $x ?iri { VALUES (?service ?x) { ("SERVICE { }" 'its # SERVICE\\\\service') } # INSERT
      BIND(<http://x/SERVICE> AS ?iri) FILTER NOT EXISTS { ?s s:DROP <http://x/> , \"\"\"a "SERVICE" \"\"\" } }"""
    csv = "service,x,iri\r\nSERVICE { },its # SERVICE\\service,http://x/SERVICE\r\n"
    assert asked(graph, "-q", query, "--format", "csv") == csv


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a GRAPH and one query"),
        (("g",), "name a GRAPH and one query"),
        (("g", "f.rq", "-q", "ASK {}"), "name a GRAPH and one query"),
        (("g", "-q", "ASK {}", "--set", "a=b"), "--set gives the parameters of an --example"),
        (("g", "--example", "counts", "--set", "ab"), "not of the form NAME=VALUE"),
        (("g", "-q", "ASK {}", "--format", "yaml"), "'yaml' is not one of"),
        (("g", "-q", "ASK {}", "--timeout", "0"), "--timeout"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    """Wrong usage is exit code 2."""
    result = invoke("query", *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_what_is_no_graph(tmp_path: Path) -> None:
    """A folder that is none, and a file that is not there, are named."""
    assert "is no graph folder" in invoke("query", tmp_path, "-q", "ASK {}").output
    assert "gone is not there" in invoke("query", tmp_path / "gone", "-q", "ASK {}").output


def test_a_query_is_ended(graph: Path) -> None:
    """When the time is over the process that answers is gone, and one line says so."""
    done = run("query", graph, "-q", ENDLESS, "--timeout", "1")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"kg: the query was ended after 1 s; make it find less, or give it more time (--timeout)\n"
    assert _answering(graph) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_query_leaves_no_process(graph: Path, sent: signal.Signals) -> None:
    """Told to stop (Ctrl-C, kill), kg ends the process that answers, too."""
    process = subprocess.Popen(
        [*KG, "query", str(graph), "-q", ENDLESS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 30
    while not _answering(graph) and time.monotonic() < until:
        time.sleep(0.05)
    assert _answering(graph)
    os.kill(process.pid, sent)
    out, _ = process.communicate(timeout=30)
    assert process.returncode not in {0, None}
    assert out == b""
    assert _answering(graph) == []


def _answering(graph: Path) -> list[int]:
    """The processes that hold the store of a graph open, where /proc tells."""
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            files = [str(file.readlink()) for file in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(file.startswith(f"{graph}/store/") for file in files):
            found.append(int(process.name))
    return found


def test_a_module_in_the_folder_is_not_run(graph: Path, tmp_path: Path) -> None:
    """Where kg is called does not change what it runs."""
    for name in ("json", "pyoxigraph", "io"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')")
    names = stored_namespaces(graph)
    assert names is not None
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert query_store(graph / "store", "ASK {}", names).content == b"true\n"
    finally:
        os.chdir(before)


def test_a_process_that_dies_is_told(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the process ends without an answer, the error says so instead of giving none."""
    names = stored_namespaces(graph)
    assert names is not None
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(ProcessError, match=r"was not answered: its process ended with code 1 \(memory, or ORDER BY"):
        query_store(graph / "store", "ASK {}", names)


def test_the_list() -> None:
    """Every competency query is listed with its question and defaults, and can be shown as it stands."""
    listed = invoke("query", "--list").output
    for query in competency_queries():
        assert f"{query.name}\n    {query.question}\n" in listed
        assert all(f"{one.name}={one.shown_default}" in listed for one in query.parameters)
    assert invoke("query", "--list", "counts").output == competency_query("counts").text
    assert "did you mean 'counts'" in invoke("query", "--list", "count").output


@pytest.mark.parametrize(("level", "said"), [("link", b"but not their words"), ("none", b"holds no evidence")])
def test_evidence_that_the_store_lacks(graph: Path, tmp_path: Path, level: str, said: bytes) -> None:
    """Whoever asks for evidence of a store that was built with less is told why nothing is found; others are not."""
    arguments = ("build", graph.parent / "papers.jsonl", "-o", tmp_path / "g", "--export", "turtle", "-q")
    assert invoke(*arguments, "--store-evidence", level).exit_code == 0
    edge = ("--example", "evidence-for-edge", "--set", "from=BarNet", "--set", "to=ImageNet")
    assert "(0 rows)" not in asked(graph, *edge)
    done = run("query", tmp_path / "g", *edge)
    assert done.stdout.endswith(b"(0 rows)\n")
    assert said in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert asked(tmp_path / "g", "-q", LABELS) == asked(graph, "-q", LABELS)


def test_a_pipe_that_closes(graph: Path) -> None:
    """What reads only the beginning gets it, without a complaint."""
    shell = f"{{ {KG[0]} -c \"{KG[2]}\" query '{graph}' -q 'SELECT ?s ?p ?o {{ ?s ?p ?o }}' --format csv; }} | head -1"
    done = subprocess.run(["bash", "-c", shell], cwd=ROOT, capture_output=True, check=False, text=True)
    assert (done.stdout, done.stderr) == ("s,p,o\n", "")
