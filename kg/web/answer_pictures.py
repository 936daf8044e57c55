"""The answer to a query drawn: as bars, as a line, or as a graph. All is laid out here; templates only write it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import networkx as nx

from kg.catalogue.reading import Catalogue, NodeLine
from kg.sparql import Namespaces
from kg.web.answers import TRIPLE_NAMES, Rows, Term, key_of, number_of, numeric, text_of

WIDTH: Final = 720.0
BAR_HEIGHT: Final = 24.0
LINE_HEIGHT: Final = 280.0
MOST_BARS: Final = 50
MOST_POINTS: Final = 500
MOST_NODES: Final = 60

_LABEL_WIDTH: Final = 230.0
_VALUE_WIDTH: Final = 70.0
_LABEL_LENGTH: Final = 34
_NODE_LABEL_LENGTH: Final = 22
_MARGIN: Final = 48.0
_SIDE: Final = 75.0
_STRETCH: Final = 90.0
_TICKS: Final = 8
_NODES: Final = frozenset({"uri", "bnode"})
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_GRIDLINES: Final = 5
_MOST_GRIDLINES: Final = 12
_LARGEST: Final = 1e100
"""Of what is larger no sums can be made; and what is no number is not as small."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label whole and as it fits, its value, and its place in the picture."""

    label: str
    short: str
    value: str
    x: float
    y: float
    width: float
    value_x: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at an axis, and what it says."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line, and what it says."""

    x: float
    y: float
    about: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A column of numbers over a column of labels, as bars or as a line; ``left_out`` rows do not fit."""

    labels: str
    values: str
    height: float
    bars: Sequence[Bar]
    points: Sequence[Point]
    below: Sequence[Tick]
    beside: Sequence[Tick]
    left_out: int


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node of the drawn graph, where it is, and the node of our graph that it is."""

    x: float
    y: float
    label: str
    short: str
    line: NodeLine | None


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge of the drawn graph from middle to middle, and what it says."""

    x1: float
    y1: float
    x2: float
    y2: float
    about: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph as it is drawn; ``keys`` are its nodes that are ours, ``left_out`` is how many nodes do not fit."""

    nodes: Sequence[DrawnNode]
    edges: Sequence[DrawnEdge]
    keys: Sequence[str]
    height: float
    left_out: int


def chart(rows: Rows, kind: str, namespaces: Namespaces) -> Chart | None:
    """The first column of numbers over the first column of texts (else over the first other), by kind: bar or line.

    None where there are no such columns.
    """
    numbers = numeric(rows)
    values = next((place for place, is_number in enumerate(numbers) if is_number), None)
    if values == 0 and all(numbers) and len(numbers) > 1:
        values = 1  # numbers over numbers, such as papers over years
    labels = next((place for place, is_number in enumerate(numbers) if not is_number), 0)
    if values is None or labels == values:
        return None
    found = [
        (text_of(row[labels], namespaces), number)
        for row in rows.terms
        if (number := number_of(row[values])) is not None and abs(number) <= _LARGEST
    ]
    most = MOST_BARS if kind == "bar" else MOST_POINTS
    names = (rows.names[labels], rows.names[values])
    drawn = _bars if kind == "bar" else _line
    return drawn(found[:most], names, len(found) - len(found[:most])) if found else None


def drawing(rows: Rows, namespaces: Namespaces, catalogue: Catalogue) -> Drawing | None:
    """Triples, or the first two columns of IRIs, as a graph; None where there are none."""
    if tuple(rows.names) == TRIPLE_NAMES:
        found = [(row[0], row[2], text_of(row[1], namespaces)) for row in rows.terms]
    else:
        columns = [place for place in range(len(rows.names)) if _has_iris(rows, place)][:2]
        if len(columns) < 2:  # noqa: PLR2004 - an edge has two ends
            return None
        about = f"{rows.names[columns[0]]} - {rows.names[columns[1]]}"
        found = [(row[columns[0]], row[columns[1]], about) for row in rows.terms]
    pairs = [
        (one, other, said)
        for one, other, said in found
        if one is not None and other is not None and {one["type"], other["type"]} <= _NODES
    ]
    said_of: dict[tuple[str, str], set[str]] = {}
    terms: dict[str, Term] = {}
    left_out: set[str] = set()
    for one, other, said in pairs:
        ends = {one["value"]: one, other["value"]: other}
        if len(terms.keys() | ends.keys()) > MOST_NODES:
            left_out |= ends.keys() - terms.keys()
            continue
        terms |= ends
        said_of.setdefault((one["value"], other["value"]), set()).add(said)
    if not terms:
        return None
    return _drawn(said_of, terms, namespaces, catalogue, len(left_out))


def _bars(found: Sequence[tuple[str, float]], names: tuple[str, str], left_out: int) -> Chart:
    low, high = min(0.0, *(value for _, value in found)), max(0.0, *(value for _, value in found))
    room = WIDTH - _LABEL_WIDTH - _VALUE_WIDTH
    scale = room / ((high - low) or 1.0)
    zero = _LABEL_WIDTH - low * scale
    bars = [
        Bar(
            label=label,
            short=_short(label, _LABEL_LENGTH),
            value=_said(value),
            x=round(min(zero, zero + value * scale), 1),
            y=place * BAR_HEIGHT,
            width=round(max(abs(value) * scale, 1.0), 1),
            value_x=round(max(zero, zero + value * scale) + 6, 1),
        )
        for place, (label, value) in enumerate(found)
    ]
    return Chart(*names, len(found) * BAR_HEIGHT, bars, (), (), (), left_out)


def _line(found: Sequence[tuple[str, float]], names: tuple[str, str], left_out: int) -> Chart:
    lowest, highest = min(value for _, value in found), max(value for _, value in found)
    beside = _rounded(0.0 if 0 < lowest < highest / 2 else lowest, highest)
    low, high = beside[0], beside[-1]
    places = _along([label for label, _ in found])
    step = (WIDTH - 2 * _MARGIN) / (max(places) - min(places) or 1.0)
    ordered = sorted(zip(places, found, strict=True), key=lambda one: one[0])

    def up(value: float) -> float:
        share = min(max((value - low) / ((high - low) or 1.0), 0.0), 1.0)
        return round(LINE_HEIGHT - _MARGIN / 2 - share * (LINE_HEIGHT - _MARGIN), 1)

    points = [
        Point(round(_MARGIN + (place - min(places)) * step, 1), up(value), f"{label}: {_said(value)}")
        for place, (label, value) in ordered
    ]
    every = -(-len(points) // _TICKS)
    below = [
        Tick(point.x, _short(label, 12))
        for number, (point, (_, (label, _))) in enumerate(zip(points, ordered, strict=True))
        if number % every == 0
    ]
    return Chart(*names, LINE_HEIGHT, (), points, below, [Tick(up(value), _said(value)) for value in beside], left_out)


def _along(labels: Sequence[str]) -> list[float]:
    """Where labels stand along an axis: at the numbers that they are, or one after the other."""
    places = [float(place) for place in range(len(labels))]
    try:
        numbers = [float(label) for label in labels]
    except ValueError:
        return places
    return numbers if all(abs(number) <= _LARGEST for number in numbers) else places


def _rounded(low: float, high: float) -> list[float]:
    """Round values from below a range to above it, for the lines of a grid."""
    span = (high - low) or abs(high) or 1.0
    power = 10 ** math.floor(math.log10(span / _GRIDLINES))
    step = next(step * power for step in _STEPS if step * power * _GRIDLINES >= span)
    first = math.floor(low / step)
    last = max(math.ceil(high / step), first + 1)
    return [float(f"{number * step:.10g}") for number in range(first, min(last, first + _MOST_GRIDLINES) + 1)]


def _said(value: float) -> str:
    return f"{value:,.10g}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _has_iris(rows: Rows, place: int) -> bool:
    column = [row[place] for row in rows.terms if row[place] is not None]
    return bool(column) and all(term is not None and term["type"] == "uri" for term in column)


def _drawn(
    said_of: Mapping[tuple[str, str], set[str]],
    terms: Mapping[str, Term],
    namespaces: Namespaces,
    catalogue: Catalogue,
    left_out: int,
) -> Drawing:
    keys = {name: key for name in sorted(terms) if (key := key_of(terms[name], namespaces))}
    lines = {line.key: line for line in catalogue.lines(list(keys.values()))}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted(terms))
    graph.add_edges_from(sorted(said_of))
    places, height = _places(graph)
    nodes = []
    for name, (x, y) in places.items():
        line = lines.get(keys.get(name, ""))
        label = line.label if line else text_of(terms[name], namespaces)
        nodes.append(DrawnNode(x, y, label, _short(label, _NODE_LABEL_LENGTH), line))
    edges = [
        DrawnEdge(*places[source], *places[target], ", ".join(sorted(said)))
        for (source, target), said in sorted(said_of.items())
        if source != target
    ]
    return Drawing(nodes, edges, sorted(lines), height, left_out)


def _places(graph: nx.Graph[str]) -> tuple[dict[str, tuple[float, float]], float]:
    """Where the nodes of a graph stand, and the height of the picture: its components side by side, in rows.

    Each is laid out by itself (Kamada and Kawai, 1989), the largest first.
    """
    places: dict[str, tuple[float, float]] = {}
    left = top = row = 0.0
    for part in sorted(map(sorted, nx.connected_components(graph)), key=lambda part: (-len(part), part)):
        larger = math.sqrt(len(part)) - 1
        width, height = min(_SIDE * 2 + _STRETCH * larger, WIDTH), _MARGIN * 2 + _STRETCH * larger
        if left + width > WIDTH:
            left, top, row = 0.0, top + row, 0.0
        at = {part[0]: (0.0, 0.0)} if len(part) == 1 else nx.kamada_kawai_layout(graph.subgraph(part).copy())
        if len(part) == 2:  # noqa: PLR2004 - one above the other, as their labels need the width
            at = {name: (0.0, place) for name, (place, _) in at.items()}
        for name, (x, y) in at.items():
            across, down = (x + 1) / 2 * (width - 2 * _SIDE), (y + 1) / 2 * (height - 1.5 * _MARGIN)
            places[name] = (round(left + _SIDE + across, 1), round(top + _MARGIN + down, 1))
        left, row = left + width, max(row, height)
    return places, round(top + row, 1)
