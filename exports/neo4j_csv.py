"""The graph as tables of CSV, with the headers that ``neo4j-admin database import full`` of Neo4j 5 reads.

Headers, types and quoting follow the chapters "CSV header format", "Property data types" and "Options" of
https://neo4j.com/docs/operations-manual/5/tools/neo4j-admin/neo4j-admin-import/. No option of the command is needed:
every field is in one line, elements of an array are separated by semicolons, quotes are doubled (RFC 4180), and what
is absent is an empty field, which becomes no property.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

import networkx as nx

from kg.model import ENTITY_TYPES

from .archive import Archive, archive, encodable

Attributes: TypeAlias = Mapping[str, Any]
Columns: TypeAlias = Mapping[str, Callable[[Attributes], Any]]

# the tool reads line by line, and has no sign that would make a semicolon part of an element
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ARRAY_DELIMITER: Final = ";"
_STAND_IN: Final = ","

PAPERS: Final[Columns] = {
    "key:ID": lambda node: node["key"],
    ":LABEL": lambda node: node["kind"],
    "label": lambda node: node["label"],
    "title": lambda node: node["title"],
    "abstract": lambda node: node["abstract"],
    "text": lambda node: node["text"],
    "published": lambda node: node["published"],
    "year:int": lambda node: _year(node["published"]),
    "venue": lambda node: node["venue"],
    "url": lambda node: node["url"],
    "authors:string[]": lambda node: node["authors"],
    "author_count:int": lambda node: node["author_count"],
    "identifiers:string[]": lambda node: [f"{scheme}:{value}" for scheme, value in node["identifiers"].items()],
    "sources:string[]": lambda node: [f"{source['file']}:{source['record']}" for source in node["sources"]],
}
ENTITIES: Final[Columns] = {
    "key:ID": lambda node: node["key"],
    ":LABEL": lambda node: node["kind"],
    "label": lambda node: node["label"],
    "names:string[]": lambda node: node["names"],
    "links:string[]": lambda node: node.get("links"),
    "papers:int": lambda node: node["papers"],
}
RESULTS: Final[Columns] = {
    "key:ID": lambda node: node["key"],
    ":LABEL": lambda node: node["kind"],
    "label": lambda node: node["label"],
    "value": lambda node: node["value"],
    "number:double": lambda node: node["number"],
    "unit": lambda node: node["unit"],
    "result_kind": lambda node: node["result_kind"],
    "qualifier": lambda node: node["qualifier"],
    "metric": lambda node: node["metric"],
    "dataset": lambda node: node["dataset"],
    "task": lambda node: node["task"],
    "method": lambda node: node["method"],
    "baseline": lambda node: node["baseline"],
    "joint_confidence:double": lambda node: node["joint_confidence"],
    "paper": lambda node: node["paper"],
}
RELATIONSHIPS: Final[Columns] = {
    ":START_ID": lambda edge: edge["source"],
    ":TYPE": lambda edge: edge["relation"],
    ":END_ID": lambda edge: edge["target"],
    "confidence:double": lambda edge: edge["confidence"],
    "weight:int": lambda edge: max(len(edge["evidence"]), 1),
    "papers:string[]": lambda edge: list(dict.fromkeys(item["paper"] for item in edge["evidence"])),
    "rule": lambda edge: edge["evidence"][0]["rule"] if edge["evidence"] else None,
    "sentence": lambda edge: edge["evidence"][0]["sentence"] if edge["evidence"] else None,
    "role_rule": lambda edge: edge.get("role_rule"),
    "reason": lambda edge: edge.get("reason"),
    "derived_from:string[]": lambda edge: edge.get("derived_from"),
    "evidence": lambda edge: edge["evidence"] and json.dumps(edge["evidence"], ensure_ascii=False, sort_keys=True),
}
_NODES: Final = (
    ("papers.csv", PAPERS, frozenset({"Paper"})),
    ("entities.csv", ENTITIES, frozenset(ENTITY_TYPES)),
    ("results.csv", RESULTS, frozenset({"Result"})),
)
_EDGES: Final = "relationships.csv"
_IMPORT: Final = """\
#!/bin/sh
# Makes a new database of these tables: sh import.sh [DATABASE]. Needs neo4j-admin of Neo4j 5 in PATH; the database must
# not exist yet, or be stopped and overwritten: sh import.sh DATABASE --overwrite-destination
set -e
cd "$(dirname "$0")"
database=${1:-neo4j}
[ $# -eq 0 ] || shift
exec neo4j-admin database import full "$database" "$@" \\
  --nodes=papers.csv --nodes=entities.csv --nodes=results.csv --relationships=relationships.csv
"""


class CsvExporter:
    """Writes an archive of ``papers.csv``, ``entities.csv``, ``results.csv``, ``relationships.csv`` and ``import.sh``.

    Texts are exact but for what the import cannot read: line breaks and control characters become spaces, and in
    columns of several values (``[]``) a semicolon becomes a comma.
    """

    name = "csv"
    description = "Tables of nodes and relationships for neo4j-admin database import, in a ZIP file"
    suffix = ".csv.zip"
    media_type = "application/zip"

    def __call__(self, graph: nx.MultiDiGraph[str], path: Path) -> None:
        """Write the graph to ``path``."""
        with archive(path) as files:
            for name, columns, kinds in _NODES:
                found = ({"key": key, **node} for key, node in graph.nodes(data=True) if node["kind"] in kinds)
                _write(files, name, columns, found)
            edges = ({"source": source, "target": target, **edge} for source, target, edge in graph.edges(data=True))
            _write(files, _EDGES, RELATIONSHIPS, edges)
            with files.member("import.sh") as stream:
                stream.write(_IMPORT.encode())


def _write(files: Archive, name: str, columns: Columns, records: Iterable[Attributes]) -> None:
    with files.member(name) as stream, io.TextIOWrapper(stream, "utf-8", newline="") as text:
        table = csv.writer(text, lineterminator="\n")
        table.writerow(columns)
        table.writerows(_row(columns, record) for record in records)


def _row(columns: Columns, record: Attributes) -> Iterator[str]:
    return (_field(value_of(record)) for value_of in columns.values())


def _field(value: Any) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, Decimal):
        number = float(value)
        return str(number) if math.isfinite(number) else ""
    if isinstance(value, list):
        return _ARRAY_DELIMITER.join(_one_line(item).replace(_ARRAY_DELIMITER, _STAND_IN) for item in value)
    return _one_line(str(value))


def _one_line(text: str) -> str:
    if text.isprintable():  # as most are
        return text
    return _CONTROLS.sub(" ", encodable(text))


def _year(published: str | None) -> str | None:
    found = re.match(r"\d{4}", published or "")
    return found[0] if found else None


exporter = CsvExporter()
