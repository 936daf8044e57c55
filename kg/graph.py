"""Extractions put together into one plain ``networkx.MultiDiGraph``.

Node keys are the paths of IRIs to be, made by :func:`kg.iris.slug` of a paper's id or an entity's label, so
they are readable, the same from build to build, and never shared by two things.

========================  =======================================================================
node key                  attributes (besides ``kind`` and ``label``, which every node has)
========================  =======================================================================
``paper/ID``              ``title``, ``abstract``, ``text``, ``published``, ``venue``, ``url`` (str or None,
                          as in :class:`kg.model.Paper`), ``authors`` (list of str), ``author_count``
                          (int or None), ``identifiers`` (dict of str), ``sources`` (list of dicts
                          ``file``, ``record``); ``label`` is the title, or how the text begins
``method/NAME``,          ``names`` (list of str, the label first), ``papers`` (int: how many name it), ``links``
``dataset/NAME``,         (list of str: external IRIs, where a file of aliases gives some)
``metric/NAME``,
``task/NAME``
``result/ID/N``           ``value`` (str, as written), ``number`` (Decimal or None), ``unit``,
                          ``result_kind``, ``qualifier``, ``metric``, ``dataset``, ``task``, ``method``,
                          ``baseline`` (str or None: the texts as extracted), ``joint_confidence`` (float
                          or None), ``paper`` (node key); N counts a paper's results from 1
========================  =======================================================================

``kind`` is ``Paper``, ``Method``, ``Dataset``, ``Metric``, ``Task`` or ``Result``.

====================  ======================================================================================
edge key = relation   from, to, and when
====================  ======================================================================================
``introduces``,       paper to entity, by the paper's role towards it: exactly one of the four for a pair;
``uses``,             these alone have the attribute ``role_rule``, the id of the rule that decided
``comparesWith``,
``mentions``
``evaluatesOn``       paper to dataset that it introduces, uses or compares with
``addresses``         paper to task that it introduces or uses
``reports``           paper to each of its results, and to each metric that it uses
``hasMethod``,        result to entity of this type, where its text is the name of an entity of the same paper
``hasDataset``,
``hasMetric``,
``hasTask``,
``hasBaseline``
``evaluatedOn``       derived: method to dataset on which a result was got
``outperforms``       derived: method to baseline over which a result states a gain, reduction or ratio
``variantOf``         entity to the member of its family of which it is a variant, of the same type, as their names
                      say ("ResNet-50", "ResNet"); no paper is asked: ``evidence`` is empty, ``confidence`` 1.0,
                      and ``reason`` (str) says what the name adds
====================  ======================================================================================

Every edge has ``relation`` (str), ``confidence`` (float, 0 to 1, of its surest evidence) and ``evidence``, a
list of dicts in reading order: ``paper`` (node key), ``field`` (title, abstract or text), ``start``, ``end``
(code points in that field), ``text``, ``sentence`` (its text), ``sentence_start``, ``rule`` (id),
``confidence``; the dicts may be shared between edges. Derived edges also have ``derived_from``, a list of result
node keys.

The graph itself has ``name``, ``kg_version`` and, if given, ``rules_hash``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final, TypeAlias

import networkx as nx

from kg import names
from kg._version import __version__
from kg.errors import GraphError
from kg.iris import slug
from kg.model import ENTITY_TYPES, ROLES, Entity, EntityType, Evidence, Extraction, Mention, Paper, Result, Role
from kg.resolution.aliases import Aliases
from kg.resolution.identities import Identity
from kg.resolution.resolving import resolve
from kg.resolution.settings import ResolutionRules

Graph: TypeAlias = "nx.MultiDiGraph[str]"
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


def paper_key(paper: Paper) -> str:
    """The node key of a paper."""
    return f"paper/{slug(paper.id)}"


def entity_key(identity: Identity) -> str:
    """The node key of an entity."""
    return f"{identity.type.lower()}/{slug(identity.label)}"


def _type_of(node: str) -> str:
    """The type of an entity, by its node key."""
    return node.partition("/")[0].capitalize()


def result_key(paper: Paper, number: int) -> str:
    """The node key of a paper's result, counted from 1."""
    return f"result/{slug(paper.id)}/{number}"


def build_graph(
    extractions: Iterable[Extraction],
    *,
    name: str = "kg",
    rules_hash: str | None = None,
    aliases: Aliases | None = None,
    resolution: ResolutionRules | None = None,
) -> Graph:
    """The graph of these extractions, the same whatever their order; what it holds stands at the top of this module.

    ``aliases`` and ``resolution`` are passed to :func:`kg.resolve`. Raises GraphError where two papers have one
    id, where a mention's or a result's offsets do not give its text, or where the aliases contradict each other.
    """
    papers = sorted(extractions, key=lambda extraction: extraction.paper.id)
    for one, other in pairwise(papers):
        if one.paper.id == other.paper.id:
            raise GraphError(f"two papers have the id {one.paper.id!r}; merge them, or give one of them another id")
    folded = cache(names.key)
    identities = resolve(papers, aliases=aliases, rules=resolution)
    graph: Graph = nx.MultiDiGraph(name=name, kg_version=__version__)
    if rules_hash is not None:
        graph.graph["rules_hash"] = rules_hash
    node_of = {(one.type, one.label): entity_key(one) for one in identities.all}
    edges = _Edges()
    results: list[tuple[str, dict[str, Any]]] = []
    for extraction in papers:
        graph.add_node(paper_key(extraction.paper), **_paper_attributes(extraction.paper))
        found = map(identities.of, extraction.entities)
        nodes = [node_of[one.type, one.label] for one in found]
        results.extend(_PaperEdges(extraction, nodes, folded).add_to(edges))
    for identity in sorted(identities.all, key=entity_key):
        graph.add_node(
            entity_key(identity),
            kind=identity.type,
            label=identity.label,
            names=list(identity.names),
            papers=identity.papers,
            links=list(identity.links),
        )
    graph.add_nodes_from(results)
    for variant in identities.variants:
        edges.relate(entity_key(variant.variant), "variantOf", entity_key(variant.of), reason=variant.reason)
    edges.add_to(graph)
    return graph


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


class _Edges:
    """Collects the edges of a graph, so that what several results imply becomes one edge with all their evidence."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str, str], dict[str, Any]] = {}

    def add(self, source: str, relation: str, target: str, evidence: list[EvidenceItem], **attributes: str) -> None:
        """An edge that is said once."""
        self._edges[source, target, relation] = {"evidence": list(evidence), **attributes}

    def relate(self, source: str, relation: str, target: str, **attributes: str) -> None:
        """An edge for which names speak, and no paper."""
        self._edges[source, target, relation] = {"evidence": [], "confidence": 1.0, **attributes}

    def derive(self, source: str, relation: str, target: str, evidence: list[EvidenceItem], *, result: str) -> None:
        """An edge that a result implies."""
        edge = self._edges.setdefault((source, target, relation), {"evidence": [], "derived_from": []})
        edge["evidence"].extend(evidence)
        edge["derived_from"].append(result)

    def add_to(self, graph: Graph) -> None:
        """Add them all, sorted by source, target and relation."""
        for (source, target, relation), edge in sorted(self._edges.items(), key=itemgetter(0)):
            evidence = _distinct(edge.pop("evidence"))
            confidence = edge.pop("confidence", None) or max((item["confidence"] for item in evidence), default=0.0)
            graph.add_edge(
                source, target, key=relation, relation=relation, confidence=confidence, evidence=evidence, **edge
            )


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

    def add_to(self, edges: _Edges) -> list[tuple[str, dict[str, Any]]]:
        self._add_entities(edges)
        return [self._add_result(number, r, edges) for number, r in enumerate(self._extraction.results, start=1)]

    def _add_entities(self, edges: _Edges) -> None:
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

    def _add_result(self, number: int, result: Result, edges: _Edges) -> tuple[str, dict[str, Any]]:
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
            edges.derive(method, "evaluatedOn", dataset, evidence, result=node)
        if method and baseline and method != baseline and result.kind != "score":
            edges.derive(method, "outperforms", baseline, evidence, result=node)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSummary:
    """What a graph holds, in numbers.

    ``entities`` counts nodes by type, ``results`` result nodes by kind, ``edges`` edges by relation, the most
    frequent first; ``top`` lists for each type the entities that most papers name, as (label, papers).
    """

    papers: int
    entities: Mapping[str, int]
    results: Mapping[str, int]
    edges: Mapping[str, int]
    top: Mapping[str, tuple[tuple[str, int], ...]]


def graph_summary(graph: Graph, *, top: int = 10) -> GraphSummary:
    """Count what a graph holds, and find the ``top`` entities of each type."""
    nodes = [attributes for _, attributes in graph.nodes(data=True)]
    kinds = Counter(attributes["kind"] for attributes in nodes)
    best = {
        type_: sorted(
            ((node["label"], node["papers"]) for node in nodes if node["kind"] == type_),
            key=lambda pair: (-pair[1], pair[0]),
        )[:top]
        for type_ in ENTITY_TYPES
    }
    return GraphSummary(
        papers=kinds["Paper"],
        entities={type_: kinds[type_] for type_ in ENTITY_TYPES},
        results=_ranked(node["result_kind"] for node in nodes if node["kind"] == "Result"),
        edges=_ranked(relation for _, _, relation in graph.edges(keys=True)),
        top={type_: tuple(found) for type_, found in best.items()},
    )


def _ranked(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))
