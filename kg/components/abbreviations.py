"""Short forms and the long forms that define them: "large language models (LLMs)".

The algorithm is that of A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", Pacific Symposium on Biocomputing 8, 2003, pages 451-462.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import Abbreviation, TokenSpan, register_extensions

SHORTEST: Final = 2
LONGEST: Final = 12
MOST_SHORT_WORDS: Final = 2
MOST_LONG_WORDS: Final = 10


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
        found: dict[str, Abbreviation] = {}
        for opening, closing in self._parentheses(doc):
            inside = TokenSpan(opening + 1, closing)
            text = doc[inside.start : inside.end].text
            abbreviation = (
                self._defined_before(doc, inside, text) if is_short_form(text) else self._defined_inside(doc, inside)
            )
            if abbreviation is not None:
                found.setdefault(doc[abbreviation.short.start : abbreviation.short.end].text, abbreviation)
        return list(found.values())

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        doc._.kg_abbreviations = self.match(doc)
        return doc

    @staticmethod
    def _parentheses(doc: Doc) -> Iterator[tuple[int, int]]:
        opening = -1
        for token in doc:
            text = token.text
            if text in ("(", "["):
                opening = token.i
            elif text in (")", "]", ",", ";") and opening >= 0:
                if token.i > opening + 1:
                    yield opening, token.i
                opening = -1

    @staticmethod
    def _defined_before(doc: Doc, short: TokenSpan, text: str) -> Abbreviation | None:
        parenthesis = short.start - 1
        words = min(len(text) + 5, len(text) * 2, MOST_LONG_WORDS)
        first = max(0, parenthesis - words)
        for index in range(parenthesis - 1, first - 1, -1):
            if doc[index].text in (".", ";", "(", ")", "\n", ":"):
                first = index + 1
                break
        if first >= parenthesis:
            return None
        base = doc[first].idx
        before = doc.text[base : doc[parenthesis].idx].rstrip()
        place = find_long_form(text, before)
        if place is None:
            return None
        start = next(
            (i for i in range(first, parenthesis) if doc[i].idx <= base + place < doc[i].idx + len(doc[i])), None
        )
        if start is None or before[place:].lower() == text.lower():
            return None
        return Abbreviation(short, TokenSpan(start, parenthesis))

    @staticmethod
    def _defined_inside(doc: Doc, inside: TokenSpan) -> Abbreviation | None:
        start = inside.start - 2
        if start < 0 or inside.end - inside.start > MOST_LONG_WORDS:
            return None
        short, text = doc[start].text, doc[inside.start : inside.end].text
        if not is_short_form(short) or inside.end - inside.start < MOST_SHORT_WORDS or find_long_form(short, text) != 0:
            return None
        return Abbreviation(TokenSpan(start, start + 1), inside)


@Language.factory("kg_abbreviations", assigns=["doc._.kg_abbreviations"])
def create_abbreviations(nlp: Language, name: str) -> Abbreviations:  # noqa: ARG001
    """The spaCy factory; there is nothing to configure."""
    register_extensions()
    return Abbreviations()
