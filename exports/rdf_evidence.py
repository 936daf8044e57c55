"""What edges rest on, as lines of N-Quads: a statement about each edge, and the words of papers behind it.

A statement is an ``rdf:Statement`` with its confidence and its evidence, Web Annotations whose target is the paper
(``link``) or the very words, by position and by quotation (``full``;
https://www.w3.org/TR/annotation-model/#selectors). The rule that read the words is a ``prov:Plan``.

Most of a graph's triples are made here, so their lines are put together by formatted strings, which is four times as
fast as filling templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

import networkx as nx

from .rdf_nodes import relation_term
from .rdf_terms import END, add_list, confidence, escaped, integer, is_plain, template, term, text
from .rdf_vocabulary import FIELDS, EvidenceLevel

Edge: TypeAlias = Mapping[str, Any]
EvidenceItem: TypeAlias = Mapping[str, Any]

_IS_STATEMENT, _IS_ANNOTATION, _IS_WORDS, _IS_POSITION, _IS_QUOTATION = (
    f" {term('a')} {term(name)}"
    for name in (
        "rdf:Statement",
        "oa:Annotation",
        "oa:SpecificResource",
        "oa:TextPositionSelector",
        "oa:TextQuoteSelector",
    )
)
_SUBJECT, _PREDICATE, _OBJECT, _CONFIDENCE, _RULE, _TARGET, _SOURCE, _SELECTOR = (
    f" {term(name)} "
    for name in (
        "rdf:subject",
        "rdf:predicate",
        "rdf:object",
        "kgo:confidence",
        "kgo:rule",
        "oa:hasTarget",
        "oa:hasSource",
        "oa:hasSelector",
    )
)
_START, _END, _EXACT, _PREFIX, _SUFFIX = (
    f" {term(f'oa:{name}')} " for name in ("start", "end", "exact", "prefix", "suffix")
)
_QUOTED: Final = '"{}"'.format


class EvidenceBlocks:
    """Blocks of lines, one for each edge: its statement, and the evidence that was not told before.

    Evidence that several edges share is told once, with the edge from the paper that it is found in; so only what
    is said of one paper, and of the rules, has to be remembered. ``name`` is the IRI of the graph that the lines are
    in, or empty for the default graph.
    """

    def __init__(self, graph: nx.MultiDiGraph[str], base: str, level: EvidenceLevel, *, name: str = "") -> None:
        self._graph = graph
        self._base = base
        self._level = level
        self._end = f" <{name}>{END}" if name else END
        self._field = template(
            self._end, "?about a kgo:Field", "?about schema:isPartOf ?paper", "?about kgo:textProperty ?property"
        )
        self._rule = template(
            self._end, "?about a prov:Plan", "?about rdfs:label ?label", "?about dcterms:isPartOf ?rules"
        )
        self._rules: set[str] = set()
        self._said_elsewhere: set[str] = set()
        self._said_with_paper = lru_cache(maxsize=16)(self._things_said_with_paper)

    def __iter__(self) -> Iterator[str]:
        for source, neighbours in self._graph.adjacency():
            said: set[str] = set()
            for target, edges in neighbours.items():
                for relation, edge in edges.items():
                    yield self._edge(source, relation, target, edge, said)

    def _edge(self, source: str, relation: str, target: str, edge: Edge, said: set[str]) -> str:
        path = f"{self._base}{source}#{relation}={target}"
        about, end = f"<{path}>", self._end
        own: list[str] = []
        others: list[str] = []
        own.append(
            f"{about}{_IS_STATEMENT}{end}"
            f"{about}{_SUBJECT}<{self._base}{source}>{end}"
            f"{about}{_PREDICATE}{relation_term(relation)}{end}"
            f"{about}{_OBJECT}<{self._base}{target}>{end}"
            f"{about}{_CONFIDENCE}{confidence(edge['confidence'])}{end}"
        )
        if "reason" in edge:
            own.append(f"{about} {term('kgo:reason')} {text(edge['reason'])}{end}")
        if "role_rule" in edge:
            own.append(f"{about} {term('kgo:roleRule')} {self._rule_iri(edge['role_rule'])}{end}")
            self._add_rule(edge["role_rule"], others)
        if "derived_from" in edge:
            results = [f"<{self._base}{result}>" for result in edge["derived_from"]]
            add_list((own, others), "derived_from", about, f"<{path};derived_from>", results, end=end)
        annotations = []
        for item in edge["evidence"]:
            words, annotation = self._iris(item)
            annotations.append(annotation)
            if item["paper"] == source:
                self._add_item(item, words, annotation, (said, frozenset()), others)
            else:
                before = self._said_with_paper(item["paper"])
                self._add_item(item, words, annotation, (self._said_elsewhere, before), others)
        add_list((own, others), "evidence", about, f"<{path};evidence>", annotations, end=end)
        return "".join(own + others)

    def _iris(self, item: EvidenceItem) -> tuple[str, str]:
        """The IRI of the words, without its brackets, and that of the annotation."""
        words = f"{self._base}{item['paper']}#{item['field']}={item['start']},{item['end']}"
        return words, f"<{words};rule={escaped(item['rule'])}>"

    def _things_said_with_paper(self, paper: str) -> frozenset[str]:
        """What is told with the edges from a paper: annotations, words and fields."""
        items = [item for _, _, edge in self._graph.out_edges(paper, data=True) for item in edge["evidence"]]
        iris = (iri for item in items if item["paper"] == paper for iri in self._iris(item))
        return frozenset(iris) | {f"<{self._base}{paper}#{item['field']}>" for item in items}

    def _add_item(
        self,
        item: EvidenceItem,
        words: str,
        annotation: str,
        told: tuple[set[str], frozenset[str]],
        lines: list[str],
    ) -> None:
        """The lines about a piece of evidence, its words and their field, as far as they are not told yet.

        ``told`` are the IRIs of what is told so far, to which these are added, and of what is told elsewhere.
        """
        said, elsewhere = told
        if annotation in said or annotation in elsewhere:
            return
        said.add(annotation)
        end, paper = self._end, f"<{self._base}{item['paper']}>"
        target = f"<{words}>" if self._level == "full" else paper
        lines.append(
            f"{annotation}{_IS_ANNOTATION}{end}"
            f"{annotation}{_RULE}{self._rule_iri(item['rule'])}{end}"
            f"{annotation}{_CONFIDENCE}{confidence(item['confidence'])}{end}"
            f"{annotation}{_TARGET}{target}{end}"
        )
        self._add_rule(item["rule"], lines)
        if self._level != "full" or words in said or words in elsewhere:
            return
        said.add(words)
        field, position, quotation = f"{paper[:-1]}#{item['field']}>", f"<{words};position>", f"<{words};quote>"
        sentence = item["sentence"]
        first = item["start"] - item["sentence_start"]
        last = first + len(item["text"])
        literal = _QUOTED if is_plain(sentence) else text
        lines.append(
            f"{target}{_IS_WORDS}{end}"
            f"{target}{_SOURCE}{field}{end}"
            f"{target}{_SELECTOR}{position}{end}"
            f"{target}{_SELECTOR}{quotation}{end}"
            f"{position}{_IS_POSITION}{end}"
            f"{position}{_START}{integer(item['start'])}{end}"
            f"{position}{_END}{integer(item['end'])}{end}"
            f"{quotation}{_IS_QUOTATION}{end}"
            f"{quotation}{_EXACT}{literal(item['text'])}{end}"
            f"{quotation}{_PREFIX}{literal(sentence[:first])}{end}"
            f"{quotation}{_SUFFIX}{literal(sentence[last:])}{end}"
        )
        if field not in said and field not in elsewhere:
            said.add(field)
            lines.append(self._field % {"about": field, "paper": paper, "property": term(FIELDS[item["field"]])})

    def _add_rule(self, rule: str, lines: list[str]) -> None:
        if rule not in self._rules:
            self._rules.add(rule)
            lines.append(
                self._rule % {"about": self._rule_iri(rule), "label": text(rule), "rules": f"<{self._base}rules>"}
            )

    def _rule_iri(self, rule: str) -> str:
        return f"<{self._base}rule/{escaped(rule)}>"
