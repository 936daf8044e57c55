"""Why a text was read as it was."""

from __future__ import annotations

import kg
from kg.explaining import Explanation, explain
from kg.model import Paper

TEXT = "We propose FooNet, which reaches 92.3% accuracy on ImageNet with 24 layers. Unlike BERT, FooNet is small."


def taken(found: list[Explanation], what: str) -> list[str]:
    """The texts of what was taken of one kind."""
    return [one.text for one in found if one.what == what and not one.lost_to]


def test_offsets_give_the_text() -> None:
    """Every proposal's offsets index the text that was given, and proposals come in reading order."""
    found = explain(TEXT)
    assert found
    assert all(TEXT[one.start : one.end] == one.text for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert {one.field for one in found} == {"text"}


def test_winners_are_what_is_extracted() -> None:
    """What was taken is exactly the mentions and results of an extraction."""
    (extraction,) = kg.extract(TEXT)
    mentions = {(m.start, m.end, m.type, m.rule) for entity in extraction.entities for m in entity.mentions}
    results = {(r.evidence.start, r.evidence.end, "Result", r.evidence.rule) for r in extraction.results}
    found = {(one.start, one.end, one.what, one.rule) for one in explain(TEXT) if not one.lost_to}
    assert found == mentions | results
    assert results


def test_winners_tell_what_was_decided() -> None:
    """A mention says its role and the rule behind it, a result what it was linked to."""
    notes = {one.text: one.note for one in explain(TEXT) if not one.lost_to}
    assert notes["FooNet"].startswith("FooNet: introduced (")
    assert notes["92.3%"].startswith("score; ")
    assert "dataset ImageNet" in notes["92.3%"]


def test_losers_say_what_they_lost_to() -> None:
    """For each place at most one proposal of a type is taken; the others give a reason, numbers among them."""
    found = explain(TEXT)
    assert all(one.lost_to or one.note for one in found)
    places = [(one.start, one.end, one.what) for one in found if not one.lost_to]
    assert len(places) == len(set(places))
    assert any(one.lost_to for one in found)
    assert [one.text for one in found if one.what == "Number"] == ["24 layers"]


def test_a_paper_has_fields() -> None:
    """Of a paper, the title comes before the abstract, and offsets index their own field."""
    paper = Paper(id="p", title="FooNet: A Network", abstract="FooNet is trained on ImageNet.")
    found = explain(paper)
    assert [one.field for one in found] == sorted((one.field for one in found), reverse=True)
    assert all(paper.field_text(one.field)[one.start : one.end] == one.text for one in found)  # type: ignore[arg-type]
    assert "ImageNet" in taken(found, "Dataset")


def test_a_text_is_cleaned_as_when_it_is_read() -> None:
    """Line breaks, entities and unusual spaces in a pasted text are what readers make of them."""
    found = explain("We train  BERT\non\tSQuAD &amp; ImageNet.")
    assert all("We train BERT on SQuAD & ImageNet."[one.start : one.end] == one.text for one in found)
    assert "SQuAD" in taken(found, "Dataset")


def test_nothing_to_say() -> None:
    """A text without anything gives nothing."""
    assert explain("It was a dark and stormy night.") == []
    assert explain("") == []
