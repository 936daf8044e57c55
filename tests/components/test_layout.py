"""Several Docs in one row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from kg.components.document import Field
from kg.components.features import SpanFeatures
from kg.components.layout import MOST_TOKENS, lay_out
from kg.components.phrases import Phrases
from kg.components.weighing import Weights
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


@given(phrases=SPANS, names=SPANS, bases=SPANS)
def test_tokens_know_what_they_stand_in(
    nlp: Language, phrases: list[tuple[int, int]], names: list[tuple[int, int]], bases: list[tuple[int, int]]
) -> None:
    """Each token has the phrase around it; the parts are all runs of tokens within one span."""
    docs = [nlp.make_doc("one word"), nlp.make_doc(" ".join(["word"] * 20))]
    found = [Phrases({}, {}, 0, 0), Phrases(apart(phrases), apart(names), 0, 0)]
    layout = lay_out(VOCABULARY, docs, found, [[], bases])
    offset = layout.offsets[1]
    around = [next(((s, e) for s, e in found[1].phrases.items() if s <= t < e), None) for t in range(20)]
    starts = layout.phrase_start[offset : offset + 20].tolist()
    ends = layout.phrase_end[offset : offset + 20].tolist()
    assert [(s - offset, e - offset) if s >= 0 else None for s, e in zip(starts, ends, strict=True)] == around
    wholes = {*found[1].phrases.items(), *found[1].names.items(), *bases}
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
    layout = lay_out(VOCABULARY, [titled, plain], [Phrases({}, {}, 0, 0)] * 2, [[], []])
    first, second = layout.offsets
    assert layout.in_title[first - 1 : first + 4].tolist() == [False, True, True, False, False]
    assert not layout.in_title[second:].any()
    assert layout.owners(layout.in_row([[(0, 1)], [(1, 2)]])[0]).tolist() == [0, 1]
    assert layout.opening.nonzero()[0].tolist() == [first, second]
