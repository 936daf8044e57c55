"""What the papers of a graph folder name, and in which order they stand in a graph, asked of their table with DuckDB.

DuckDB (M. Raasveldt and H. Mühleisen, "DuckDB: an Embeddable Analytical Database", SIGMOD 2019) counts, joins and sorts
rows in the memory that it is given, and lets the rest wait in files. Different papers name the same: only each naming
once, and never what all papers name, is in Python's memory.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
from pyarrow import dataset

from kg.errors import GraphError
from kg.resolution.namings import Naming

_MEMORY: Final = "512MB"
_TOGETHER: Final = 2048
_PAPERS: Final = "papers"
# a paper is known by where its extraction begins: Arrow gives rows in any order, and without numbers
_PREPARED: Final = """
CREATE TABLE mentioned AS
    SELECT start, position, entity.type AS type, entity.names AS names
    FROM (SELECT start, generate_subscripts(entities, 1) AS position, unnest(entities) AS entity FROM papers);
CREATE TABLE namings AS
    SELECT (row_number() OVER (ORDER BY type, names) - 1)::INTEGER AS number, type, names, entities
    FROM (SELECT type, names, count(*) AS entities FROM mentioned GROUP BY type, names);
CREATE TABLE named AS
    SELECT start, position::INTEGER AS position, number FROM mentioned JOIN namings USING (type, names);
DROP TABLE mentioned;
"""
_PAPERS_OF: Final = """
SELECT own, count(DISTINCT start) AS papers
FROM named JOIN groups USING (number)
WHERE own >= 0
GROUP BY own
"""
_IN_ORDER: Final = """
SELECT id, papers.start, papers.end, namings
FROM papers LEFT JOIN (SELECT start, list(number ORDER BY position) AS namings FROM named GROUP BY start) USING (start)
ORDER BY id
"""


class PaperLine(NamedTuple):
    """A paper by its id, where its extraction begins and ends (bytes), and what it names.

    That is the number of a naming for each of its entities, in their order.
    """

    id: str
    start: int
    end: int
    namings: list[int]


@contextmanager
def opened_namings(path: Path, folder: Path, *, threads: int = 1) -> Iterator[PaperNamings]:
    """What papers name, by their table in a file; what does not fit the memory waits in ``folder``, which goes with it.

    Raises GraphError where there is too little room, or the file is damaged.
    """
    try:
        namings = PaperNamings(path, folder, threads=threads)
        try:
            yield namings
        finally:
            namings.close()
            shutil.rmtree(folder, ignore_errors=True)
    except (duckdb.Error, pa.ArrowInvalid) as error:
        raise GraphError(f"cannot resolve the names in {path}: {str(error).partition(chr(10))[0]}") from error


class PaperNamings:
    """What papers name; see :func:`opened_namings`."""

    def __init__(self, path: Path, folder: Path, *, threads: int) -> None:
        config: dict[str, Any] = {"temp_directory": str(folder), "memory_limit": _MEMORY, "threads": threads}
        self._database = duckdb.connect(config=config)
        self._rows = dataset.dataset(path, format="parquet")
        self._database.register(_PAPERS, self._rows)
        self._database.execute(_PREPARED)

    def close(self) -> None:
        """Forget all."""
        self._database.close()

    def __len__(self) -> int:
        return int(self._rows.count_rows())

    def all(self) -> Sequence[Naming]:
        """Each naming once, sorted; its place is its number."""
        found = self._database.execute("SELECT type, names, entities FROM namings ORDER BY number").fetchall()
        return [Naming(type_, tuple(names), entities) for type_, names, entities in found]

    def papers_of(self, group_of: Sequence[int], groups: int) -> list[int]:
        """How many papers have a naming of each group (0, 1, ...); -1 is no group. ``group_of`` is by naming."""
        counts = np.zeros(groups, np.int64)
        numbers = pa.array(np.arange(len(group_of), dtype=np.int32))
        self._database.register("groups", pa.table({"number": numbers, "own": pa.array(group_of, pa.int32())}))
        counted = self._database.execute(_PAPERS_OF).fetchnumpy()
        self._database.unregister("groups")
        counts[counted["own"]] = counted["papers"]
        found: list[int] = counts.tolist()
        return found

    def mentions(self) -> int:
        """How many mentions all papers have."""
        (found,) = self._database.execute("SELECT coalesce(sum(mentions), 0)::BIGINT FROM papers").fetchone() or (0,)
        return int(found)

    def ids(self) -> Iterator[str]:
        """The ids of the papers, sorted. Raises GraphError where two papers have one."""
        before = None
        for batch in self._asked("SELECT id FROM papers ORDER BY id"):
            for one in batch.column(0).to_pylist():
                if one == before:
                    raise GraphError(f"two papers have the id {one!r}; merge them, or give one of them another id")
                before = one
                yield one

    def papers(self) -> Iterator[PaperLine]:
        """The papers, sorted by their ids."""
        for batch in self._asked(_IN_ORDER):
            columns = (column.to_pylist() for column in batch.columns)
            for id_, start, end, namings in zip(*columns, strict=True):
                yield PaperLine(id_, start, end, namings or [])

    def _asked(self, question: str) -> Iterator[Any]:
        """The rows of an answer, in batches; another question may be asked meanwhile."""
        with self._database.cursor() as cursor:
            cursor.register(_PAPERS, self._rows)
            yield from cursor.sql(question).to_arrow_reader(_TOGETHER)
