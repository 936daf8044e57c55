"""Results as rows of a table: what was reached, by what and on what, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from kg.graph import SLOTS, Graph
from kg.web.marking import Piece, sentence_of


class Filled(NamedTuple):
    """What a slot holds: a node, or where ``key`` is None the words of the paper."""

    label: str
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """A result with its paper.

    ``shown`` is the value with its unit; ``slots`` has an entry for each slot that is filled. ``confidence`` is the
    joint confidence, or None where there is none; that of number and kind alone is ``own_confidence``.
    """

    key: str
    number_in_paper: int
    value: str
    shown: str
    number: Decimal | None
    unit: str | None
    kind: str
    qualifier: str
    slots: dict[str, Filled]
    paper: str
    title: str
    published: str | None
    confidence: float | None
    own_confidence: float
    sentence: list[Piece[bool]]
    sentence_text: str
    field: str
    start: int
    end: int
    rule: str


def result_rows(graph: Graph) -> list[ResultRow]:
    """All results of a graph that holds their papers, in its order."""
    return [_row(graph, node) for node, attributes in graph.nodes(data=True) if attributes["kind"] == "Result"]


def _row(graph: Graph, node: str) -> ResultRow:
    result = graph.nodes[node]
    paper = graph.nodes[result["paper"]]
    evidence = graph.edges[result["paper"], node, "reports"]["evidence"][0]
    targets = {relation: target for _, target, relation in graph.out_edges(node, keys=True)}
    slots: dict[str, Filled] = {}
    for slot, (_, relation) in SLOTS.items():
        if relation in targets:
            slots[slot] = Filled(graph.nodes[targets[relation]]["label"], targets[relation])
        elif result[slot]:
            slots[slot] = Filled(result[slot], None)
    return ResultRow(
        key=node,
        number_in_paper=int(node.rpartition("/")[2]),
        value=result["value"],
        shown=shown_value(result["value"], result["unit"]),
        number=result["number"],
        unit=result["unit"],
        kind=result["result_kind"],
        qualifier=result["qualifier"],
        slots=slots,
        paper=result["paper"],
        title=paper["label"],
        published=paper["published"],
        confidence=result["joint_confidence"],
        own_confidence=evidence["confidence"],
        sentence=sentence_of(evidence),
        sentence_text=evidence["sentence"],
        field=evidence["field"],
        start=evidence["start"],
        end=evidence["end"],
        rule=evidence["rule"],
    )


def shown_value(value: str, unit: str | None) -> str:
    """A value with its unit, as it is read: "92.3 %", "3x", "28.4"."""
    if not unit:
        return value
    return f"{value}{unit}" if unit == "x" else f"{value}\N{NO-BREAK SPACE}{unit}"


def surest_first(rows: list[ResultRow]) -> list[ResultRow]:
    """Rows by how sure they are as a whole, then from the newest paper."""
    by_date = sorted(rows, key=lambda row: (row.published or "", row.key), reverse=True)
    return sorted(by_date, key=lambda row: -(row.own_confidence if row.confidence is None else row.confidence))
