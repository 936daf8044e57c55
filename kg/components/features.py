"""What is told of a span of words: the words, how they are written, between what and in what phrase they stand.

The features of all candidates of a paper are looked up together, column by column.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from kg.components.combinations import Combinations
from kg.components.hashing import HashTable, hashes_of
from kg.components.layout import MOST_TOKENS, Layout, Spans
from kg.components.vocabulary import FIRST_CAPITAL, HEAD_COUNTS, HEAD_TOKENS, NO_WORD, Vocabulary, Words
from kg.components.weighing import NO_FEATURE, Numbers, Sums, Weights
from kg.errors import RuleError
from kg.rulebook import Rulebook
from kg.ruletables import LexiconKind

FILE: Final = "features.toml"
LEAST_LEAD: Final = -5.0
LEAST_LEAD_OF_ENDS: Final = 0.5
"""Parts of phrases are left out early where all that is told at their place, or already their first and last word with
what stands next to them, speaks so much against them that the rest does not make up for it."""
_SMALL, _CAPITAL, _NAME = range(3)
_WRITINGS: Final = ("small", "capital", "name")
_COUNTED_TOKENS: Final = 6
_MOST_CUT: Final = 3
_MOST_AFTER: Final = 2
_SHIFT: Final = 32
MISSING: Final = -1
TWO: Final = 2
_COLON: Final = ":"


class SpanFeatures:
    """Tells the features of spans."""

    def __init__(self, rulebook: Rulebook, weights: Weights) -> None:
        try:
            strong = re.compile(rulebook.table(FILE, "shape")["strong"])
        except (KeyError, TypeError, re.error) as error:
            raise RuleError(f"{FILE}:1: [shape] must give strong, a regular expression: {error}") from error
        self.weights = weights
        self.words = Vocabulary(weights, rulebook.word_classes, strong)
        self._combinations = Combinations(weights, self.words)
        self._writings = np.array([self.words.number(name) for name in _WRITINGS])
        self._read_lexicon(rulebook)
        self._number_small_families(weights)
        self._colon = self.words.number(_COLON)
        self.words.keep()

    def _read_lexicon(self, rulebook: Rulebook) -> None:
        number = self.weights.number
        kinds = [LexiconKind(), *rulebook.kinds.values()]
        keys = hashes_of(list(rulebook.kinds))
        self._entry_of = HashTable(keys, np.arange(1, len(kinds)))
        labels = ["unknown", *map(_label, kinds[1:])]
        types = [kind.types[0] if kind.types else "" for kind in kinds]
        self._names_something = np.array([bool(kind.types) for kind in kinds])
        self._ambiguous = np.array([kind.ambiguous for kind in kinds])
        self._as_whole = _numbered(labels, lambda label: number("lexicon", label))
        self._as_end = _numbered(labels, lambda label: number("lexicon-end", label))
        self._as_end_after = np.array(
            [_numbered(types, functools.partial(self._after, count)) for count in map(str, range(_MOST_AFTER + 1))]
        )
        self._as_start = _numbered(types, lambda kind: number("lexicon-start", kind))
        self._kind = _numbered(types, lambda kind: self.words.number(kind) if kind else -1)
        self._small_ambiguous = number("lexicon", "ambiguous-and-small")

    def _after(self, count: str, kind: str) -> int:
        return self.weights.number("lexicon-end-after", f"{kind} {count}")

    def _number_small_families(self, weights: Weights) -> None:
        number = weights.number
        counts = [str(count) for count in range(_COUNTED_TOKENS + 1)]
        self._written = np.array(
            [
                [
                    [
                        number("writing", how),
                        number("tokens", count),
                        number("writing-tokens", f"{how} {min(int(count), HEAD_TOKENS)}"),
                    ]
                    for count in counts
                ]
                for how in _WRITINGS
            ]
        )
        self._hyphen = number("with", "hyphen")
        self._whole, self._part = number("phrase", "whole"), number("phrase", "part")
        self._run = number("phrase", "run-of-names")
        cuts = [str(cut) for cut in range(_MOST_CUT + 1)]
        self._cut_left = np.array([number("cut-left", cut) for cut in cuts])
        self._cut_right = np.array([number("cut-right", cut) for cut in cuts])
        self._in_text, self._in_title = number("in", "text"), number("in", "title")
        self._opening, self._before_colon = number("in", "title-opening"), number("in", "title-before-colon")

    def with_parts(self, spans: Spans, layout: Layout) -> Spans:
        """These spans, and then the parts of phrases, runs of names and bases that may be mentions."""
        words, leads = layout.words, self.words.leads
        starts, ends = leads[words, 1], leads[words, 0]
        starts += leads[np.roll(words, 1), 2]
        ends += leads[np.roll(words, -1), 3]
        first, last = layout.parts
        good = starts[first] + ends[last] >= LEAST_LEAD_OF_ENDS
        known = np.isin(_pairs(first, last + 1), _pairs(*spans))
        first, last = first[good & ~known], last[good & ~known]
        return np.concatenate((spans[0], first)), np.concatenate((spans[1], last + 1))

    def numbers(self, layout: Layout, spans: Spans) -> Numbers:
        """The features of spans, of shape (spans, features)."""
        of_words, others = self._tell(layout, spans)
        columns = [self.words.features(place)[row] for place, words in of_words for row in np.atleast_2d(words)]
        return np.concatenate((*columns, others), axis=1)

    def sums(self, layout: Layout, spans: Spans) -> Sums:
        """The sums of the weights of the features of spans, of shape (spans, classes)."""
        of_words, others = self._tell(layout, spans)
        found = self.weights.sums(others)
        for place, words in of_words:
            sums = self.words.sums(place)[words]
            found += sums.sum(axis=0) if words.ndim > 1 else sums
        return found

    def _tell(self, layout: Layout, spans: Spans) -> tuple[list[tuple[str, Words]], Numbers]:
        """What is told of spans: which words stand at which places, and all other features."""
        start, end = spans
        lengths = end - start
        words = layout.words
        column = self.words.column
        lower = column("lower")[words]
        first, last = lower[start], lower[end - 1]
        before, second_before = lower[start - 1], lower[start - 2]
        after, second_after = lower[end], lower[end + 1]
        head = column("head")[last]
        writing = self._writing(words, start, end)
        several = lengths > 1
        previous = np.where(several, lower[end - 2], MISSING)
        class_of = column("word_class")
        lexicon, kind = self._lexicon(layout, spans, writing)
        combined = self._combinations.features(
            {
                "last-two": (previous, head),
                "first-two": (np.where(several, first, MISSING), lower[start + 1]),
                "last-classes": (np.where(several, class_of[lower[end - 2]], MISSING), class_of[last]),
                "last-three": (np.where(lengths > TWO, lower[end - 3], MISSING), previous, last),
                "lexicon-start-head": (kind, head),
                "before-two": (second_before, before),
                "after-two": (after, second_after),
                "around": (before, after),
                "before-head": (before, head),
                "before-writing": (before, self._writings[writing]),
                "after-writing": (after, self._writings[writing]),
            }
        )
        tokens = start + np.arange(MOST_TOKENS)[:, None]
        inside = np.where(tokens < end, lower[np.minimum(tokens, len(words) - 1)], NO_WORD)
        left, right, in_phrase = self._in_phrase(layout, spans)
        of_words = [
            *((f"at_end_{n}", np.where(np.minimum(lengths, HEAD_TOKENS) == n, last, NO_WORD)) for n in HEAD_COUNTS),
            ("at_start", first),
            ("inside", inside),
            ("before", before),
            ("after", after),
            ("second_before", second_before),
            ("second_after", second_after),
            ("cut_before", np.where(left > 0, before, NO_WORD)),
            ("cut_after", np.where(right > 0, after, NO_WORD)),
        ]
        hyphen = np.where(_any(column("hyphen")[words], start, end), self._hyphen, NO_FEATURE)
        written = self._written[writing, np.minimum(lengths, _COUNTED_TOKENS)]
        others = (written.T, [hyphen], lexicon, combined, in_phrase, self._in_field(layout, spans))
        return of_words, np.concatenate(others).T

    def _writing(self, words: Words, start: Words, end: Words) -> Words:
        capitals = self.words.column("capitals")[words]
        several = np.concatenate(([0], np.cumsum(capitals % FIRST_CAPITAL)))
        names = (several[end] - several[start] > 1) | _any(self.words.column("strong")[words], start, end)
        found: Words = np.where(names, _NAME, np.where(capitals[start] >= FIRST_CAPITAL, _CAPITAL, _SMALL))
        return found

    def _lexicon(self, layout: Layout, spans: Spans, writing: Words) -> tuple[Numbers, Words]:
        """What the lexicon says of spans, and of the longest part at their end and at their start."""
        start, end = spans
        entries = self._entries(layout)
        lengths = end - start
        whole = np.where(lengths <= MOST_TOKENS, entries[np.minimum(lengths, MOST_TOKENS) - 1, start], 0)
        at_end, at_start = np.zeros_like(whole), np.zeros_like(whole)
        cut = np.zeros_like(whole)
        for tokens in range(1, MOST_TOKENS):
            longer = lengths > tokens
            for part, places in ((at_end, end - tokens), (at_start, start)):
                entry = entries[tokens - 1, np.where(longer, places, 0)]
                kept = longer & self._names_something[entry]
                part[kept] = entry[kept]
                if part is at_end:
                    cut[kept] = lengths[kept] - tokens
        found = np.stack(
            (
                self._as_whole[whole],
                np.where(self._ambiguous[whole] & (writing == _SMALL), self._small_ambiguous, NO_FEATURE),
                np.where(at_end > 0, self._as_end[at_end], NO_FEATURE),
                np.where(at_end > 0, self._as_end_after[np.minimum(cut, _MOST_AFTER), at_end], NO_FEATURE),
                np.where(at_start > 0, self._as_start[at_start], NO_FEATURE),
            )
        )
        return found, np.where(at_start > 0, self._kind[at_start], MISSING)

    def _entries(self, layout: Layout) -> Words:
        """The lexicon's entries of the parts of phrases, by length less one and first token; 0 where there is none."""
        first, last = layout.parts
        found = np.zeros((MOST_TOKENS, len(layout.words)), dtype=np.int64)
        found[last - first, first] = self._entry_of.get(layout.hashes.of(first, last + 1))
        return found

    def _in_phrase(self, layout: Layout, spans: Spans) -> tuple[Words, Words, Numbers]:
        """How many words of the noun phrase around it a span leaves out on the left and on the right, and more."""
        start, end = spans
        first, last = layout.phrase_start[start], layout.phrase_end[start]
        whole = (first == start) & (last == end)
        part = (first >= 0) & ~whole
        left, right = np.where(part, start - first, 0), np.where(part, np.maximum(last - end, 0), 0)
        told = np.stack(
            (
                np.where(whole, self._whole, self._part),
                np.where(layout.run_end[start] == end, self._run, NO_FEATURE),
                np.where(part, self._cut_left[np.minimum(left, _MOST_CUT)], NO_FEATURE),
                np.where(part, self._cut_right[np.minimum(right, _MOST_CUT)], NO_FEATURE),
            )
        )
        return left, right, told

    def _in_field(self, layout: Layout, spans: Spans) -> Numbers:
        start, end = spans
        title = layout.in_title[start]
        opening = title & layout.opening[start]
        colon = opening & (layout.words[end] == self._colon)
        return np.stack(
            (
                np.where(title, self._in_title, self._in_text),
                np.where(opening, self._opening, NO_FEATURE),
                np.where(colon, self._before_colon, NO_FEATURE),
            )
        )


def _any(flags: Words, start: Words, end: Words) -> npt.NDArray[np.bool_]:
    """Whether a flag holds for some token of each span."""
    counted = np.concatenate(([0], np.cumsum(flags)))
    held: npt.NDArray[np.bool_] = counted[end] > counted[start]
    return held


def _pairs(first: Words, second: Words) -> Words:
    """One number for two small ones."""
    return first << _SHIFT | second


def _numbered(labels: Sequence[str], number: Callable[[str], int]) -> Numbers:
    """The numbers of labels, each asked for once; none of an empty one."""
    known = {label: number(label) if label else NO_FEATURE for label in dict.fromkeys(labels)}
    return np.array([known[label] for label in labels])


def _label(kind: LexiconKind) -> str:
    types = "/".join(kind.types) or "none"
    return f"{types}{'-optional' if kind.optional else ''}{'-ambiguous' if kind.ambiguous else ''}"
