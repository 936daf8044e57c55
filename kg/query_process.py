"""A query in a process of its own, which can be ended from outside: Oxigraph cannot be told to stop.

Run as ``python -m kg.query_process``; :mod:`kg.querying` starts it. A request comes in on standard input as JSON
(``store``, ``query``, ``base``, ``prefixes``, ``form``, ``most``); what goes out on standard output is one line of
JSON, ``{"kind": "rows"}`` ("triples", "truth") or ``{"error": "…"}``, and then the answer.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import pyoxigraph

from kg.errors import KgError, QueryError
from kg.query_forms import RESULT_FORMS, TABLE, TRIPLE_FORMS
from kg.sparql import Namespaces, open_store, solve

Form = TypeVar("Form")

MEGABYTE: Final = 1_000_000
RESULTS: Final = dict(
    zip(
        RESULT_FORMS,
        (
            pyoxigraph.QueryResultsFormat.CSV,
            pyoxigraph.QueryResultsFormat.TSV,
            pyoxigraph.QueryResultsFormat.JSON,
            pyoxigraph.QueryResultsFormat.XML,
        ),
        strict=True,
    )
)
TRIPLES: Final = dict(zip(TRIPLE_FORMS, (pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.N_TRIPLES), strict=True))
DEFAULT_RESULTS: Final = "json"
DEFAULT_TRIPLES: Final = "turtle"


class _Limited(io.BytesIO):
    """Bytes in memory, of which there may be only so many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, block: Any) -> int:
        _check_size(self.tell() + len(block), self._most)
        return super().write(block)


def answer(store: pyoxigraph.Store, query: str, namespaces: Namespaces, form: str, most: int) -> tuple[str, bytes]:
    """What a store answers, as its kind ("rows", "triples" or "truth") and bytes in a form.

    The form is one of ``kg.query_forms.FORMS``; rows and truths cannot be written as triples, nor triples as rows.
    Triples are sorted. Raises QueryError where the query is wrong, the form does not fit, or the answer has more than
    ``most`` bytes.
    """
    found = solve(store, query, namespaces)
    written = _Limited(most)
    try:
        if isinstance(found, pyoxigraph.QueryTriples):
            kind = "triples"
            chosen = _fitting(TRIPLES, DEFAULT_TRIPLES if form == TABLE else form, kind)
            triples = sorted(set(_counted(found, most)), key=str)
            pyoxigraph.serialize(triples, written, chosen, prefixes=_used(namespaces, triples))
        else:
            kind = "truth" if isinstance(found, pyoxigraph.QueryBoolean) else "rows"
            found.serialize(written, _fitting(RESULTS, DEFAULT_RESULTS if form == TABLE else form, kind))
    except OSError as error:
        raise QueryError(f"the query cannot be answered: {error}") from error
    return kind, written.getvalue()


def _fitting(forms: Mapping[str, Form], form: str, kind: str) -> Form:
    if form not in forms:
        raise QueryError(f"the answer is {kind}, which {form!r} cannot hold; ask for one of: {', '.join(forms)}")
    return forms[form]


def _used(namespaces: Namespaces, triples: list[pyoxigraph.Triple]) -> dict[str, str]:
    """The prefixes of the terms that stand in triples."""
    terms = {term for triple in triples for term in triple}
    iris = {(term.datatype if isinstance(term, pyoxigraph.Literal) else term).value for term in terms}
    return {
        prefix: namespace
        for prefix, namespace in namespaces.prefixes.items()
        if any(iri.startswith(namespace) for iri in iris)
    }


def _counted(triples: Iterator[pyoxigraph.Triple], most: int) -> Iterator[pyoxigraph.Triple]:
    size = 0
    for triple in triples:
        size += len(str(triple))
        _check_size(size, most)
        yield triple


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise QueryError(
            f"the answer is larger than {most / MEGABYTE:,g} MB; add a LIMIT to the query, or give --max-size"
        )


def main() -> None:
    """Answer the request on standard input."""
    request = json.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    try:
        store = open_store(Path(request["store"]))
        names = Namespaces(request["base"], request["prefixes"])
        kind, content = answer(store, request["query"], names, request["form"], request["most"])
    except KgError as error:
        out.write(json.dumps({"error": str(error)}).encode())
        return
    out.write(json.dumps({"kind": kind}).encode() + b"\n")
    out.write(content)


if __name__ == "__main__":
    main()
