"""What is to be known of the papers of a graph folder without reading them: ``papers.parquet``, a row for each.

The rows stand in the order of the extractions. Besides where each of these begins and ends, a row has what a paper may
be known by, from which files it was read, and what it names: enough to find which papers are one, which names are one
thing, and what the papers are put together of, with no more of it in memory at a time than there is room for.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import GraphError
from kg.folder import EXTRACTIONS, NO_EXTRACTION, PAPER_TABLE, sha256
from kg.model import JsonObject, Paper, paper_from_json
from kg.readers.merge import possible_keys

_OF_A_PAPER: Final = {
    "id": pa.string(),
    "files": pa.list_(pa.string()),
    "keys": pa.list_(pa.uint64()),
    "entities": pa.list_(pa.struct({"type": pa.string(), "names": pa.list_(pa.string())})),
    "mentions": pa.int32(),
}
ROWS: Final = pa.schema(_OF_A_PAPER)
"""What is known of a paper: ``files`` of its sources, ``keys`` (:func:`kg.readers.merge.possible_keys`)."""
COLUMNS: Final = pa.schema({**_OF_A_PAPER, "start": pa.int64(), "end": pa.int64()})
"""The same with where its extraction begins and ends in the file of all (bytes)."""
_HALVES: Final = re.compile("[\ud800-\udfff]")
_TOGETHER: Final = 1 << 14
"""How many rows are compressed together."""


def row_of(record: JsonObject) -> dict[str, Any]:
    """The row of a paper, of its extraction as JSON. Raises ValueError, KeyError and their like where it is none."""
    entities = [{"type": one["type"], "names": one["names"]} for one in record["entities"]]
    return {**paper_row(paper_from_json(record)), "entities": entities, "mentions": len(record["mentions"])}


def paper_row(paper: Paper) -> dict[str, Any]:
    """What of a row does not depend on what the paper names."""
    files = [source.file for source in paper.sources]
    return {"id": paper.id, "files": files, "keys": list(possible_keys(paper))}


def table_of(rows: Iterable[Mapping[str, Any]], schema: pa.Schema = ROWS) -> pa.Table:
    """Rows as a table; of a character that is only half there, for which Arrow has no room, the sign for such."""
    listed = list(rows)
    try:
        return pa.Table.from_pylist(listed, schema=schema)
    except UnicodeEncodeError:
        whole = _HALVES.sub("\ufffd", json.dumps(listed, ensure_ascii=False))
        return pa.Table.from_pylist(json.loads(whole), schema=schema)


class PaperTableWriter:
    """Writes a file of rows, which come in parts; the same rows give the same bytes, whatever the parts."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetWriter(path, COLUMNS, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._write(self._count)
        self._file.close()

    def add(self, rows: pa.Table) -> None:
        """Add rows."""
        self._waiting.append(rows.select(COLUMNS.names))
        self._count += len(rows)
        while self._count >= _TOGETHER:
            self._write(_TOGETHER)

    def _write(self, count: int) -> None:
        table = pa.concat_tables([COLUMNS.empty_table(), *self._waiting])
        # of one piece, for where pieces meet a page may end
        self._file.write_table(table.slice(0, count).combine_chunks(), row_group_size=_TOGETHER)
        self._waiting = [table.slice(count)]
        self._count = len(table) - count


def write_paper_table(extractions: Path, path: Path) -> None:
    """Write the table of a file of extractions. Raises GraphError where a line is none, or there is no such file."""
    try:
        with extractions.open("rb") as file, PaperTableWriter(path) as table:
            rows: list[dict[str, Any]] = []
            for row in _rows_of(file, extractions):
                rows.append(row)
                if len(rows) == _TOGETHER:
                    table.add(table_of(rows, COLUMNS))
                    rows = []
            table.add(table_of(rows, COLUMNS))
    except OSError as error:
        raise GraphError(f"cannot read {extractions}: {error.strerror or error}") from error


def _rows_of(lines: Iterable[bytes], path: Path) -> Iterator[dict[str, Any]]:
    reached = 0
    for number, line in enumerate(lines, start=1):
        try:
            row = row_of(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise GraphError(f"{path}:{number}: {NO_EXTRACTION}") from error
        yield {**row, "start": reached, "end": reached + len(line)}
        reached += len(line)


def read_paper_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The rows of a file, or some columns of them. Raises OSError where it cannot be read."""
    return pq.read_table(path, columns=columns, use_threads=False)


def copy_paper_table(folder: Path, manifest: JsonObject, path: Path) -> None:
    """Have the table of a graph folder at another path: a copy, or one made of the extractions.

    It is made where there is none, and where it or the extractions are not as kg wrote them. Raises GraphError where an
    extraction is damaged then.
    """
    files = [folder / name for name in (PAPER_TABLE, EXTRACTIONS)]
    if all(file.is_file() and sha256(file) == manifest["files"].get(file.name) for file in files):
        shutil.copyfile(files[0], path)
    else:
        write_paper_table(folder / EXTRACTIONS, path)
