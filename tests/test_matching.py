"""Token patterns: what spaCy's Matcher finds is what we find."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.matcher import Matcher
from spacy.tokens import Doc

from kg.descriptions import PatternError
from kg.masks import bits
from kg.matching import Descriptions, ends, starts

VOCAB = spacy.blank("en").vocab
WORDS = (
    "we", "We", "WE", "net", "Net-50", "mIoU", "3", "3.5", "42", ",", "-", "(", '"', "$", "\n", "é", "ß", "naïve", "🙂",
)  # fmt: skip
LOWERS = tuple(sorted({word.lower() for word in WORDS}))
SHAPES = tuple(sorted({VOCAB[word].shape_ for word in WORDS}))
EXPRESSIONS = ("^[A-Z]", r"\d", "e", "^.$", r"^(?=.*[A-Z])\w+$", "[^a-z]", "x?")
FLAGS = (
    "IS_ALPHA", "IS_ASCII", "IS_DIGIT", "IS_LOWER", "IS_UPPER", "IS_TITLE", "IS_PUNCT", "IS_SPACE", "IS_BRACKET",
    "IS_QUOTE", "IS_CURRENCY", "IS_STOP", "LIKE_NUM", "LIKE_URL", "LIKE_EMAIL",
)  # fmt: skip


def subsets(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """A few of the words."""
    return st.lists(st.sampled_from(words), min_size=1, max_size=4, unique=True)


def text_values(words: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """What a text attribute may be asked to be."""
    tables = st.fixed_dictionaries(
        {}, optional={"IN": subsets(words), "NOT_IN": subsets(words), "REGEX": st.sampled_from(EXPRESSIONS)}
    ).filter(bool)
    return st.sampled_from(words) | tables


lengths = st.integers(0, 4) | st.dictionaries(
    st.sampled_from(("==", "!=", ">=", "<=", ">", "<")), st.integers(0, 5), min_size=1, max_size=2
)
descriptions = st.one_of(
    st.just({}),
    st.builds(lambda value: {"LOWER": value}, text_values(LOWERS)),
    st.builds(lambda value: {"ORTH": value}, text_values(WORDS)),
    st.builds(lambda value: {"TEXT": value}, text_values(WORDS)),
    st.builds(lambda value: {"SHAPE": value}, text_values(SHAPES)),
    st.builds(lambda value: {"LENGTH": value}, lengths),
    st.builds(lambda flag, value: {flag: value}, st.sampled_from(FLAGS), st.booleans()),
    st.builds(
        lambda lower, flag, length: {"LOWER": lower, flag: True, "LENGTH": length},
        text_values(LOWERS),
        st.sampled_from(FLAGS),
        lengths,
    ),
)
steps = st.builds(
    lambda description, repeat: description if repeat is None else {**description, "OP": repeat},
    descriptions,
    st.sampled_from((None, None, "1", "?", "+", "*")),
)
patterns = st.lists(steps, min_size=1, max_size=5)
documents = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(lambda words: Doc(VOCAB, words=words))


def spans_by_spacy(pattern: list[dict[str, Any]], doc: Doc) -> set[tuple[int, int]]:
    """The spans (first token, end) that spaCy finds, to which "OP": "1" must not be said."""
    once_unsaid = [{key: value for key, value in token.items() if (key, value) != ("OP", "1")} for token in pattern]
    matcher = Matcher(VOCAB)
    matcher.add("pattern", [once_unsaid])
    return {(start, end) for _, start, end in matcher(doc) if start < end}


def spans_by_ends(pattern: list[dict[str, Any]], doc: Doc) -> set[tuple[int, int]]:
    """The spans found by asking every start for its ends; empty ones left out, as spaCy does."""
    known = Descriptions()
    compiled = known.compile(pattern)
    masks = known.masks(doc)
    return {(start, end) for start in range(len(doc)) for end in bits(ends(compiled, masks, 1 << start)) if start < end}


def spans_by_starts(pattern: list[dict[str, Any]], doc: Doc) -> set[tuple[int, int]]:
    """The spans found by asking every end for its starts; empty ones left out."""
    known = Descriptions()
    compiled = known.compile(pattern)
    masks = known.masks(doc)
    return {
        (start, end)
        for end in range(1, len(doc) + 1)
        for start in bits(starts(compiled, masks, 1 << end))
        if start < end
    }


@settings(max_examples=300)
@given(pattern=patterns, doc=documents)
@pytest.mark.parametrize("spans", [spans_by_ends, spans_by_starts])
def test_finds_what_spacy_finds(
    spans: Callable[[list[dict[str, Any]], Doc], set[tuple[int, int]]], pattern: list[dict[str, Any]], doc: Doc
) -> None:
    """From every start the ends, and from every end the starts, are those of spaCy's own Matcher."""
    assert spans(pattern, doc) == spans_by_spacy(pattern, doc)


@given(pattern=patterns, doc=documents, data=st.data())
def test_several_boundaries_at_once(pattern: list[dict[str, Any]], doc: Doc, data: st.DataObject) -> None:
    """Asked of several boundaries at once, the answer is the union of the answers for each of them."""
    known = Descriptions()
    compiled = known.compile(pattern)
    masks = known.masks(doc)
    boundaries = data.draw(st.sets(st.integers(0, len(doc))))
    together = sum(1 << boundary for boundary in boundaries)
    for find in (ends, starts):
        each = [find(compiled, masks, 1 << boundary) for boundary in boundaries]
        assert set(bits(find(compiled, masks, together))) == {place for found in each for place in bits(found)}


@given(patterns=st.lists(patterns, min_size=2, max_size=5), doc=documents)
def test_patterns_do_not_disturb_each_other(patterns: list[list[dict[str, Any]]], doc: Doc) -> None:
    """Patterns that share one set of descriptions match as each does alone."""
    shared = Descriptions()
    compiled = [shared.compile(pattern) for pattern in patterns]
    for pattern, steps_of_pattern in zip(patterns, compiled, strict=True):
        alone = Descriptions()
        everywhere = (2 << len(doc)) - 1
        assert ends(steps_of_pattern, shared.masks(doc), everywhere) == ends(
            alone.compile(pattern), alone.masks(doc), everywhere
        )


def test_optional_pattern_matches_nothing_at_all() -> None:
    """Unlike spaCy's Matcher, a pattern of optional tokens matches the empty string, as a context needs it."""
    known = Descriptions()
    compiled = known.compile([{"LOWER": "the", "OP": "?"}, {"LOWER": ",", "OP": "*"}])
    masks = known.masks(Doc(VOCAB, words=["net"]))
    assert ends(compiled, masks, 0b11) == 0b11
    assert starts(compiled, masks, 0b11) == 0b11


def test_same_description_is_one() -> None:
    """A description is numbered once, in whatever order its keys and words are written."""
    known = Descriptions()
    first = known.number({"LOWER": {"IN": ["a", "b"]}, "IS_ALPHA": True})
    count = len(known)
    assert known.number({"IS_ALPHA": True, "LOWER": {"IN": ["b", "a"]}}) == first
    assert len(known) == count


def test_description_added_later_is_seen() -> None:
    """A Doc whose masks were made before a description was added gets new ones."""
    known = Descriptions()
    doc = Doc(VOCAB, words=["net", "we"])
    known.masks(doc)
    number = known.number({"LOWER": "we"})
    assert known.masks(doc)[number] == 0b10


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ([{"OP": "!"}], "OP is '!'"),
        ([{"POS": "NOUN"}], "unknown token attribute 'POS'"),
        ([{"LOWER": 3}], "LOWER takes a string or a table"),
        ([{"LOWER": {}}], "LOWER takes a string or a table"),
        ([{"LOWER": {"FUZZY": "a"}}], "unknown key 'FUZZY'"),
        ([{"TEXT": {"REGEX": "("}}], "is no regular expression"),
        ([{"LENGTH": "long"}], "LENGTH takes a number"),
        ([{"LENGTH": {"IN": [1]}}], "LENGTH takes a number"),
        ([{"LENGTH": {">=": "3"}}], "LENGTH takes a number"),
        ([{"LENGTH": True}], "LENGTH takes a number"),
        ([{"IS_ALPHA": "yes"}], "IS_ALPHA takes true or false"),
        ([{"LOWER": {"IN": "net"}}], "IN takes a list of words"),
        ([{"LOWER": {"NOT_IN": [3]}}], "NOT_IN takes a list of words"),
        ([{"LOWER": {"REGEX": 3}}], "REGEX takes a regular expression"),
    ],
)
def test_refuses_what_it_cannot_understand(pattern: list[dict[str, Any]], message: str) -> None:
    """A description that cannot be understood is refused with a message that says why."""
    with pytest.raises(PatternError, match=re.escape(message)):
        Descriptions().compile(pattern)


@given(pattern=patterns, docs=st.lists(documents, min_size=1, max_size=9))
def test_docs_of_a_row_do_not_touch(pattern: list[dict[str, Any]], docs: list[Doc]) -> None:
    """Each description holds in a row of Docs where it holds in each Doc, and nowhere else."""
    known = Descriptions()
    known.compile(pattern)
    row = known.row(docs)
    for description, mask in enumerate(row.masks):
        assert not mask & ~row.tokens
        assert row.split(mask) == [list(bits(known.masks(doc)[description])) for doc in docs]
    assert row.mask_of(range(len(doc)) for doc in docs) == row.tokens
