"""A graph folder opened in Python: as networkx, as rdflib, as pandas, and for SPARQL."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import pyoxigraph

from kg.competency import competency_query
from kg.errors import QueryError
from kg.folder import STORE, load_graph, load_manifest
from kg.graph import Graph
from kg.sparql import Namespaces, open_store, solve
from kg.store import namespaces, stored_namespaces, write_store

if TYPE_CHECKING:
    import rdflib

    from kg.frames import Frames

Row: TypeAlias = dict[str, Any]

_NAME: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"


class OpenGraph:
    """A graph folder, or a file that ``kg extract`` wrote, in the forms that Python has for it.

    Each form is made when it is first asked for. What was opened is read only; closing it lets go of the store.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if self.path.is_dir():
            load_manifest(self.path)  # says at once where it is no graph folder
        self._temporary: TemporaryDirectory[str] | None = None

    @cached_property
    def graph(self) -> Graph:
        """The graph as a plain ``networkx.MultiDiGraph``; GraphError where there is none."""
        return load_graph(self.path)

    @cached_property
    def frames(self) -> Frames:
        """Papers, entities, results and edges as pandas frames."""
        from kg.frames import frames  # noqa: PLC0415 - pandas takes its time to load

        return frames(self.graph)

    @cached_property
    def namespaces(self) -> Namespaces:
        """What the IRIs of the graph begin with."""
        return stored_namespaces(self.path) or namespaces()

    @cached_property
    def store(self) -> pyoxigraph.Store:
        """The Oxigraph store; where the folder has none, one is made in a temporary folder."""
        if stored_namespaces(self.path) is not None:
            return open_store(self.path / STORE)
        self._temporary = TemporaryDirectory(prefix="kg-store-")
        folder = Path(self._temporary.name, STORE)
        write_store(self.graph, folder)
        return open_store(folder)

    @cached_property
    def dataset(self) -> rdflib.Dataset:
        """The store as an ``rdflib.Dataset``, whose queries Oxigraph answers; its default graph holds no evidence."""
        from kg.rdflib_dataset import rdflib_dataset  # noqa: PLC0415 - as above

        return rdflib_dataset(self.store, self.namespaces)

    def query(self, query: str, **parameters: object) -> list[Row] | bool:
        """The answer to a query of SPARQL, or to a competency query by its name with values for its parameters.

        Rows are dicts by the names of the variables, with numbers as ``int`` and ``Decimal``, truths as ``bool``, and
        all else as ``str`` (``pandas.DataFrame(rows)`` makes a frame of them); triples are rows of ``subject``,
        ``predicate`` and ``object``, sorted. ``ASK`` gives a truth. Raises QueryError where the query is wrong or
        refused. Nothing ends it when it takes long.
        """
        if _NAME.fullmatch(query):
            query = competency_query(query).with_values(parameters)
        elif parameters:
            raise QueryError("parameters are for competency queries; write the values into the query")
        found = solve(self.store, query, self.namespaces)
        if isinstance(found, pyoxigraph.QueryBoolean):
            return bool(found)
        if isinstance(found, pyoxigraph.QueryTriples):
            return [
                {"subject": _value(one.subject), "predicate": _value(one.predicate), "object": _value(one.object)}
                for one in sorted(set(found), key=str)
            ]
        names = [variable.value for variable in found.variables]
        return [{name: _value(row[name]) for name in names} for row in found]

    def close(self) -> None:
        """Let go of the store; what was made from it can no longer be used."""
        for name in ("dataset", "store"):
            self.__dict__.pop(name, None)
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open(path: str | os.PathLike[str]) -> OpenGraph:  # noqa: A001 - kg.open, as gzip.open
    """Open a graph folder, or a file that ``kg extract`` wrote; GraphError where a folder is no graph folder."""
    return OpenGraph(path)


def _value(term: Any) -> Any:
    """A term of RDF as Python has it."""
    if term is None or not isinstance(term, pyoxigraph.Literal):
        return None if term is None else term.value
    kind = term.datatype.value.removeprefix(_XSD)
    if kind == "integer":
        return int(term.value)
    if kind == "decimal":
        return Decimal(term.value)
    return term.value == "true" if kind == "boolean" else term.value
