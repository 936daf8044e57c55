"""What the page of a paper shows: its texts with all that was found in them, its results, and what it is like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from kg.catalogue.reading import Catalogue, EdgeLine, NodeLine
from kg.graph import ROLE_RELATIONS
from kg.web.marking import Piece, Span, pieces
from kg.web.relations import said
from kg.web.result_rows import ResultRow, result_rows

FIELDS: Final = ("title", "abstract", "text")
_MOST: Final = 400
"""So many edges of one relation are shown; a paper has far fewer."""
_SIMILAR: Final = 6
_ROLES: Final[Mapping[str, str]] = {relation: role for role, relation in ROLE_RELATIONS.items()}
_RESOLVERS: Final[Mapping[str, str]] = {
    "doi": "https://doi.org/",
    "arxiv": "https://arxiv.org/abs/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Words of a paper that name a thing, or are the number of a result, by where they stand in its texts.

    ``about`` says in words what was found there; ``row`` is the number of the result in its paper.
    """

    field: str
    start: int
    end: int
    text: str
    about: str
    kind: str
    role: str
    rule: str
    confidence: float
    line: NodeLine | None
    row: int | None


class Identifier(NamedTuple):
    """An identifier of a paper, and the address where it leads, empty where that is not known."""

    scheme: str
    value: str
    url: str


def paper_page(catalogue: Catalogue, key: str) -> dict[str, Any]:
    """What the template ``paper.html`` shows of a paper of a catalogue."""
    paper = catalogue.node(key) or {}
    by_relation = {relation: catalogue.edges(key, relation, limit=_MOST) for relation in _ROLES}
    rows = result_rows(catalogue.results_of(key))
    marks = sorted(
        (*_named(catalogue, by_relation), *map(_reported, rows)),
        key=lambda mark: (FIELDS.index(mark.field), mark.start, -mark.end),
    )
    return {
        "paper": paper,
        "texts": {field: _marked(paper[field], field, marks) for field in FIELDS if paper[field]},
        "marks": marks,
        "rows": rows,
        "groups": [(relation, said(relation, "out"), edges) for relation, edges in by_relation.items() if edges],
        "similar": catalogue.similar(key, _SIMILAR),
        "identifiers": [_identifier(scheme, value) for scheme, value in paper["identifiers"].items()],
    }


def _named(catalogue: Catalogue, by_relation: Mapping[str, list[EdgeLine]]) -> Iterator[Mark]:
    for relation, edges in by_relation.items():
        role = _ROLES[relation]
        for line in edges:
            edge = catalogue.edge(line.source, relation, line.target)
            for item in edge["evidence"] if edge else ():
                kind = line.other.kind
                yield Mark(
                    field=item["field"],
                    start=item["start"],
                    end=item["end"],
                    text=item["text"],
                    about=f"{kind} · {role} · {item['rule']} · {item['confidence']:.2f}",
                    kind=kind,
                    role=role,
                    rule=item["rule"],
                    confidence=item["confidence"],
                    line=line.other,
                    row=None,
                )


def _reported(row: ResultRow) -> Mark:
    return Mark(
        field=row.field,
        start=row.start,
        end=row.end,
        text=row.shown,
        about=f"Result · {row.kind} · {row.rule} · {row.own_confidence:.2f}",
        kind="Result",
        role=row.kind,
        rule=row.rule,
        confidence=row.own_confidence,
        line=None,
        row=row.number_in_paper,
    )


def _marked(text: str, field: str, marks: list[Mark]) -> list[Piece[Mark]]:
    return pieces(text, [Span(mark.start, mark.end, mark) for mark in marks if mark.field == field])


def _identifier(scheme: str, value: str) -> Identifier:
    resolver = _RESOLVERS.get(scheme)
    return Identifier(scheme, value, f"{resolver}{quote(value, errors='replace')}" if resolver else "")
