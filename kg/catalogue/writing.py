"""A graph written as a catalogue."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kg import names
from kg.catalogue.schema import FIELDS, FORMAT, INDEXES, TABLES
from kg.errors import GraphError
from kg.graph import Graph
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


def write_catalogue(graph: Graph, path: Path, *, source: str = "") -> None:
    """Write the catalogue of a graph to a file, whole or not at all.

    ``source`` says what the graph was read from, so that it can be told whether the catalogue is still right. Raises
    GraphError where the file cannot be written.
    """
    try:
        with file_replaced(path) as part:
            part.unlink(missing_ok=True)
            with closing(sqlite3.connect(part, isolation_level=None)) as database:
                database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;")
                database.executescript(TABLES)
                database.execute("BEGIN")
                _fill(database, graph, source)
                database.execute("COMMIT")
                database.executescript(INDEXES)
    except (OSError, sqlite3.Error) as error:
        raise GraphError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error


def _fill(database: sqlite3.Connection, graph: Graph, source: str) -> None:
    number = {key: place for place, key in enumerate(sorted(graph, key=lambda key: _importance(key, graph)), start=1)}
    database.executemany("INSERT INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _node_rows(graph, number))
    _fill_names(database, graph, number)
    relations, rules = _Numbers(), _Numbers()
    counted: Counter[str] = Counter()
    edges = sorted(
        (
            (number[one], relations[name], number[other], edge)
            for one, other, name, edge in graph.edges(keys=True, data=True)
        ),
        key=lambda row: row[:3],
    )
    rows = ((*ends, *_edge_values(edge, number, rules)) for *ends, edge in edges)
    database.executemany("INSERT INTO edge VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    counted.update(name for *_, name in graph.edges(keys=True))
    database.executemany(
        "INSERT INTO relation VALUES (?, ?, ?)", ((place, name, counted[name]) for name, place in relations.items())
    )
    database.executemany("INSERT INTO rule VALUES (?, ?)", ((place, _compact(name)) for name, place in rules.items()))
    about = {
        "format": FORMAT,
        "source": source,
        "name": graph.graph.get("name") or "",
        "kg_version": graph.graph.get("kg_version") or "",
        "rules_hash": graph.graph.get("rules_hash"),
    }
    database.executemany("INSERT INTO about VALUES (?, ?)", ((key, _writable(value)) for key, value in about.items()))


class _Numbers(dict[str, int]):
    """Numbers from 1 for names, given when a name is first met."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self) + 1
        return self[name]


def _importance(key: str, graph: Graph) -> tuple[int, int, str]:
    attributes = graph.nodes[key]
    rank = _RANK[attributes["kind"]]
    if rank == _ENTITY:
        return rank, -attributes["papers"], key
    return rank, -_day(attributes["published"]) if rank == _PAPER else 0, key


def _day(published: str | None) -> int:
    """A date as a number that grows with it; 0 where there is no year."""
    if published is None or not _YEAR.match(published):
        return 0
    return int(published.replace("-", "").ljust(8, "0")[:8])


def _year(published: str | None) -> int | None:
    found = _YEAR.match(published or "")
    return int(found[0]) if found else None


def _node_rows(graph: Graph, number: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    for key, place in number.items():
        attributes = dict(graph.nodes[key])
        kind, label = attributes.pop("kind"), attributes.pop("label")
        year = _year(attributes.get("published"))
        text = json.dumps({"label": label, **attributes}, default=_decimal, separators=(",", ":"))
        yield place, key, kind, _writable(label), attributes.get("papers", 0), graph.degree(key), year, text


def _fill_names(database: sqlite3.Connection, graph: Graph, number: Mapping[str, int]) -> None:
    rows: list[tuple[int, int, str, str]] = []
    for key, node in number.items():
        attributes = graph.nodes[key]
        if attributes["kind"] != "Result":
            for name in dict.fromkeys(attributes.get("names") or [attributes["label"]]):
                written = str(_writable(name[:_LONGEST_NAME]))
                rows.append((len(rows) + 1, node, written, names.key(written)))
    database.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", rows)
    database.executemany("INSERT INTO words (rowid, name) VALUES (?, ?)", ((row[0], row[2]) for row in rows))


def _edge_values(edge: Mapping[str, Any], number: Mapping[str, int], rules: _Numbers) -> tuple[Any, ...]:
    evidence: Iterable[Mapping[str, Any]] = edge["evidence"]
    packed = [
        [
            number[item["paper"]],
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
