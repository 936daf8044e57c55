"""A graph as pandas frames: papers, entities, results and edges, one row each.

Rows are in the order in which the graph holds its nodes and edges, which is the same from build to build; the index
counts them. Texts that are missing are missing values (NaN in a column of ``str``), years and counts that may be
missing are ``Int64``. ``year`` is the year that ``published`` begins with, ``date`` the first day of what it says
("2024-10" is 2024-10-01); both are missing where it tells no year. Lists are Python lists, in columns of ``object``.

``papers``

==================  ==============  ==========================================================================
column              dtype           meaning
==================  ==============  ==========================================================================
``paper``           str             node key
``title``           str             its title, or how its text begins
``abstract``        str             as in the graph
``text``            str             as in the graph
``published``       str             as in the graph: a year, a month, a day, or ``--10-09`` without a year
``year``            Int64           see above
``date``            datetime64[s]   see above
``venue``           str             as in the graph
``url``             str             as in the graph
``authors``         object          list of str
``author_count``    Int64           how many there are, where known
``entities``        int64           how many the paper names
``results``         int64           how many it reports
==================  ==============  ==========================================================================

``entities``

==================  ==============  ==========================================================================
``entity``          str             node key
``type``            str             Method, Dataset, Metric or Task
``label``           str             its best name
``names``           object          list of str, the label first
``links``           object          list of str, IRIs of the same thing elsewhere
``variant_of``      str             node key of what it is a variant of
``papers``          int64           how many name it
``introduced``      int64           how many of them introduce it; ``used``, ``compared`` and ``mentioned`` likewise
``first_year``      Int64           of the first paper that names it; ``last_year`` of the last
==================  ==============  ==========================================================================

``results``

==================  ==============  ==========================================================================
``result``          str             node key
``paper``           str             node key of the paper that reports it
``year``            Int64           of the paper
``value``           str             as the paper writes it
``number``          float64         to compute with; the exact decimal is what ``value`` says
``unit``            str             as in the graph; ``result_kind``, ``qualifier``, and the texts ``metric``,
                                    ``dataset``, ``task``, ``method``, ``baseline`` likewise
``metric_key``      str             node key of the metric, where the paper names it as an entity; ``dataset_key``,
                                    ``task_key``, ``method_key``, ``baseline_key`` likewise
``sentence``        str             that reports it
``confidence``      float64         0 to 1, as for the edge from the paper; ``joint_confidence`` as in the graph
==================  ==============  ==========================================================================

``edges``

==================  ==============  ==========================================================================
``source``          str             node key
``relation``        str             as in the graph
``target``          str             node key
``source_kind``     str             kind of the source; ``target_kind`` likewise
``confidence``      float64         0 to 1
``evidence``        int64           how many places it rests on
``rule``            str             id of the rule behind the first of them
``sentence``        str             around the first of them
==================  ==============  ==========================================================================
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Final

import pandas as pd

from kg.graph import ROLE_RELATIONS, SLOTS, Graph
from kg.leaderboard import Leaderboard, LeaderboardEntry
from kg.model import ENTITY_TYPES, ROLES

_ROLE_OF: Final = {relation: role for role, relation in ROLE_RELATIONS.items()}
_DATE: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")

_SLOTS: Final = ("metric", "dataset", "task", "method", "baseline")
_PAPERS: Final[Mapping[str, str]] = {
    "paper": "str",
    "title": "str",
    "abstract": "str",
    "text": "str",
    "published": "str",
    "year": "Int64",
    "date": "datetime64[s]",
    "venue": "str",
    "url": "str",
    "authors": "object",
    "author_count": "Int64",
    "entities": "int64",
    "results": "int64",
}
_ENTITIES: Final[Mapping[str, str]] = {
    "entity": "str",
    "type": "str",
    "label": "str",
    "names": "object",
    "links": "object",
    "variant_of": "str",
    "papers": "int64",
    **dict.fromkeys(ROLES, "int64"),
    "first_year": "Int64",
    "last_year": "Int64",
}
_RESULTS: Final[Mapping[str, str]] = {
    "result": "str",
    "paper": "str",
    "year": "Int64",
    "value": "str",
    "number": "float64",
    "unit": "str",
    "result_kind": "str",
    "qualifier": "str",
    **dict.fromkeys(_SLOTS, "str"),
    **{f"{slot}_key": "str" for slot in _SLOTS},
    "sentence": "str",
    "confidence": "float64",
    "joint_confidence": "float64",
}
_EDGES: Final[Mapping[str, str]] = {
    "source": "str",
    "relation": "str",
    "target": "str",
    "source_kind": "str",
    "target_kind": "str",
    "confidence": "float64",
    "evidence": "int64",
    "rule": "str",
    "sentence": "str",
}
_BOARDS: Final[Mapping[str, str]] = {
    "dataset": "str",
    "metric": "str",
    "task": "str",
    "unit": "str",
    "direction": "str",
    "rank": "Int64",
    "number": "float64",
    "converted": "bool",
    "value": "str",
    "value_unit": "str",
    "kind": "str",
    "qualifier": "str",
    "method": "str",
    "method_key": "str",
    "introduces": "bool",
    "baseline": "str",
    "entry_task": "str",
    "title": "str",
    "published": "str",
    "date": "datetime64[s]",
    "url": "str",
    "sentence": "str",
    "confidence": "float64",
    "paper": "str",
    "result": "str",
}


class Frames:
    """The frames of a graph, each made when it is first asked for and kept; their columns stand at the module's top.

    They are what the graph held then: to see later changes of the graph, make them anew.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def papers(self) -> pd.DataFrame:
        """A row for each paper."""
        return frame_of(map(self._paper, self._nodes("Paper")), _PAPERS)

    @cached_property
    def entities(self) -> pd.DataFrame:
        """A row for each method, dataset, metric and task."""
        return frame_of((self._entity(node, kind) for kind in ENTITY_TYPES for node in self._nodes(kind)), _ENTITIES)

    @cached_property
    def results(self) -> pd.DataFrame:
        """A row for each result."""
        return frame_of(map(self._result, self._nodes("Result")), _RESULTS)

    @cached_property
    def edges(self) -> pd.DataFrame:
        """A row for each edge."""
        return frame_of(self._edges(), _EDGES)

    @cached_property
    def named(self) -> pd.DataFrame:
        """A row for each entity that a paper names, and what of: ``paper``, ``entity``, ``role`` and ``year``.

        The same as the edges of the four relations that stand for roles, with the paper's year (Int64).
        """
        rows = (
            (source, target, _ROLE_OF[relation])
            for source, target, relation in self.graph.edges(keys=True)
            if relation in _ROLE_OF
        )
        found = pd.DataFrame(rows, columns=["paper", "entity", "role"], dtype="str")
        years = {node: _year(self.graph.nodes[node]["published"]) for node in self._nodes("Paper")}
        found["year"] = found["paper"].map(years).astype("Int64")
        return found

    def _nodes(self, kind: str) -> Iterator[str]:
        return iter(self._by_kind[kind])

    @cached_property
    def _by_kind(self) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for node, attributes in self.graph.nodes(data=True):
            found[attributes["kind"]].append(node)
        return found

    def _paper(self, node: str) -> tuple[Any, ...]:
        paper = self.graph.nodes[node]
        relations = [relation for _, _, relation in self.graph.out_edges(node, keys=True)]
        targets = [target for _, target, relation in self.graph.out_edges(node, keys=True) if relation == "reports"]
        return (
            node,
            paper["label"],
            paper["abstract"],
            paper["text"],
            paper["published"],
            _year(paper["published"]),
            _first_day(paper["published"]),
            paper["venue"],
            paper["url"],
            paper["authors"],
            paper["author_count"],
            sum(relation in _ROLE_OF for relation in relations),
            sum(self.graph.nodes[target]["kind"] == "Result" for target in targets),
        )

    def _entity(self, node: str, kind: str) -> tuple[Any, ...]:
        entity = self.graph.nodes[node]
        naming = [
            (_ROLE_OF[relation], _year(self.graph.nodes[source]["published"]))
            for source, _, relation in self.graph.in_edges(node, keys=True)
            if relation in _ROLE_OF
        ]
        roles = Counter(role for role, _ in naming)
        years = [year for _, year in naming if year is not None]
        broader = (target for _, target, relation in self.graph.out_edges(node, keys=True) if relation == "variantOf")
        return (
            node,
            kind,
            entity["label"],
            entity["names"],
            entity.get("links", []),
            next(broader, None),
            entity["papers"],
            *(roles[role] for role in ROLES),
            min(years, default=None),
            max(years, default=None),
        )

    def _result(self, node: str) -> tuple[Any, ...]:
        result = self.graph.nodes[node]
        targets = {relation: target for _, target, relation in self.graph.out_edges(node, keys=True)}
        reports = self.graph.edges[result["paper"], node, "reports"]
        return (
            node,
            result["paper"],
            _year(self.graph.nodes[result["paper"]]["published"]),
            result["value"],
            None if result["number"] is None else float(result["number"]),
            result["unit"],
            result["result_kind"],
            result["qualifier"],
            *(result[slot] for slot in _SLOTS),
            *(targets.get(SLOTS[slot][1]) for slot in _SLOTS),
            reports["evidence"][0]["sentence"],
            reports["confidence"],
            result.get("joint_confidence"),
        )

    def _edges(self) -> Iterator[tuple[Any, ...]]:
        nodes = self.graph.nodes
        for source, target, relation, edge in self.graph.edges(keys=True, data=True):
            evidence = edge["evidence"]
            yield (
                source,
                relation,
                target,
                nodes[source]["kind"],
                nodes[target]["kind"],
                edge["confidence"],
                len(evidence),
                evidence[0]["rule"] if evidence else None,
                evidence[0]["sentence"] if evidence else None,
            )


def frames(graph: Graph | Frames) -> Frames:
    """The frames of a graph; what are frames already is given back."""
    return graph if isinstance(graph, Frames) else Frames(graph)


def leaderboard_frame(boards: Iterable[Leaderboard]) -> pd.DataFrame:
    """A row for each entry of leaderboards, in their order: scores from the best, then gains, reductions, ratios.

    The columns are those of :class:`kg.leaderboard.Leaderboard` and :class:`kg.leaderboard.LeaderboardEntry`, with
    three names of their own: ``unit`` is that of the board and ``value_unit`` that of the value as written, ``task`` is
    the task that was asked for and ``entry_task`` that of the result, ``date`` (datetime64[s]) is the first day of what
    ``published`` says. ``rank`` is Int64, ``number`` and ``confidence`` float64, ``converted`` and ``introduces`` bool,
    all others str.
    """
    return frame_of((_board_row(b, entry) for b in boards for entry in (*b.scores, *b.changes)), _BOARDS)


def _board_row(board: Leaderboard, entry: LeaderboardEntry) -> tuple[Any, ...]:
    about = {name: getattr(board, name) for name in ("dataset", "metric", "task", "unit", "direction")}
    own = {
        "number": None if entry.number is None else float(entry.number),
        "value_unit": entry.unit,
        "entry_task": entry.task,
        "date": _first_day(entry.published),
    }
    known = about | own
    return tuple(known[column] if column in known else getattr(entry, column) for column in _BOARDS)


def frame_of(rows: Iterable[Sequence[Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame of rows whose columns have these names and dtypes, in their order, also where there is no row."""
    table: dict[str, list[Any]] = {name: [] for name in columns}
    adders = [values.append for values in table.values()]
    for row in rows:  # rows are not kept: a million of them would keep the garbage collector busy
        for add, value in zip(adders, row, strict=True):
            add(value)
    return pd.DataFrame({name: pd.Series(values, dtype=_dtype(columns[name])) for name, values in table.items()})


def _dtype(name: str) -> Any:
    return pd.StringDtype(na_value=float("nan")) if name == "str" else name


def _year(published: str | None) -> int | None:
    day = _first_day(published)
    return int(day[:4]) if day else None


@cache
def _first_day(published: str | None) -> str | None:
    """The first day of a year, a month or a day, as ISO 8601 writes it; None where there is no such day."""
    if published is None or not _DATE.fullmatch(published):
        return None
    day = published + "-01-01"[len(published) - len("2024") :]
    try:
        return dt.date.fromisoformat(day).isoformat()
    except ValueError:
        return None
