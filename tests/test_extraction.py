"""Papers in, extractions out: whatever the text, nothing is raised and every offset points at what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.errors import RuleError
from kg.extraction import extract, pipeline
from kg.model import Extraction, Paper
from kg.processes import BATCH_SIZE

TITLE = "FooNet: Leaf Attention for Object Detection"
ABSTRACT = (
    "Object detection is hard, and BERT is large. We propose FooNet, a leaf attention network (LAN). "
    "LAN outperforms ResNet-50 by 2.5% on ImageNet and reaches an accuracy of 81.2% on the FooBench dataset."
)
PAPER = Paper(id="1", title=TITLE, abstract=ABSTRACT)

PIECES = st.sampled_from(
    (
        *(
            ABSTRACT,
            "We propose FooNet",
            "FooNet",
            "ImageNet",
            "object detection",
            "(LAN)",
            "[1, 2]",
            "accuracy of 92.3%",
        ),
        *("$\\mathcal{O}(n^2)$", "\\textbf{FooNet}", "10^{-3}", "18times", "approx13%", "#DeepTrees", "@leaf"),
        *(
            "F\u0308oo",
            "\N{SLIGHTLY SMILING FACE}",
            "\N{FAMILY}\u200d\N{WOMAN}",
            "\u0130stNet",
            "\u6728\u80b2",
            "\U0001d400",
        ),
        *("\u00a0", "\u2003", "\u200b", "\t", "\n", "\r\n", " ", "  ", "\x00", "\x1f", "\x85", "\u2028", "\ufeff"),
        *("x" * 3000, "A-" * 500, "." * 80, "((((", "))", "https://a.b/c?d=e", "e.g.", "i.e.", "\u202e", "-", "\u2014"),
        *("3\N{MULTIPLICATION SIGN}", "92.3\N{PLUS-MINUS SIGN}0.1", "1/3", "from 3.5% to 4.5%", "by 2x", "-1"),
    )
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=12).map("".join) | st.lists(PIECES, max_size=12).map(" ".join)


def check(extraction: Extraction) -> None:
    """Every offset of an extraction points at what it says."""
    paper = extraction.paper
    for entity in extraction.entities:
        assert entity.mentions
        assert set(entity.names) == {mention.text for mention in entity.mentions}
        for mention in entity.mentions:
            assert mention.text == paper.field_text(mention.field)[mention.start : mention.end]
            assert mention.text == mention.text.strip() != ""
    for result in extraction.results:
        evidence = result.evidence
        text = paper.field_text(evidence.field)
        assert evidence.text == text[evidence.start : evidence.end] != ""
        assert 0 <= evidence.sentence_start <= evidence.start < evidence.end <= evidence.sentence_end <= len(text)
    for name, text in paper.fields():
        end_before = 0
        for start, end in extraction.sentences[name]:
            assert end_before <= start < end <= len(text)
            assert not text[end_before:start].strip()
            end_before = end
        assert not text[end_before:].strip()


@settings(max_examples=250)
@given(text=TEXTS)
@example(text="\n")
@example(text="\n\nFooNet\n")
def test_any_text(text: str) -> None:
    """No text makes extraction fail, and no offset is wrong."""
    (extraction,) = extract(text)
    check(extraction)


@settings(max_examples=150)
@given(title=TEXTS, abstract=TEXTS)
def test_any_title_and_abstract(title: str, abstract: str) -> None:
    """No title and abstract make extraction fail, and no offset is wrong, whichever field it is in."""
    (extraction,) = extract([Paper(id="1", title=title, abstract=abstract)])
    check(extraction)


def test_paper() -> None:
    """A plain abstract gives its things with types, roles and places in both fields."""
    (extraction,) = extract([PAPER])
    check(extraction)
    found = {(entity.type, entity.role, entity.name) for entity in extraction.entities}
    assert {
        ("Method", "introduced", "FooNet"),
        ("Method", "compared", "ResNet-50"),
        ("Dataset", "used", "ImageNet"),
        ("Dataset", "used", "FooBench"),
        ("Metric", "used", "accuracy"),
    } <= found
    fields = {mention.field for entity in extraction.entities if entity.name == "FooNet" for mention in entity.mentions}
    assert fields == {"title", "abstract"}
    assert {(result.value, result.kind) for result in extraction.results} == {("2.5", "gain"), ("81.2", "score")}


@pytest.mark.parametrize(
    "paper",
    [
        Paper(id="1"),
        Paper(id="1", title=""),
        Paper(id="1", text=""),
        Paper(id="1", title="Trees", abstract=""),
        Paper(id="1", abstract=" "),
    ],
)
def test_paper_without_words(paper: Paper) -> None:
    """A paper without text gives an extraction without anything in it."""
    (extraction,) = extract([paper])
    assert extraction.paper is paper
    assert (extraction.entities, extraction.results) == ((), ())


def test_very_long_text() -> None:
    """A text of more than 100,000 characters is read like any other."""
    text = " ".join([ABSTRACT] * (100_000 // len(ABSTRACT) + 1))
    assert len(text) >= 100_000
    (extraction,) = extract(text)
    check(extraction)
    assert max(mention.start for entity in extraction.entities for mention in entity.mentions) > 99_000


@pytest.mark.parametrize(
    "piece", ["x", "(", "A-", "1", ". ", "FooNet, ", "We propose ", "$x$", "3.5% ", "[", "\\", "\n"]
)
def test_the_same_again_and_again(piece: str) -> None:
    """A text that says one thing thousands of times ends, too."""
    (extraction,) = extract(piece * (4_000 // len(piece)))
    check(extraction)


def test_order_is_kept() -> None:
    """Extractions come in the order of the papers, one for each, twins included."""
    papers = [Paper(id=str(number % 7), text=f"We propose FooNet-{number}.") for number in range(20)]
    assert [extraction.paper for extraction in extract(papers)] == papers


def test_papers_are_taken_a_few_at_a_time() -> None:
    """Extraction asks for no more papers than it reads together."""
    asked: list[int] = []

    def papers() -> Iterator[Paper]:
        for number in range(3 * BATCH_SIZE):
            asked.append(number)
            yield Paper(id=str(number), text=ABSTRACT)

    next(iter(extract(papers())))
    assert len(asked) == BATCH_SIZE


def test_papers_read_together_are_read_as_if_alone() -> None:
    """What is extracted from a paper does not depend on those that are read with it."""
    papers = [PAPER, Paper(id="2"), Paper(id="3", text=ABSTRACT), Paper(id="4", title="FooNet", abstract="BarNet.")]
    assert list(extract(papers)) == [found for paper in papers for found in extract([paper])]


def test_workers_change_nothing() -> None:
    """What comes out, and its order, does not depend on the number of processes."""
    papers = [
        Paper(id=str(n), title=TITLE, abstract=f"{ABSTRACT} It grows {n}.5% more on Foo-{n}.") for n in range(150)
    ]
    assert list(extract(papers, workers=2)) == list(extract(papers, workers=1))


def test_min_confidence() -> None:
    """Mentions and results below the confidence asked for are left out, the others are as they were."""
    (everything,) = extract([PAPER])
    (sure,) = extract([PAPER], min_confidence=0.9)
    kept = {mention for entity in sure.entities for mention in entity.mentions}
    assert kept == {m for entity in everything.entities for m in entity.mentions if m.confidence >= 0.9}
    assert set(sure.results) == {result for result in everything.results if result.evidence.confidence >= 0.9}
    assert next(extract([PAPER], min_confidence=1.01)).entities == ()


def test_mistake_in_rules_shows_before_any_paper(tmp_path: Path) -> None:
    """A wrong rule is an error at once, with one process and with two."""
    (tmp_path / "mine.toml").write_text("[[mention]]\nid = 'mine'\nmaks = 'Method'", "utf-8")
    for workers in (1, 2):
        with pytest.raises(RuleError, match=r"^mine\.toml:\d+: rule mine: unknown key 'maks'; did you mean 'makes'\?$"):
            next(extract(ABSTRACT, rules=tmp_path, workers=workers))


def test_rules_of_ones_own(tmp_path: Path) -> None:
    """A folder of rules is laid over those that come with kg."""
    (tmp_path / "mine.toml").write_text(
        "[[mention]]\nid = 'mine'\nmakes = 'Task'\nreason = 'None.'\nconfidence = 0.9\n"
        "span = 'tokens'\ntokens = [[{ LOWER = 'gardening' }]]",
        "utf-8",
    )
    (extraction,) = extract("We propose FooNet to do gardening.", rules=tmp_path)
    found = {(entity.type, entity.name): entity.mentions[0].rule for entity in extraction.entities}
    assert found["Task", "gardening"] == "mine"
    assert ("Method", "FooNet") in found


def test_same_text_same_extraction() -> None:
    """A pipeline remembers nothing of what it read before."""
    nlp = pipeline()
    first = [str(doc._.kg_entities) for doc in nlp.pipe([ABSTRACT, TITLE, ABSTRACT])]
    assert first[0] == first[2]
    assert str(nlp(ABSTRACT)._.kg_entities) == first[0]


def test_a_pipeline_that_has_met_many_words_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows in nothing but memory."""
    papers = [
        Paper(id=str(number), text=f"Word{number}Net reaches {number}.5% accuracy on CIFAR-10.") for number in range(99)
    ]
    expected = list(extract(papers))
    monkeypatch.setattr("kg.extraction.MOST_WORDS", 0)
    made = []
    monkeypatch.setattr("kg.extraction.pipeline", lambda rules: made.append(rules) or pipeline(rules))
    assert list(extract(papers)) == expected
    assert made == [None, None]
