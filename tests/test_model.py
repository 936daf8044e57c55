"""The records that flow, and that nothing is lost when they go to JSON and back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import (
    ENTITY_TYPES,
    ROLES,
    Entity,
    Evidence,
    Extraction,
    FieldName,
    Mention,
    Paper,
    Qualifier,
    Result,
    ResultKind,
    Skipped,
    Source,
    extraction_from_json,
    extraction_to_json,
    paper_from_json,
    paper_to_json,
)

WORDS = st.text(min_size=1, max_size=12)
MAYBE = st.none() | WORDS
COUNTS = st.integers(0, 10**6)
CONFIDENCES = st.floats(0, 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
EXTRA = st.dictionaries(WORDS, JSON.filter(lambda value: value is not None), max_size=2)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    """Papers with a title and an abstract, one of them, or a text."""
    title, abstract, text = draw(
        st.one_of(
            st.tuples(WORDS, WORDS, st.none()),
            st.tuples(WORDS, st.none(), st.none()),
            st.tuples(st.none(), WORDS, st.none()),
            st.tuples(st.none(), st.none(), WORDS),
        )
    )
    return Paper(
        id=draw(WORDS),
        title=title,
        abstract=abstract,
        text=text,
        authors=tuple(draw(st.lists(WORDS, max_size=3))),
        author_count=draw(st.none() | COUNTS),
        published=draw(st.sampled_from((None, "2024-10-09", "2024-10", "2024", "--10-09"))),
        venue=draw(MAYBE),
        url=draw(MAYBE),
        identifiers=draw(st.dictionaries(WORDS, WORDS, max_size=2)),
        sources=tuple(draw(st.lists(st.builds(Source, file=WORDS, record=COUNTS), max_size=2))),
        extra=draw(EXTRA),
    )


@st.composite
def spans(draw: st.DrawFn, paper: Paper) -> tuple[FieldName, int, int]:
    """A field of the paper and two offsets into it."""
    name, text = draw(st.sampled_from(list(paper.fields())))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    return name, start, end


@st.composite
def entities(draw: st.DrawFn, paper: Paper) -> Entity:
    """Entities whose mentions stand in reading order, as the pipeline leaves them."""
    type_ = draw(st.sampled_from(ENTITY_TYPES))
    order = [name for name, _ in paper.fields()]
    places = sorted(draw(st.sets(spans(paper), max_size=3)), key=lambda place: (order.index(place[0]), *place[1:]))
    mentions = tuple(
        Mention(
            type=type_,
            field=name,
            start=start,
            end=end,
            text=paper.field_text(name)[start:end],
            rule=draw(WORDS),
            confidence=draw(CONFIDENCES),
        )
        for name, start, end in places
    )
    return Entity(
        type=type_,
        names=tuple(draw(st.lists(WORDS, min_size=1, max_size=3))),
        role=draw(st.sampled_from(ROLES)),
        role_rule=draw(WORDS),
        mentions=mentions,
    )


@st.composite
def results(draw: st.DrawFn, paper: Paper) -> Result:
    """Results anywhere in the paper."""
    name, start, end = draw(spans(paper))
    return Result(
        value=draw(WORDS),
        number=draw(st.none() | st.decimals(allow_nan=False, allow_infinity=False)),
        unit=draw(MAYBE),
        kind=draw(st.sampled_from(get_args(ResultKind))),
        qualifier=draw(st.sampled_from(get_args(Qualifier))),
        metric=draw(MAYBE),
        dataset=draw(MAYBE),
        task=draw(MAYBE),
        method=draw(MAYBE),
        baseline=draw(MAYBE),
        joint_confidence=draw(st.none() | CONFIDENCES),
        evidence=Evidence(
            field=name,
            start=start,
            end=end,
            text=paper.field_text(name)[start:end],
            sentence_start=draw(st.integers(0, start)),
            sentence_end=draw(st.integers(end, end + 9)),
            rule=draw(WORDS),
            confidence=draw(CONFIDENCES),
        ),
    )


@st.composite
def extractions(draw: st.DrawFn) -> Extraction:
    """Extractions of any paper."""
    paper = draw(papers())
    bounds = st.lists(st.tuples(COUNTS, COUNTS), max_size=3).map(tuple)
    return Extraction(
        paper=paper,
        entities=tuple(draw(st.lists(entities(paper), max_size=3))),
        results=tuple(draw(st.lists(results(paper), max_size=2))),
        sentences={name: draw(bounds) for name, _ in paper.fields()},
    )


@given(paper=papers())
def test_paper_to_json_and_back(paper: Paper) -> None:
    """A paper that went through a line of JSON is the same paper."""
    assert paper_from_json(json.loads(json.dumps(paper_to_json(paper)))) == paper


@given(extraction=extractions())
def test_extraction_to_json_and_back(extraction: Extraction) -> None:
    """An extraction that went through a line of JSON is the same extraction, decimals to the last digit."""
    back = extraction_from_json(json.loads(json.dumps(extraction_to_json(extraction))))
    assert back == extraction
    assert [str(result.number) for result in back.results] == [str(result.number) for result in extraction.results]


@given(extraction=extractions())
def test_mentions_in_json_stand_in_reading_order(extraction: Extraction) -> None:
    """Mentions are one list by field and place, each with the number of its entity."""
    record = extraction_to_json(extraction)
    order = [name for name, _ in extraction.paper.fields()]
    places = [(order.index(mention["field"]), mention["start"], mention["end"]) for mention in record["mentions"]]
    assert places == sorted(places)
    for mention in record["mentions"]:
        assert record["entities"][mention["entity"]]["type"] == mention["type"]


def test_absent_fields_are_left_out() -> None:
    """JSON says nothing of what a paper does not have."""
    assert paper_to_json(Paper(id="1", title="Trees")) == {"id": "1", "title": "Trees"}


def test_paper_without_id() -> None:
    """A record without an id is no paper."""
    with pytest.raises(KeyError):
        paper_from_json({"title": "Trees"})


def test_fields_in_reading_order() -> None:
    """The texts of a paper come title first; empty ones are no fields."""
    assert list(Paper(id="1", abstract="They grow.", title="Trees").fields()) == [
        ("title", "Trees"),
        ("abstract", "They grow."),
    ]
    assert list(Paper(id="1", title="", text="Trees").fields()) == [("text", "Trees")]
    assert Paper(id="1").field_text("abstract") == ""


def test_sentence_of_a_character() -> None:
    """A character belongs to the sentence around it, and to the whole field where no sentence is known there."""
    paper = Paper(id="1", text="Trees grow. They fall.")
    extraction = Extraction(paper=paper, entities=(), results=(), sentences={"text": ((0, 11), (12, 22))})
    assert extraction.sentence_of("text", 0) == (0, 11)
    assert extraction.sentence_of("text", 12) == (12, 22)
    assert extraction.sentence_of("text", 11) == (0, 22)


def test_surest_mention_counts() -> None:
    """An entity is as sure as its surest mention; the first name is the best."""
    mentions = tuple(
        Mention(type="Method", field="text", start=0, end=1, text="A", rule="r", confidence=confidence)
        for confidence in (0.25, 0.75)
    )
    entity = Entity(type="Method", names=("A", "B"), role="used", role_rule="r", mentions=mentions)
    assert (entity.name, entity.confidence) == ("A", 0.75)
    assert Entity(type="Method", names=("A",), role="used", role_rule="r", mentions=()).confidence == 0.0


def test_skipped_names_the_place() -> None:
    """What was skipped is told in one line with file, record and reason."""
    assert str(Skipped(file="a.txt", record=3, reason="no title")) == "a.txt:3: no title"
    assert str(Skipped(file="a.txt", record=None, reason="no text")) == "a.txt: no text"


def test_number_is_a_decimal() -> None:
    """A trailing zero that a paper printed is kept."""
    evidence = Evidence(
        field="text", start=0, end=4, text="81.0", sentence_start=0, sentence_end=4, rule="r", confidence=1.0
    )
    result = Result(
        value="81.0", number=Decimal("81.0"), unit=None, kind="score", qualifier="exact", metric=None, dataset=None,
        task=None, method=None, baseline=None, evidence=evidence,
    )  # fmt: skip
    extraction = Extraction(paper=Paper(id="1", text="81.0"), entities=(), results=(result,))
    assert extraction_to_json(extraction)["results"][0]["number"] == "81.0"
