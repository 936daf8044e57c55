"""A graph folder: what ``kg build`` leaves, replaced whole or not at all.

| file | what it holds |
|---|---|
| ``extractions.jsonl`` | one extraction a line, in the order of the papers |
| ``papers.parquet`` | what is to be known of the papers without reading them, a row each (:mod:`kg.paper_table`) |
| ``graph.*`` | the graph, once for each exporter asked for |
| ``aliases.yaml`` | what overruled the resolution of names, where it was given |
| ``resolution.toml`` | the rules of resolution, where they are not those of kg |
| ``store/`` | the graph as an Oxigraph store, unless it was not wanted |
| ``pieces.tsv`` | of which pieces the graph was written, where it was written piece by piece, for ``kg add`` |
| ``catalogue.sqlite`` | what ``kg serve`` looks things up in, made when it is first needed |
| ``manifest.json`` | version, hash of the rules, inputs with their hashes, counts, what was skipped |
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from kg._version import __version__
from kg.errors import GraphError
from kg.graph import Graph, build_graph
from kg.model import ENTITY_TYPES, Extraction, JsonObject, extraction_from_json, extraction_to_json
from kg.readers.remote import bytes_at, names_at
from kg.replacing import file_replaced
from kg.resolution.aliases import Aliases, load_aliases
from kg.resolution.settings import RESOLUTION, ResolutionRules, default_resolution_rules, read_resolution_rules

EXTRACTIONS: Final = "extractions.jsonl"
MANIFEST: Final = "manifest.json"
GRAPH: Final = "graph"
ALIASES: Final = "aliases.yaml"
CATALOGUE: Final = "catalogue.sqlite"
PAPER_TABLE: Final = "papers.parquet"
STORE: Final = "store"
"""The folder of the store in a graph folder, and what the manifest says of it."""
_STORE_FILE: Final = re.compile(
    r"[0-9]+\.(?:sst|log|blob)|(?:MANIFEST|OPTIONS)-[0-9]+|CURRENT|IDENTITY|LOCK|LOG(?:\.old\.[0-9]+)?"
)
_BLOCK: Final = 1 << 20
NO_EXTRACTION: Final = "no extraction as kg extract and kg build write them"


def extraction_line(extraction: Extraction) -> bytes:
    """An extraction as one line of JSON Lines in UTF-8."""
    return json_line(extraction_to_json(extraction))


def json_line(record: JsonObject) -> bytes:
    """An object as one line of JSON Lines in UTF-8."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def write_extractions(extractions: Iterable[Extraction], path: Path) -> None:
    """Write extractions as JSON Lines: all of them, or the old file stays (a pipe or terminal is written to at once).

    Raises GraphError where the file cannot be written.
    """
    with named_errors(path), file_replaced(path) as part, part.open("wb") as file:
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
                yield read_extraction(line, f"{file}:{number}")
    except FileNotFoundError as error:
        raise GraphError(f"{file} is not there; make it with kg build or kg extract") from error
    except OSError as error:
        raise GraphError(f"cannot read {file}: {error.strerror or error}") from error


def load_graph(path: str | os.PathLike[str]) -> Graph:
    """The graph of a graph folder, or of a file that ``kg extract`` wrote, resolved as it was when it was built.

    Raises GraphError where there is none, RuleError where the rules of resolution in it are damaged.
    """
    folder = Path(path)
    rules_hash = load_manifest(folder).get("rules_hash") if folder.is_dir() else None
    aliases, rules = load_resolution(folder)
    return build_graph(
        load_extractions(folder), name=graph_name(folder), rules_hash=rules_hash, aliases=aliases, resolution=rules
    )


def load_resolution(path: str | os.PathLike[str]) -> tuple[Aliases | None, ResolutionRules | None]:
    """The aliases and the rules of resolution that a graph folder keeps; None for what it does not keep.

    Raises GraphError and RuleError where they are damaged.
    """
    folder = Path(path)
    kept = load_manifest(folder)["files"] if folder.is_dir() else {}
    aliases = load_aliases(folder / ALIASES) if ALIASES in kept else None
    if RESOLUTION not in kept:
        return aliases, None
    file = folder / RESOLUTION
    try:
        return aliases, read_resolution_rules(file.read_text("utf-8"), file=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise GraphError(f"cannot read {file}: {error}") from error


def write_resolution(folder: Path, aliases: Aliases | None, rules: ResolutionRules | None) -> None:
    """Keep aliases, and rules of resolution that are not those of kg, in a graph folder. Raises GraphError."""
    with named_errors(folder):
        if aliases is not None:
            (folder / ALIASES).write_text(aliases.text, "utf-8", newline="")
        if rules is not None and rules.text != default_resolution_rules().text:
            (folder / RESOLUTION).write_text(rules.text, "utf-8", newline="")


def graph_name(path: Path) -> str:
    """The name of the graph in a folder or file: the last part of its path, as any output can hold it."""
    return os.fsencode(os.path.basename(os.path.realpath(path))).decode(errors="replace")  # noqa: PTH119


def load_manifest(folder: Path) -> JsonObject:
    """The manifest of a graph folder. Raises GraphError where there is none."""
    file = folder / MANIFEST
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise GraphError(f"{folder} is no graph folder: it has no {MANIFEST}; make one with kg build") from error
    except OSError as error:
        raise GraphError(f"cannot read {file}: {error.strerror or error}") from error
    return _manifest(content, str(folder))


def _manifest(content: bytes, folder: str) -> JsonObject:
    """What a manifest says. Raises GraphError where it is none."""
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise GraphError(f"{folder}/{MANIFEST} is damaged; build the graph again into another folder") from error
    if not (isinstance(manifest, dict) and "kg_version" in manifest and isinstance(manifest.get("files"), dict)):
        raise GraphError(f"{folder} is no graph folder: its {MANIFEST} is not one that kg build wrote")
    return manifest


def own_files(folder: Path) -> frozenset[str]:
    """The names of what ``kg build`` wrote into a graph folder, its store among them, or into the store of one.

    None where the folder is neither. The files of a store are known by their names, for the database makes new ones.
    """
    if folder.name == STORE and STORE in own_files(folder.parent):
        return frozenset(path.name for path in folder.iterdir() if _STORE_FILE.fullmatch(path.name))
    try:
        manifest = load_manifest(folder)
    except GraphError:
        return frozenset()
    beside = [CATALOGUE] if (folder / CATALOGUE).exists() else []
    return frozenset((*manifest["files"], MANIFEST, *beside, *([STORE] if STORE in manifest else [])))


def own_objects(folder: str) -> frozenset[str]:
    """The same as :func:`own_files` for a folder that is named by a URL, to which a graph folder was copied."""
    within, _, name = folder.rpartition("/")
    if name == STORE and STORE in own_objects(within):
        return frozenset(filter(_STORE_FILE.fullmatch, names_at(folder)))
    try:
        manifest = _manifest(bytes_at(f"{folder}/{MANIFEST}") or b"", folder)
    except GraphError:
        return frozenset()
    return frozenset((*manifest["files"], MANIFEST, CATALOGUE, *([STORE] if STORE in manifest else [])))


def write_manifest(folder: Path, content: JsonObject) -> None:
    """Write the manifest, with the version and the hash of every other file of the folder, but not of its store.

    Raises GraphError where it cannot be written.
    """
    with named_errors(folder / MANIFEST):
        files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
        manifest = {"kg_version": __version__, **content, "files": files}
        (folder / MANIFEST).write_bytes(json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n")


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal. Raises OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_extraction(line: bytes, place: str) -> Extraction:
    """The extraction in a line; GraphError, with the place of the line, where there is none."""
    try:
        extraction = extraction_from_json(json.loads(line))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        raise GraphError(f"{place}: {NO_EXTRACTION}") from error
    if not all(map(_is_sound, extraction.entities)) or not isinstance(extraction.paper.id, str):
        raise GraphError(f"{place}: {NO_EXTRACTION}")
    return extraction


def _is_sound(entity: Any) -> bool:
    fields = ("title", "abstract", "text")
    return entity.type in ENTITY_TYPES and bool(entity.names) and all(m.field in fields for m in entity.mentions)


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Raise GraphError, with the path, where something cannot be written."""
    try:
        yield
    except OSError as error:
        raise GraphError(f"cannot write {path}: {error.strerror or error}") from error
