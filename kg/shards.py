"""Extractions written in shards as they are made, so that what was done is not done again after an interruption.

A shard is a file of JSON Lines with the extractions of some papers. Its name is the hash of these papers, of the rules
and of the version of kg, so a shard that is there is right for whoever asks for it. It is written under another name
and renamed when it is whole. What the rest of a build needs of a shard is small, and is all that comes back from the
process that wrote it: where each extraction stands in the file, and what the paper names.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from kg._version import __version__
from kg.errors import GraphError
from kg.extraction import extract
from kg.folder import NO_EXTRACTION, extraction_line
from kg.model import EntityType, JsonObject, Paper, paper_to_json
from kg.processes import in_batches

PAPERS = 256
"""How many papers a shard holds."""


class Named(NamedTuple):
    """An entity of which only its type and its names, the best first, are kept."""

    type: EntityType
    names: tuple[str, ...]


@dataclass(slots=True)
class Entry:
    """One extraction in a file: its paper's id, where its line begins and ends (bytes), and what the paper names."""

    id: str
    start: int
    end: int
    entities: tuple[Named, ...]
    mentions: int


@dataclass(slots=True)
class Shard:
    """A file with the extractions of some papers."""

    path: Path
    entries: list[Entry]


def extracted_shards(
    papers: Iterable[Paper],
    folder: Path,
    *,
    rules: Path | str | None,
    rules_hash: str,
    workers: int = 1,
    min_confidence: float = 0.0,
    executor: Executor | None = None,
) -> Iterator[Shard]:
    """Extract papers into shards in a folder, and yield the shards in the order of the papers.

    ``workers`` processes, or those of ``executor``, which must see the folder, share the work. Raises what
    :func:`kg.extract` raises, and OSError where a shard cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = partial(
        _write_shard,
        folder=str(folder),
        rules=None if rules is None else os.path.abspath(rules),  # noqa: PTH100 - links stay as they were given
        rules_hash=rules_hash,
        min_confidence=min_confidence,
    )
    yield from in_batches(work, papers, workers=workers, size=PAPERS, executor=executor)


def load_entries(path: Path) -> Iterator[Entry]:
    """What the lines of a file of extractions hold; GraphError where one holds none, or the file is not there."""
    return (entry for entry, _ in load_records(path))


def load_records(path: Path) -> Iterator[tuple[Entry, JsonObject]]:
    """The same as :func:`load_entries`, each with the extraction as JSON."""
    try:
        with path.open("rb") as file:
            place = 0
            for number, line in enumerate(file, start=1):
                try:
                    record = json.loads(line)
                    entry = _entry(record, place, place + len(line))
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    raise GraphError(f"{path}:{number}: {NO_EXTRACTION}") from error
                yield entry, record
                place += len(line)
    except OSError as error:
        raise GraphError(f"cannot read {path}: {error.strerror or error}") from error


def moved(entries: Iterable[Entry], by: int) -> Iterator[Entry]:
    """Entries of a file that stands behind so many bytes of another."""
    for entry in entries:
        yield Entry(entry.id, entry.start + by, entry.end + by, entry.entities, entry.mentions)


def _write_shard(
    papers: list[Paper], *, folder: str, rules: str | None, rules_hash: str, min_confidence: float
) -> Shard:
    path = Path(folder, f"{_fingerprint(papers, rules_hash, min_confidence)}.jsonl")
    if path.exists():
        return Shard(path, list(load_entries(path)))
    lines, entries = [], []
    place = 0
    for extraction in extract(papers, rules=rules, min_confidence=min_confidence):
        lines.append(extraction_line(extraction))
        entities = tuple(Named(entity.type, entity.names) for entity in extraction.entities)
        mentions = sum(len(entity.mentions) for entity in extraction.entities)
        entries.append(Entry(extraction.paper.id, place, place + len(lines[-1]), entities, mentions))
        place += len(lines[-1])
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")  # another machine may be at the same one
    with part.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return Shard(path, entries)


def _fingerprint(papers: Sequence[Paper], rules_hash: str, min_confidence: float) -> str:
    """The hash of all that the extractions of these papers depend on."""
    digest = hashlib.sha256(f"{__version__} {rules_hash} {min_confidence!r}\n".encode())
    for paper in papers:
        digest.update(json.dumps(paper_to_json(paper), separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()[:32]


def _entry(record: JsonObject, start: int, end: int) -> Entry:
    entities = tuple(Named(one["type"], tuple(map(sys.intern, one["names"]))) for one in record["entities"])
    return Entry(record["id"], start, end, entities, len(record["mentions"]))
