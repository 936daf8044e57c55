"""Queries to the store of the graph that is shown, and what each failure is in HTTP."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Final

from kg.errors import (
    AnswerFormError,
    BusyError,
    GraphError,
    KgError,
    ProcessError,
    QueryError,
    RefusedQueryError,
    SizeLimitError,
    TimeLimitError,
)
from kg.folder import STORE, load_graph
from kg.querying import Answer, QueryPool
from kg.sparql import Namespaces
from kg.store import namespaces, stored_namespaces, write_store

LONGEST_QUERY: Final = 100_000
"""Characters; the longest competency query has fewer than 2,000."""
SMALL: Final = 5_000
"""A store is made for the graph of so many papers that has none: it takes seconds."""
MEMORY: Final = 2_000.0
"""How many megabytes a query may take."""
RETRY_SECONDS: Final = 5

_STATUS: Final[Mapping[type[KgError], HTTPStatus]] = {
    RefusedQueryError: HTTPStatus.FORBIDDEN,
    AnswerFormError: HTTPStatus.NOT_ACCEPTABLE,
    SizeLimitError: HTTPStatus.UNPROCESSABLE_ENTITY,
    QueryError: HTTPStatus.BAD_REQUEST,
    TimeLimitError: HTTPStatus.GATEWAY_TIMEOUT,
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    ProcessError: HTTPStatus.INTERNAL_SERVER_ERROR,
    GraphError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: KgError) -> HTTPStatus:
    """What an error is in HTTP: that of the nearest class above its own."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), HTTPStatus.BAD_REQUEST)


def retry_headers(error: KgError) -> dict[str, str]:
    """When to ask again, where there were too many at once."""
    return {"retry-after": str(RETRY_SECONDS)} if isinstance(error, BusyError) else {}


class Queries:
    """Answers queries to the graph at a path, which has so many papers, within limits; from any thread.

    Where the graph has no store, one is made for the first query in a temporary folder, if it is small.
    """

    def __init__(self, path: Path, *, papers: int, seconds: float, megabytes: float) -> None:
        self._path = path
        self._papers = papers
        self.seconds = seconds
        self.megabytes = megabytes
        self._opening = threading.Lock()
        self._pool: QueryPool | None = None
        self._place: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def namespaces(self) -> Namespaces:
        """What the IRIs of the graph begin with."""
        return stored_namespaces(self._path) or namespaces()

    @cached_property
    def problem(self) -> str:
        """Why no query can be answered, and what to do about it; empty where there is nothing."""
        if stored_namespaces(self._path) is not None or self._papers <= SMALL:
            return ""
        return (
            f"the graph has no store, and is too large to make one now; "
            f"{'build it again without --no-store' if self._path.is_dir() else 'serve a folder that kg build made'}"
        )

    def start(self) -> None:
        """Let the processes that answer start, where there is a store; returns at once."""
        if stored_namespaces(self._path) is not None:
            self._opened().start()

    def ask(
        self,
        query: str,
        forms: Sequence[str],
        *,
        megabytes: float | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """What the graph answers, as :meth:`kg.querying.QueryPool.query` does, whose errors it raises.

        GraphError is raised where there is no store.
        """
        if len(query) > LONGEST_QUERY:
            raise QueryError(f"the query has more than {LONGEST_QUERY:,} characters")
        return self._opened().query(
            query,
            forms=forms,
            seconds=self.seconds,
            megabytes=self.megabytes if megabytes is None else min(megabytes, self.megabytes),
            default_graphs=default_graphs,
            named_graphs=named_graphs,
        )

    def close(self) -> None:
        """End the processes, and remove what was made."""
        with self._opening:
            if self._pool is not None:
                self._pool.close()
            if self._place is not None:
                self._place.cleanup()
            self._pool = self._place = None

    def _opened(self) -> QueryPool:
        with self._opening:
            if self._pool is None:
                if self.problem:
                    raise GraphError(self.problem)
                self._pool = QueryPool(self._store(), self.namespaces, memory=MEMORY)
            return self._pool

    def _store(self) -> Path:
        if stored_namespaces(self._path) is not None:
            return self._path / STORE
        self._place = tempfile.TemporaryDirectory(prefix="kg-store-")
        store = Path(self._place.name, STORE)
        write_store(load_graph(self._path), store)
        return store
