"""A graph as the tables that the page reads: every text once, everything else as numbers that point at it.

A table is ``{"columns": [...], "rows": [[...], ...]}``; a row's place in its table is its number. Offsets in
the tables count Unicode code points from the beginning of the sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import networkx as nx

from kg.model import ENTITY_TYPES

KINDS: Final = ("Paper", *ENTITY_TYPES)
SLOTS: Final[Mapping[str, str]] = {
    "hasMetric": "metric",
    "hasDataset": "dataset",
    "hasTask": "task",
    "hasMethod": "method",
    "hasBaseline": "baseline",
}
PULL: Final[Mapping[str, float]] = {
    "introduces": 3.0,
    "uses": 2.0,
    "comparesWith": 1.5,
    "evaluatedOn": 1.0,
    "outperforms": 1.0,
}
"""How strongly a relation draws two nodes together on the map; 0.5 for any other."""

MOST_AUTHORS: Final = 30
LONGEST_SENTENCE: Final = 1200
WINDOW: Final = 400
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s\x00-\x20]+", re.IGNORECASE)

Row = list[Any]


class Numbering:
    """Gives each different thing the next number, from 0."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, key: Hashable, row: Row) -> int:
        """The number of ``key``; a new one appends ``row``."""
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append(row)
        return self._numbers[key]


class Tables:
    """The tables of one graph, nodes in the order of ``keys``; nodes that are not among ``keys`` are left out."""

    def __init__(self, graph: nx.MultiDiGraph[str], keys: Iterable[str]) -> None:
        self.keys = list(keys)
        self.kinds = [graph.nodes[key]["kind"] for key in self.keys]
        self.labels = [_label(graph.nodes[key], key) for key in self.keys]
        self.numbers = {key: number for number, key in enumerate(self.keys)}
        self._graph = graph
        self._sentences = Numbering()
        self._rules = Numbering()
        self._relations = Numbering()
        self._evidence = Numbering()
        self._results: dict[str, int] = {}
        self.results = self._read_results()
        self.edges = self._read_edges()

    def simple(self) -> nx.Graph[int]:
        """The nodes' numbers with one weighted edge for each pair that is tied, for layout and choice."""
        weights: dict[tuple[int, int], float] = {}
        for source, target, relation, *_ in self.edges:
            pair = (min(source, target), max(source, target))
            pull = PULL.get(self._relations.rows[relation][0], 0.5)
            weights[pair] = max(weights.get(pair, 0.0), pull)
        degrees = [0] * len(self.keys)
        for pair in weights:
            for node in pair:
                degrees[node] += 1
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(len(self.keys)))
        for (low, high), weight in sorted(weights.items()):
            # What stands everywhere ("accuracy") tells little about what belongs together.
            graph.add_edge(low, high, weight=weight / math.sqrt(max(degrees[low], degrees[high])))
        return graph

    def node_rows(self) -> list[Row]:
        """Key, kind, label, other names, number of papers and, for papers, what is known of them."""
        rows: list[Row] = []
        for key, kind, label in zip(self.keys, self.kinds, self.labels, strict=True):
            node = self._graph.nodes[key]
            paper = kind == "Paper"
            names = [] if paper else [str(name) for name in node.get("names", ()) if str(name) != label]
            papers = 0 if paper else int(node.get("papers") or 0)
            rows.append([key, KINDS.index(kind), label, names, papers, _about(node) if paper else None])
        return rows

    def as_json(self) -> dict[str, Any]:
        """Every table but the nodes', which also needs the layout."""
        return {
            "sentences": _table(["text", "paper", "field", "start"], self._sentences.rows),
            "evidence": _table(["sentence", "start", "end", "rule", "confidence"], self._evidence.rows),
            "edges": _table(["source", "target", "relation", "confidence", "evidence", "results"], self.edges),
            "results": _table(
                [
                    "paper",
                    "value",
                    "number",
                    "unit",
                    "kind",
                    "qualifier",
                    "confidence",
                    *SLOTS.values(),
                    "nodes",
                    "evidence",
                ],
                self.results,
            ),
            "slots": list(SLOTS.values()),
            "rules": [row[0] for row in self._rules.rows],
            "relations": [row[0] for row in self._relations.rows],
        }

    def _read_results(self) -> list[Row]:
        rows: list[Row] = []
        for key in sorted((key for key in self._graph if self._graph.nodes[key]["kind"] == "Result"), key=_natural):
            node = self._graph.nodes[key]
            paper = self.numbers.get(str(node.get("paper")))
            if paper is None:
                continue
            linked = {
                SLOTS[data["relation"]]: self.numbers[target]
                for _, target, data in self._graph.out_edges(key, data=True)
                if data["relation"] in SLOTS and target in self.numbers
            }
            proof = [item for _, _, data in self._graph.in_edges(key, data=True) for item in data.get("evidence", ())]
            texts = [node.get(slot) for slot in SLOTS.values()]
            self._results[key] = len(rows)
            surest = node.get("joint_confidence")
            if surest is None:
                surest = max((item.get("confidence") or 0.0 for item in proof), default=None)
            said = [node.get("unit"), node.get("result_kind"), node.get("qualifier"), _plain(surest)]
            ends = [linked.get(slot) for slot in SLOTS.values()]
            value, number = str(node.get("value") or ""), _plain(node.get("number"))
            rows.append([paper, value, number, *said, *texts, ends, self._proof(proof)])
        return rows

    def _read_edges(self) -> list[Row]:
        found = [
            (self.numbers[source], self.numbers[target], data["relation"], data)
            for source, target, data in self._graph.edges(data=True)
            if source in self.numbers and target in self.numbers
        ]
        found.sort(key=lambda edge: edge[:3])
        rows: list[Row] = []
        for source, target, relation, data in found:
            results = sorted(self._results[key] for key in data.get("derived_from", ()) if key in self._results)
            number = self._relations.number(relation, [relation])
            proof = self._proof(data.get("evidence", ()))
            rows.append([source, target, number, _plain(data.get("confidence")), proof, results])
        return rows

    def _proof(self, evidence: Iterable[Mapping[str, Any]]) -> list[int]:
        """The numbers of the pieces of evidence, each once, in the order given; one of a paper left out is left out."""
        numbers: dict[int, None] = {}
        for item in evidence:
            paper = self.numbers.get(item["paper"])
            if paper is None:
                continue
            text, begin, start, end = _excerpt(item)
            sentence = self._sentences.number((paper, item["field"], begin, text), [text, paper, item["field"], begin])
            rule = self._rules.number(item.get("rule"), [item.get("rule") or ""])
            row = [sentence, start, end, rule, _plain(item.get("confidence"))]
            numbers[self._evidence.number(tuple(row), row)] = None
        return list(numbers)


def _table(columns: list[str], rows: list[Row]) -> dict[str, Any]:
    return {"columns": columns, "rows": rows}


def _excerpt(item: Mapping[str, Any]) -> tuple[str, int, int, int]:
    """The sentence (or, of a very long one, the part around the words), its start, and the words' bounds in it.

    Words that do not stand where the offsets say are not marked: their bounds are 0 and 0.
    """
    sentence, begin = str(item.get("sentence") or item.get("text") or ""), int(item.get("sentence_start") or 0)
    start, end = int(item["start"]) - begin, int(item["end"]) - begin
    if not 0 <= start < end <= len(sentence) or sentence[start:end] != item.get("text"):
        start = end = 0
    if len(sentence) > LONGEST_SENTENCE:
        first, last = max(0, start - WINDOW), min(len(sentence), min(end, start + WINDOW) + WINDOW)
        sentence, begin, end = sentence[first:last], begin + first, min(end, last)
        start, end = start - first, end - first
    return sentence, begin, start, end


def _label(node: Mapping[str, Any], key: str) -> str:
    return str(node.get("label") or node.get("title") or key)


def _about(node: Mapping[str, Any]) -> dict[str, Any]:
    authors = [str(author) for author in node.get("authors") or ()]
    url = str(node.get("url") or "")
    about = {
        "published": node.get("published"),
        "authors": authors[:MOST_AUTHORS],
        "author_count": node.get("author_count") or len(authors) or None,
        "venue": node.get("venue"),
        "url": url if _WEB_ADDRESS.fullmatch(url) else None,
    }
    return {name: value for name, value in about.items() if value}


def _plain(number: Decimal | float | None) -> float | None:
    """A number that JSON can say, or None."""
    if number is None:
        return None
    value = float(number)
    return round(value, 6) if math.isfinite(value) else None


def _natural(key: str) -> list[tuple[int, str]]:
    """Sorts "result/7/10" behind "result/7/9"."""
    return [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part) for part in re.split(r"(\d+)", key)]
