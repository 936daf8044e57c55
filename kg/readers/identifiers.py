"""What papers are called in the registries: DOIs, arXiv ids and others, each written in the one way that compares.

A DOI is in lower case and without ``https://doi.org/``; an arXiv id without version and subject class
(``cs/0112017``); ids of OpenAlex, Semantic Scholar, PubMed and the ACL Anthology without their addresses. A DOI that
arXiv or the ACL gave says the other id, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from kg.readers.text import clean

SCHEMES: Final = ("arxiv", "doi", "acl", "openalex", "pmid", "pmcid", "s2", "mag", "dblp")
"""The schemes that kg knows to write in one way, the ones that speak of papers first."""

_LONGEST: Final = 500
_DOI: Final = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s?)?(10\.\d{4,9}(?:\.\d{1,9}){0,3}/\S+)", re.IGNORECASE
)
_ARXIV: Final = re.compile(
    r"(?:(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/|oai:arxiv\.org:|arxiv:\s?|arxiv\.)?"
    r"(?:(\d{4}\.\d{4,5})|([a-z-]+)(?:\.[a-z]{2})?/(\d{7}))(?:v\d+)?(?:\.pdf)?",
    re.IGNORECASE,
)
_ARXIV_DOI: Final = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_ACL_DOI: Final = re.compile(r"10\.(?:18653|3115)/v1/(\S+)", re.IGNORECASE)
_ACL: Final = re.compile(
    r"(?:https?://(?:www\.)?(?:aclanthology\.org|aclweb\.org/anthology)/)?"
    r"([a-z]\d\d-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)(?:v\d+)?(?:\.pdf|/)?",
    re.IGNORECASE,
)
_OPENALEX: Final = re.compile(r"(?:https?://(?:api\.)?openalex\.org/(?:works/)?)?(w\d+)", re.IGNORECASE)
_PUBMED: Final = re.compile(
    r"(?:https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/|pmid:\s?)?0*(\d{1,9})/?",
    re.IGNORECASE,
)
_PMC: Final = re.compile(r"(?:https?://[\w./]{1,60}/)?(?:pmc)?(\d{1,9})/?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?:corpusid:\s?)?(\d{1,12})", re.IGNORECASE)


def doi(value: str) -> str | None:
    """A DOI in lower case and without an address before it; None for what is none."""
    found = _DOI.fullmatch(value)
    if found is None:
        return None
    name = unquote(found[1]) if "doi.org/" in value.lower() else found[1]
    return clean(name).lower().rstrip(".,;") or None


def arxiv(value: str) -> str | None:
    """An arXiv id without address, version and subject class: ``2410.00001``, ``cs/0112017``; None for what is none."""
    found = _ARXIV.fullmatch(value)
    if found is None:
        return None
    return found[1] or f"{found[2].lower()}/{found[3]}"


def acl(value: str) -> str | None:
    """An id of the ACL Anthology as it stands there: ``P19-1001``, ``2020.acl-main.1``; None for what is none."""
    found = _ACL.fullmatch(value)
    if found is None:
        return None
    return found[1].lower() if found[1][0].isdigit() else found[1].upper()


def _matched(pattern: re.Pattern[str], before: str = "") -> Callable[[str], str | None]:
    def normal(value: str) -> str | None:
        found = pattern.fullmatch(value)
        return before + found[1].upper() if found else None

    return normal


_NORMAL: Final[Mapping[str, Callable[[str], str | None]]] = {
    "arxiv": arxiv,
    "doi": doi,
    "acl": acl,
    "openalex": _matched(_OPENALEX),
    "pmid": _matched(_PUBMED),
    "pmcid": _matched(_PMC, "PMC"),
    "s2": _matched(_NUMBER),
    "mag": _matched(_NUMBER),
}


def identifiers(**given: object) -> dict[str, str]:
    """Identifiers by scheme, as they compare, in the order of :data:`SCHEMES`; what is absent or odd is left out.

    ``identifiers(doi="https://doi.org/10.48550/arXiv.2410.1")`` has no ``doi``, but an ``arxiv``, for what the
    DOI names is the arXiv id.
    """
    texts = {scheme: text for scheme, value in given.items() if (text := _text(value))}
    found = {scheme: name for scheme, text in texts.items() if (name := normalised(scheme, text))}
    for scheme, name in list(_implied(found)):
        found.setdefault(scheme, name)
    if "arxiv" in found and _ARXIV_DOI.fullmatch(found.get("doi", "")):
        del found["doi"]
    order = {scheme: place for place, scheme in enumerate(SCHEMES)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


def normalised(scheme: str, value: str) -> str | None:
    """An identifier as it compares; None where it is none of its scheme. Of other schemes it stays as it is."""
    normal = _NORMAL.get(scheme)
    return value if normal is None else normal(value)


def keys(known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a paper with these identifiers is known by, (scheme, identifier): each as it compares, and what it implies.

    The schemes may be written in capitals, the identifiers in any way; one that is none of its scheme stays as it is.
    """
    found: dict[tuple[str, str], None] = {}
    for given, value in known.items():
        scheme = given.lower()
        name = normalised(scheme, value) or value
        if not (scheme == "doi" and _ARXIV_DOI.fullmatch(name)):
            found[scheme, name] = None
        found.update(dict.fromkeys(_implied({scheme: name})))
    yield from found


def _implied(known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The identifiers that a DOI says besides itself."""
    name = known.get("doi", "")
    if (found := _ARXIV_DOI.fullmatch(name)) and (other := arxiv(found[1])):
        yield "arxiv", other
    if (found := _ACL_DOI.fullmatch(name)) and (other := acl(found[1])):
        yield "acl", other


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value) if not isinstance(value, int) or abs(value) < 10**_LONGEST else ""
    return (clean(text) or None) if len(text) <= _LONGEST else None
