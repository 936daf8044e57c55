"""Which spans are mentions, of what type, and which of two that overlap stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import Candidate
from kg.extraction import annotate, pipeline
from kg.model import ENTITY_TYPES, Paper

PIECES = (
    "We propose the novel tree attention network FooNet ( FN ) on ImageNet and CIFAR-10 , . accuracy of 92.3 % for "
    "object detection dataset outperforms BERT - based \N{SLIGHTLY SMILING FACE} \u0130stNet"
)
WORDS = st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=30)


def standing(nlp: Language, text: str) -> set[tuple[str, str]]:
    """The types and texts of the mentions of a text."""
    doc = nlp(text)
    return {(c.type, doc.text[c.start_char : c.end_char]) for c in doc._.kg_candidates if not c.lost_to}


def candidates(nlp: Language, text: str) -> list[Candidate]:
    """All candidates of a text, losers too."""
    found: list[Candidate] = nlp(text)._.kg_candidates
    return found


@pytest.mark.parametrize(
    ("text", "type_", "name"),
    [
        ("We propose FooNet, which grows.", "Method", "FooNet"),
        ("We tried it on the FooBar dataset.", "Dataset", "FooBar"),
        ("It is tried on ImageNet.", "Dataset", "ImageNet"),
        ("It reaches an accuracy of 81.2%.", "Metric", "accuracy"),
        ("It lowers the word error rate by a third.", "Metric", "word error rate"),
        ("A tool for object detection grows.", "Task", "object detection"),
        ("It is done by contrastive learning.", "Method", "contrastive learning"),
    ],
)
def test_finds_what_is_plainly_said(nlp: Language, text: str, type_: str, name: str) -> None:
    """Names and phrases that their surroundings or their head give away are found with their type."""
    assert (type_, name) in standing(nlp, text)


@pytest.mark.parametrize("text", ["", "\n", ".", "Trees grow in the forest.", "We show that it works well.", "🙂 🙂"])
def test_finds_nothing_in_plain_words(nlp: Language, text: str) -> None:
    """Where no thing of ours is named, nothing is found."""
    assert standing(nlp, text) == set()


def test_what_one_sentence_proves_holds_for_the_others(nlp: Language) -> None:
    """A name that is a dataset in one sentence is one in the next, where nothing says so."""
    text = "It is tried on the FooBar dataset. With FooBar it grows."
    found = [c for c in candidates(nlp, text) if not c.lost_to]
    assert [(c.type, c.start_char) for c in found] == [("Dataset", 19), ("Dataset", 40)]


def test_abbreviation_and_long_form_are_found_together(nlp: Language) -> None:
    """Where the long form is a mention, so is its abbreviation, everywhere."""
    text = "We propose a leaf growing network (LGN). With LGN it grows."
    found = {(c.type, text[c.start_char : c.end_char], c.start_char) for c in candidates(nlp, text) if not c.lost_to}
    assert {("Method", "leaf growing network", 13), ("Method", "LGN", 35), ("Method", "LGN", 46)} <= found


def test_losers_say_what_they_lost_to(nlp: Language) -> None:
    """Every candidate that does not stand says why."""
    found = candidates(nlp, "We propose FooNet, a tree attention network, tried on the ImageNet dataset for trees.")
    lost = [candidate for candidate in found if candidate.lost_to]
    assert lost
    assert all(candidate.rule and 0 < candidate.confidence <= 1 for candidate in found)


@given(words=WORDS)
def test_mentions_are_apart_and_cover_whole_tokens(nlp: Language, words: list[str]) -> None:
    """Mentions do not overlap, begin and end with tokens, have a known type and a confidence between 0 and 1."""
    doc: Doc = nlp(" ".join(words))
    end_before = 0
    for candidate in doc._.kg_candidates:
        span = doc[candidate.start : candidate.end]
        assert (span.start_char, span.end_char) == (candidate.start_char, candidate.end_char)
        assert candidate.type in ENTITY_TYPES
        assert 0 < candidate.confidence <= 1
        if not candidate.lost_to:
            assert end_before <= candidate.start < candidate.end
            end_before = candidate.end


def rules(folder: Path, text: str) -> Language:
    """A pipeline whose only mention rules are these, without any known names or weights."""
    (folder / "lexicon.tsv").write_text("name\ttype\n", "utf-8")
    (folder / "weights.tsv").write_text("", "utf-8")
    (folder / "mentions.toml").write_text(text, "utf-8")
    return pipeline(folder)


def rule(id_: str, makes: str, confidence: float, *, word: str, more: str = "") -> str:
    """A rule that takes one word wherever it stands."""
    return (
        f"[[mention]]\nid = '{id_}'\nmakes = '{makes}'\nreason = 'None.'\nconfidence = {confidence}\n"
        f"span = 'tokens'\ntokens = [[{{ LOWER = '{word}' }}]]\n{more}\n"
    )


def test_doubts_are_multiplied(tmp_path: Path) -> None:
    """Two rules that say the same leave less doubt than each alone: one minus the product of their doubts."""
    nlp = rules(tmp_path, rule("a", "Method", 0.5, word="pear") + rule("b", "Method", 0.4, word="pear"))
    found = {(c.rule, round(c.confidence, 4), c.lost_to) for c in candidates(nlp, "with pear it grows")}
    assert found == {("a", 0.7, ""), ("b", 0.4, "a, which says the same")}


def test_least_doubt_decides_the_type(tmp_path: Path) -> None:
    """The type with the least doubt wins; the odds of the other side weaken it."""
    nlp = rules(tmp_path, rule("a", "Method", 0.8, word="pear") + rule("b", "Dataset", 0.2, word="pear"))
    found = {(c.type, round(c.confidence, 4), bool(c.lost_to)) for c in candidates(nlp, "with pear it grows")}
    assert found == {("Method", 0.7619, False), ("Dataset", 0.2, True)}


def test_nothing_wins_over_the_unsure(tmp_path: Path) -> None:
    """A rule that forbids a mention wins where it is surer, and leaves no candidate of its own."""
    nlp = rules(tmp_path, rule("a", "Method", 0.5, word="pear") + rule("b", "Nothing", 0.9, word="pear"))
    assert [(c.type, c.lost_to) for c in candidates(nlp, "with pear it grows")] == [
        ("Method", "too little confidence (0.10)")
    ]


def test_too_little_confidence(tmp_path: Path) -> None:
    """What is too unsure is kept as a loser only."""
    nlp = rules(tmp_path, rule("a", "Method", 0.2, word="pear"))
    (found,) = candidates(nlp, "with pear it grows")
    assert found.lost_to == "too little confidence (0.20)"


def test_surer_and_longer_of_two_that_overlap(tmp_path: Path) -> None:
    """Of overlapping mentions the longer stays when it is about as sure, and the loser names its rival."""
    longer = rule("long", "Method", 0.8, word="pear").replace("}]]", "}, { LOWER = 'tree' }]]")
    nlp = rules(tmp_path, rule("short", "Dataset", 0.8, word="pear") + longer)
    found = {(c.rule, c.lost_to) for c in candidates(nlp, "with pear tree it grows")}
    assert found == {("long", ""), ("short", "long at 5-14")}


@pytest.mark.parametrize(("place", "starts"), [("title", [3]), ("abstract", [16]), ("any", [3, 16])])
def test_place(tmp_path: Path, place: str, starts: list[int]) -> None:
    """A rule proposes only in the field it names."""
    nlp = rules(tmp_path, rule("a", "Method", 0.8, word="pear", more=f"place = '{place}'"))
    doc = annotate(nlp, Paper(id="1", title="By pear", abstract="They do pear."))
    assert [c.start_char for c in doc._.kg_candidates if c.rule == "a"] == starts
