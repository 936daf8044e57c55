"""Names that are searched for in a catalogue, while they are being typed and after."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kg import names
from kg.catalogue.lookup import Lookup, NodeLine

_WORD: Final = re.compile(r"\w+")
_WORDS: Final = 12
_LENGTH: Final = 300
_LOOKED_AT: Final = 400
"""So many names, of the most important nodes, are ranked by how they are written."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A node that was found, and which of its names was."""

    line: NodeLine
    name: str


def search(catalogue: Lookup, text: str, kinds: Collection[str] = (), limit: int = 20) -> list[Hit]:
    """The nodes that are called so, best first; the last word may be unfinished.

    Case, accents, hyphens and spaces do not count. First comes what is called exactly so, then what begins so, then
    what has these words anywhere; among equals the most important. ``kinds`` chooses kinds of nodes.
    """
    text = text[:_LENGTH]
    words = [word.encode(errors="replace").decode() for word in _WORD.findall(text)][:_WORDS]
    if not words:
        return []
    folded = names.key(text).encode(errors="replace").decode()
    chosen = "AND node.kind IN (SELECT value FROM json_each(?3))" if kinds else "AND ?3 IS NOT NULL"
    columns = "name.id, name.node, name.name, name.folded"
    tables = "FROM name JOIN node ON node.id = name.node WHERE"
    kind_names = json.dumps(sorted(kinds))
    beginning = catalogue.rows(
        f"SELECT {columns} {tables} name.folded >= ?1 AND name.folded < ?2 {chosen} "
        "ORDER BY name.folded, name.id LIMIT ?4",
        [folded, f"{folded}\U0010ffff", kind_names, _LOOKED_AT],
    )
    phrase = " ".join(f'"{word}"' for word in words) + "*"
    holding = catalogue.rows(
        f"SELECT {columns} FROM words JOIN name ON name.id = words.rowid JOIN node ON node.id = name.node "  # noqa: S608 - constants only
        f"WHERE words MATCH ?1 AND ?2 IS NULL {chosen} ORDER BY words.rowid LIMIT ?4",
        [phrase, None, kind_names, _LOOKED_AT],
    )
    best: dict[int, tuple[int, int, str]] = {}
    for place, node, name, its_folded in (*beginning, *holding):
        rank = 0 if its_folded == folded else 1 if its_folded.startswith(folded) else 2
        best[node] = min(best.get(node, (9, 0, "")), (rank, place, name))
    ranked = sorted(best, key=lambda node: (best[node][0], node))[:limit]
    return [Hit(line, best[line.id][2]) for line in catalogue.lines_numbered(ranked)]
