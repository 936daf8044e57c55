"""What a graph says of itself: what is in it, how much, in which words, and what made it.

The words are those of VoID (https://www.w3.org/TR/void/), DCAT (https://www.w3.org/TR/vocab-dcat-3/) and PROV-O
(https://www.w3.org/TR/prov-o/). There is no date in it, for the same graph gives the same bytes, and no licence, for
kg does not know it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph

from kg.model import GraphFacts

from .rdf_nodes import relation_term
from .rdf_syntax import NQuads
from .rdf_terms import text
from .rdf_vocabulary import CLASSES, GRAPH_TEXTS, PREFIXES, VOCABULARIES, EvidenceLevel

ABOUT: Final = (
    "Papers, the methods, datasets, metrics and tasks that their titles and abstracts name, and the results that they "
    "report, as kg read them by its rules."
)
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"


def description(
    facts: GraphFacts, base: str, level: EvidenceLevel, format_: pyoxigraph.RdfFormat, syntax: NQuads
) -> Iterator[str]:
    """Blocks of text about the graph as a whole, written in this format; ``base`` is that of the nodes' IRIs."""
    places = _Places(syntax.base)
    own = [
        *syntax.each("a", map(syntax.term, ("void:Dataset", "dcat:Dataset"))),
        *syntax.pairs(
            ("dcterms:description", f"{text(ABOUT)}@en"),
            ("kgo:evidenceLevel", text(level)),
            ("void:uriSpace", text(base)),
            ("void:entities", syntax.integer(facts.nodes.total())),
            ("void:feature", f"<{format_.iri}>"),
            ("dcat:distribution", places.distribution),
            ("prov:wasGeneratedBy", places.run),
            ("dcterms:creator", places.kg),
        ),
    ]
    for attribute, name in GRAPH_TEXTS.items():
        if (value := getattr(facts, attribute)) is not None:
            own.append(f"{syntax.term(name)} {text(value)}")
    words = [f"<{PREFIXES[prefix]}>" for prefix in VOCABULARIES if prefix != "oa" or level != "none"]
    own.extend(syntax.each("void:vocabulary", words))
    if facts.example is not None:
        own.append(f"{syntax.term('void:exampleResource')} <{syntax.base}{facts.example}>")
    others = list(_making(facts, format_, syntax, places))
    for group, property_, what, count in _counts(facts, syntax):
        kind = group.partition("=")[0]
        part = f"<{syntax.base}#{group}>"
        own.append(f"{syntax.term(f'void:{kind}Partition')} {part}")
        others.append(syntax.said(part, syntax.pairs((f"void:{kind}", what), (property_, syntax.integer(count)))))
    yield syntax.said(f"<{syntax.base}>", own)
    yield "".join(others)


class _Places:
    """The IRIs of what a graph says of its making."""

    def __init__(self, base: str) -> None:
        self.run, self.association, self.kg, self.distribution = (
            f"<{base}#{name}>" for name in ("run", "association", "kg", "distribution")
        )
        self.rules = f"<{base}rules>"


def _making(facts: GraphFacts, format_: pyoxigraph.RdfFormat, syntax: NQuads, places: _Places) -> Iterator[str]:
    """What the graph is written as, and what made it."""
    term, pairs, said = syntax.term, syntax.pairs, syntax.said
    media_type = f"<{_MEDIA_TYPES}{format_.media_type}>"
    yield said(places.distribution, pairs(("a", term("dcat:Distribution")), ("dcat:mediaType", media_type)))
    run = ("prov:wasAssociatedWith", places.kg), ("prov:qualifiedAssociation", places.association)
    yield said(places.run, pairs(("a", term("prov:Activity")), *run))
    plan = ("prov:agent", places.kg), ("prov:hadPlan", places.rules)
    yield said(places.association, pairs(("a", term("prov:Association")), *plan))
    yield said(places.kg, _program(facts, syntax))
    yield said(places.rules, pairs(("a", term("prov:Plan")), ("rdfs:label", f"{text('the rules in force')}@en")))


def _program(facts: GraphFacts, syntax: NQuads) -> Iterator[str]:
    yield from syntax.each("a", map(syntax.term, ("prov:SoftwareAgent", "schema:SoftwareApplication")))
    yield from syntax.pairs(("schema:name", text("kg")))
    if facts.kg_version is not None:
        yield from syntax.pairs(("schema:softwareVersion", text(facts.kg_version)))


def _counts(facts: GraphFacts, syntax: NQuads) -> Iterator[tuple[str, str, str, int]]:
    """Parts of the graph: the fragment that names it, the property of its count, what it holds, and how many."""
    for kind, names in CLASSES.items():
        if facts.nodes[kind]:
            yield f"class={kind}", "void:entities", syntax.term(names[0]), facts.nodes[kind]
    for relation, count in sorted(facts.edges.items()):
        yield f"property={relation}", "void:triples", relation_term(relation, syntax), count


def totals(evidence: str, triples: int, of_evidence: int, syntax: NQuads) -> str:
    """The lines that say how many triples there are, after so many triples beside the evidence and so many of it."""
    own, part = [], ""
    if of_evidence:
        about = f"<{syntax.base}{evidence}>"
        own.append(f"{syntax.term('void:subset')} {about}")
        counted = ("void:triples", syntax.integer(of_evidence))
        part = syntax.said(about, syntax.pairs(("a", syntax.term("void:Dataset")), counted))
    count = triples + of_evidence + len(own) + part.count("\n") + 1
    return syntax.said(f"<{syntax.base}>", [f"{syntax.term('void:triples')} {syntax.integer(count)}", *own]) + part
