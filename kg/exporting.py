"""Exporters: how they are found, and how one writes a file.

An exporter is an object that a distribution names in the entry-point group ``kg.exporters``; kg's own are
found in the same way as anybody's::

    [project.entry-points."kg.exporters"]
    turtle = "kg.exports.turtle:exporter"

One that needs several files writes them into a ZIP file without folders, which :func:`export` also unpacks.
"""

from __future__ import annotations

import difflib
import inspect
import logging
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final, Protocol, cast

from kg.errors import ExportError, GraphError
from kg.graph import Graph, Piece
from kg.model import GraphFacts
from kg.replacing import file_replaced

GROUP: Final = "kg.exporters"
ZIP: Final = "application/zip"
"""The media type of an exporter that writes several files into one."""

_log = logging.getLogger(__name__)


class Exporter(Protocol):
    """What an exporter offers: its name, a line on what it writes, the file's suffix (".ttl") and media type."""

    name: str
    description: str
    suffix: str
    media_type: str

    def __call__(self, graph: Graph, path: Path, *args: Any, **options: Any) -> None:
        """Write the graph whole to ``path``; options are keyword-only and have defaults."""


class PieceWriter(Protocol):
    """What tells a graph piece by piece; it can be sent to another process.

    A file is a frame around sections, in each of which the pieces stand one behind the other: what stands before the
    first section, between them, and behind the last. A writer may have a ``fingerprint``, a text that names all on
    which its sections depend besides the piece and the version of kg: what was written by one with the same fingerprint
    need not be written again.
    """

    def sections(self, piece: Piece) -> tuple[bytes, ...]:
        """What a piece says, in whole lines, by section; ExportError where it cannot be said."""

    def frame(self, facts: GraphFacts, lines: Sequence[int]) -> tuple[bytes, ...]:
        """What stands around the sections of a graph, one more than these, which have so many ``lines``."""


def piece_writer(name: str, keys: Iterable[str], **options: Any) -> PieceWriter | None:
    """What writes a graph with nodes of these keys piece by piece, as this exporter writes it; None where it cannot.

    Such an exporter says ``made_of_pieces``, and has a method ``pieces`` with the keys and its options as arguments.
    Raises ExportError where there is no such exporter, or it refuses an option.
    """
    chosen = exporter(name)
    if not getattr(chosen, "made_of_pieces", False):
        return None
    _check_options(chosen, name, options)
    return cast("PieceWriter", chosen.pieces(keys, **options))  # type: ignore[attr-defined]


def exporters() -> dict[str, Exporter]:
    """Every exporter that is installed and can be loaded, by name, sorted.

    One that cannot be loaded is logged as a warning and left out; asking for it by name says why.
    """
    found = {}
    for name, point in _entry_points().items():
        try:
            found[name] = _load(point)
        except ExportError as error:
            _log.warning("%s", error)
    return found


def exporter(name: str) -> Exporter:
    """The exporter of this name; ExportError where there is none or it cannot be loaded."""
    points = _entry_points()
    if name not in points:
        nearest = difflib.get_close_matches(name, points, n=1, cutoff=0.5)
        meant = f"did you mean {nearest[0]!r}? " if nearest else ""
        raise ExportError(f"no exporter is named {name!r}; {meant}there are: {', '.join(points) or 'none'}")
    return _load(points[name])


def exporter_options(chosen: Exporter) -> dict[str, Any]:
    """The options of an exporter with their defaults; a name that begins with ``**`` stands for any others."""
    options = {}
    for option, parameter in inspect.signature(chosen).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            options[option] = parameter.default
        elif parameter.kind is parameter.VAR_KEYWORD:
            options[f"**{option}"] = None
    return options


def export(graph: Graph, name: str, path: str | os.PathLike[str], **options: Any) -> None:
    """Write a graph to a file with the exporter of this name.

    The file is written under another name in the same folder and then renamed, so that ``path`` holds all of
    the new file or all of the old one; what is no ordinary file (a pipe, a terminal) is written to directly.
    What would be a ZIP file is unpacked where ``path`` is a folder, or ends like one ("tables/"): each of its files
    takes the place of one of the same name, and others stay. Raises ExportError where the exporter is unknown, refuses
    an option, or the file cannot be written.
    """
    chosen = exporter(name)
    _check_options(chosen, name, options)
    try:
        if chosen.media_type == ZIP and _is_folder(path):
            with tempfile.TemporaryDirectory() as folder:
                packed = Path(folder, "packed.zip")
                chosen(graph, packed, **options)
                _unpack(packed, Path(path))
        else:
            with file_replaced(Path(path)) as part:
                chosen(graph, part, **options)
    except OSError as error:
        raise ExportError(f"cannot write {os.fspath(path)}: {error.strerror or error}") from error


def import_graph(path: str | os.PathLike[str], name: str) -> Graph:
    """The graph in a file that the exporter of this name wrote, equal to the graph that was exported.

    Every format of RDF can be read back, where it was written with all its evidence (``evidence="full"``, which is
    the default). Raises ExportError where the exporter is unknown or cannot read, GraphError where the file cannot be
    read or is not what the exporter writes.
    """
    read = getattr(exporter(name), "read", None)
    if read is None:
        readers = [other for other, one in exporters().items() if hasattr(one, "read")]
        raise ExportError(f"exporter {name!r} cannot read back what it writes; these can: {', '.join(readers)}")
    try:
        return cast("Graph", read(Path(path)))
    except OSError as error:
        raise GraphError(f"cannot read {os.fspath(path)}: {error.strerror or error}") from error
    except GraphError as error:
        raise GraphError(f"{os.fspath(path)}: {error}") from error


def _is_folder(path: str | os.PathLike[str]) -> bool:
    separators = tuple(filter(None, (os.sep, os.altsep)))
    return os.fspath(path).endswith(separators) or Path(path).is_dir()


def _unpack(packed: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(packed) as files:
        for name in files.namelist():
            with file_replaced(target / Path(name).name) as part, files.open(name) as member, part.open("wb") as file:
                shutil.copyfileobj(member, file)


def _check_options(chosen: Exporter, name: str, options: dict[str, Any]) -> None:
    taken = exporter_options(chosen)
    if any(option.startswith("**") for option in taken):
        return
    for option in options:
        if option not in taken:
            there_are = f"there are: {', '.join(taken)}" if taken else "it has none"
            raise ExportError(f"exporter {name!r} has no option {option!r}; {there_are}")


def _entry_points() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        found.setdefault(point.name, point)
    return found


def _load(point: EntryPoint) -> Exporter:
    try:
        return cast("Exporter", point.load())
    except (ImportError, AttributeError) as error:
        raise ExportError(f"exporter {point.name!r} ({point.value}) cannot be loaded: {error}") from error
