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
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kg._version import __version__
from kg.errors import GraphError
from kg.graph import Graph, build_graph
from kg.model import Extraction, JsonObject, extraction_from_json, extraction_to_json

EXTRACTIONS: Final = "extractions.jsonl"
MANIFEST: Final = "manifest.json"
GRAPH: Final = "graph"
_BLOCK: Final = 1 << 20


def write_extractions(extractions: Iterable[Extraction], path: Path) -> None:
    """Write extractions as JSON Lines in UTF-8."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for extraction in extractions:
            file.write(json.dumps(extraction_to_json(extraction), ensure_ascii=False, separators=(",", ":")) + "\n")


def load_extractions(path: str | os.PathLike[str]) -> Iterator[Extraction]:
    """The extractions of a graph folder, or of a file that ``kg extract`` wrote.

    Raises GraphError where there are none, or a line is not one.
    """
    file = _extractions_file(Path(path))
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield extraction_from_json(json.loads(line))
                except (ValueError, KeyError, TypeError, IndexError) as error:
                    raise GraphError(f"{file}:{number}: no extraction: build the graph again with kg build") from error
    except OSError as error:
        raise GraphError(f"cannot read {file}: {error.strerror or error}") from error


def load_graph(path: str | os.PathLike[str]) -> Graph:
    """The graph of a graph folder, or of a file that ``kg extract`` wrote. Raises GraphError where there is none."""
    folder = Path(path)
    rules_hash = load_manifest(folder).get("rules_hash") if folder.is_dir() else None
    return build_graph(load_extractions(folder), name=folder.resolve().name, rules_hash=rules_hash)


def load_manifest(folder: Path) -> JsonObject:
    """The manifest of a graph folder. Raises GraphError where there is none."""
    try:
        manifest: JsonObject = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError as error:
        raise GraphError(f"{folder} is no graph folder: it has no {MANIFEST}; make one with kg build") from error
    except (OSError, ValueError) as error:
        raise GraphError(f"{folder / MANIFEST} cannot be read: {error}") from error
    return manifest


def write_manifest(folder: Path, content: JsonObject) -> None:
    """Write the manifest, with the version and the hash of every other file of the folder."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    manifest = {"kg_version": __version__, **content, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", "utf-8")


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """A new folder to write into; it takes the place of ``target`` when all went well, and vanishes otherwise.

    Files of ``target`` that kg did not write are kept. Raises GraphError where ``target`` holds something else than
    a graph, or cannot be written.
    """
    target = target.resolve()
    _check_replaceable(target)
    part = target.with_name(f".{target.name}.part-{os.getpid()}")
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir()
        try:
            yield part
            _keep_foreign_files(target, part)
            if target.exists():
                target.rename(old)
            part.rename(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.rename(target)
            raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise GraphError(f"cannot write {target}: {error.strerror or error}") from error


def _check_replaceable(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise GraphError(f"{target} is a file; name a folder with -o")
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).exists():
        raise GraphError(f"{target} holds something else than a graph; name another folder with -o")


def _keep_foreign_files(target: Path, part: Path) -> None:
    if not target.is_dir():
        return
    manifest = load_manifest(target) if (target / MANIFEST).exists() else {}
    ours = {*manifest.get("files", ()), MANIFEST}
    for path in target.iterdir():
        if path.name not in ours and not (part / path.name).exists():
            if path.is_dir():
                shutil.copytree(path, part / path.name, symlinks=True)
            else:
                shutil.copy2(path, part / path.name, follow_symlinks=False)


def _extractions_file(path: Path) -> Path:
    if path.is_dir():
        load_manifest(path)
        return path / EXTRACTIONS
    return path
