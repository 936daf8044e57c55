"""What the page of a method, a dataset, a metric or a task shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kg import names
from kg.catalogue.lookup import Direction
from kg.catalogue.reading import Catalogue, EdgeLine, NodeLine
from kg.model import ENTITY_TYPES
from kg.options import LIKELY
from kg.web.boards import BoardsOf
from kg.web.charts import bars
from kg.web.relations import edges_said, said
from kg.web.result_rows import result_rows

_INTRODUCED_BY: Final = 3
_PAPERS: Final = 6
_BESIDE: Final = 8
_ROWS: Final = 8
_BOARDS: Final = 3
_PAPER_RELATIONS: Final = ("introduces", "uses", "comparesWith", "mentions")
_BESIDE_RELATIONS: Final[tuple[tuple[str, Direction], ...]] = (
    ("variantOf", "out"),
    ("variantOf", "in"),
    ("evaluatedOn", "out"),
    ("evaluatedOn", "in"),
    ("outperforms", "out"),
    ("outperforms", "in"),
)
_NAMES: Final = 12


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a thing besides its label: those that are others, and those that only spell one differently."""

    others: list[str]
    spellings: list[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the edges of one relation and direction, of ``total`` that there are."""

    relation: str
    direction: Direction
    said: str
    total: int
    edges: list[EdgeLine]


def entity_page(catalogue: Catalogue, line: NodeLine, boards_of: BoardsOf) -> dict[str, Any]:
    """What the template ``entity.html`` shows of an entity of a catalogue."""
    key = line.key
    node = catalogue.node(key) or {}
    counts = {(relation, direction): count for relation, direction, count in catalogue.counts(key)}
    by_year = catalogue.by_year(key)
    found = None if line.kind == "Method" else boards_of(key)
    boards = [board for board in found.boards if board.scores][:_BOARDS] if found else []
    # where nothing is ranked, the results of the newest papers are shown as they are
    rows = [] if boards else result_rows(catalogue.results_of(key, _ROWS))
    return {
        "names": _names(node["names"]),
        "links": node["links"],
        "counts": {relation: counts.get((relation, "in"), 0) for relation in _PAPER_RELATIONS},
        "introduced": edges_said(catalogue, catalogue.edges(key, "introduces", "in", limit=_INTRODUCED_BY)),
        "used": _papers(catalogue, key, counts),
        "beside": [group for group in _beside(catalogue, key, counts) if group.edges],
        "found": found,
        "boards": boards,
        "likely": LIKELY,
        "most_rows": _ROWS,
        "rows": rows,
        "bars": bars(by_year),
        "together": _together(catalogue, line),
        "similar": catalogue.similar(key, _BESIDE),
    }


def _names(known: list[str]) -> Names:
    label, *rest = known
    first_of = {names.key(label): label}
    for name in rest:
        first_of.setdefault(names.key(name), name)
    others = list(first_of.values())[1 : _NAMES + 1]
    return Names(others, [name for name in rest if name not in others])


def _papers(catalogue: Catalogue, key: str, counts: Mapping[tuple[str, Direction], int]) -> Group | None:
    """The newest papers that do most with it: use it, else compare with it, else mention it."""
    for relation in _PAPER_RELATIONS[1:]:
        if total := counts.get((relation, "in"), 0):
            edges = catalogue.edges(key, relation, "in", limit=_PAPERS)
            return Group(relation, "in", said(relation, "in"), total, edges)
    return None


def _beside(catalogue: Catalogue, key: str, counts: Mapping[tuple[str, Direction], int]) -> list[Group]:
    return [
        Group(
            relation,
            direction,
            said(relation, direction),
            counts[relation, direction],
            catalogue.edges(key, relation, direction, limit=_BESIDE),
        )
        for relation, direction in _BESIDE_RELATIONS
        if counts.get((relation, direction))
    ]


def _together(catalogue: Catalogue, line: NodeLine) -> dict[str, list[tuple[NodeLine, int, float]]]:
    found = {kind: catalogue.together(line.key, kind, _BESIDE) for kind in ENTITY_TYPES if kind != line.kind}
    return {kind: lines for kind, lines in found.items() if lines}
