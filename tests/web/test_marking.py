"""Texts are cut so that whatever overlaps in them can be marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.web.marking import Piece, Span, pieces, sentence_of

SPANS = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)


@given(TEXTS, SPANS)
def test_pieces_make_the_text(text: str, bounds: list[tuple[int, int]]) -> None:
    """Put together, the pieces are the text, whatever spans there are, and none is empty unless the text is."""
    found = pieces(text, [Span(start, end, number) for number, (start, end) in enumerate(bounds)])
    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)


@given(TEXTS, SPANS)
def test_every_character_lies_in_its_spans(text: str, bounds: list[tuple[int, int]]) -> None:
    """A piece has just those spans that hold each of its characters."""
    place = 0
    for piece in pieces(text, [Span(start, end, number) for number, (start, end) in enumerate(bounds)]):
        for at in range(place, place + len(piece.text)):
            assert set(piece.spans) == {number for number, (start, end) in enumerate(bounds) if start <= at < end}
        place += len(piece.text)


def test_the_shortest_span_comes_first() -> None:
    """Where one thing is named within another, the inner one is what a reader points at."""
    found = pieces("ImageNet accuracy", [Span(0, 17, "metric"), Span(0, 8, "dataset")])
    assert found == [Piece("ImageNet", ("dataset", "metric")), Piece(" accuracy", ("metric",))]


def test_spans_may_cross() -> None:
    """Where two spans share their middle, this is a piece of both."""
    found = pieces("abcdef", [Span(0, 4, "one"), Span(2, 6, "other")])
    assert found == [Piece("ab", ("one",)), Piece("cd", ("one", "other")), Piece("ef", ("other",))]


def test_sentence_marks_the_words_of_its_evidence() -> None:
    """Offsets count from the beginning of the field, a sentence from its own; both in code points."""
    item = {"start": 13, "end": 16, "sentence_start": 10, "sentence": "\U0001f600, Net won."}
    assert sentence_of(item) == [Piece("\U0001f600, ", ()), Piece("Net", (True,)), Piece(" won.", ())]
