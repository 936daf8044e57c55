"""Parquet: a table of papers, read in batches and only the columns that matter."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from kg.model import Paper, Skipped
from kg.readers.base import SURE, Context, RecordError
from kg.readers.columns import layout, paper_of_row

NAME: Final = "parquet"
DESCRIPTION: Final = "Parquet with columns as in csv"

_MAGIC: Final = b"PAR1"
_ROWS: Final = 1_000
_MEMORY_BYTES: Final = 2**26


def sniff(head: bytes) -> float:
    """Sure where it begins with the four letters of every Parquet file."""
    return SURE if head.startswith(_MAGIC) else 0.0


def read(stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
    """One paper a row; the record number is the row's."""
    import pyarrow as pa  # noqa: PLC0415 - who reads other files need not wait for it
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    # What the columns are stands at the end of the file, and a stream cannot be read from its end.
    with tempfile.SpooledTemporaryFile(_MEMORY_BYTES) as file:
        shutil.copyfileobj(stream, file)
        file.seek(0)
        rows = 0
        try:
            for item in _papers(ParquetFile(file), context):
                rows += 1
                yield item
        except RecordError as error:
            yield context.skipped(None, error)
        except (pa.ArrowException, OSError) as error:
            reason = " ".join(str(error).split())[:200].rstrip(".")
            yield context.skipped(None, f"damaged Parquet ({reason}); {rows:,} rows were read")
        else:
            if not rows:
                yield context.skipped(None, "a table without rows")


def _papers(table: Any, context: Context) -> Iterator[Paper | Skipped]:
    """The rows as papers. Raises RecordError where no column holds a text, and what pyarrow raises."""
    header: list[str] = table.schema_arrow.names
    found = layout(header, context.columns)
    wanted = sorted({place for places in found.values() for place in places})
    names = [header[place] for place in wanted]
    if any("." in name for name in names):  # which pyarrow takes for a path
        wanted, names = list(range(len(header))), header
    places = {field: [wanted.index(place) for place in columns] for field, columns in found.items()}
    number = 0
    for batch in table.iter_batches(batch_size=_ROWS, columns=names if len(names) < len(header) else None):
        for row in zip(*map(_values, batch.columns), strict=True):
            number += 1
            try:
                yield paper_of_row(row, places, number, context)
            except RecordError as error:
                yield context.skipped(number, error)


def _values(column: Any) -> list[Any]:
    """The values of a column; one by one where a value is none that Python can hold."""
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):
        return list(map(_value, column))
    return values


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return scalar.as_buffer().to_pybytes()  # which the reading of the row refuses
    except (ValueError, OverflowError):
        return None
