"""What is shown, as files: results as CSV and JSON, and pieces of the graph by exporters that are found by name.

A spreadsheet runs a cell that begins as a formula does; in CSV such a cell gets an apostrophe first (OWASP, "CSV
Injection"). Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from kg.catalogue.reading import Catalogue, NodeLine
from kg.exporting import export, exporter
from kg.graph import ROLE_RELATIONS, SLOTS, Graph
from kg.web.context import Context, known
from kg.web.pages import HITS, SEARCHED, Kind
from kg.web.result_rows import ResultRow, result_rows, surest_first

Form = Literal["csv", "json", "bibtex", "turtle"]
AskedForm = Annotated[Form, Query(alias="as")]
Record = Mapping[str, object]

_CSV: Final = "text/csv; charset=utf-8"
_JSON: Final = "application/json"
_MOST_PAPERS: Final = 2000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")
_NO_FILE: Final = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST_NAME: Final = 60
_RESULT_COLUMNS: Final = (
    "value",
    "number",
    "unit",
    "kind",
    "qualifier",
    *SLOTS,
    "joint_confidence",
    "paper",
    "title",
    "published",
    "sentence",
    "rule",
)
_LINE_COLUMNS: Final = ("key", "kind", "label", "papers", "year")


def router(context: Context) -> APIRouter:
    """The files at ``/download``: of a node, by its key, or of what a search finds."""
    routes = APIRouter(include_in_schema=False)
    catalogue = context.catalogue

    @routes.get("/download")
    def found(form: AskedForm, q: str = "", type: Kind = "") -> Response:  # noqa: A002 - as it is called in the address
        kinds = [type] if type else SEARCHED
        lines = [hit.line for hit in catalogue.search(q, kinds, HITS)]
        name = f"search-{q}"
        if form in {"csv", "json"}:
            records = [{column: getattr(line, column) for column in _LINE_COLUMNS} for line in lines]
            return _table(records, _LINE_COLUMNS, form, name)
        return _exported(catalogue.part(line.key for line in lines), form, name)

    @routes.get("/download/{key:path}")
    def node(key: str, form: AskedForm) -> Response:
        line = known(catalogue, key)
        if form in {"csv", "json"}:
            rows = surest_first(result_rows(catalogue.results_of(key)))
            return _table(map(_record, rows), _RESULT_COLUMNS, form, line.label)
        graph = _bibliography(catalogue, line) if form == "bibtex" else _neighbourhood(catalogue, key)
        return _exported(graph, form, line.label)

    return routes


def _neighbourhood(catalogue: Catalogue, key: str) -> Graph:
    """A node with its most important neighbours and all its results."""
    graph = catalogue.around(key)
    results = catalogue.results_of(key)
    graph.add_nodes_from(results.nodes(data=True))
    for source, target, relation, edge in results.edges(keys=True, data=True):
        graph.add_edge(source, target, key=relation, **edge)
    return graph


def _bibliography(catalogue: Catalogue, line: NodeLine) -> Graph:
    """A paper; the newest papers that name an entity; the paper of a result."""
    if line.kind == "Paper":
        return catalogue.part([line.key])
    relations = ("reports",) if line.kind == "Result" else ROLE_RELATIONS.values()
    edges = [
        edge
        for relation in relations
        for edge in catalogue.edges(line.key, relation, "in", kinds=("Paper",), limit=_MOST_PAPERS)
    ]
    return catalogue.part(edge.other.key for edge in edges)


def _record(row: ResultRow) -> dict[str, Any]:
    return {
        "value": row.value,
        "number": None if row.number is None else f"{row.number:f}",
        "unit": row.unit,
        "kind": row.kind,
        "qualifier": row.qualifier,
        **{slot: row.slots[slot].label if slot in row.slots else None for slot in SLOTS},
        "joint_confidence": row.confidence,
        "paper": row.paper,
        "title": row.title,
        "published": row.published,
        "sentence": row.sentence_text,
        "rule": row.rule,
    }


def _table(records: Iterable[Record], columns: Iterable[str], form: Form, name: str) -> Response:
    if form == "json":
        written = json.dumps(list(records), ensure_ascii=False, indent=2)
        return _file(written.encode("utf-8", "backslashreplace"), _JSON, name, ".json")
    return _file(as_csv(records, columns).encode("utf-8", "backslashreplace"), _CSV, name, ".csv")


def as_csv(records: Iterable[Record], columns: Iterable[str]) -> str:
    """Records as CSV (RFC 4180) with these columns, in which no spreadsheet finds a formula."""
    written = io.StringIO()
    table = csv.DictWriter(written, list(columns), lineterminator="\r\n")
    table.writeheader()
    table.writerows({column: _inert(value) for column, value in record.items()} for record in records)
    return written.getvalue()


def _inert(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _exported(graph: Graph, form: Form, name: str) -> Response:
    chosen = exporter(form)
    with TemporaryDirectory(prefix="kg-download-") as folder:
        file = Path(folder, f"part{chosen.suffix}")
        export(graph, form, file)
        return _file(file.read_bytes(), chosen.media_type, name, chosen.suffix)


def _file(content: bytes, media_type: str, name: str, suffix: str) -> Response:
    plain = _NO_FILE.sub("-", name).strip("-.")[:_LONGEST_NAME] or "kg"
    whole = quote(name[:_LONGEST_NAME] + suffix, safe="", errors="replace")
    disposition = f"attachment; filename=\"{plain}{suffix}\"; filename*=UTF-8''{whole}"
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
