"""Which runs of words are phrases, and which are names."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import paper_fields, paper_text
from kg.components.phrases import MOST_TOKENS, PhraseFinder, Phrases, Spans
from kg.masks import bits, mask_of
from kg.model import Paper
from kg.rulebook import Rulebook

PIECES = (
    'We the novel big tree Net FooNet R-CNN 7B 2.0 12 % , . - ( ) of trained quickly is " \N{SLIGHTLY SMILING FACE}'
)
WORDS = st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=25)


@pytest.fixture(scope="module")
def finder(rulebook: Rulebook) -> PhraseFinder:
    """A finder with the rules that come with kg."""
    return PhraseFinder(rulebook)


def found(finder: PhraseFinder, nlp: Language, text: str) -> tuple[list[str], list[str]]:
    """The phrases and the names of a text."""
    doc = nlp(text)
    phrases = finder.find([doc])
    return (
        [doc[start:end].text for start, end in phrases.phrases.items()],
        [doc[start:end].text for start, end in phrases.names.items()],
    )


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("by a leaf attention network for image editing", ["leaf attention network", "image editing"]),
        ("by the novel and big tree network", ["tree network"]),
        ("networks trained on images", ["networks", "images"]),
        ("by self-supervised learning, and trees", ["self-supervised learning", "trees"]),
        ("by 12 layers", ["layers"]),
        ("the of and with", []),
        ("", []),
    ],
)
def test_phrases(finder: PhraseFinder, nlp: Language, text: str, phrases: list[str]) -> None:
    """A phrase is a run of words without function words, verbs and punctuation, and opens with no empty word."""
    assert found(finder, nlp, text)[0] == phrases


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("with FooNet and Mask R-CNN on trees", ["FooNet", "Mask R-CNN"]),
        ("on FooQA 2.0 and Foo-10 it", ["FooQA 2.0", "Foo-10"]),
        ("with Foo 2 7B it", ["Foo 2 7B"]),
        ("Trees grow in the Foo Treebank here", ["Foo Treebank"]),
        ("with 12 layers it", []),
        ("Trees grow.", []),
    ],
)
def test_names(finder: PhraseFinder, nlp: Language, text: str, names: list[str]) -> None:
    """A name is a run of words shaped like names; a capital that only opens a sentence does not count."""
    assert found(finder, nlp, text)[1] == names


def test_longest_phrase(finder: PhraseFinder, nlp: Language) -> None:
    """A run of more words than a phrase may have is none."""
    assert found(finder, nlp, " ".join(["tree"] * MOST_TOKENS))[0] == [" ".join(["tree"] * MOST_TOKENS)]
    assert found(finder, nlp, " ".join(["tree"] * (MOST_TOKENS + 1)))[0] == []


@pytest.mark.parametrize(
    ("paper", "title", "openings"),
    [
        (Paper(id="1", title="Big Trees", abstract="They grow."), {0, 1}, {0, 3}),
        (Paper(id="1", title="Big Trees"), {0, 1}, {0, 3}),
        (Paper(id="1", abstract="They grow."), set(), {0}),
        (Paper(id="1", text="They grow."), set(), {0}),
    ],
)
def test_title_and_openings(
    finder: PhraseFinder, nlp: Language, paper: Paper, title: set[int], openings: set[int]
) -> None:
    """The title's tokens and the first token of every field are known."""
    doc = nlp.make_doc(paper_text(paper))
    doc._.kg_fields = paper_fields(paper)
    phrases = finder.find([doc])
    assert set(bits(phrases.title)) == title
    assert set(bits(phrases.openings)) == openings


@given(texts=st.lists(WORDS, min_size=1, max_size=4))
def test_docs_of_a_row_do_not_touch(finder: PhraseFinder, nlp: Language, texts: list[list[str]]) -> None:
    """What is found in Docs that are read together is what is found in each alone."""
    docs = [nlp(" ".join(words)) for words in texts]
    together, alone = finder.find(docs), [finder.find([doc]) for doc in docs]
    offsets = finder._descriptions.row(docs).offsets
    for kind in ("phrases", "names"):
        moved = {
            start + offset: end + offset
            for offset, one in zip(offsets, alone, strict=True)
            for start, end in getattr(one, kind).items()
        }
        assert getattr(together, kind) == moved


@given(words=WORDS)
def test_spans_are_apart_and_inside(finder: PhraseFinder, nlp: Language, words: list[str]) -> None:
    """Phrases do not overlap, names do not either, and both lie within the text and hold at least a token."""
    doc: Doc = nlp(" ".join(words))
    phrases: Phrases = finder.find([doc])
    for spans in (phrases.phrases, phrases.names):
        end_before = 0
        for start, end in sorted(spans.items()):
            assert end_before <= start < end <= len(doc)
            end_before = end


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)), st.sets(st.integers(0, 60)))
@example({1, 3, 5, 7}, set(range(10)), {6, 60})
@example({1, 3, 5, 7}, {5}, set(range(60)))
def test_spans_between_boundaries(bounds: set[int], begins: set[int], stops: set[int]) -> None:
    """The spans between boundaries are those that begin and end there, in reading order, few or many on either side."""
    places = sorted(bounds)
    spans = dict(zip(places[::2], places[1::2], strict=False))
    wanted = [(start, end) for start, end in spans.items() if start in begins and end in stops]
    assert list(Spans(spans).between(mask_of(begins), mask_of(stops))) == wanted
