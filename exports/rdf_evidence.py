"""What edges rest on, as text in a syntax of RDF: a statement about each edge, and the words of papers behind it.

A statement is an ``rdf:Statement`` with its confidence and its evidence, Web Annotations whose target is the paper
(``link``) or the very words, by position and by quotation (``full``;
https://www.w3.org/TR/annotation-model/#selectors). The rule that read the words is a ``prov:Plan``. Evidence in
reading order (:func:`place_of`) needs no list of its order.

Most of a graph's triples are made here, so their lines are put together by formatted strings, which is faster than
putting together lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final, TypeAlias

from .rdf_nodes import Row, relation_term
from .rdf_syntax import NQuads
from .rdf_terms import escaped, is_plain, text
from .rdf_vocabulary import FIELDS, EvidenceLevel

Edge: TypeAlias = Mapping[str, Any]
EvidenceItem: TypeAlias = Mapping[str, Any]

_QUOTED: Final = '"{}"'.format
_FIELD_RANK: Final = {field: rank for rank, field in enumerate(FIELDS)}


def place_of(item: EvidenceItem) -> tuple[str, int, int, int, str]:
    """By what evidence is in reading order: the paper, where its words begin and end in it, and the rule."""
    return item["paper"], _FIELD_RANK[item["field"]], item["start"], item["end"], item["rule"]


class _Terms:
    """The terms of evidence as a syntax writes them; types after their property, properties before a value."""

    def __init__(self, syntax: NQuads) -> None:
        self.statement, self.annotation, self.words, self.position, self.quotation = (
            f"{syntax.term('a')} {syntax.term(name)}"
            for name in (
                "rdf:Statement",
                "oa:Annotation",
                "oa:SpecificResource",
                "oa:TextPositionSelector",
                "oa:TextQuoteSelector",
            )
        )
        self.subject, self.predicate, self.object = (
            syntax.term(f"rdf:{x}") for x in ("subject", "predicate", "object")
        )
        self.confidence, self.rule = syntax.term("kgo:confidence"), syntax.term("kgo:rule")
        self.target, self.source, self.selector = (
            syntax.term(f"oa:{name}") for name in ("hasTarget", "hasSource", "hasSelector")
        )
        self.start, self.end, self.exact, self.prefix, self.suffix = (
            syntax.term(f"oa:{name}") for name in ("start", "end", "exact", "prefix", "suffix")
        )


class EvidenceBlocks:
    """Blocks of text, one for each edge: its statement, and the evidence that was not told before.

    Evidence that several edges share is told once, with the edge from the paper that it is found in. ``elsewhere``
    gives what is told with the edges from a paper; without it, all that is found in a paper is. The rules that stand in
    the blocks are gathered in ``rules``, and told by :meth:`of_rules`.
    """

    def __init__(
        self, level: EvidenceLevel, syntax: NQuads, elsewhere: Callable[[str], Iterable[EvidenceItem]] | None = None
    ) -> None:
        self._base = syntax.base
        self._level = level
        self._syntax = syntax
        self._terms = _Terms(syntax)
        self.rules: set[str] = set()
        self._elsewhere = elsewhere
        self._said_elsewhere: set[str] = set()
        self._said_with_paper = lru_cache(maxsize=16)(self._things_said_with_paper)
        self._relation = cache(lambda relation: relation_term(relation, syntax))

    def blocks(self, rows: Iterable[Row]) -> Iterator[str]:
        """The blocks of the edges from these nodes."""
        for source, _, neighbours in rows:
            said: set[str] = set()
            for target, edges in neighbours.items():
                for relation, edge in edges.items():
                    yield self._edge(source, relation, target, edge, said)

    def of_rules(self, rules: Iterable[str]) -> str:
        """What is said of rules, in the order of their ids."""
        term, pairs = self._syntax.term, self._syntax.pairs
        part = "dcterms:isPartOf", f"<{self._base}rules>"
        return "".join(
            self._syntax.said(self._rule_iri(rule), pairs(("a", term("prov:Plan")), ("rdfs:label", text(rule)), part))
            for rule in sorted(rules)
        )

    def _edge(self, source: str, relation: str, target: str, edge: Edge, said: set[str]) -> str:
        path = f"{self._base}{source}#{relation}={target}"
        terms, syntax, about = self._terms, self._syntax, f"<{path}>"
        own = [
            terms.statement,
            f"{terms.subject} <{self._base}{source}>",
            f"{terms.predicate} {self._relation(relation)}",
            f"{terms.object} <{self._base}{target}>",
            f"{terms.confidence} {syntax.confidence(edge['confidence'])}",
        ]
        others: list[str] = []
        if "reason" in edge:
            own.append(f"{syntax.term('kgo:reason')} {text(edge['reason'])}")
        if "role_rule" in edge:
            own.append(f"{syntax.term('kgo:roleRule')} {self._rule_iri(edge['role_rule'])}")
        if "derived_from" in edge:
            results = [f"<{self._base}{result}>" for result in edge["derived_from"]]
            syntax.add_list((own, others), "derived_from", f"<{path};derived_from>", results)
        annotations = []
        for item in edge["evidence"]:
            words, annotation = self._iris(item)
            annotations.append(annotation)
            if item["paper"] == source:
                self._add_item(item, words, annotation, (said, frozenset()), others)
            elif self._elsewhere is not None:
                before = self._said_with_paper(item["paper"])
                self._add_item(item, words, annotation, (self._said_elsewhere, before), others)
        ordered = all(place_of(one) < place_of(other) for one, other in pairwise(edge["evidence"]))
        syntax.add_list((own, others), "evidence", f"<{path};evidence>", annotations, ordered=ordered)
        return "".join((syntax.said(about, own), *others))

    def _iris(self, item: EvidenceItem) -> tuple[str, str]:
        """The IRI of the words, without its brackets, and that of the annotation."""
        words = f"{self._base}{item['paper']}#{item['field']}={item['start']},{item['end']}"
        return words, f"<{words};rule={escaped(item['rule'])}>"

    def _things_said_with_paper(self, paper: str) -> frozenset[str]:
        """What is told with the edges from a paper: annotations, words and fields."""
        items = list(self._elsewhere(paper)) if self._elsewhere else []
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
        terms, syntax, paper = self._terms, self._syntax, f"<{self._base}{item['paper']}>"
        target = f"<{words}>" if self._level == "full" else paper
        end, then = syntax.end, syntax.between(annotation)
        lines.append(
            f"{annotation} {terms.annotation}"
            f"{then}{terms.rule} {self._rule_iri(item['rule'])}"
            f"{then}{terms.confidence} {syntax.confidence(item['confidence'])}"
            f"{then}{terms.target} {target}{end}"
        )
        if self._level != "full" or words in said or words in elsewhere:
            return
        said.add(words)
        field = f"{paper[:-1]}#{item['field']}>"
        lines.append(self._words(item, words, field))
        if field not in said and field not in elsewhere:
            said.add(field)
            whole = ("a", syntax.term("kgo:Field")), ("schema:isPartOf", paper)
            told_by = "kgo:textProperty", syntax.term(FIELDS[item["field"]])
            lines.append(syntax.said(field, syntax.pairs(*whole, told_by)))

    def _words(self, item: EvidenceItem, words: str, field: str) -> str:
        """The lines about the words that evidence is, in a field: where they are, and how they stand in a sentence."""
        terms, syntax, end = self._terms, self._syntax, self._syntax.end
        about, position, quotation = f"<{words}>", f"<{words};position>", f"<{words};quote>"
        then, then_position, then_quotation = map(syntax.between, (about, position, quotation))
        sentence = item["sentence"]
        first = item["start"] - item["sentence_start"]
        last = first + len(item["text"])
        literal = _QUOTED if is_plain(sentence) else text
        return (
            f"{about} {terms.words}"
            f"{then}{terms.source} {field}"
            f"{then}{terms.selector} {position}"
            f"{then}{terms.selector} {quotation}{end}"
            f"{position} {terms.position}"
            f"{then_position}{terms.start} {syntax.integer(item['start'])}"
            f"{then_position}{terms.end} {syntax.integer(item['end'])}{end}"
            f"{quotation} {terms.quotation}"
            f"{then_quotation}{terms.exact} {literal(item['text'])}"
            f"{then_quotation}{terms.prefix} {literal(sentence[:first])}"
            f"{then_quotation}{terms.suffix} {literal(sentence[last:])}{end}"
        )

    def _rule_iri(self, rule: str) -> str:
        self.rules.add(rule)
        return f"<{self._base}rule/{escaped(rule)}>"
