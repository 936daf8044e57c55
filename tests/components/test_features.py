"""What is told of a span of words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import Field
from kg.components.evidence import Evidence
from kg.components.features import SpanFeatures
from kg.components.mentions import Mentions
from kg.components.weighing import Weights
from kg.errors import RuleError
from kg.rulebook import Rulebook

LEARNING = Weights(Rulebook.load(), learning=True)
READER = Mentions(Rulebook.load(), LEARNING)
WEIGHTS = Weights(Rulebook.load())
WEIGHING = Mentions(Rulebook.load(), WEIGHTS)
WORDS = "We propose FooNet , a tree attention network for object detection on ImageNet . accuracy of 92.3 % (".split()  # noqa: SIM905 - easier to read


def read(nlp: Language, text: str, reader: Mentions = READER) -> tuple[Doc, Evidence]:
    """A Doc whose title ends at the line break, and what is told of the names in it."""
    doc = nlp.make_doc(text)
    title = text.find("\n")
    if title >= 0:
        doc._.kg_fields = [Field("title", 0, title), Field("abstract", title + 1, len(text))]
    for name, component in nlp.pipeline:
        if name == "kg_mentions":
            break
        doc = component(doc)
    evidence = reader.gather([doc])
    assert evidence is not None
    return doc, evidence


def features_of(evidence: Evidence, span: tuple[int, int], weights: Weights = LEARNING) -> set[str]:
    """The features of the name at a span of the first Doc."""
    number = next(n for n, one in enumerate(evidence.of(range(len(evidence.names)))) if span in one.proposals)
    rows = evidence.features()[evidence.names.places_of(number)]
    return {weights.names[n] for n in (*rows.ravel().tolist(), *evidence.altogether[number].tolist())} - {""}


def told(nlp: Language, text: str, name: str) -> set[str]:
    """The features that are told of one name in a text."""
    doc, evidence = read(nlp, text)
    found = doc.char_span(text.index(name), text.index(name) + len(name))
    return features_of(evidence, (found.start, found.end))


def test_words_writing_and_neighbours(nlp: Language) -> None:
    """The words of a name, how it is written, and between which words it stands are features."""
    features = told(nlp, "We use leaf attention networks here.", "leaf attention networks")
    assert {
        "head network",
        "ending orks",
        "tail rks",
        "head-tokens network 3",
        "first leaf",
        "word leaf",
        "word attention",
        "last-two attention network",
        "first-two leaf attention",
        "last-three leaf attention networks",
        "tokens 3",
        "writing small",
        "writing-tokens small 3",
        "before use",
        "before-two we use",
        "second-before we",
        "after here",
        "before-head use network",
        "before-writing use small",
        "in text",
        "places 1",
    } <= features
    assert not any(feature.startswith(("with", "in title", "abbreviation")) for feature in features)


def test_place_in_title_and_phrase(nlp: Language) -> None:
    """Where a name stands in the title, and what it leaves out of the phrase around it, are features."""
    features = told(nlp, "FooNet: deep trees\nWe plant them.", "FooNet")
    assert {"in title", "in title-opening", "in title-before-colon", "writing name", "phrase whole"} <= features
    features = told(nlp, "Trees\nWe use robust leaf attention networks here.", "attention networks")
    assert {"phrase part", "cut-left 1", "cut-right 0", "cut-before leaf", "wholly never", "in text"} <= features


def test_lexicon_of_the_whole_and_of_parts(nlp: Language, tmp_path: Path) -> None:
    """What the lexicon says of a name, and of the longest part at its end and its start, are features."""
    header = "name\ttype\tnote\tstatus\tpapers\tmethod\tdataset\tmetric\ttask\tvariants\n"
    (tmp_path / "lexicon.tsv").write_text(
        header + "leaf networks\tMethod\t\tread\t9\t0\t0\t0\t0\t\nleaf\t-\t\tread\t9\t0\t0\t0\t0\t\n"
        "tree leaf\tTask/Method\toptional\tread\t9\t0\t0\t0\t0\t\n",
        "utf-8",
    )
    learning = Weights(Rulebook.load(), learning=True)
    reader = Mentions(Rulebook(tmp_path), learning)
    _, evidence = read(nlp, "We use tree leaf networks and Leaf here.", reader)
    assert {
        "lexicon unknown",
        "lexicon-end Method",
        "lexicon-end-after Method 1",
        "lexicon-start Task",
        "lexicon-start-head Task network",
    } <= features_of(evidence, (2, 5), learning)
    assert {"lexicon Method"} <= features_of(evidence, (3, 5), learning)
    assert {"lexicon Task/Method-optional"} <= features_of(evidence, (2, 4), learning)
    assert {"lexicon none"} <= features_of(evidence, (6, 7), learning)


def test_abbreviation_and_long_form_are_one_name(nlp: Language) -> None:
    """What is told of an abbreviation is told of its long form; all places are counted."""
    features = told(nlp, "A leaf growing network (LGN) grows. We use LGN here.", "leaf growing network")
    assert {"abbreviation has-one", "before use", "writing name", "places 3"} <= features


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=25))
def test_features_have_one_sum_whether_by_word_or_by_span(nlp: Language, words: list[str]) -> None:
    """The weights of the features of a span make its sum, which is put together from sums by word."""
    doc, _ = read(nlp, f"We use FooNet . {' '.join(words)}")
    evidence = WEIGHING.gather([doc])
    assert evidence is not None
    assert np.allclose(evidence.sums, WEIGHTS.sums(evidence.features()), atol=1e-4)


def test_learned_features_are_found_again(nlp: Language) -> None:
    """Features get the same names whether they are learned or looked up in weights."""
    doc, learned = read(
        nlp, "FooNet: Leaf Networks for Tree Growing\nWe propose FooNet, a leaf attention network (LAN)."
    )
    rulebook = Rulebook()
    rulebook.weights = dict.fromkeys(LEARNING.names[1:], (0.0, 1.0, 0.0, 0.0, 0.0))
    known = Weights(rulebook)
    found = Mentions(rulebook, known).gather([doc])
    assert found is not None
    spans = [span for one in learned.of(range(len(learned.names))) for span in one.proposals]
    assert spans
    for span in spans:
        assert features_of(found, span, known) == features_of(learned, span)


def test_words_are_forgotten_when_they_are_too_many(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables do not grow without end, and what was forgotten is told again as it was."""
    monkeypatch.setattr("kg.components.vocabulary.MOST_WORDS", 100)
    words = SpanFeatures(Rulebook.load(), WEIGHTS).words
    kept = words.number("unseen-before-a")
    doc = nlp.make_doc("unseen-before-b unseen-before-c")
    (first,) = words.of([doc])
    row = words.column("head")[first].tolist()
    ((again,),) = words.of([nlp.make_doc("unseen-before-d")])
    assert again <= kept
    assert [words.word(number) for number in words.of([doc])[0]] == ["unseen-before-b", "unseen-before-c"]
    assert len(row) == len(np.unique(row))


@pytest.mark.parametrize("text", ["[shape]\n", "[shape]\nstrong = '('\n"])
def test_mistakes_are_named(tmp_path: Path, text: str) -> None:
    """A wrong table is refused with the file."""
    (tmp_path / "features.toml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=r"features\.toml:1: \[shape\] must give strong"):
        SpanFeatures(Rulebook(tmp_path), LEARNING)
