"""Several Docs in one row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from kg.components.document import Field
from kg.components.features import SpanFeatures
from kg.components.layout import MOST_TOKENS, lay_out
from kg.components.phrases import PhraseFinder, Phrases
from kg.components.weighing import Weights
from kg.matching import Descriptions
from kg.rulebook import Rulebook

VOCABULARY = SpanFeatures(Rulebook.load(), Weights(Rulebook.load())).words
SPANS = st.lists(st.tuples(st.integers(0, 19), st.integers(1, 10)), max_size=6).map(
    lambda spans: [(start, min(20, start + length)) for start, length in spans]
)


def apart(spans: list[tuple[int, int]]) -> dict[int, int]:
    """Those of the spans that overlap no earlier one."""
    found: dict[int, int] = {}
    for start, end in sorted(spans):
        if not found or start >= max(found.values()):
            found[start] = end
    return found


def moved(spans: dict[int, int], offset: int) -> dict[int, int]:
    """Spans of a Doc as spans of the row in which it begins at a place."""
    return {start + offset: end + offset for start, end in spans.items()}


@given(phrases=SPANS, names=SPANS, bases=SPANS)
def test_tokens_know_what_they_stand_in(
    nlp: Language, phrases: list[tuple[int, int]], names: list[tuple[int, int]], bases: list[tuple[int, int]]
) -> None:
    """Each token has the phrase around it; the parts are all runs of tokens within one span."""
    row = Descriptions().row([nlp.make_doc("one word"), nlp.make_doc(" ".join(["word"] * 20))])
    offset = row.offsets[1]
    found = Phrases(moved(apart(phrases), offset), moved(apart(names), offset), 0, 0)
    layout = lay_out(VOCABULARY, row, found, [(start + offset, end + offset) for start, end in bases])
    around = [next(((s, e) for s, e in apart(phrases).items() if s <= t < e), None) for t in range(20)]
    starts = layout.phrase_start[offset : offset + 20].tolist()
    ends = layout.phrase_end[offset : offset + 20].tolist()
    assert [(s - offset, e - offset) if s >= 0 else None for s, e in zip(starts, ends, strict=True)] == around
    wholes = {*apart(phrases).items(), *apart(names).items(), *bases}
    parts = {
        (start, end)
        for first, last in wholes
        for start in range(first, last)
        for end in range(start + 1, min(last, start + MOST_TOKENS) + 1)
    }
    first, last = layout.parts
    assert {(s - offset, e + 1 - offset) for s, e in zip(first.tolist(), last.tolist(), strict=True)} == parts
    assert len(first) == len(parts)


def test_titles_and_owners(nlp: Language) -> None:
    """The tokens of the title are marked, and every token knows its Doc."""
    titled, plain = nlp.make_doc("Deep trees\ngrow"), nlp.make_doc("They grow")
    titled._.kg_fields = [Field("title", 0, 10), Field("abstract", 11, 15)]
    rulebook = Rulebook.load()
    phrases = PhraseFinder(rulebook).find([titled, plain])
    layout = lay_out(VOCABULARY, rulebook.descriptions.row([titled, plain]), phrases, [])
    first, second = layout.offsets
    assert layout.in_title[first : first + 4].tolist() == [True, True, False, False]
    assert not layout.in_title[second:].any()
    assert layout.owners(layout.in_row([[(0, 1)], [(1, 2)]])[0]).tolist() == [0, 1]
    assert layout.opening.nonzero()[0].tolist() == [first, second]


def test_room_between_docs(nlp: Language) -> None:
    """Before each Doc stands its start, after each its end, and before the first one, too, counted from the end."""
    layout = lay_out(VOCABULARY, Descriptions().row([nlp.make_doc("a"), nlp.make_doc("b")]), Phrases({}, {}, 0, 0), [])
    for offset in layout.offsets:
        assert layout.words[[offset - 2, offset - 1]].tolist() == [VOCABULARY.start] * 2
        assert layout.words[offset + 1 : offset + 3].tolist() == [VOCABULARY.end] * 2
