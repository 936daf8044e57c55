"""What one paper gives a graph: its nodes, its edges with their evidence, and what its results imply of others.

What nodes and edges are stands in :mod:`kg.graph`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from kg import names
from kg.errors import GraphError
from kg.iris import slug
from kg.model import ENTITY_TYPES, ROLES, Entity, EntityType, Evidence, Extraction, Mention, Paper, Result, Role

EvidenceItem: TypeAlias = dict[str, Any]

KINDS: Final = ("Paper", *ENTITY_TYPES, "Result")
ROLE_RELATIONS: Final[Mapping[Role, str]] = {
    "introduced": "introduces",
    "used": "uses",
    "compared": "comparesWith",
    "mentioned": "mentions",
}
SLOTS: Final[Mapping[str, tuple[EntityType, str]]] = {
    "method": ("Method", "hasMethod"),
    "dataset": ("Dataset", "hasDataset"),
    "metric": ("Metric", "hasMetric"),
    "task": ("Task", "hasTask"),
    "baseline": ("Method", "hasBaseline"),
}
_FURTHER: Final[Mapping[str, tuple[str, frozenset[Role]]]] = {
    "Dataset": ("evaluatesOn", frozenset({"introduced", "used", "compared"})),
    "Task": ("addresses", frozenset({"introduced", "used"})),
    "Metric": ("reports", frozenset({"used"})),
}
_PLACE: Final = ("paper", "field", "start", "end", "rule")
_LABEL_LENGTH: Final = 80
_folded: Final = lru_cache(maxsize=1 << 16)(names.key)


def paper_key(paper: Paper) -> str:
    """The node key of a paper."""
    return f"paper/{slug(paper.id)}"


def _type_of(node: str) -> str:
    """The type of an entity, by its node key."""
    return node.partition("/")[0].capitalize()


def result_key(paper: Paper, number: int) -> str:
    """The node key of a paper's result, counted from 1."""
    return f"result/{slug(paper.id)}/{number}"


class Implied(NamedTuple):
    """A derived edge as far as one result implies it: its ends, the words it rests on, and the key of the result."""

    source: str
    relation: str
    target: str
    evidence: list[EvidenceItem]
    result: str


class Piece(NamedTuple):
    """A part of a graph that can be made by itself: nodes with all edges that go out from them.

    ``nodes`` are pairs of key and attributes, ``edges`` source, target, relation and attributes, sorted by these three;
    ``implied`` is what the nodes imply of edges between others.
    """

    nodes: list[tuple[str, dict[str, Any]]]
    edges: list[tuple[str, str, str, dict[str, Any]]]
    implied: list[Implied]


def paper_piece(extraction: Extraction, nodes: list[str]) -> Piece:
    """A paper with its results, given the node keys of its entities in their order.

    Raises GraphError where offsets do not give the text that should stand there.
    """
    edges = Edges()
    results, implied = _PaperEdges(extraction, nodes, _folded).add_to(edges)
    return Piece(
        [(paper_key(extraction.paper), _paper_attributes(extraction.paper)), *results], edges.sorted(), implied
    )


def _paper_attributes(paper: Paper) -> dict[str, Any]:
    return {
        "kind": "Paper",
        "label": paper.title or _beginning(paper.field_text("text") or paper.field_text("abstract")) or paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "text": paper.text,
        "published": paper.published,
        "authors": list(paper.authors),
        "author_count": paper.author_count,
        "venue": paper.venue,
        "url": paper.url,
        "identifiers": dict(sorted(paper.identifiers.items())),
        "sources": [{"file": source.file, "record": source.record} for source in paper.sources],
    }


def _beginning(text: str) -> str:
    if len(text) <= _LABEL_LENGTH:
        return text
    return text[:_LABEL_LENGTH].rsplit(" ", 1)[0] + "…"


def _result_label(result: Result) -> str:
    unit = result.unit or ""
    number = f"{result.value}{unit}" if unit in {"%", "x"} else f"{result.value} {unit}".rstrip()
    metric = f" {result.metric}" if result.metric else ""
    dataset = f" on {result.dataset}" if result.dataset else ""
    return f"{number}{metric}{dataset}"


class Edges:
    """Collects the edges of a graph, so that what several results imply becomes one edge with all their evidence."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, str], dict[str, Any]] = {}

    def add(self, source: str, relation: str, target: str, evidence: list[EvidenceItem], **attributes: str) -> None:
        """An edge that is said once."""
        self._edges[source, target, relation] = {"evidence": list(evidence), **attributes}

    def relate(self, source: str, relation: str, target: str, **attributes: str) -> None:
        """An edge for which names speak, and no paper."""
        self._edges[source, target, relation] = {"evidence": [], "confidence": 1.0, **attributes}

    def derive(self, implied: Implied) -> None:
        """An edge that a result implies."""
        ends = (implied.source, implied.target, implied.relation)
        edge = self._edges.setdefault(ends, {"evidence": [], "derived_from": []})
        edge["evidence"].extend(implied.evidence)
        edge["derived_from"].append(implied.result)

    def sorted(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        """All of them, sorted by source, target and relation."""
        found = []
        for (source, target, relation), edge in sorted(self._edges.items(), key=itemgetter(0)):
            evidence = _distinct(edge.pop("evidence"))
            confidence = edge.pop("confidence", None) or max((item["confidence"] for item in evidence), default=0.0)
            attributes = {"relation": relation, "confidence": confidence, "evidence": evidence, **edge}
            found.append((source, target, relation, attributes))
        return found


def _distinct(evidence: list[EvidenceItem]) -> list[EvidenceItem]:
    if len(evidence) == 1:
        return evidence
    return list({tuple(item[name] for name in _PLACE): item for item in evidence}.values())


class _PaperEdges:
    """The edges and the results that one paper gives; ``nodes`` are the keys of its entities, in their order.

    A node can be of another type than the entity, where most papers give it that type.
    """

    def __init__(self, extraction: Extraction, nodes: list[str], key: Callable[[str], str]) -> None:
        self._extraction = extraction
        self._paper = paper_key(extraction.paper)
        self._key = key
        self._reading_order = {name: rank for rank, (name, _) in enumerate(extraction.paper.fields())}
        self._nodes = nodes
        self._node_of: dict[tuple[EntityType, str], str] = {}
        bearers = list(zip(extraction.entities, self._nodes, strict=True))
        for entity, node in bearers:
            for name in entity.names:
                self._node_of.setdefault((entity.type, name), node)
        for entity, node in bearers:
            for name in entity.names:
                self._node_of.setdefault((entity.type, key(name)), node)

    def add_to(self, edges: Edges) -> tuple[list[tuple[str, dict[str, Any]]], list[Implied]]:
        """Add the edges of the paper; the nodes of its results, and what these imply."""
        self._add_entities(edges)
        implied: list[Implied] = []
        results = enumerate(self._extraction.results, start=1)
        return [self._add_result(number, result, edges, implied) for number, result in results], implied

    def _add_entities(self, edges: Edges) -> None:
        by_node: defaultdict[str, list[Entity]] = defaultdict(list)
        for entity, node in zip(self._extraction.entities, self._nodes, strict=True):
            by_node[node].append(entity)
        for node, entities in by_node.items():
            # two entities of a paper can turn out to be one thing; the strongest role is the paper's
            foremost = min(entities, key=lambda entity: (ROLES.index(entity.role), entity.role_rule))
            evidence = self._mentions(entities)
            edges.add(self._paper, ROLE_RELATIONS[foremost.role], node, evidence, role_rule=foremost.role_rule)
            further, roles = _FURTHER.get(_type_of(node), ("", frozenset[Role]()))
            if foremost.role in roles:
                edges.add(self._paper, further, node, evidence)

    def _add_result(
        self, number: int, result: Result, edges: Edges, implied: list[Implied]
    ) -> tuple[str, dict[str, Any]]:
        node = result_key(self._extraction.paper, number)
        words = result.evidence
        evidence = [self._item(words, (words.sentence_start, words.sentence_end))]
        edges.add(self._paper, "reports", node, evidence)
        found: dict[str, str] = {}
        for slot, (type_, relation) in SLOTS.items():
            target = self._named(getattr(result, slot), type_)
            if target is not None and _type_of(target) == type_:
                found[slot] = target
                edges.add(node, relation, target, evidence)
        method, dataset, baseline = found.get("method"), found.get("dataset"), found.get("baseline")
        if method and dataset:
            implied.append(Implied(method, "evaluatedOn", dataset, evidence, node))
        if method and baseline and method != baseline and result.kind != "score":
            implied.append(Implied(method, "outperforms", baseline, evidence, node))
        return node, {
            "kind": "Result",
            "label": _result_label(result),
            "value": result.value,
            "number": result.number,
            "unit": result.unit,
            "result_kind": result.kind,
            "qualifier": result.qualifier,
            "joint_confidence": result.joint_confidence,
            **{slot: getattr(result, slot) for slot in ("metric", "dataset", "task", "method", "baseline")},
            "paper": self._paper,
        }

    def _named(self, name: str | None, type_: EntityType) -> str | None:
        if not name:
            return None
        return self._node_of.get((type_, name)) or self._node_of.get((type_, self._key(name)))

    def _mentions(self, entities: list[Entity]) -> list[EvidenceItem]:
        mentions = [mention for entity in entities for mention in entity.mentions]
        mentions.sort(key=lambda m: (self._reading_order.get(m.field, 0), m.start, m.end, m.rule))
        return [self._item(mention, self._extraction.sentence_of(mention.field, mention.start)) for mention in mentions]

    def _item(self, words: Mention | Evidence, sentence: tuple[int, int]) -> EvidenceItem:
        stored = self._extraction.paper.field_text(words.field)
        found = stored[words.start : words.end]
        if found != words.text:
            place = f"{words.field}[{words.start}:{words.end}]"
            raise GraphError(f"paper {self._extraction.paper.id!r}: {place} is {found!r}, not {words.text!r}")
        return {
            "paper": self._paper,
            "field": words.field,
            "start": words.start,
            "end": words.end,
            "text": words.text,
            "sentence": stored[sentence[0] : sentence[1]],
            "sentence_start": sentence[0],
            "rule": words.rule,
            "confidence": words.confidence,
        }
