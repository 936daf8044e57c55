"""Groups spans of Docs to names: the same words, however they are written, and what the Doc abbreviates them to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from spacy.tokens import Doc

from kg.components.hashing import Hashes
from kg.components.layout import Layout, Span, Spans
from kg.components.vocabulary import Words

_DOC_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of Docs, by number.

    The spans of a name are ``places[starts[name]:starts[name + 1]]``. ``of_docs`` tells which names belong to which
    Doc; ``defined`` are the short and the long forms, in tokens of the Doc, of the names that it abbreviates.
    """

    places: Words
    starts: Words
    of_docs: list[range]
    defined: dict[int, list[Span]]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def counts(self) -> Words:
        """How many spans each name has."""
        return np.diff(self.starts)

    def places_of(self, name: int) -> list[int]:
        """The numbers of the spans of a name."""
        found: list[int] = self.places[self.starts[name] : self.starts[name + 1]].tolist()
        return found

    def at(self, places: Sequence[int]) -> list[int]:
        """The names at spans, by their numbers."""
        order = np.argsort(self.places)
        found: list[int] = np.repeat(np.arange(len(self)), self.counts)[order][
            np.searchsorted(self.places[order], places)
        ].tolist()
        return found


def group(docs: Sequence[Doc], layout: Layout, spans: Spans, kept: Words) -> Names:
    """Group those of the spans that are ``kept``, which are numbers of spans."""
    start, end = spans[0][kept], spans[1][kept]
    owners = layout.owners(start)
    forms = [_forms(doc) for doc in docs]
    short = _identities(layout, *layout.in_row([[short for short, _ in own] for own in forms]))
    long = _identities(layout, *layout.in_row([[long for _, long in own] for own in forms]))
    identities = _replaced(_identities(layout, start, end), short, long)
    order = np.lexsort((identities, owners))
    identities = identities[order]
    starts = np.flatnonzero(np.concatenate(([True], identities[1:] != identities[:-1], [True])))
    number_of = {identity: number for number, identity in enumerate(identities[starts[:-1]].tolist())}
    defined: dict[int, list[Span]] = {}
    for identity, both in zip(long.tolist(), (both for own in forms for both in own), strict=True):
        if identity in number_of:
            defined.setdefault(number_of[identity], []).extend(both)
    bounds = np.searchsorted(owners[order][starts[:-1]], np.arange(len(docs) + 1)).tolist()
    return Names(kept[order], starts, [range(*bounds[doc : doc + 2]) for doc in range(len(docs))], defined)


def _forms(doc: Doc) -> list[tuple[Span, Span]]:
    """The short and the long form of each abbreviation that a Doc defines."""
    return [
        ((form.short.start, form.short.end), (form.long.start, form.long.end)) for form in doc._.kg_abbreviations or ()
    ]


def _identities(layout: Layout, start: Words, end: Words) -> Hashes:
    """A number for the name at each span, the same wherever it stands in one Doc and however it is written."""
    return layout.hashes.of(start, end) + layout.owners(start).astype(np.uint64) * _DOC_FACTOR


def _replaced(identities: Hashes, short: Hashes, long: Hashes) -> Hashes:
    """The identities with those of short forms replaced by those of the long forms, the last definition first."""
    if not len(short):
        return identities
    order = np.argsort(short, kind="stable")
    places = np.searchsorted(short[order], identities, side="right") - 1
    nearest = order[places]
    found: Hashes = np.where(short[nearest] == identities, long[nearest], identities)
    return found
