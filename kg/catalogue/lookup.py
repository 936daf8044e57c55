"""Nodes, edges with their evidence, and pieces of the graph as networkx, looked up in a catalogue."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import networkx as nx

from kg.catalogue.schema import FIELDS, FORMAT
from kg.errors import GraphError
from kg.graph import ROLE_RELATIONS, SLOTS, EvidenceItem, Graph

Direction: TypeAlias = Literal["out", "in"]
Attributes: TypeAlias = dict[str, Any]

_LINE: Final = "node.id, node.key, node.kind, node.label, node.papers, node.degree, node.year"


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node in one line: ``papers`` (of an entity: how many name it) and ``degree`` count, ``year`` is a paper's."""

    id: int
    key: str
    kind: str
    label: str
    papers: int
    degree: int
    year: int | None


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """An edge in one line, as seen from one of its ends: ``other`` is the node at the other end."""

    source: str
    relation: str
    target: str
    other: NodeLine
    confidence: float
    evidence_count: int


class Lookup:
    """A catalogue in a file, which is only read; every thread has a connection of its own.

    What is not there is answered by None or by nothing. Everything comes in the order of importance: entities by the
    papers that name them, then papers from the newest, then results. Raises GraphError where the file is no catalogue.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            about = dict(self.rows("SELECT name, value FROM about"))
            self._check_format(about.get("format"))
            self._relation = dict(self.rows("SELECT name, id FROM relation"))
            self._rules = {place: json.loads(name) for place, name in self.rows("SELECT id, name FROM rule")}
            self.relations: dict[str, int] = dict(self.rows("SELECT name, edges FROM relation ORDER BY name"))
            self.kinds: dict[str, int] = dict(self.rows("SELECT kind, COUNT(*) FROM node GROUP BY kind ORDER BY kind"))
            ((first, last),) = self.rows("SELECT MIN(year), MAX(year) FROM node WHERE kind = 'Paper'")
        except (sqlite3.Error, ValueError) as error:
            self.close()
            raise GraphError(f"{path} is no catalogue of kg ({error}); remove it, and it is made anew") from error
        except GraphError:
            self.close()
            raise
        self.source: str = about["source"]
        self.name: str = about["name"]
        self.kg_version: str = about["kg_version"]
        self.rules_hash: str | None = about["rules_hash"]
        self.years: tuple[int, int] | None = None if first is None else (first, last)
        self.role_relations = self.relation_numbers(ROLE_RELATIONS.values())

    def _check_format(self, found: str | None) -> None:
        if found != FORMAT:
            raise GraphError(f"{self.path} is a catalogue of another version of kg; remove it, and it is made anew")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows that a statement of SQL selects."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return list(connection.execute(sql, values))

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._opened:
                with suppress(sqlite3.Error):
                    connection.close()
            self._opened.clear()

    def line(self, key: str) -> NodeLine | None:
        """The node with this key, in one line."""
        return next(iter(self.lines([key])), None)

    def lines(self, keys: Iterable[str]) -> list[NodeLine]:
        """The nodes with these keys, in the order of the keys."""
        wanted = list(dict.fromkeys(keys))
        sql = f"SELECT {_LINE} FROM node WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants only
        found = {row[1]: NodeLine(*row) for row in self.rows(sql, [json.dumps(wanted, ensure_ascii=True)])}
        return [found[key] for key in wanted if key in found]

    def lines_numbered(self, ids: Iterable[int]) -> list[NodeLine]:
        """The nodes with these numbers, in their order."""
        wanted = list(dict.fromkeys(ids))
        sql = f"SELECT {_LINE} FROM node WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants only
        found = {row[0]: NodeLine(*row) for row in self.rows(sql, [json.dumps(wanted)])}
        return [found[place] for place in wanted if place in found]

    def node(self, key: str) -> Attributes | None:
        """All attributes of a node, as :mod:`kg.graph` has them."""
        rows = self.rows("SELECT id, key, kind, attributes FROM node WHERE key = ?", [_plain(key)])
        return _attributes(rows[0][2], rows[0][3]) if rows else None

    def top(self, kind: str, limit: int = 20, offset: int = 0) -> list[NodeLine]:
        """The most important nodes of a kind: entities by the papers that name them, papers from the newest."""
        sql = f"SELECT {_LINE} FROM node WHERE kind = ? ORDER BY id LIMIT ? OFFSET ?"  # noqa: S608 - constants only
        return [NodeLine(*row) for row in self.rows(sql, [kind, limit, offset])]

    def counts(self, key: str) -> list[tuple[str, Direction, int]]:
        """How many edges a node has, by relation and direction, sorted."""
        line = self.line(key)
        if line is None:
            return []
        found: list[tuple[str, Direction, int]] = []
        directions: tuple[tuple[Direction, str], ...] = (("out", "source"), ("in", "target"))
        for direction, end in directions:
            sql = (
                f"SELECT relation.name, COUNT(*) FROM edge JOIN relation ON relation.id = edge.relation "  # noqa: S608
                f"WHERE edge.{end} = ? GROUP BY relation.name"
            )
            found += [(name, direction, count) for name, count in self.rows(sql, [line.id])]
        return sorted(found)

    def edges(
        self,
        key: str,
        relation: str | None = None,
        direction: Direction = "out",
        *,
        kinds: Collection[str] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> list[EdgeLine]:
        """The edges from a node ("out") or to it ("in"), by relation, then by the importance of the other end.

        ``relation`` and the ``kinds`` of the other end choose among them, where they are given.
        """
        line = self.line(key)
        if line is None or (relation is not None and relation not in self._relation):
            return []
        here, there = ("source", "target") if direction == "out" else ("target", "source")
        sql = (
            f"SELECT relation.name, edge.confidence, edge.items, {_LINE} FROM edge "  # noqa: S608 - constants only
            f"JOIN relation ON relation.id = edge.relation JOIN node ON node.id = edge.{there} WHERE edge.{here} = ?"
        )
        values: list[Any] = [line.id]
        if relation is not None:
            sql += " AND edge.relation = ?"
            values.append(self._relation[relation])
        if kinds:
            sql += " AND node.kind IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(sorted(kinds)))
        sql += f" ORDER BY edge.relation, edge.{there} LIMIT ? OFFSET ?"
        found = []
        for name, confidence, items, *other in self.rows(sql, [*values, limit, offset]):
            end = NodeLine(*other)
            ends = (key, end.key) if direction == "out" else (end.key, key)
            found.append(EdgeLine(ends[0], name, ends[1], end, confidence, items))
        return found

    def edge(self, source: str, relation: str, target: str) -> Attributes | None:
        """All attributes of an edge, with its evidence, as :mod:`kg.graph` has them."""
        ends = {line.key: line.id for line in self.lines([source, target])}
        if len(ends) < len({source, target}) or relation not in self._relation:
            return None
        where = "source = ? AND relation = ? AND target = ?"
        return next(
            (edge for *_, edge in self._edges(where, [ends[source], self._relation[relation], ends[target]])), None
        )

    def part(self, keys: Iterable[str]) -> Graph:
        """These nodes with all edges among them, as a graph of the model of :mod:`kg.graph`."""
        return self._part(line.id for line in self.lines(keys))

    def results_of(self, key: str, limit: int = 2000) -> Graph:
        """The results that have a node in a slot, or that a paper reports, with their papers and slots.

        Of more than ``limit`` results, those of the newest papers.
        """
        line = self.line(key)
        if line is None:
            return self._part(())
        slots = json.dumps(self.relation_numbers(relation for _, relation in SLOTS.values()))
        reports = self.relation_numbers(["reports"])
        if line.kind == "Result":
            results = [line.id]
        elif line.kind == "Paper":
            sql = "SELECT target FROM edge WHERE source = ? AND relation IN (SELECT value FROM json_each(?))"
            found = self.rows(sql, [line.id, json.dumps(reports)])
            kinds = {one.id for one in self.lines_numbered(row[0] for row in found) if one.kind == "Result"}
            results = sorted(kinds)[:limit]
        else:
            sql = (
                "SELECT DISTINCT source FROM edge WHERE target = ? AND relation IN (SELECT value FROM json_each(?)) "
                "ORDER BY source LIMIT ?"
            )
            results = [row[0] for row in self.rows(sql, [line.id, slots, limit])]
        chosen = json.dumps(results)
        ends = self.rows(
            "SELECT target FROM edge WHERE source IN (SELECT value FROM json_each(?1)) UNION "
            "SELECT source FROM edge WHERE target IN (SELECT value FROM json_each(?1)) "
            "AND relation IN (SELECT value FROM json_each(?2))",
            [chosen, json.dumps(reports)],
        )
        return self._part({*results, line.id, *(row[0] for row in ends)})

    def relation_numbers(self, relations: Iterable[str]) -> list[int]:
        """The numbers of relations that the graph has."""
        return [self._relation[name] for name in relations if name in self._relation]

    def _part(self, numbers: Iterable[int]) -> Graph:
        graph: Graph = nx.MultiDiGraph(name=self.name, kg_version=self.kg_version)
        if self.rules_hash is not None:
            graph.graph["rules_hash"] = self.rules_hash
        ids = json.dumps(sorted(set(numbers)))
        nodes = self.rows(
            "SELECT key, kind, attributes FROM node WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", [ids]
        )
        graph.add_nodes_from((key, _attributes(kind, text)) for key, kind, text in nodes)
        # The plus keeps SQLite from going through all edges to what is named everywhere.
        among = "source IN (SELECT value FROM json_each(?1)) AND +target IN (SELECT value FROM json_each(?1))"
        edges = sorted(self._edges(among, [ids]), key=lambda row: (row[0], row[2], row[1]))
        for source, relation, target, edge in edges:
            graph.add_edge(source, target, key=relation, **edge)
        return graph

    def _edges(self, where: str, values: Sequence[Any]) -> Iterator[tuple[str, str, str, Attributes]]:
        sql = f"SELECT source, relation, target, confidence, evidence, attributes FROM edge WHERE {where}"  # noqa: S608
        rows = self.rows(sql, values)
        unpacked = [(*row[:4], json.loads(row[4]), json.loads(row[5])) for row in rows]
        papers = {item[0] for *_, evidence, _ in unpacked for item in evidence}
        about = {
            place: (key, json.loads(text))
            for place, key, text in self.rows(
                "SELECT id, key, attributes FROM node WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(sorted(papers))],
            )
        }
        ends = {end for row in unpacked for end in (row[0], row[2])}
        keys = dict(
            self.rows(
                "SELECT id, key FROM node WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(sorted(ends))]
            )
        )
        names = {place: name for name, place in self._relation.items()}
        for source, relation, target, confidence, evidence, others in unpacked:
            items = [self._item(item, about) for item in evidence]
            attributes = {"relation": names[relation], "confidence": confidence, "evidence": items, **others}
            yield keys[source], names[relation], keys[target], attributes

    def _item(self, packed: Sequence[Any], about: Mapping[int, tuple[str, Attributes]]) -> EvidenceItem:
        paper, field, start, end, sentence_start, sentence_end, rule, confidence = packed
        key, attributes = about[paper]
        text: str = attributes[FIELDS[field]] or ""
        return {
            "paper": key,
            "field": FIELDS[field],
            "start": start,
            "end": end,
            "text": text[start:end],
            "sentence": text[sentence_start:sentence_end],
            "sentence_start": sentence_start,
            "rule": self._rules[rule],
            "confidence": confidence,
        }


def _attributes(kind: str, text: str) -> Attributes:
    attributes = {"kind": kind, **json.loads(text)}
    if attributes.get("number") is not None:
        attributes["number"] = Decimal(attributes["number"])
    return attributes


def _plain(text: str) -> str:
    """Text without halves of characters, which SQLite cannot hold."""
    return text.encode(errors="replace").decode()
