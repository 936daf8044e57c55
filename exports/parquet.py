"""The graph as typed tables of Apache Parquet, for pandas, Polars, DuckDB and Spark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import networkx as nx

from kg.model import ENTITY_TYPES

from .archive import Archive, archive, encodable

if TYPE_CHECKING:
    import pyarrow as pa

Record: TypeAlias = dict[str, Any]

_ROWS: Final = 20_000  # a group: enough to compress well, few enough to be held at once


class ParquetExporter:
    """Writes an archive of ``papers.parquet``, ``entities.parquet``, ``results.parquet`` and ``edges.parquet``.

    What is nested stays so: evidence is a list of structs. A result has ``number`` as a float, to compute with, and
    ``decimal`` with every digit, as text, for decimals of one column would have to have the same number of places.
    """

    name = "parquet"
    description = "Tables of papers, entities, results and edges for pandas, Polars and DuckDB, in a ZIP file"
    suffix = ".parquet.zip"
    media_type = "application/zip"

    def __call__(self, graph: nx.MultiDiGraph[str], path: Path) -> None:
        """Write the graph to ``path``."""
        schemas = _schemas()
        with archive(path) as files:
            for name, records in (
                ("papers", _papers(graph)),
                ("entities", _entities(graph)),
                ("results", _results(graph)),
                ("edges", _edges(graph)),
            ):
                _write(files, f"{name}.parquet", schemas[name], records)


def _schemas() -> Mapping[str, pa.Schema]:
    import pyarrow as pa  # noqa: PLC0415 - who writes other files need not wait for it

    text, texts, count, share = pa.string(), pa.list_(pa.string()), pa.int32(), pa.float64()
    place = {"paper": text, "field": text, "start": count, "end": count, "text": text, "sentence": text}
    evidence = {**place, "sentence_start": count, "rule": text, "confidence": share}
    return {
        "papers": pa.schema(
            {
                **dict.fromkeys(("key", "label", "title", "abstract", "text", "published"), text),
                "year": pa.int16(),
                **dict.fromkeys(("venue", "url"), text),
                "authors": texts,
                "author_count": count,
                "identifiers": pa.list_(pa.struct({"scheme": text, "value": text})),
                "sources": pa.list_(pa.struct({"file": text, "record": pa.int64()})),
            }
        ),
        "entities": pa.schema(
            {"key": text, "kind": text, "label": text, "names": texts, "links": texts, "papers": count}
        ),
        "results": pa.schema(
            {
                **dict.fromkeys(("key", "label", "paper", "value"), text),
                "number": share,
                "decimal": text,
                **dict.fromkeys(("unit", "result_kind", "qualifier"), text),
                **dict.fromkeys(("metric", "dataset", "task", "method", "baseline"), text),
                "joint_confidence": share,
            }
        ),
        "edges": pa.schema(
            {
                **dict.fromkeys(("source", "relation", "target"), text),
                "confidence": share,
                **dict.fromkeys(("role_rule", "reason"), text),
                "derived_from": texts,
                "evidence": pa.list_(pa.struct(evidence)),
            }
        ),
    }


def _papers(graph: nx.MultiDiGraph[str]) -> Iterator[Record]:
    for key, node in _nodes(graph, "Paper"):
        year = re.match(r"\d{4}", node["published"] or "")
        identifiers = [{"scheme": scheme, "value": value} for scheme, value in node["identifiers"].items()]
        yield {"key": key, **node, "year": int(year[0]) if year else None, "identifiers": identifiers}


def _entities(graph: nx.MultiDiGraph[str]) -> Iterator[Record]:
    return ({"key": key, "links": [], **node} for key, node in _nodes(graph, *ENTITY_TYPES))


def _results(graph: nx.MultiDiGraph[str]) -> Iterator[Record]:
    for key, node in _nodes(graph, "Result"):
        number = node["number"]
        exact = {} if number is None else {"number": float(number), "decimal": f"{number:f}"}
        yield {"key": key, **node, **exact}


def _edges(graph: nx.MultiDiGraph[str]) -> Iterator[Record]:
    for source, target, edge in graph.edges(data=True):
        yield {"source": source, "target": target, "derived_from": [], **edge}


def _nodes(graph: nx.MultiDiGraph[str], *kinds: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((key, node) for key, node in graph.nodes(data=True) if node["kind"] in kinds)


def _write(files: Archive, name: str, schema: pa.Schema, records: Iterable[Record]) -> None:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    rows = iter(records)
    with files.member(name, packed=False) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as table:
        while group := [_held(record) for record in islice(rows, _ROWS)]:
            table.write_table(pa.Table.from_pylist(group, schema))


def _held(value: Any) -> Any:
    """A value as UTF-8 can hold it, however deep."""
    if isinstance(value, str):
        return value if value.isascii() else encodable(value)
    if isinstance(value, list):
        return [_held(item) for item in value]
    if isinstance(value, dict):
        return {name: _held(item) for name, item in value.items()}
    return value


exporter = ParquetExporter()
