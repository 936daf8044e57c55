"""Four SPARQL engines that hold one graph: rdflib, the embedded Oxigraph, and two stock servers asked over HTTP."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyoxigraph
import rdflib
from rdflib.namespace import XSD

Term: TypeAlias = tuple[str, object]
Row: TypeAlias = dict[str, Term]
Answer: TypeAlias = "bool | list[Row] | set[tuple[Term, Term, Term]]"
Ask: TypeAlias = Callable[[str], Answer]
"""Answers a query: a truth, rows in their order, or a set of triples."""

DEFAULT_GRAPH: Final = "https://example.org/kg/"
"""Where a server without a default graph of its own keeps what the file has in it."""
NUMBERS: Final = {str(datatype) for datatype in (XSD.integer, XSD.decimal, XSD.double, XSD.int, XSD.nonNegativeInteger)}
SECONDS: Final = 30
JSON: Final = "application/sparql-results+json"
NTRIPLES: Final = "application/n-triples, text/plain;q=0.5"
INI: Final = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 4
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = 100000
"""


def oxigraph_server() -> str | None:
    """The program of the PyPI package oxigraph, if it is installed."""
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.exists() else shutil.which("oxigraph")


def virtuoso_server() -> str | None:
    """The program of Debian's virtuoso-opensource, if it is installed with what loads a file into it."""
    return shutil.which("virtuoso-t") if shutil.which("isql-vt") else None


def in_rdflib(nquads: Path) -> Ask:
    """A plain rdflib Dataset."""
    dataset = rdflib.Dataset()
    dataset.parse(nquads, format="nquads")

    def ask(query: str) -> Answer:
        found = dataset.query(query)
        if found.type == "ASK":
            return bool(found.askAnswer)
        if found.type == "CONSTRUCT":
            return triples(found.serialize(format="nt") or b"")
        return rows(json.loads(found.serialize(format="json") or b""))

    return ask


def in_store(store: pyoxigraph.Store) -> Ask:
    """The store that ``kg build`` leaves, in this process."""

    def ask(query: str) -> Answer:
        found = store.query(query)
        if isinstance(found, pyoxigraph.QueryBoolean):
            return bool(found)
        if isinstance(found, pyoxigraph.QueryTriples):
            return triples(found.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES) or b"")
        return rows(json.loads(found.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""))

    return ask


@contextmanager
def in_oxigraph(program: str, store: Path) -> Iterator[Ask]:
    """The Oxigraph server on the folder that ``kg build`` leaves."""
    port = free_port()
    command = [program, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with _served(command, store.parent, f"http://127.0.0.1:{port}/query") as ask:
        yield ask


@contextmanager
def in_virtuoso(program: str, nquads: Path, folder: Path) -> Iterator[Ask]:
    """Virtuoso with an empty database in a folder, into which the N-Quads are loaded with its own loader."""
    http, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(INI.format(http=http, sql=sql, folder=nquads.parent))
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    with _served(command, folder, f"http://127.0.0.1:{http}/sparql") as ask:
        load = f"DB.DBA.TTLP(file_to_string_output('{nquads}'), '', '{DEFAULT_GRAPH}', 512);"  # 512: N-Quads
        loader = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", "errors=stdout", f"exec={load}"]
        done = subprocess.run(loader, capture_output=True, text=True, check=True, timeout=SECONDS)
        assert "Error" not in done.stdout, done.stdout
        yield ask


@contextmanager
def _served(command: list[str], folder: Path, address: str) -> Iterator[Ask]:
    """A server while it runs, when it has begun to answer."""
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            until = time.monotonic() + SECONDS
            while True:
                try:
                    over_http(address, "ASK {}")
                    break
                except OSError:
                    message = (folder / "server.log").read_text("utf-8", "replace")[-2000:]
                    assert server.poll() is None, message
                    assert time.monotonic() < until, message
                    time.sleep(0.05)
            yield lambda query: over_http(address, query)
        finally:
            server.kill()
            server.wait()


def over_http(address: str, query: str) -> Answer:
    """What a SPARQL endpoint answers; raises OSError where it does not, with what it says."""
    form = urllib.parse.urlencode({"query": query}).encode()
    accept = NTRIPLES if "CONSTRUCT {" in query else JSON
    request = urllib.request.Request(address, form, {"Accept": accept})  # noqa: S310 - on this machine
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            content = answer.read()
    except urllib.error.HTTPError as error:
        raise OSError(error.read().decode(errors="replace")) from error
    return triples(content) if accept == NTRIPLES else rows(json.loads(content))


def rows(results: dict[str, Any]) -> bool | list[Row]:
    """Results as SPARQL has them in JSON, with numbers by their values: 0.5 is 0.50, whatever an engine writes."""
    if "boolean" in results:
        return bool(results["boolean"])
    return [
        {name: _term(one["type"], one["value"], one.get("datatype")) for name, one in row.items()}
        for row in results["results"]["bindings"]
    ]


def triples(content: bytes) -> set[tuple[Term, Term, Term]]:
    """The triples of N-Triples."""
    return {
        (_ox_term(one.subject), _ox_term(one.predicate), _ox_term(one.object))
        for one in pyoxigraph.parse(content, format=pyoxigraph.RdfFormat.N_TRIPLES)
    }


def _ox_term(term: Any) -> Term:
    if isinstance(term, pyoxigraph.Literal):
        return _term("literal", term.value, term.datatype.value)
    return _term("uri", term.value, None)


def _term(kind: str, value: str, datatype: str | None) -> Term:
    if kind == "uri":
        return "iri", value
    if datatype in NUMBERS:
        return "number", Decimal(value).normalize()
    return ("text" if datatype in {None, str(XSD.string)} else str(datatype)), value


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
