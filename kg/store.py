"""A graph as an Oxigraph store in a folder, for SPARQL.

The nodes and the direct triples are in the default graph, the evidence is in the named graph ``<BASE>evidence``: both
as the exporter of N-Quads writes them. The store is filled once and then only read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyoxigraph

from kg.errors import GraphError
from kg.exporting import export, exporter, exporter_options
from kg.folder import STORE, load_graph, load_manifest
from kg.graph import Graph
from kg.model import JsonObject
from kg.sparql import Namespaces

NQUADS: Final = "nquads"


def write_store(graph: Graph, folder: Path, *, nquads: Path | None = None) -> None:
    """Fill a new store in a folder with a graph.

    ``nquads`` is the file of the same graph in N-Quads, where there is one already. Raises ExportError where the graph
    cannot be written, GraphError where the store cannot.
    """
    if nquads is None:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".nquads-") as place:
            nquads = Path(place, f"graph{exporter(NQUADS).suffix}")
            export(graph, NQUADS, nquads)
            _fill(folder, nquads)
    else:
        _fill(folder, nquads)


def namespaces() -> Namespaces:
    """The namespaces of the stores that are written: those of the exporter of N-Quads."""
    chosen = exporter(NQUADS)
    return Namespaces(exporter_options(chosen)["base"], getattr(chosen, "prefixes", {}))


def namespaces_to_json(names: Namespaces) -> JsonObject:
    """Namespaces as the manifest of a graph folder keeps them beside the store."""
    return {"base": names.base, "prefixes": dict(names.prefixes)}


def stored_namespaces(folder: Path) -> Namespaces | None:
    """The namespaces of the store in a graph folder; None where the folder has no store, or is none.

    Raises GraphError where it is a folder, but no graph folder.
    """
    if not folder.is_dir():
        return None
    said = load_manifest(folder).get(STORE)
    if not (isinstance(said, dict) and (folder / STORE).is_dir()):
        return None
    return Namespaces(said["base"], said["prefixes"])


@contextmanager
def store_folder(path: Path) -> Iterator[tuple[Path, Namespaces, bool]]:
    """The folder of a graph's store, its namespaces, and whether the store was there.

    Where a graph folder has none, or ``path`` is a file that ``kg extract`` wrote, one is made in a temporary folder
    and vanishes at the end. Raises GraphError where there is no graph.
    """
    names = stored_namespaces(path)
    if names is not None:
        yield path / STORE, names, True
        return
    graph = load_graph(path)
    with tempfile.TemporaryDirectory(prefix="kg-store-") as place:
        write_store(graph, Path(place, STORE))
        yield Path(place, STORE), namespaces(), False


def _fill(folder: Path, nquads: Path) -> None:
    try:
        store = pyoxigraph.Store(str(folder))
        # what our own exporter wrote needs no second look
        store.bulk_load(path=str(nquads), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
        store.flush()
    except OSError as error:
        raise GraphError(f"cannot write {folder}: {error.strerror or error}") from error
    except SyntaxError as error:
        raise GraphError(f"the exporter {NQUADS!r} wrote what is no N-Quads: {error}") from error
