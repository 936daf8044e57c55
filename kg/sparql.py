"""SPARQL on a store of Oxigraph: what a query may be, and how its mistakes are told.

Queries are SPARQL 1.1 as Oxigraph understands it. They only read, and they stay on this machine: updates are refused,
and so is ``SERVICE``. What looks for that word reads a query much as Oxigraph does, but not in all corners; so
Oxigraph is sent the word in a spelling that texts and IRIs may have and the language itself does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import pyoxigraph

from kg.errors import GraphError, QueryError, RefusedQueryError

Found: TypeAlias = "pyoxigraph.QuerySolutions | pyoxigraph.QueryTriples | pyoxigraph.QueryBoolean"

_TOKEN: Final = re.compile(
    r"""(?xs)
    \#[^\n\r]*                                          # a comment
    | <[^<>"{}|^`\\\x00-\x20]*>                         # an IRI
    | \"{3}.*?(?<!\\)(?:\\\\)*\"{3} | '{3}.*?(?<!\\)(?:\\\\)*'{3}
    | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'
    | [?$@]\w+                                          # a variable, a language
    | [\w.-]*:(?:[\w.:%-]|\\.)*                         # a name with a prefix
    | (?P<word>\w+)
    | .
    """
)
_SERVICE: Final = re.compile(r"(?ia)(?<![?$])service")
"""The letters of the word, where they do not begin a variable."""
_UPDATES: Final = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_PROLOGUE: Final = frozenset({"PREFIX", "BASE"})
_TEXTS: Final = frozenset("#<\"'")
"""What comments, IRIs and texts begin with."""
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
    tokens = list(_TOKEN.finditer(query))
    if any(_SERVICE.search(token[0]) for token in tokens if token[0][0] not in _TEXTS):
        raise RefusedQueryError(
            "SERVICE is refused: a query stays on this machine; in names, too: write <the whole IRI> instead"
        )
    words = [token["word"].upper() for token in tokens if token["word"]]
    first = next((word for word in words if word not in _PROLOGUE), "")
    if first in _UPDATES:
        raise RefusedQueryError(f"{first} is refused: a query only reads; to change the graph, build it again")


def open_store(folder: Path) -> pyoxigraph.Store:
    """The store in a folder, to be read only. Raises GraphError where there is none."""
    try:
        return pyoxigraph.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise GraphError(f"{folder} is no store that can be read ({error}); build the graph again") from error


def solve(
    store: pyoxigraph.Store,
    query: str,
    namespaces: Namespaces,
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> Found:
    """What a store answers: rows, triples or a truth.

    Prefixes need not be declared, and IRIs may be relative to the base. ``default_graphs`` and ``named_graphs`` are
    IRIs of graphs in the store; where there are any, the query is asked of them, and of no others. Raises QueryError
    where the query is wrong, RefusedQueryError where it is refused.
    """
    check_reads_only(query)
    try:
        is_chosen = bool(default_graphs or named_graphs)
        return store.query(
            _SERVICE.sub(_escaped, query),
            base_iri=namespaces.base,
            prefixes=dict(namespaces.prefixes),
            default_graph=[pyoxigraph.NamedNode(iri) for iri in default_graphs] if is_chosen else None,
            named_graphs=[pyoxigraph.NamedNode(iri) for iri in named_graphs] if is_chosen else None,
        )
    except SyntaxError as error:
        raise QueryError(_told(str(error), query)) from error
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from error


def _escaped(found: re.Match[str]) -> str:
    """A word with its first letter as texts and IRIs may have it, but no keyword (SPARQL 1.1, section 19.2)."""
    return f"\\u{ord(found[0][0]):04x}{found[0][1:]}"


def _column_as_written(line: str, column: int) -> int:
    """The column of a line, from 1, at which stands what is in this column of the line as it was sent."""
    longer = 0
    for found in _SERVICE.finditer(line):
        if column - longer > found.start() + 1:
            longer += min(len(_escaped(found)) - len(found[0]), column - longer - found.start() - 1)
    return column - longer


def _told(message: str, query: str) -> str:
    """A mistake in one line, with its place and what stands there."""
    found = _MISTAKE.match(message)
    if found is None:
        return f"the query is wrong: {' '.join(message.split())}"
    line, column = int(found[1]), int(found[2])
    text = (query.split("\n") + [""] * line)[line - 1]
    column = _column_as_written(text, column)
    there = text[max(column - 1, 0) :].strip()[:_AROUND]
    near = f"at {there!r}" if there else "where the line ends"
    place = f"line {line}, column {column}, {near}"
    expected = found[3].removeprefix("expected ").removeprefix("one of ")
    if _NO_PREFIX in expected:
        return f"the query is wrong in {place}: a prefix that is not declared?"
    words = [word for word in _EXPECTED.findall(expected) if word not in _NO_HELP]
    hint = f": expected {', '.join(words)}" if words else ""
    return f"the query is wrong in {place}{hint}"
