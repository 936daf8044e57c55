"""What may stand in a query: prefixes, terms and keywords, for whoever writes one to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import pyoxigraph

from kg.competency import competency_queries
from kg.sparql import Namespaces

_COMMENT: Final = re.compile(r"(?m)^#.*$")
_KEYWORD: Final = re.compile(r"\b[A-Z]{2,}\b")
_NAME: Final = re.compile(r"\b([a-z]+):([A-Za-z]\w*)\b")
_TEXT: Final = re.compile(r'"[^"\n]*"|<[^>\n]*>')
_RDF_TYPE: Final = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_COMMENTS: Final = pyoxigraph.NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
_CLASS: Final = "Class"


class Term(NamedTuple):
    """A term with its prefix ("kgo:uses"), what it is ("class", "property", "term"), and what it means, if known."""

    name: str
    kind: str
    about: str


class QueryWords(NamedTuple):
    """Prefixes with what they stand for, terms and keywords, each sorted."""

    prefixes: dict[str, str]
    terms: list[Term]
    keywords: list[str]


def query_words(namespaces: Namespaces) -> QueryWords:
    """The prefixes of a graph; the terms of the ontology and of the competency queries, and the keywords of these."""
    names, keywords = _of_examples()
    terms = {term.name: term for term in _of_ontology(namespaces)}
    for name in names:
        if name.partition(":")[0] in namespaces.prefixes:
            terms.setdefault(name, Term(name, "term", ""))
    return QueryWords(dict(sorted(namespaces.prefixes.items())), [terms[name] for name in sorted(terms)], keywords)


@cache
def _of_examples() -> tuple[list[str], list[str]]:
    text = "\n".join(_TEXT.sub("", _COMMENT.sub("", one.text)) for one in competency_queries())
    return sorted({found[0] for found in _NAME.finditer(text)}), sorted(set(_KEYWORD.findall(text)))


def _of_ontology(namespaces: Namespaces) -> Iterator[Term]:
    ontology = resources.files("kg.exports").joinpath("ontology.ttl").read_bytes()
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.parse(ontology, format=pyoxigraph.RdfFormat.TURTLE))
    for quad in store.quads_for_pattern(None, _RDF_TYPE, None):
        name = namespaces.shortened(quad.subject.value) if isinstance(quad.subject, pyoxigraph.NamedNode) else ""
        if _NAME.fullmatch(name):
            kind = "class" if getattr(quad.object, "value", "").endswith(_CLASS) else "property"
            about = (getattr(one.object, "value", "") for one in store.quads_for_pattern(quad.subject, _COMMENTS, None))
            yield Term(name, kind, min(about, default=""))
