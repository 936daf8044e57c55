"""Leaderboards: the scores that papers report for a dataset and a metric, ranked.

A board is of one dataset and one metric, in one unit: what is counted in milliseconds is not ranked beside what is
counted in seconds. Metrics that ``rules/metrics.tsv`` knows by several names are one, and fractions and per cent of
one metric are ranked together. A result without a metric whose unit is one ("30 fps") is of that metric. Ranks are
those of competitions: equal numbers share one, and the next ones are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from kg.errors import GraphError
from kg.graph import SLOTS, Graph
from kg.metrics import SHARE, Direction, Metric, Metrics
from kg.model import EntityType, Qualifier, ResultKind
from kg.names import key, nearest
from kg.rulebook import Rulebook

Slot: TypeAlias = Literal["dataset", "metric", "task"]
PERCENT: Final = "%"

_PERCENTS: Final = frozenset({PERCENT, "points"})
_CHANGES: Final[tuple[ResultKind, ...]] = ("gain", "reduction", "ratio")
_LAST: Final = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardEntry:
    """One result on a leaderboard.

    ``rank`` counts from 1; it is None where there is nothing to rank: a gain, reduction or ratio, or a range.
    ``number`` is the value in the unit of the board (for a gain, reduction or ratio, in its own); ``value`` and
    ``unit`` are as the paper writes them, and ``converted`` says that a fraction was made per cent. ``method``,
    ``baseline`` and ``task`` are labels of nodes, or what the paper says where it names no node, or None;
    ``method_key`` is the node of the method, and ``introduces`` says whether the paper introduces it. ``paper`` and
    ``result`` are node keys. ``start`` and ``end`` are where the number stands in ``sentence``, in code points.
    ``confidence`` is how sure the whole row is: the result's joint confidence, or where there is none that of its kind.
    """

    rank: int | None
    number: Decimal | None
    converted: bool
    value: str
    unit: str | None
    kind: ResultKind
    qualifier: Qualifier
    method: str | None
    method_key: str | None
    introduces: bool
    baseline: str | None
    task: str | None
    title: str
    published: str | None
    url: str | None
    sentence: str
    start: int
    end: int
    confidence: float
    paper: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """What papers report for a dataset and a metric.

    ``dataset`` is None on the boards of a task for results that name no dataset, ``metric`` where none is named;
    ``task`` is the task asked for. ``unit`` is that of the numbers, None where they have none. Where ``direction`` is
    unknown, higher comes first. ``scores`` are the levels reached, the best first and those without a number last;
    ``changes`` the gains, reductions and ratios, by kind and unit, the largest first.
    """

    dataset: str | None
    metric: str | None
    task: str | None
    unit: str | None
    direction: Direction
    scores: tuple[LeaderboardEntry, ...]
    changes: tuple[LeaderboardEntry, ...]

    @property
    def papers(self) -> int:
        """How many papers have a result on the board."""
        return len({entry.paper for entry in (*self.scores, *self.changes)})

    @property
    def best(self) -> LeaderboardEntry | None:
        """The score that ranks first, if any can be ranked."""
        return self.scores[0] if self.scores and self.scores[0].rank else None


class _Thing(NamedTuple):
    """What a result is about: the same ``id`` for the same thing, and how it is called."""

    id: str
    label: str


class _Found(NamedTuple):
    """A result before it is ranked."""

    dataset: _Thing | None
    metric: _Thing | None
    task: _Thing | None
    entry: LeaderboardEntry


def leaderboards(
    graph: Graph,
    *,
    dataset: str | None = None,
    metric: str | None = None,
    task: str | None = None,
    rules: Path | None = None,
    min_confidence: float = 0.0,
) -> tuple[Leaderboard, ...]:
    """The leaderboards of a graph, or those of a dataset, a metric, a task; the ones with a metric first, then by size.

    Names are taken as the graph takes them: case and hyphens do not count, and any name of a thing will do. Results
    without a dataset are left out, unless a task is asked for: then they stand on boards of that task. Entries of less
    than ``min_confidence`` (0 to 1) are left out, and boards of no others. ``rules`` is a folder laid over the rules of
    kg; its ``metrics.tsv`` says what is better. Raises GraphError where no result is about what is asked for, with the
    nearest names; RuleError where the rules say something they may not.
    """
    metrics = Rulebook.load(rules).metrics
    names = _Names(graph, metrics)
    found = list(_results(graph, names))
    asked: dict[Slot, str | None] = {"dataset": dataset, "metric": metric, "task": task}
    place = "of the graph"
    for slot, name in asked.items():
        if name is not None:
            wanted = names.asked(slot, name, (getattr(one, slot) for one in found), place=place)
            found = [one for one in found if getattr(one, slot) and getattr(one, slot).id in wanted]
            place = f"about the {slot} {name!r}"
    groups: defaultdict[tuple[_Thing | None, ...], list[_Found]] = defaultdict(list)
    for one in found:
        placed = one.dataset or (task is not None and dataset is None)
        if placed and one.entry.confidence >= min_confidence:
            groups[one.dataset, one.metric, one.task if task is not None else None].append(one)
    boards = [board for about, members in groups.items() for board in _boards(about, members, metrics)]
    return tuple(sorted(boards, key=_by_size))


def _by_size(board: Leaderboard) -> tuple[Any, ...]:
    size = len(board.scores) + len(board.changes)
    about = (board.dataset or "", board.metric or "", board.task or "", board.unit or "")
    return board.metric is None, board.dataset is None, -size, about


class _Names:
    """What the names in results and questions stand for; the same for the metrics that the table takes for one."""

    def __init__(self, graph: Graph, metrics: Metrics) -> None:
        self._graph = graph
        self._metrics = metrics
        self.node = cache(self._node)
        self.text = cache(self._text)
        self.by_label = cache(self._by_label)

    def _node(self, node: str) -> _Thing:
        attributes = self._graph.nodes[node]
        if attributes["kind"] == "Metric":
            known = next(filter(None, map(self._metrics.named, attributes["names"])), None)
            if known is not None:
                return _Thing(f"metric:{known.name}", known.name)
        return _Thing(node, attributes["label"])

    def _text(self, slot: Slot, text: str) -> _Thing:
        """What is only described: a metric that the table knows, or a thing that goes by this label elsewhere."""
        known = self._metrics.named(text) if slot == "metric" else None
        if known:
            return _Thing(f"metric:{known.name}", known.name)
        node = self.by_label(SLOTS[slot][0]).get(key(text))
        return self.node(node) if node else _Thing(f"{slot}:{key(text)}", text)

    def _by_label(self, kind: EntityType) -> dict[str, str]:
        nodes = self._graph.nodes(data=True)
        return {key(attributes["label"]): node for node, attributes in nodes if attributes["kind"] == kind}

    def of_unit(self, unit: str | None) -> _Thing | None:
        """The metric that a unit says."""
        known = self._metrics.named(unit) if unit else None
        return _Thing(f"metric:{known.name}", known.name) if known and not known.generic else None

    def asked(self, slot: Slot, name: str, candidates: Iterable[_Thing | None], *, place: str) -> frozenset[str]:
        """The ids of what a name in a question stands for, among what results are about.

        A label counts before other names. Raises GraphError, with the nearest names, where there is nothing;
        ``place`` says of which results.
        """
        counts = Counter(thing for thing in candidates if thing)
        wanted = key(name)
        found = {thing.id for thing in counts if key(thing.label) == wanted} | {self.text(slot, name).id}
        found &= {thing.id for thing in counts}
        if not found:
            kind: EntityType = SLOTS[slot][0]
            bearers = (
                self.node(node)
                for node, attributes in self._graph.nodes(data=True)
                if attributes["kind"] == kind and wanted in map(key, attributes["names"])
            )
            found = {thing.id for thing in bearers if thing in counts}
        if not found:
            near = nearest(name, {thing.label: count for thing, count in counts.items()})
            advice = near or "leave it out to see what there is"
            raise GraphError(f"no result {place} is about the {slot} {name!r}; {advice}")
        return frozenset(found)


def _results(graph: Graph, names: _Names) -> Iterator[_Found]:
    """Every result of a graph, in the order of its papers."""
    for node, result in graph.nodes(data=True):
        if result["kind"] != "Result":
            continue
        targets = {relation: target for _, target, relation in graph.out_edges(node, keys=True)}
        nodes = {slot: targets.get(relation) for slot, (_, relation) in SLOTS.items()}
        things: dict[Slot, _Thing | None] = {
            slot: names.node(nodes[slot]) if nodes[slot] else names.text(slot, result[slot]) if result[slot] else None
            for slot in ("dataset", "metric", "task")
        }
        dataset, metric, task = things.values()
        metric = metric or names.of_unit(result["unit"])
        yield _Found(dataset, metric, task, _entry(graph, node, nodes["method"], nodes["baseline"], task))


def _entry(graph: Graph, node: str, method: str | None, baseline: str | None, task: _Thing | None) -> LeaderboardEntry:
    result = graph.nodes[node]
    paper = graph.nodes[result["paper"]]
    evidence = graph.edges[result["paper"], node, "reports"]["evidence"][0]
    start = evidence["start"] - evidence["sentence_start"]
    joint = result["joint_confidence"]
    return LeaderboardEntry(
        rank=None,
        number=result["number"],
        converted=False,
        value=result["value"],
        unit=result["unit"],
        kind=result["result_kind"],
        qualifier=result["qualifier"],
        method=graph.nodes[method]["label"] if method else result["method"],
        method_key=method,
        introduces=method is not None and graph.has_edge(result["paper"], method, "introduces"),
        baseline=graph.nodes[baseline]["label"] if baseline else result["baseline"],
        task=task.label if task else None,
        title=paper["label"],
        published=paper["published"],
        url=paper["url"],
        sentence=evidence["sentence"],
        start=start,
        end=start + evidence["end"] - evidence["start"],
        confidence=evidence["confidence"] if joint is None else joint,
        paper=result["paper"],
        result=node,
    )


def _boards(about: tuple[_Thing | None, ...], found: Iterable[_Found], metrics: Metrics) -> Iterator[Leaderboard]:
    """The boards of one dataset and metric, one a unit; the largest has the gains, reductions and ratios."""
    dataset, metric, task = (thing.label if thing else None for thing in about)
    known = metrics.like(metric) if metric else None
    by_unit: defaultdict[str, list[LeaderboardEntry]] = defaultdict(list)
    changes: list[LeaderboardEntry] = []
    for one in found:
        if one.entry.kind == "score":
            by_unit[_comparable_unit(one.entry.unit, known, metrics)].append(one.entry)
        else:
            changes.append(one.entry)
    changes.sort(key=_change_order)
    units = sorted(by_unit, key=lambda unit: (-len(by_unit[unit]), unit)) or [""]
    for unit in units:
        direction = _direction(known, unit)
        shown_unit, scores = _comparable(by_unit[unit], unit, known)
        yield Leaderboard(
            dataset=dataset,
            metric=metric,
            task=task,
            unit=shown_unit or None,
            direction=direction,
            scores=_ranked(scores, direction),
            changes=tuple(changes) if unit == units[0] else (),
        )


def _change_order(entry: LeaderboardEntry) -> tuple[Any, ...]:
    number = entry.number or Decimal()
    return _CHANGES.index(entry.kind), entry.unit or "", entry.number is None, number.copy_negate(), entry.result


def _comparable_unit(unit: str | None, metric: Metric | None, metrics: Metrics) -> str:
    """The unit of all scores that can be ranked together with one in this unit; empty for none."""
    usual = "" if metric is None else PERCENT if metric.unit == SHARE else metric.unit
    if unit is None or (unit in _PERCENTS and usual == PERCENT):
        return usual
    named = metrics.named(unit)
    return named.unit if named and named.unit not in ("", SHARE) else unit


def _direction(metric: Metric | None, unit: str) -> Direction:
    """The direction of a metric where it is told of this unit: an accuracy in mm is another thing than one in %."""
    if metric is None:
        return "unknown"
    usual = PERCENT if metric.unit == SHARE else metric.unit
    return metric.direction if usual in ("", unit) else "unknown"


def _comparable(
    entries: list[LeaderboardEntry], unit: str, metric: Metric | None
) -> tuple[str, list[LeaderboardEntry]]:
    """The unit that scores are shown in, and the scores in it.

    Fractions become per cent where others are written in per cent; where all are fractions, they stay.
    """
    if metric is None or metric.unit != SHARE or unit != PERCENT:
        return unit, entries
    if not any(entry.unit in _PERCENTS for entry in entries):
        unit = ""
    if all(entry.number is None or _is_fraction(entry) for entry in entries):
        return unit, entries
    return unit, [_in_percent(entry) if _is_fraction(entry) else entry for entry in entries]


def _is_fraction(entry: LeaderboardEntry) -> bool:
    return entry.unit is None and entry.number is not None and abs(entry.number) <= 1


def _in_percent(entry: LeaderboardEntry) -> LeaderboardEntry:
    return replace(entry, number=None if entry.number is None else entry.number.scaleb(2), converted=True)


def _ranked(entries: Iterable[LeaderboardEntry], direction: Direction) -> tuple[LeaderboardEntry, ...]:
    def order(entry: LeaderboardEntry) -> tuple[Any, ...]:
        number = entry.number or Decimal()
        directed = number if direction == "lower" else number.copy_negate()
        return entry.number is None, directed, entry.published or _LAST, entry.title, entry.result

    found: list[LeaderboardEntry] = []
    for place, entry in enumerate(sorted(entries, key=order), start=1):
        tied = found and found[-1].number == entry.number
        found.append(entry if entry.number is None else replace(entry, rank=found[-1].rank if tied else place))
    return tuple(found)
