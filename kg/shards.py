"""Extractions written in shards as they are made, so that what was done is not done again after an interruption.

A shard is a Parquet file with the extractions of some papers, each with what is to be known of it without reading it
(:data:`kg.paper_table.ROWS`). Its name is the hash of these papers, of the rules and of the version of kg, so a shard
that is there is right for whoever asks for it. Processes write shards into a storage that all of them see, and send
back their names alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from kg._version import __version__
from kg.extraction import extract
from kg.folder import json_line
from kg.model import extraction_to_json, paper_from_json
from kg.paper_table import ROWS, row_of
from kg.processes import in_batches
from kg.storage import Storage

PAPERS: int = 256
"""How many papers a shard holds."""
SUFFIX: Final = ".parquet"
_SHARD: Final = ROWS.append(pa.field("extraction", pa.binary()))


def extracted_shards(
    papers: Iterable[bytes],
    storage: Storage,
    *,
    rules: Path | str | None,
    rules_hash: str,
    workers: int = 1,
    min_confidence: float = 0.0,
    executor: Executor | None = None,
) -> Iterator[str]:
    """Extract papers, each a line of JSON, into shards; the names of these, in the order of the papers.

    ``workers`` processes, or those of ``executor``, which must see the storage, share the work. Raises what
    :func:`kg.extract` raises, and OSError where a shard cannot be written.
    """
    work = partial(
        _write_shard,
        storage=storage,
        rules=None if rules is None else os.path.abspath(rules),  # noqa: PTH100 - links stay as they were given
        rules_hash=rules_hash,
        min_confidence=min_confidence,
    )
    yield from in_batches(work, papers, workers=workers, size=PAPERS, executor=executor)


def read_shard(storage: Storage, name: str) -> tuple[pa.Table, list[bytes]]:
    """The rows of a shard, and its extractions as lines of JSON. Raises OSError where it cannot be read."""
    table = pq.read_table(io.BytesIO(storage.read(name)), use_threads=False)
    return table.select(ROWS.names), table["extraction"].to_pylist()


def _write_shard(
    papers: list[bytes], *, storage: Storage, rules: str | None, rules_hash: str, min_confidence: float
) -> str:
    name = f"{_fingerprint(papers, rules_hash, min_confidence)}{SUFFIX}"
    if storage.has(name):
        return name
    rows: list[dict[str, Any]] = []
    found = (paper_from_json(json.loads(line)) for line in papers)
    for extraction in extract(found, rules=rules, min_confidence=min_confidence):
        record = extraction_to_json(extraction)
        rows.append({**row_of(record), "extraction": json_line(record)})
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=_SHARD), file, compression="zstd")
    storage.write(name, file.getvalue(), synced=True)
    return name


def _fingerprint(papers: Sequence[bytes], rules_hash: str, min_confidence: float) -> str:
    """The hash of all that the extractions of these papers depend on."""
    digest = hashlib.sha256(f"{__version__} {rules_hash} {min_confidence!r}\n".encode())
    for paper in papers:
        digest.update(paper)
    return digest.hexdigest()[:32]
