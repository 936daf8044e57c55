"""Queries with limits: in processes of their own, one of which is ended when the time of its query is over."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from kg.errors import QueryError, SizeLimitError, TimeLimitError
from kg.process_pool import WAITING, WORKERS, ProcessPool
from kg.query_forms import MEGABYTE, MEGABYTES, SECONDS, TABLE
from kg.sparql import Namespaces

_ABSENT: Final = "-"
_MODULE: Final = "kg.query_process"
_FOR_TABLES: Final = ("json", "turtle")
_WHY: Final = "memory, or ORDER BY over values of different kinds?"
"""Why Oxigraph dies, as far as is known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a graph answers to a query: its kind ("rows", "triples" or "truth"), its form, and its bytes."""

    kind: str
    form: str
    content: bytes


class QueryPool:
    """Processes that have a store open and answer queries, each within limits of time and size.

    ``workers`` queries are answered at once, ``waiting`` others wait. ``memory`` is how many megabytes a process may
    take beside those of the store's files; None lets it take what there is. Queries may come from any thread.
    """

    def __init__(
        self,
        store: Path,
        namespaces: Namespaces,
        *,
        workers: int = WORKERS,
        waiting: int = WAITING,
        memory: float | None = None,
    ) -> None:
        settings = {
            "store": str(store.absolute()),
            "base": namespaces.base,
            "prefixes": dict(namespaces.prefixes),
            "memory": None if memory is None else int(memory * MEGABYTE),
        }
        self._pool = ProcessPool(_MODULE, settings, what="query", why=_WHY, workers=workers, waiting=waiting)

    def start(self) -> None:
        """Start the processes, so that the first query finds them ready; returns at once."""
        self._pool.start()

    def query(
        self,
        query: str,
        *,
        forms: Sequence[str] = _FOR_TABLES,
        seconds: float = SECONDS,
        megabytes: float = MEGABYTES,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """What the store answers to a query of SPARQL, in the first of the ``forms`` that its kind can be written in.

        ``default_graphs`` and ``named_graphs`` are as for :func:`kg.sparql.solve`. Raises QueryError where the query is
        wrong, refused, too large or of a kind that fits no form, as its subclasses tell; ProcessError where it takes
        more than so many seconds, too many queries wait, or the process dies of it; GraphError where there is no store.
        """
        question = {
            "query": query,
            "forms": list(forms),
            "most": int(megabytes * MEGABYTE),
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
        }
        said, content = self._pool.ask(question, seconds)
        return Answer(said["kind"], said["form"], content)

    def close(self) -> None:
        """End all processes, whatever they do."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def query_store(
    store: Path,
    query: str,
    namespaces: Namespaces,
    *,
    form: str = TABLE,
    seconds: float = SECONDS,
    megabytes: float = MEGABYTES,
) -> Answer:
    """What the store in a folder answers to one query of SPARQL, as ``kg query`` prints it.

    ``form`` is one of ``kg.query_forms.FORMS``. Raises QueryError where the query is wrong or refused, or takes
    more than so many seconds or megabytes; GraphError where there is no store, ProcessError where the process dies.
    """
    forms = _FOR_TABLES if form == TABLE else (form,)
    try:
        with QueryPool(store, namespaces, workers=1) as pool:
            answer = pool.query(query, forms=forms, seconds=seconds, megabytes=megabytes)
    except TimeLimitError as error:
        raise QueryError(f"{error}; make it find less, or give it more time (--timeout)") from error
    except SizeLimitError as error:
        raise QueryError(f"{error}, or give --max-size") from error
    if form == TABLE:
        return Answer(answer.kind, form, _for_people(answer.kind, answer.content, namespaces))
    return answer


def _for_people(kind: str, content: bytes, namespaces: Namespaces) -> bytes:
    """An answer as a table; triples as they are."""
    if kind == "triples":
        return content
    results = json.loads(content)
    if kind == "truth":
        return f"{str(results['boolean']).lower()}\n".encode()
    return _table(results["head"]["vars"], results["results"]["bindings"], namespaces).encode(errors="replace")


def _table(names: list[str], rows: list[Mapping[str, Any]], namespaces: Namespaces) -> str:
    """Rows under their names, numbers to the right, whole texts; the last line counts them."""
    cells = [[_cell(row.get(name), namespaces) for name in names] for row in rows]
    right = [bool(rows) and all(_is_number(row.get(name)) for row in rows) for name in names]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    lines = [
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in (names, *cells)
    ]
    return "".join(f"{line}\n" for line in (*lines, f"({len(rows):,} row{'' if len(rows) == 1 else 's'})"))


def _cell(term: Mapping[str, str] | None, namespaces: Namespaces) -> str:
    if term is None:
        return _ABSENT
    if term["type"] == "uri":
        return namespaces.shortened(term["value"])
    text = f"_:{term['value']}" if term["type"] == "bnode" else term["value"]
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _is_number(term: Mapping[str, str] | None) -> bool:
    return term is None or term.get("datatype", "").endswith(("#integer", "#decimal", "#double", "#float"))
