"""A graph as an Oxigraph store in a folder, for SPARQL.

The nodes and the direct triples are in the default graph, the evidence is in the named graph ``<BASE>evidence``: both
as the exporter of N-Quads writes them. The store is filled once and then only read; where a graph folder changes, the
new store begins as a copy of the old one.

Oxigraph sorts each batch of triples by every order in which it looks them up (three for the default graph, six for
another), in memory, and for that it needs a kilobyte a triple and more. It is given batches that are smaller than its
own, several at a time, so that filling takes no more memory for a large graph than for a small one.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol, cast

import pyoxigraph

from kg.errors import GraphError
from kg.exporting import exporter, exporter_options
from kg.folder import STORE, load_graph, load_manifest
from kg.graph import Graph
from kg.model import JsonObject
from kg.sparql import Namespaces

NQUADS: Final = "nquads"
_BATCH: Final = 1 << 25
"""How many bytes of N-Quads are loaded together: some 150,000 triples."""
_M_ARENA_MAX: Final = -8
_AT_ONCE: Final = 4
"""How many batches are loaded at the same time, on a machine with as many cores."""


class _LinesExporter(Protocol):
    """What the exporter of N-Quads offers besides writing a file."""

    def blocks(self, graph: Graph, *, base: str = ..., evidence: str = ...) -> Iterator[bytes]:
        """What the file holds, in blocks of whole lines."""


def write_store(graph: Graph, folder: Path, *, nquads: Path | None = None, evidence: str = "full") -> None:
    """Fill a new store in a folder with a graph.

    ``nquads`` is the file of the same graph in N-Quads, where there is one already; without it, ``evidence`` says how
    much of the evidence the store holds, as the option of the exporter does. Raises ExportError where the graph cannot
    be written, GraphError where the store cannot.
    """
    if nquads is None:
        _fill(folder, cast("_LinesExporter", exporter(NQUADS)).blocks(graph, evidence=evidence))
    else:
        _fill(folder, _blocks_of(nquads))


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


def stored_evidence(folder: Path) -> str:
    """How much evidence the store in a graph folder holds: "full", "link" or "none". Raises GraphError as above."""
    level: str = load_manifest(folder)[STORE].get("evidence", "full")
    return level


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


def _fill(folder: Path, blocks: Iterable[bytes]) -> None:
    with filled_store(folder) as load:
        for block in blocks:
            load(block)


@contextmanager
def filled_store(folder: Path, *, threads: int = _AT_ONCE) -> Iterator[Callable[[bytes], None]]:
    """A function that loads blocks of whole lines of N-Quads into a new store; at the end all of them are there.

    The loader lets other threads run, so batches are loaded while others are made, by so many threads, but no more than
    there are cores; one is this one. Raises GraphError where the store cannot be written.
    """
    _share_freed_memory()
    try:
        store = pyoxigraph.Store(str(folder))
        at_once = min(threads, _AT_ONCE, os.cpu_count() or 1)
        with ThreadPoolExecutor(at_once) as pool:
            loading: deque[Future[None]] = deque()
            batch: list[bytes] = []
            size = 0

            def load() -> None:
                nonlocal batch, size
                if len(loading) == at_once:
                    loading.popleft().result()
                if at_once == 1:
                    _load(store, b"".join(batch))
                else:
                    loading.append(pool.submit(_load, store, b"".join(batch)))
                batch, size = [], 0

            def add(block: bytes) -> None:
                nonlocal size
                batch.append(block)
                size += len(block)
                if size >= _BATCH:
                    load()

            yield add
            load()
            for one in loading:
                one.result()
        store.flush()
    except OSError as error:
        raise GraphError(f"cannot write {folder}: {error.strerror or error}") from error
    except SyntaxError as error:
        raise GraphError(f"the exporter {NQUADS!r} wrote what is no N-Quads: {error}") from error


def _share_freed_memory() -> None:
    """Have all threads of the process use what one of them has freed.

    glibc keeps it apart for each otherwise (mallopt(3)), which comes to hundreds of megabytes where threads load.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


class StoreChanges:
    """A copy of a store, as it is changed: what is no longer said is taken out first, then comes what is new."""

    def __init__(self, folder: Path) -> None:
        self._store = pyoxigraph.Store(str(folder))

    def close(self) -> None:
        """Write what waits, and let go of the store; RocksDB has threads that write until nobody holds it."""
        self._store.flush()
        del self._store

    def holds(self, lines: bytes) -> bool:
        """Whether all that lines of N-Quads say is there."""
        return all(quad in self._store for quad in _quads(lines))

    def take_out(self, lines: bytes) -> None:
        """Take lines of N-Quads out."""
        for quad in _quads(lines):
            self._store.remove(quad)

    def add(self, blocks: Iterable[bytes]) -> None:
        """Add blocks of whole lines of N-Quads."""
        batch: list[bytes] = []
        size = 0
        for block in blocks:
            batch.append(block)
            size += len(block)
            if size >= _BATCH:
                _load(self._store, b"".join(batch))
                batch, size = [], 0
        _load(self._store, b"".join(batch))


@contextmanager
def changed_store(old: Path, new: Path) -> Iterator[StoreChanges]:
    """A new store that begins as a copy of an old one, with which it shares the files that stay as they are.

    Raises GraphError where there is no old store, or the new one cannot be written.
    """
    try:
        # a checkpoint of RocksDB, which links the files with the data: the old store is neither changed nor locked
        pyoxigraph.Store.read_only(str(old)).backup(str(new))
        with closing(StoreChanges(new)) as changes:
            yield changes
    except OSError as error:
        raise GraphError(f"cannot write {new}: {error.strerror or error}") from error


def _quads(lines: bytes) -> Iterable[pyoxigraph.Quad]:
    return cast("Iterable[pyoxigraph.Quad]", pyoxigraph.parse(lines, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True))


def _load(store: pyoxigraph.Store, batch: bytes) -> None:
    # what our own exporter wrote needs no second look
    store.bulk_load(batch, pyoxigraph.RdfFormat.N_QUADS, lenient=True)


def _blocks_of(nquads: Path) -> Iterator[bytes]:
    with nquads.open("rb") as file:
        while lines := file.readlines(1 << 20):
            yield b"".join(lines)
