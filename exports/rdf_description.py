"""What a graph says of itself: what is in it, how much, in which words, and what made it.

The words are those of VoID (https://www.w3.org/TR/void/), DCAT (https://www.w3.org/TR/vocab-dcat-3/) and PROV-O
(https://www.w3.org/TR/prov-o/). There is no date in it, for the same graph gives the same bytes, and no licence, for
kg does not know it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import networkx as nx
import pyoxigraph

from .rdf_nodes import relation_term
from .rdf_terms import END, integer, template, term, text
from .rdf_vocabulary import CLASSES, GRAPH_TEXTS, PREFIXES, VOCABULARIES, EvidenceLevel

ABOUT: Final = (
    "Papers, the methods, datasets, metrics and tasks that their titles and abstracts name, and the results that they "
    "report, as kg read them by its rules."
)
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"

_DATASET: Final = template(
    END,
    "?about a void:Dataset",
    "?about a dcat:Dataset",
    "?about dcterms:description ?description",
    "?about kgo:evidenceLevel ?level",
    "?about void:uriSpace ?base",
    "?about void:entities ?entities",
    "?about void:feature ?feature",
    "?about dcat:distribution ?distribution",
    "?about prov:wasGeneratedBy ?run",
    "?about dcterms:creator ?kg",
)
_MAKING: Final = template(
    END,
    "?distribution a dcat:Distribution",
    "?distribution dcat:mediaType ?media",
    "?run a prov:Activity",
    "?run prov:wasAssociatedWith ?kg",
    "?run prov:qualifiedAssociation ?association",
    "?association a prov:Association",
    "?association prov:agent ?kg",
    "?association prov:hadPlan ?rules",
    "?kg a prov:SoftwareAgent",
    "?kg a schema:SoftwareApplication",
    "?kg schema:name ?name",
    "?rules a prov:Plan",
    "?rules rdfs:label ?label",
)
_OF_CLASS: Final = template(END, "?part void:class ?what", "?part void:entities ?count")
_OF_PROPERTY: Final = template(END, "?part void:property ?what", "?part void:triples ?count")

_EVIDENCE: Final = template(END, "?about void:subset ?part", "?part a void:Dataset", "?part void:triples ?count")


def description(
    graph: nx.MultiDiGraph[str], base: str, level: EvidenceLevel, format_: pyoxigraph.RdfFormat
) -> Iterator[str]:
    """Blocks of lines about the graph as a whole, written in this format."""
    about = f"<{base}>"
    places = {name: f"<{base}#{name}>" for name in ("run", "association", "kg", "distribution")} | {
        "about": about,
        "rules": f"<{base}rules>",
        "description": f"{text(ABOUT)}@en",
        "level": text(level),
        "base": text(base),
        "entities": integer(len(graph)),
        "feature": f"<{format_.iri}>",
        "media": f"<{_MEDIA_TYPES}{format_.media_type}>",
        "name": text("kg"),
        "label": f"{text('the rules in force')}@en",
    }
    own = [_DATASET % places]
    for attribute, name in GRAPH_TEXTS.items():
        if graph.graph.get(attribute) is not None:
            own.append(f"{about} {term(name)} {text(str(graph.graph[attribute]))}{END}")
    own.extend(
        f"{about} {term('void:vocabulary')} <{PREFIXES[prefix]}>{END}"
        for prefix in VOCABULARIES
        if prefix != "oa" or level != "none"
    )
    example = next((key for key, node in graph.nodes(data=True) if node["kind"] == "Paper"), None)
    if example is not None:
        own.append(f"{about} {term('void:exampleResource')} <{base}{example}>{END}")
    others = [_MAKING % places]
    if graph.graph.get("kg_version") is not None:
        others.append(f"{places['kg']} {term('schema:softwareVersion')} {text(str(graph.graph['kg_version']))}{END}")
    kinds = Counter(node["kind"] for _, node in graph.nodes(data=True))
    for kind, names in CLASSES.items():
        if kinds[kind]:
            part = f"<{base}#class={kind}>"
            own.append(f"{about} {term('void:classPartition')} {part}{END}")
            others.append(_OF_CLASS % {"part": part, "what": term(names[0]), "count": integer(kinds[kind])})
    relations = Counter(
        relation for _, neighbours in graph.adjacency() for edges in neighbours.values() for relation in edges
    )
    for relation, count in sorted(relations.items()):
        part = f"<{base}#property={relation}>"
        own.append(f"{about} {term('void:propertyPartition')} {part}{END}")
        others.append(_OF_PROPERTY % {"part": part, "what": relation_term(relation), "count": integer(count)})
    yield "".join(own)
    yield "".join(others)


def totals(base: str, evidence: str, triples: int, of_evidence: int) -> str:
    """The lines that say how many triples there are, after so many triples beside the evidence and so many of it."""
    about, part = f"<{base}>", ""
    if of_evidence:
        part = _EVIDENCE % {"about": about, "part": f"<{evidence}>", "count": integer(of_evidence)}
    count = triples + of_evidence + part.count("\n") + 1
    return f"{about} {term('void:triples')} {integer(count)}{END}{part}"
