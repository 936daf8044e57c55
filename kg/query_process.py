"""What answers queries in a process of its own, which can be ended from outside: Oxigraph cannot be told to stop.

Run as ``python -m kg.query_process`` by :mod:`kg.querying`, as :mod:`kg.process_pool` describes. Its settings are
``store``, ``base``, ``prefixes`` and ``memory``, how many bytes it may take beside those of the files (None: as many as
there are). A question has ``query``, ``forms``, ``most``, ``default_graphs`` and ``named_graphs``; an answer ``kind``
("rows", "triples", "truth") and ``form``.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import pyoxigraph

from kg.errors import AnswerFormError, QueryError, SizeLimitError
from kg.model import JsonObject
from kg.process_pool import Told, serve
from kg.query_forms import MEGABYTE, RESULT_FORMS, TRIPLE_FORMS
from kg.sparql import Found, Namespaces, open_store, solve

Form = TypeVar("Form")

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
TRIPLES: Final = dict(
    zip(
        TRIPLE_FORMS,
        (pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.N_TRIPLES, pyoxigraph.RdfFormat.RDF_XML),
        strict=True,
    )
)


class _Limited(io.BytesIO):
    """Bytes in memory, of which there may be only so many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, block: Any) -> int:
        _check_size(self.tell() + len(block), self._most)
        return super().write(block)


def answer(found: Found, namespaces: Namespaces, forms: Sequence[str], most: int) -> tuple[str, str, bytes]:
    """What was found, as its kind ("rows", "triples" or "truth"), form and bytes.

    ``forms`` are some of ``kg.query_forms.RESULT_FORMS`` and ``TRIPLE_FORMS``; the first one counts that fits: rows and
    truths cannot be written as triples, nor triples as rows. Triples are sorted. Raises AnswerFormError where no form
    fits, SizeLimitError where the answer has more than ``most`` bytes, QueryError where it cannot be written.
    """
    written = _Limited(most)
    try:
        if isinstance(found, pyoxigraph.QueryTriples):
            kind = "triples"
            form = _fitting(TRIPLES, forms, kind)
            triples = sorted(set(_counted(found, most)), key=str)
            pyoxigraph.serialize(triples, written, TRIPLES[form], prefixes=_used(namespaces, triples))
        else:
            kind = "truth" if isinstance(found, pyoxigraph.QueryBoolean) else "rows"
            form = _fitting(RESULTS, forms, kind)
            found.serialize(written, RESULTS[form])
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from error
    return kind, form, written.getvalue()


def _fitting(known: Mapping[str, Form], forms: Sequence[str], kind: str) -> str:
    found = next((form for form in forms if form in known), None)
    if found is None:
        asked = " or ".join(map(repr, forms)) or "what was asked for"
        raise AnswerFormError(f"the answer is {kind}, which {asked} cannot hold; ask for one of: {', '.join(known)}")
    return found


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
        raise SizeLimitError(f"the answer is larger than {most / MEGABYTE:,g} MB; add a LIMIT to the query")


class _Answers:
    """Answers questions to one store."""

    def __init__(self, settings: JsonObject) -> None:
        self._store = open_store(Path(settings["store"]))
        self._namespaces = Namespaces(settings["base"], settings["prefixes"])
        _limit_memory(settings["memory"])

    def __call__(self, question: JsonObject) -> Told:
        found = solve(
            self._store,
            question["query"],
            self._namespaces,
            default_graphs=question["default_graphs"],
            named_graphs=question["named_graphs"],
        )
        kind, form, content = answer(found, self._namespaces, question["forms"], question["most"])
        return {"kind": kind, "form": form}, content


def _limit_memory(most: int | None) -> None:
    """Let the process die, and not the machine suffer, where it takes more memory than so many bytes."""
    if most is not None and sys.platform != "win32":
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    serve(_Answers)
