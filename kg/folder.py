"""A graph folder: what ``kg build`` leaves, replaced whole or not at all.

| file | what it holds |
|---|---|
| ``extractions.jsonl`` | one extraction a line, in the order of the papers |
| ``graph.*`` | the graph, once for each exporter asked for |
| ``manifest.json`` | version, hash of the rules, inputs with their hashes, counts, what was skipped |
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from kg._version import __version__
from kg.errors import GraphError
from kg.graph import Graph, build_graph
from kg.model import ENTITY_TYPES, Extraction, JsonObject, extraction_from_json, extraction_to_json
from kg.replacing import file_replaced

EXTRACTIONS: Final = "extractions.jsonl"
MANIFEST: Final = "manifest.json"
GRAPH: Final = "graph"
_BLOCK: Final = 1 << 20
_NO_EXTRACTION: Final = "no extraction as kg extract and kg build write them"


def extraction_line(extraction: Extraction) -> bytes:
    """An extraction as one line of JSON Lines in UTF-8."""
    return json.dumps(extraction_to_json(extraction), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def write_extractions(extractions: Iterable[Extraction], path: Path) -> None:
    """Write extractions as JSON Lines: all of them, or the old file stays (a pipe or terminal is written to at once).

    Raises GraphError where the file cannot be written.
    """
    with _named_errors(path), file_replaced(path) as part, part.open("wb") as file:
        file.writelines(extraction_line(extraction) for extraction in extractions)


def load_extractions(path: str | os.PathLike[str]) -> Iterator[Extraction]:
    """The extractions of a graph folder, or of a file that ``kg extract`` wrote.

    Raises GraphError where there are none, or a line is not one.
    """
    file = Path(path)
    if file.is_dir():
        load_manifest(file)
        file /= EXTRACTIONS
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield _extraction(line, f"{file}:{number}")
    except FileNotFoundError as error:
        raise GraphError(f"{file} is not there; make it with kg build or kg extract") from error
    except OSError as error:
        raise GraphError(f"cannot read {file}: {error.strerror or error}") from error


def load_graph(path: str | os.PathLike[str]) -> Graph:
    """The graph of a graph folder, or of a file that ``kg extract`` wrote. Raises GraphError where there is none."""
    folder = Path(path)
    rules_hash = load_manifest(folder).get("rules_hash") if folder.is_dir() else None
    return build_graph(load_extractions(folder), name=graph_name(folder), rules_hash=rules_hash)


def graph_name(path: Path) -> str:
    """The name of the graph in a folder or file: the last part of its path, as any output can hold it."""
    return os.fsencode(os.path.basename(os.path.realpath(path))).decode(errors="replace")  # noqa: PTH119


def load_manifest(folder: Path) -> JsonObject:
    """The manifest of a graph folder. Raises GraphError where there is none."""
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise GraphError(f"{folder} is no graph folder: it has no {MANIFEST}; make one with kg build") from error
    except OSError as error:
        raise GraphError(f"cannot read {file}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise GraphError(f"{file} is damaged; build the graph again into another folder") from error
    if not (isinstance(manifest, dict) and "kg_version" in manifest and isinstance(manifest.get("files"), dict)):
        raise GraphError(f"{folder} is no graph folder: its {MANIFEST} is not one that kg build wrote")
    return manifest


def own_files(folder: Path) -> frozenset[str]:
    """The names of the files in a folder that ``kg build`` wrote; none where it is no graph folder."""
    try:
        return frozenset((*load_manifest(folder)["files"], MANIFEST))
    except GraphError:
        return frozenset()


def write_manifest(folder: Path, content: JsonObject) -> None:
    """Write the manifest, with the version and the hash of every other file of the folder.

    Raises GraphError where it cannot be written.
    """
    with _named_errors(folder / MANIFEST):
        files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
        manifest = {"kg_version": __version__, **content, "files": files}
        (folder / MANIFEST).write_bytes(json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n")


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal. Raises OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _extraction(line: bytes, place: str) -> Extraction:
    try:
        extraction = extraction_from_json(json.loads(line))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        raise GraphError(f"{place}: {_NO_EXTRACTION}") from error
    if not all(map(_is_sound, extraction.entities)) or not isinstance(extraction.paper.id, str):
        raise GraphError(f"{place}: {_NO_EXTRACTION}")
    return extraction


def _is_sound(entity: Any) -> bool:
    fields = ("title", "abstract", "text")
    return entity.type in ENTITY_TYPES and bool(entity.names) and all(m.field in fields for m in entity.mentions)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise GraphError(f"cannot write {path}: {error.strerror or error}") from error
