r"""The papers of a graph as BibTeX, for LaTeX and reference managers.

Values are written as BibTeX and LaTeX of any age read them: letters outside ASCII as commands (``{\"o}``) where there
are some, what LaTeX takes for commands escaped, and braces never alone, for BibTeX counts even escaped ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import count, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import networkx as nx

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry

Escape = Callable[[str], str]

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?(?:-\d{2})?")
_WORD: Final = re.compile(r"\w+")
_NO_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\s]+")
_PLAIN: Final = re.compile(r"[A-Za-z0-9 .,:;!?()/*+='-]*")
_NO_ADDRESS: Final = re.compile(r"[^!-~]|[{}\\]")
_NO_KEY: Final = re.compile(r"[^a-z0-9]+")
_BRACES: Final = {ord("{"): r"\textbraceleft", ord("}"): r"\textbraceright"}
_TITLE_WORDS: Final = 3
_LONGEST_WORD: Final = 24
_PLACE_OF_VENUE: Final = {"proceedings": ("inproceedings", "booktitle"), "journal": ("article", "journal")}


class BibtexExporter:
    """Writes one entry a paper, by node key.

    The key of an entry is made of the first author's last name, the year and the first words of the title; where two
    papers would share one, the later ones get a number. Capitals of datasets and methods that a title names, and of
    words such as "3D" or "ResNet", are protected. A venue is the ``booktitle`` or ``journal`` where
    ``exports/venues.tsv`` knows what sort it is, and else where the paper was ``howpublished``. What is not known is
    left out.

    Options: ``abstract``: whether entries have the abstract.
    """

    name = "bibtex"
    description = "The papers as BibTeX, for LaTeX and reference managers"
    suffix = ".bib"
    media_type = "application/x-bibtex"

    def __call__(self, graph: nx.MultiDiGraph[str], path: Path, *, abstract: bool = False) -> None:
        """Write the graph to ``path``."""
        from bibtexparser.entrypoint import write_string  # noqa: PLC0415 - kg export --list need not wait for it
        from bibtexparser.library import Library  # noqa: PLC0415
        from bibtexparser.middlewares.parsestack import default_unparse_stack  # noqa: PLC0415

        escape = _escape()
        papers = [(key, node) for key, node in graph.nodes(data=True) if node["kind"] == "Paper"]
        keys = _entry_keys(papers)
        entries: list[Block] = [
            _entry(keys[key], node, _title(graph, key, escape), escape, abstract=abstract) for key, node in papers
        ]
        stack = default_unparse_stack(allow_inplace_modification=True)
        path.write_text(write_string(Library(entries), unparse_stack=stack), encoding="utf-8", newline="\n")


def _entry(key: str, paper: Mapping[str, Any], title: str, escape: Escape, *, abstract: bool) -> Entry:
    from bibtexparser.model import Entry, Field  # noqa: PLC0415

    sort, place = _PLACE_OF_VENUE.get(_sort_of_venue(paper["venue"] or ""), ("misc", "howpublished"))
    date = _DATE.fullmatch(paper["published"] or "")
    identifiers = paper["identifiers"]
    fields = {
        "author": " and ".join(_authors(paper, escape)),
        "title": title,
        place: escape(paper["venue"] or ""),
        "year": date[1] if date else "",
        "eprint": _address(identifiers.get("arxiv", "")),
        "archiveprefix": "arXiv" if identifiers.get("arxiv") else "",
        "doi": _address(identifiers.get("doi", "")),
        "url": _address(paper["url"] or ""),
        "abstract": escape(paper["abstract"] or "") if abstract else "",
    }
    written = [Field(name, value) for name, value in fields.items() if value]
    if date and date[2]:
        # a name that BibTeX styles write out in the language of the document
        month = Field("month", _MONTHS[int(date[2]) - 1], enclosing="no-enclosing")
        written.insert([field.key for field in written].index("year") + 1, month)
    return Entry(sort, key, written)


def _sort_of_venue(venue: str) -> str:
    words = _WORD.findall(venue.casefold())
    return next((_venues()[word] for word in words if word in _venues()), "")


@cache
def _venues() -> Mapping[str, str]:
    lines = resources.files(__package__).joinpath("venues.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return dict(rows[1:])


def _authors(paper: Mapping[str, Any], escape: Escape) -> Iterator[str]:
    """The authors as BibTeX takes names apart; in braces what it would take apart wrongly."""
    for name in filter(str.strip, paper["authors"]):
        words = name.casefold().split()
        odd = "and" in words or words == ["others"] or name.count(",") > 1 or "" in map(str.strip, name.split(","))
        yield f"{{{escape(name)}}}" if odd else escape(name)
    if (paper["author_count"] or 0) > len(paper["authors"]) > 0:
        yield "others"


def _title(graph: nx.MultiDiGraph[str], paper: str, escape: Escape) -> str:
    """The title, or how the text of a paper without one begins, with the capitals that have to stay in braces."""
    node = graph.nodes[paper]
    if not node["title"]:
        return escape(node["label"])
    title = node["title"]
    inside = [False] * len(title)
    for start, end in (*_names(graph, paper), *_capitals(title)):
        inside[start:end] = [True] * (end - start)
    bounds = [0, *(place for place in range(1, len(title)) if inside[place] != inside[place - 1]), len(title)]
    parts = ((inside[start], escape(title[start:end])) for start, end in pairwise(bounds))
    return "".join(f"{{{part}}}" if protected else part for protected, part in parts)


def _names(graph: nx.MultiDiGraph[str], paper: str) -> Iterator[tuple[int, int]]:
    """Where the title names a dataset, or a method by one word, that no paper writes without capitals.

    A method of several words is most often described by them ("Dual Attention Networks"), and set like others.
    """
    for _, target, edge in graph.out_edges(paper, data=True):
        thing = graph.nodes[target]
        if thing["kind"] not in {"Method", "Dataset"} or any(map(str.islower, thing["names"])):
            continue
        for item in edge["evidence"]:
            if item["field"] == "title" and (thing["kind"] == "Dataset" or " " not in item["text"]):
                yield item["start"], item["end"]


def _capitals(title: str) -> Iterator[tuple[int, int]]:
    """Where a capital stands within a word, or alone before a hyphen: "ResNet", "3D", "Q-learning"."""
    for word in _WORD.finditer(title):
        if any(map(str.isupper, word[0][1:])) or (word[0].isupper() and title.startswith("-", word.end())):
            yield word.span()


def _entry_keys(papers: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """The key of each paper's entry, of lower-case letters, digits and hyphens; no two papers share one."""
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for paper, node in papers:
        author = next(iter(node["authors"]), "")
        last = author.partition(",")[0] if "," in author else author.rpartition(" ")[2]
        year = _DATE.fullmatch(node["published"] or "")
        words = filter(None, map(_plain, _WORD.findall(node["title"] or "")))
        parts = [_plain(last), year[1] if year else "", *islice(words, _TITLE_WORDS)]
        wanted = "-".join(filter(None, parts)) or _plain(paper)
        numbered = (f"{wanted}-{number}" if number > 1 else wanted for number in count(1))
        keys[paper] = next(key for key in numbered if key not in taken)
        taken.add(keys[paper])
    return keys


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NO_KEY.sub("", letters)[:_LONGEST_WORD]


def _address(text: str) -> str:
    """A URL or an identifier, which LaTeX takes as it is; what would break the entry has percent signs."""
    return _NO_ADDRESS.sub(lambda found: quote(found[0], errors="replace"), text)


def _escape() -> Escape:
    from pylatexenc.latexencode import (  # noqa: PLC0415
        RULE_DICT,
        UnicodeToLatexConversionRule,
        UnicodeToLatexEncoder,
    )

    encoder = UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, _BRACES), "defaults"],
        replacement_latex_protection="braces-almost-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )

    def escape(text: str) -> str:
        folded = _NO_TEXT.sub(" ", text)
        # most titles and names are; the encoder looks at every letter
        return folded if _PLAIN.fullmatch(folded) else str(encoder.unicode_to_latex(folded))

    return escape


exporter = BibtexExporter()
