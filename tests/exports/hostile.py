"""A graph in which every text is one that somebody made up to break a format."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from kg.graph import Graph, build_graph
from kg.model import Entity, EntityType, Evidence, Extraction, Mention, Paper, Result, Source

LATEX = '\\input{x}{\\"o} 100% #1 $a_b^c$ ~ & } { \\} \\{ @misc{k, title = {a}} \\'
CONTROLS = "a\x00b\x0b\x1b[31m\r\n\t\x85\u2028\u2029\x7f c"
SURROGATES = "\ud800 \udfff \U0001f680 \ufffe \ufdd0"
MARKUP = "]]> <b>&amp;&#0;\"'`;,|:=\x1f;; and , and others"
SCRIPT = "</script><script>pwn()</script><!--\"'><img src=x onerror=pwn()>javascript:pwn()\u202e\u2066{{7*7}}"
TEXTS = (
    "plain",
    LATEX,
    CONTROLS,
    SURROGATES,
    MARKUP,
    SCRIPT,
    "ßé中文א\u200f\u0301",
    "and",
    ";",
    ",",
    '"',
    "x" * 10_000,
)

hostile_texts = st.one_of(
    st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=()), min_size=1, max_size=30)
).filter(lambda text: bool(text.strip()))


def hostile_graph(text: str) -> Graph:
    """The graph of a hostile extraction."""
    return build_graph([hostile_extraction(text)])


def hostile_extraction(text: str, types: Sequence[EntityType] = ("Method", "Dataset")) -> Extraction:
    """A paper that says nothing but this text, with a thing of each type of this name and a result of all of it."""
    paper = Paper(
        id=text,
        title=text,
        abstract=text,
        authors=(text, "Ada Example"),
        author_count=3,
        published="2024-10-09",
        venue=text,
        url=text,
        identifiers={"arxiv": text, "doi": text, text: text},
        sources=(Source(file=text, record=1),),
    )
    end = len(text)
    evidence = Evidence(
        field="title", start=0, end=end, text=text, sentence_start=0, sentence_end=end, rule=text, confidence=0.5
    )
    mentions = {
        type_: (Mention(type=type_, field="title", start=0, end=end, text=text, rule=text, confidence=0.5),)
        for type_ in types
    }
    result = Result(
        value=text,
        number=None,
        unit=text,
        kind="score",
        qualifier="exact",
        metric=text,
        dataset=text,
        task=text,
        method=text,
        baseline=text,
        evidence=evidence,
    )
    entities = tuple(
        Entity(type=type_, names=(text, f"{text} 2"), role="used", role_rule=text, mentions=found)
        for type_, found in mentions.items()
    )
    return Extraction(paper=paper, entities=entities, results=(result,))
