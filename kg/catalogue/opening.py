"""The catalogue of a graph folder: found where it is right, made where it is not."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.catalogue.reading import Catalogue
from kg.catalogue.writing import write_catalogue
from kg.errors import GraphError
from kg.folder import CATALOGUE, MANIFEST, load_manifest, sha256
from kg.told_graph import told_graph

if TYPE_CHECKING:
    from collections.abc import Callable

_PREFIX: Final = "kg-catalogue-"


def open_catalogue(
    path: str | os.PathLike[str], on_progress: Callable[[str, int, int | None], None] | None = None
) -> Catalogue:
    """The catalogue of a graph folder, or of a file that ``kg extract`` wrote.

    Where it is missing, or the graph was built anew since, it is made: in the folder, or, where nothing can be written
    there and for a file, in a temporary folder that is removed when the catalogue is closed. Raises GraphError where
    there is no graph.
    """
    folder = Path(path)
    source = _source(folder)
    if folder.is_dir():
        with suppress(GraphError):
            found = Catalogue(folder / CATALOGUE)
            if found.source == source:
                return found
            found.close()
    if on_progress is not None:
        on_progress("reading the graph", 0, None)
    with told_graph(folder) as graph:
        if on_progress is not None:
            on_progress("making its catalogue", 0, None)
        if folder.is_dir() and os.access(folder, os.W_OK):
            write_catalogue(graph, folder / CATALOGUE, source=source)
            return Catalogue(folder / CATALOGUE)
        place = tempfile.TemporaryDirectory(prefix=_PREFIX)
        write_catalogue(graph, Path(place.name, CATALOGUE), source=source)
        return _Temporary(place)


class _Temporary(Catalogue):
    """A catalogue that vanishes when it is closed."""

    def __init__(self, place: tempfile.TemporaryDirectory[str]) -> None:
        self._place = place
        super().__init__(Path(place.name, CATALOGUE))

    def close(self) -> None:
        """Close the connections, and remove the file."""
        super().close()
        self._place.cleanup()


def _source(path: Path) -> str:
    """What tells the graph at a path from any other: the hash of its manifest, or of the file."""
    try:
        if path.is_dir():
            load_manifest(path)
            return hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest()
        return sha256(path)
    except FileNotFoundError as error:
        raise GraphError(f"{path} is not there; make it with kg build or kg extract") from error
    except OSError as error:
        raise GraphError(f"cannot read {path}: {error.strerror or error}") from error
