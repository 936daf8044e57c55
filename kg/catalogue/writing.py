"""A graph written as a catalogue."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Final

import networkx as nx

from kg import names
from kg.catalogue.schema import FIELDS, FORMAT, INDEXES, TABLES
from kg.errors import GraphError
from kg.graph import Graph, Piece, PiecewiseGraph
from kg.model import ENTITY_TYPES
from kg.replacing import file_replaced

_ENTITY, _PAPER, _RESULT = range(3)
_RANK: Final[Mapping[str, int]] = {
    "Paper": _PAPER,
    "Result": _RESULT,
    **dict.fromkeys(ENTITY_TYPES, _ENTITY),
}
_YEAR: Final = re.compile(r"\d{4}")
_EDGE_ATTRIBUTES: Final = frozenset({"relation", "confidence", "evidence"})
_LONGEST_NAME: Final = 1000
"""Characters of a name that can be searched for."""
_NUMBERS_KEPT: Final = 1 << 17
_ASIDE: Final = """
CREATE TEMP TABLE found_node (
  key TEXT NOT NULL, kind TEXT NOT NULL, rank INTEGER NOT NULL, "order" INTEGER NOT NULL, label TEXT NOT NULL,
  papers INTEGER NOT NULL, year INTEGER, attributes TEXT NOT NULL, names TEXT NOT NULL, PRIMARY KEY (key)
);
CREATE TEMP TABLE numbered (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TEMP TABLE found_edge (
  source INTEGER NOT NULL, relation INTEGER NOT NULL, target INTEGER NOT NULL, confidence REAL NOT NULL,
  items INTEGER NOT NULL, evidence TEXT NOT NULL, attributes TEXT NOT NULL
);
"""
"""What is found before it is known where it stands in the catalogue."""
_NUMBER: Final = 'INSERT INTO numbered (key) SELECT key FROM found_node ORDER BY rank, "order", key'
_NODES: Final = """
INSERT INTO node
SELECT id, key, kind, label, papers, coalesce(degree, 0), year, attributes
FROM numbered JOIN found_node USING (key) LEFT JOIN (
  SELECT "end", count(*) AS degree
  FROM (SELECT source AS "end" FROM found_edge UNION ALL SELECT target FROM found_edge) GROUP BY "end"
) ON "end" = id
ORDER BY id
"""


def write_catalogue(graph: Graph | PiecewiseGraph, path: Path, *, source: str = "") -> None:
    """Write the catalogue of a graph to a file, whole or not at all.

    A graph that comes piece by piece is never in memory. ``source`` says what it was read from, so that it can be told
    whether the catalogue is still right. Raises GraphError where the file cannot be written.
    """
    told = _InMemory(graph) if isinstance(graph, nx.MultiDiGraph) else graph
    try:
        with file_replaced(path) as part:
            part.unlink(missing_ok=True)
            with closing(sqlite3.connect(part, isolation_level=None)) as database:
                database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;")
                database.executescript(TABLES)
                database.executescript(_ASIDE)
                database.execute("BEGIN")
                _fill(database, told, source)
                database.execute("COMMIT")
                database.executescript(INDEXES)
    except (OSError, sqlite3.Error) as error:
        raise GraphError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error


class _InMemory:
    """A graph that is in memory, as one piece."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.name: str = graph.graph.get("name") or ""
        self.kg_version: str = graph.graph.get("kg_version") or ""
        self.rules_hash: str | None = graph.graph.get("rules_hash")

    def pieces(self) -> Iterator[Piece]:
        """The piece."""
        edges = [(one, other, name, edge) for one, other, name, edge in self._graph.edges(keys=True, data=True)]
        yield Piece([(key, node) for key, node in self._graph.nodes(data=True)], edges, [])


def _fill(database: sqlite3.Connection, graph: PiecewiseGraph, source: str) -> None:
    """Go through the pieces twice: for the nodes, which are then numbered by importance, and for the edges."""
    nodes = (_node_values(*node) for piece in graph.pieces() for node in piece.nodes)
    database.executemany("INSERT INTO found_node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", nodes)
    database.execute(_NUMBER)
    _fill_names(database)

    @lru_cache(_NUMBERS_KEPT)
    def number(key: str) -> int:
        found: int = database.execute("SELECT id FROM numbered WHERE key = ?", [key]).fetchone()[0]
        return found

    relations, rules = _Numbers(), _Numbers()
    edges = (
        (number(one), relations[name], number(other), *_edge_values(edge, number, rules))
        for piece in graph.pieces()
        for one, other, name, edge in piece.edges
    )
    database.executemany("INSERT INTO found_edge VALUES (?, ?, ?, ?, ?, ?, ?)", edges)
    database.execute("INSERT INTO edge SELECT * FROM found_edge ORDER BY source, relation, target")
    database.execute(_NODES)
    database.executemany("INSERT INTO relation VALUES (?, ?, 0)", ((place, name) for name, place in relations.items()))
    database.execute("UPDATE relation SET edges = (SELECT count(*) FROM edge WHERE edge.relation = relation.id)")
    database.executemany("INSERT INTO rule VALUES (?, ?)", ((place, _compact(name)) for name, place in rules.items()))
    about = {
        "format": FORMAT,
        "source": source,
        "name": graph.name,
        "kg_version": graph.kg_version,
        "rules_hash": graph.rules_hash,
    }
    database.executemany("INSERT INTO about VALUES (?, ?)", ((key, _writable(value)) for key, value in about.items()))


class _Numbers(dict[str, int]):
    """Numbers from 1 for names, given when a name is first met."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self) + 1
        return self[name]


def _day(published: str | None) -> int:
    """A date as a number that grows with it; 0 where there is no year."""
    if published is None or not _YEAR.match(published):
        return 0
    return int(published.replace("-", "").ljust(8, "0")[:8])


def _year(published: str | None) -> int | None:
    found = _YEAR.match(published or "")
    return int(found[0]) if found else None


def _node_values(key: str, node: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row of the nodes that are found; the first by rank, and then by the number behind it, is the most important."""
    attributes = dict(node)
    kind, label = attributes.pop("kind"), attributes.pop("label")
    rank, papers, published = _RANK[kind], attributes.get("papers", 0), attributes.get("published")
    names_ = [] if rank == _RESULT else list(dict.fromkeys(attributes.get("names") or [label]))
    text = json.dumps({"label": label, **attributes}, default=_decimal, separators=(",", ":"))
    order = -papers if rank == _ENTITY else -_day(published) if rank == _PAPER else 0
    return key, kind, rank, order, _writable(label), papers, _year(published), text, _compact(names_)


def _fill_names(database: sqlite3.Connection) -> None:
    written = database.execute(
        "SELECT id, names FROM numbered JOIN found_node USING (key) WHERE names <> '[]' ORDER BY id"
    )
    place = count(1)
    for node, said in written:
        for name in json.loads(said):
            row = next(place)
            text = str(_writable(name[:_LONGEST_NAME]))
            database.execute("INSERT INTO name VALUES (?, ?, ?, ?)", [row, node, text, names.key(text)])
            database.execute("INSERT INTO words (rowid, name) VALUES (?, ?)", [row, text])


def _edge_values(edge: Mapping[str, Any], number: Callable[[str], int], rules: _Numbers) -> tuple[Any, ...]:
    evidence: Iterable[Mapping[str, Any]] = edge["evidence"]
    packed = [
        [
            number(item["paper"]),
            FIELDS.index(item["field"]),
            item["start"],
            item["end"],
            item["sentence_start"],
            item["sentence_start"] + len(item["sentence"]),
            rules[item["rule"]],
            item["confidence"],
        ]
        for item in evidence
    ]
    others = {name: value for name, value in edge.items() if name not in _EDGE_ATTRIBUTES}
    return edge["confidence"], len(packed), _compact(packed), _compact(others)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _decimal(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no attribute of a node")


def _writable(text: str | None) -> str | None:
    """Text without halves of characters, which SQLite cannot hold."""
    return None if text is None else text.encode(errors="replace").decode()
