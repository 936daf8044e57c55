"""The tokens of a Doc as plain lists, made once: to walk over spaCy's tokens costs more than all the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from spacy.attrs import IDX, LENGTH, LOWER, SENT_START
from spacy.tokens import Doc

from kg.components.document import end_of_title, fields_of

MOST_REMEMBERED: Final = 200_000
_KEY: Final = "kg_tokens"
_TITLE_KEY: Final = "kg_title_tokens"
_SENTENCES_KEY: Final = "kg_sentence_starts"


@dataclass(frozen=True, slots=True)
class TokenTable:
    """The text of a Doc, and for every token its word in lower case, spaCy's hash of that, first character and end."""

    text: str
    lower: list[str]
    hashes: npt.NDArray[np.uint64]
    starts: list[int]
    ends: list[int]

    def text_of(self, start: int, end: int) -> str:
        """What stands at tokens ``start`` to ``end`` (exclusive)."""
        return self.text[self.starts[start] : self.ends[end - 1]]


def token_table(doc: Doc, text: str | None = None) -> TokenTable:
    """The table of a Doc, remembered on it; ``text`` saves asking the Doc for its own."""
    known: TokenTable | None = doc.user_data.get(_KEY)  # an extension would take as long as much of the rest
    if known is None:
        attributes: Any = doc.to_array([LOWER, IDX, LENGTH])
        known = doc.user_data[_KEY] = TokenTable(
            text=doc.text if text is None else text,
            lower=_strings.of(doc, attributes[:, 0].tolist()),
            hashes=attributes[:, 0],
            starts=attributes[:, 1].tolist(),
            ends=(attributes[:, 1] + attributes[:, 2]).tolist(),
        )
    return known


class _Strings(dict[int, str]):
    """Strings by their hashes, remembered, for spaCy decodes them anew each time."""

    def of(self, doc: Doc, hashes: list[int]) -> list[str]:
        if len(self) > MOST_REMEMBERED:
            self.clear()
        self._store = doc.vocab.strings
        return list(map(self.__getitem__, hashes))

    def __missing__(self, number: int) -> str:
        found = self[number] = self._store[number]
        return found


_strings: Final = _Strings()


def title_tokens(doc: Doc) -> int:
    """How many tokens the title of a Doc has, remembered on it."""
    known: int | None = doc.user_data.get(_TITLE_KEY)
    if known is None:
        known = doc.user_data[_TITLE_KEY] = bisect_left(token_table(doc).starts, end_of_title(fields_of(doc)))
    return known


def remember_sentence_starts(doc: Doc, marks: npt.NDArray[Any]) -> list[int]:
    """The first tokens of the sentences, given what spaCy knows of each token's start; remembered on the Doc."""
    marked: list[int] = np.flatnonzero(marks == 1).tolist()
    known = doc.user_data[_SENTENCES_KEY] = marked if marked[:1] == [0] else [0, *marked]
    return known


def sentence_starts(doc: Doc) -> list[int]:
    """The first tokens of the sentences, ascending, token 0 among them, remembered on the Doc.

    spaCy's own look at every token is slow.
    """
    known: list[int] | None = doc.user_data.get(_SENTENCES_KEY)
    return remember_sentence_starts(doc, doc.to_array(SENT_START)) if known is None else known


def sentence_bounds(doc: Doc) -> Iterator[tuple[int, int]]:
    """The bounds of the sentences in characters."""
    if not len(doc):
        return
    table = token_table(doc)
    for first, following in pairwise((*sentence_starts(doc), len(doc))):
        yield table.starts[first], table.ends[following - 1]
