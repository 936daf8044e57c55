"""The graph of a graph folder, or of a file of extractions, told piece by piece, so that it need not be in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kg._version import __version__
from kg.assembling import Assembled
from kg.folder import EXTRACTIONS, PAPER_TABLE, graph_name, load_manifest, load_resolution
from kg.graph import Piece
from kg.paper_namings import opened_namings
from kg.paper_table import copy_paper_table, write_paper_table
from kg.resolution.resolving import resolve_namings


@dataclass(frozen=True, slots=True)
class ToldGraph:
    """A graph by its pieces."""

    assembled: Assembled
    name: str
    kg_version: str
    rules_hash: str | None

    def pieces(self) -> Iterator[Piece]:
        """The pieces, the papers before what they share."""
        return self.assembled.pieces()


@contextmanager
def told_graph(path: Path) -> Iterator[ToldGraph]:
    """The graph of a graph folder, or of a file that ``kg extract`` wrote, resolved as it was when it was built.

    Raises GraphError where there is none, or where there is too little room in the system's folder for such; RuleError
    where the rules of resolution in it are damaged.
    """
    with TemporaryDirectory(prefix="kg-") as place:
        table, rules_hash = Path(place, PAPER_TABLE), None
        if path.is_dir():
            manifest = load_manifest(path)
            rules_hash = manifest.get("rules_hash")
            copy_paper_table(path, manifest, table)
        else:
            write_paper_table(path, table)
        aliases, rules = load_resolution(path)
        with opened_namings(table, Path(place, "waiting"), threads=os.cpu_count() or 1) as namings:
            identities = resolve_namings(namings, aliases=aliases, rules=rules)
            extractions = path / EXTRACTIONS if path.is_dir() else path
            yield ToldGraph(Assembled(extractions, namings, identities), graph_name(path), __version__, rules_hash)
