"""Extractions with any characters in any place, made by hypothesis."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from kg.model import (
    ENTITY_TYPES,
    ROLES,
    Entity,
    Evidence,
    Extraction,
    Mention,
    Paper,
    Result,
    Source,
)

ANY: st.SearchStrategy[str] = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
"""Every character that RDF can hold and raptor reads."""
IN_XML: st.SearchStrategy[str] = st.one_of(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), st.sampled_from("\t\n\r\x85")
)
"""Every character of them that XML can hold."""


def _confidence(rule: str) -> float:
    """One for each rule, so that what one rule says of one place is said once."""
    return round(sum(map(ord, rule)) % 997 / 997, 4)


@st.composite
def made_paper(draw: st.DrawFn, characters: st.SearchStrategy[str], paper_id: str) -> Extraction:
    """A paper with up to four things and two results; every field that may be missing is missing now and then."""
    texts = st.text(characters, max_size=8)
    some = st.text(characters, min_size=1, max_size=8)
    maybe = st.none() | texts
    pieces = draw(st.lists(st.tuples(some, texts), min_size=1, max_size=5))
    field = draw(st.sampled_from(["title", "abstract", "text"]))
    stored, places = "", []
    for name, gap in pieces:
        places.append((name, len(stored), len(stored) + len(name)))
        stored += name + gap
    rules = st.sampled_from(draw(st.lists(some, min_size=1, max_size=3)))
    entities = []
    for name, start, end in places[:4]:
        type_, rule = draw(st.sampled_from(ENTITY_TYPES)), draw(rules)
        mention = Mention(
            type=type_, field=field, start=start, end=end, text=name, rule=rule, confidence=_confidence(rule)
        )
        names = dict.fromkeys((name, *draw(st.lists(some, max_size=2))))
        role = draw(st.sampled_from(ROLES))
        entities.append(Entity(type=type_, names=tuple(names), role=role, role_rule=draw(texts), mentions=(mention,)))
    slots = st.none() | texts | st.sampled_from([name for name, *_ in places])
    results = []
    for name, start, end in draw(st.lists(st.sampled_from(places), max_size=2)):
        rule = draw(rules)
        results.append(
            Result(
                value=draw(texts),
                number=draw(st.none() | st.decimals(allow_nan=False, allow_infinity=False)),
                unit=draw(st.sampled_from([None, "%", "ms", "points"]) | texts),
                kind=draw(st.sampled_from(["score", "gain", "reduction", "ratio"])),
                qualifier=draw(st.sampled_from(["exact", "up to", "over", "about"])),
                metric=draw(slots),
                dataset=draw(slots),
                task=draw(slots),
                method=draw(slots),
                baseline=draw(slots),
                joint_confidence=draw(st.none() | st.floats(0, 1)),
                evidence=Evidence(
                    field=field,
                    start=start,
                    end=end,
                    text=name,
                    sentence_start=0,
                    sentence_end=len(stored),
                    rule=rule,
                    confidence=_confidence(rule),
                ),
            )
        )
    fields = {"title": draw(maybe), "abstract": draw(maybe), "text": draw(maybe), field: stored}
    sources = st.builds(lambda file, record: Source(file=file, record=record), texts, st.integers(1, 9))
    return Extraction(
        paper=Paper(
            id=paper_id,
            **fields,
            authors=tuple(draw(st.lists(texts, max_size=3))),
            author_count=draw(st.none() | st.integers(0, 9)),
            published=draw(st.sampled_from(["2024-10-09", "2024-10", "2024", "--10-09"]) | maybe),
            venue=draw(maybe),
            url=draw(maybe),
            identifiers=draw(st.dictionaries(some | st.sampled_from(["doi", "arxiv"]), texts, max_size=2)),
            sources=tuple(draw(st.lists(sources, max_size=3))),
        ),
        entities=tuple(entities),
        results=tuple(results),
    )


@st.composite
def made_extractions(draw: st.DrawFn, characters: st.SearchStrategy[str] = ANY) -> list[Extraction]:
    """Up to three such papers, whose ids differ."""
    ids = draw(st.lists(st.text(characters, min_size=1, max_size=8), max_size=3, unique=True))
    return [draw(made_paper(characters, paper_id)) for paper_id in ids]


def exact(number: Decimal | None) -> tuple[str, Decimal] | None:
    """A number in a form that tells 0.50 from 0.5."""
    return None if number is None else (f"{number:f}", number)
