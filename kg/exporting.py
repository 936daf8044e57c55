"""Exporters: how they are found, and how one writes a file.

An exporter is an object that a distribution names in the entry-point group ``kg.exporters``; kg's own are
found in the same way as anybody's::

    [project.entry-points."kg.exporters"]
    turtle = "kg.exports.turtle:exporter"
"""

from __future__ import annotations

import difflib
import inspect
import logging
import os
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final, Protocol, cast

from kg.errors import ExportError
from kg.graph import Graph
from kg.replacing import file_replaced

GROUP: Final = "kg.exporters"

_log = logging.getLogger(__name__)


class Exporter(Protocol):
    """What an exporter offers: its name, a line on what it writes, the file's suffix (".ttl") and media type."""

    name: str
    description: str
    suffix: str
    media_type: str

    def __call__(self, graph: Graph, path: Path, *args: Any, **options: Any) -> None:
        """Write the graph whole to ``path``; options are keyword-only and have defaults."""


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


def export(graph: Graph, name: str, path: str | os.PathLike[str], **options: Any) -> None:
    """Write a graph to a file with the exporter of this name.

    The file is written under another name in the same folder and then renamed, so that ``path`` holds all of
    the new file or all of the old one; what is no ordinary file (a pipe, a terminal) is written to directly.
    Raises ExportError where the exporter is unknown, refuses an option, or the file cannot be written.
    """
    chosen = exporter(name)
    _check_options(chosen, name, options)
    try:
        with file_replaced(Path(path)) as part:
            chosen(graph, part, **options)
    except OSError as error:
        raise ExportError(f"cannot write {os.fspath(path)}: {error.strerror or error}") from error


def _check_options(chosen: Exporter, name: str, options: dict[str, Any]) -> None:
    taken = {
        option: parameter
        for option, parameter in inspect.signature(chosen).parameters.items()
        if parameter.kind in {parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD}
    }
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values()):
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
