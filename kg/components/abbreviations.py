"""Short forms and the long forms that define them: "large language models (LLMs)".

The algorithm is that of A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", Pacific Symposium on Biocomputing 8, 2003, pages 451-462.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import Abbreviation, TokenSpan, register_extensions
from kg.components.tokens import TokenTable, token_table

SHORTEST: Final = 2
LONGEST: Final = 12
MOST_SHORT_WORDS: Final = 2
MOST_LONG_WORDS: Final = 10
_OPENING: Final = frozenset("([")
_CLOSING: Final = frozenset(")],;")
_ENDING: Final = frozenset(".;():\n")


def is_short_form(text: str) -> bool:
    """Whether a string may be a short form: 2 to 12 characters, two words at the most, a letter among them.

    It starts with a letter or a digit, as the paper asks, and has a capital, as abbreviations in our field do.
    """
    return (
        SHORTEST <= len(text) <= LONGEST
        and len(text.split()) <= MOST_SHORT_WORDS
        and text[0].isalnum()
        and any(character.isupper() for character in text)
        and any(character.isalpha() for character in text)
    )


def find_long_form(short: str, text: str) -> int | None:
    """Where in ``text``, which ends right before the short form, the best long form starts.

    Every letter and digit of the short form is looked for from the right; the first one must begin a word. Returns
    None where there is no such place. Offsets are code points.
    """
    place = len(text)
    for index in range(len(short) - 1, -1, -1):
        character = short[index].lower()
        if not character.isalnum():
            continue
        place -= 1
        while place >= 0 and (
            text[place].lower() != character or (index == 0 and place > 0 and text[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return None
    return place


class Abbreviations:
    """Finds "long form (SHORT)" and "SHORT (long form)" and leaves ``doc._.kg_abbreviations``."""

    def match(self, doc: Doc) -> list[Abbreviation]:
        """The definitions in a Doc, in reading order, each short form once."""
        tokens = token_table(doc)
        if _OPENING.isdisjoint(tokens.lower):
            return []
        found: dict[str, Abbreviation] = {}
        for inside in _parentheses(tokens.lower):
            text = tokens.text_of(inside.start, inside.end)
            defined = _defined_before(tokens, inside) if is_short_form(text) else _defined_inside(tokens, inside)
            if defined is not None:
                found.setdefault(tokens.text_of(defined.short.start, defined.short.end), defined)
        return list(found.values())

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        doc._.kg_abbreviations = self.match(doc)
        return doc


def _parentheses(words: list[str]) -> Iterator[TokenSpan]:
    """What stands between an opening parenthesis and the next closing one, comma or semicolon."""
    opening = -1
    for index, word in enumerate(words):
        if word in _OPENING:
            opening = index
        elif opening >= 0 and word in _CLOSING:
            if index > opening + 1:
                yield TokenSpan(opening + 1, index)
            opening = -1


def _defined_before(tokens: TokenTable, short: TokenSpan) -> Abbreviation | None:
    parenthesis = short.start - 1
    text = tokens.text_of(short.start, short.end)
    first = max(0, parenthesis - min(len(text) + 5, len(text) * 2, MOST_LONG_WORDS))
    for index in range(parenthesis - 1, first - 1, -1):
        if tokens.lower[index] in _ENDING:
            first = index + 1
            break
    if first >= parenthesis:
        return None
    base = tokens.starts[first]
    before = tokens.text[base : tokens.starts[parenthesis]].rstrip()
    place = find_long_form(text, before)
    if place is None or before[place:].lower() == text.lower():
        return None
    start = bisect_right(tokens.starts, base + place) - 1
    return Abbreviation(short, TokenSpan(start, parenthesis))


def _defined_inside(tokens: TokenTable, inside: TokenSpan) -> Abbreviation | None:
    start = inside.start - 2
    if start < 0 or not MOST_SHORT_WORDS <= inside.end - inside.start <= MOST_LONG_WORDS:
        return None
    short, text = tokens.text_of(start, start + 1), tokens.text_of(inside.start, inside.end)
    if not is_short_form(short) or find_long_form(short, text) != 0:
        return None
    return Abbreviation(TokenSpan(start, start + 1), inside)


@Language.factory("kg_abbreviations", assigns=["doc._.kg_abbreviations"])
def create_abbreviations(nlp: Language, name: str) -> Abbreviations:  # noqa: ARG001
    """The spaCy factory; there is nothing to configure."""
    register_extensions()
    return Abbreviations()
