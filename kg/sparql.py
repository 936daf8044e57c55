"""SPARQL on a store of Oxigraph: what a query may be, and how its mistakes are told.

Queries are SPARQL 1.1 as Oxigraph understands it. They only read, and they stay on this machine: updates are refused,
and so is ``SERVICE``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph

from kg.errors import GraphError, QueryError

Found: TypeAlias = "pyoxigraph.QuerySolutions | pyoxigraph.QueryTriples | pyoxigraph.QueryBoolean"

_TOKEN: Final = re.compile(
    r"""(?xs)
    \#[^\n]*                                            # a comment
    | <[^<>"{}|^`\\\x00-\x20]*>                         # an IRI
    | \"{3}.*?(?<!\\)(?:\\\\)*\"{3} | '{3}.*?(?<!\\)(?:\\\\)*'{3}
    | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'
    | [?$@]\w+                                          # a variable, a language
    | [\w.-]*:(?:[\w.:%-]|\\.)*                         # a name with a prefix
    | (?P<word>\w+)
    | .
    """
)
_UPDATES: Final = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_PROLOGUE: Final = frozenset({"PREFIX", "BASE"})
_MISTAKE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_EXPECTED: Final = re.compile(r"(?:^|, )([A-Za-z]\w*(?: \w+)*)(?=,|$)")
_NO_HELP: Final = frozenset({"LATERAL", "SERVICE"})
_NO_PREFIX: Final = "Prefix not found"
_AROUND: Final = 40
_LOCAL: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Namespaces:
    """What the IRIs of a graph begin with: its base, and the prefixes that stand for vocabularies."""

    base: str
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def shortened(self, iri: str) -> str:
        """An IRI as a person reads it: without the base, with a prefix, or in angle brackets."""
        for prefix, namespace in self.prefixes.items():
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                return f"{prefix}:{iri[len(namespace) :]}"
        if iri.startswith(self.base) and iri != self.base:
            return iri[len(self.base) :]
        return f"<{iri}>"


def check_reads_only(query: str) -> None:
    """Raise QueryError where a query would change the graph, or ask another machine."""
    words = [found["word"].upper() for found in _TOKEN.finditer(query) if found["word"]]
    if "SERVICE" in words:
        raise QueryError("SERVICE is refused: a query stays on this machine")
    first = next((word for word in words if word not in _PROLOGUE), "")
    if first in _UPDATES:
        raise QueryError(f"{first} is refused: a query only reads; to change the graph, build it again")


def open_store(folder: Path) -> pyoxigraph.Store:
    """The store in a folder, to be read only. Raises GraphError where there is none."""
    try:
        return pyoxigraph.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise GraphError(f"{folder} is no store that can be read ({error}); build the graph again") from error


def solve(store: pyoxigraph.Store, query: str, namespaces: Namespaces) -> Found:
    """What a store answers: rows, triples or a truth.

    Prefixes need not be declared, and IRIs may be relative to the base. Raises QueryError where the query is wrong or
    refused.
    """
    check_reads_only(query)
    try:
        return store.query(query, base_iri=namespaces.base, prefixes=dict(namespaces.prefixes))
    except SyntaxError as error:
        raise QueryError(_told(str(error), query)) from error
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from error


def _told(message: str, query: str) -> str:
    """A mistake in one line, with its place and what stands there."""
    found = _MISTAKE.match(message)
    if found is None:
        return f"the query is wrong: {' '.join(message.split())}"
    line, column = int(found[1]), int(found[2])
    text = (query.split("\n") + [""] * line)[line - 1]
    there = text[max(column - 1, 0) :].strip()[:_AROUND]
    near = f"at {there!r}" if there else "where the line ends"
    place = f"line {line}, column {column}, {near}"
    expected = found[3].removeprefix("expected ").removeprefix("one of ")
    if _NO_PREFIX in expected:
        return f"the query is wrong in {place}: a prefix that is not declared?"
    words = [word for word in _EXPECTED.findall(expected) if word not in _NO_HELP]
    hint = f": expected {', '.join(words)}" if words else ""
    return f"the query is wrong in {place}{hint}"
