"""What is told of a span of words: the words, how they are written, between what and in what phrase they stand.

The features of all candidates of a paper are looked up together, column by column.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from kg.components.combinations import Combinations
from kg.components.document import end_of_title, fields_of
from kg.components.phrases import Phrases
from kg.components.tokens import token_table
from kg.components.vocabulary import FIRST_CAPITAL, HEAD_TOKENS, Vocabulary, Words, hash_of
from kg.components.weighing import NO_FEATURE, Numbers, Weights
from kg.errors import RuleError
from kg.rulebook import Rulebook
from kg.ruletables import LexiconEntry

FILE: Final = "features.toml"
MOST_TOKENS: Final = 7
LEAST_LEAD: Final = -5.0
LEAST_LEAD_OF_ENDS: Final = 0.5
"""Parts of phrases are left out early where all that is told at their place, or already their first and last word with
what stands next to them, speaks so much against them that the rest does not make up for it."""
_SMALL, _CAPITAL, _NAME = range(3)
_WRITINGS: Final = ("small", "capital", "name")
_COUNTED_TOKENS: Final = 6
_MOST_CUT: Final = 3
_MOST_AFTER: Final = 2
MISSING: Final = -1
TWO: Final = 2
ROOM_BEFORE: Final = 3
ROOM_AFTER: Final = 3
_COLON: Final = ":"

Span = tuple[int, int]
Spans = tuple[Words, Words]


@dataclass(frozen=True, slots=True)
class Layout:
    """Several Docs in one row of tokens: the place of each, the words, and what is known of every token.

    ``phrase_start`` and ``phrase_end`` bound the noun phrase around a token, ``run_end`` is where the run of names ends
    that begins there; -1 where there is none. ``parts`` are the first and last tokens of all runs of tokens, up to the
    greatest length, within a phrase, a run of names or a base.
    """

    offsets: list[int]
    words: Words
    in_title: npt.NDArray[np.bool_]
    opening: npt.NDArray[np.bool_]
    phrase_start: Words
    phrase_end: Words
    run_end: Words
    parts: Spans


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
        entries = [LexiconEntry("", ()), *rulebook.entries.values()]
        keys = [0, *map(hash_of, rulebook.entries)]
        order = sorted(range(1, len(keys)), key=keys.__getitem__) or [0]
        self._lexicon_keys = np.array([keys[index] for index in order], dtype=np.uint64)
        self._lexicon_order = np.array(order)
        labels = ["unknown", *map(_label, entries[1:])]
        kinds = [entry.types[0] if entry.types else "" for entry in entries]
        self._names_something = np.array([bool(entry.types) for entry in entries])
        self._ambiguous = np.array([entry.ambiguous for entry in entries])
        self._as_whole = _numbered(labels, lambda label: number("lexicon", label))
        self._as_end = _numbered(labels, lambda label: number("lexicon-end", label))
        self._as_end_after = np.array(
            [_numbered(kinds, functools.partial(self._after, count)) for count in map(str, range(_MOST_AFTER + 1))]
        )
        self._as_start = _numbered(kinds, lambda kind: number("lexicon-start", kind))
        self._kind = _numbered(kinds, lambda kind: self.words.number(kind) if kind else -1)
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

    def lay_out(self, docs: Sequence[Doc], phrases: Sequence[Phrases], bases: Sequence[Iterable[Span]]) -> Layout:
        """The tokens of Docs in one row, with room between them, and where in it phrases and names stand.

        ``bases`` are further spans of each Doc whose parts may be mentions.
        """
        room_before, room_after = [self.words.start] * ROOM_BEFORE, [self.words.end] * ROOM_AFTER
        words: list[int] = []
        offsets: list[int] = []
        in_title: list[bool] = []
        for doc, numbers in zip(docs, self.words.of(docs), strict=True):
            words += room_before
            offsets.append(len(words))
            words += numbers
            words += room_after
            title_end = end_of_title(fields_of(doc))
            titled = bisect_left(token_table(doc).starts, title_end)
            in_title += [False] * ROOM_BEFORE + [True] * titled + [False] * (len(numbers) - titled + ROOM_AFTER)
        size = len(words)
        phrase_start, phrase_end, run_end, reach = [-1] * size, [-1] * size, [-1] * size, [0] * size
        for offset, found, more in zip(offsets, phrases, bases, strict=True):
            for first, last in found.phrases.items():
                phrase_start[first + offset : last + offset] = [first + offset] * (last - first)
                phrase_end[first + offset : last + offset] = [last + offset] * (last - first)
            for first, last in found.names.items():
                run_end[first + offset] = last + offset
            for first, last in (*found.phrases.items(), *found.names.items(), *more):
                for token in range(first + offset, last + offset):
                    reach[token] = max(reach[token], last + offset)
        opening = np.zeros(size, dtype=np.bool_)
        opening[offsets] = True
        return Layout(
            offsets=offsets,
            words=np.array(words, dtype=np.int64),
            in_title=np.array(in_title),
            opening=opening,
            phrase_start=np.array(phrase_start),
            phrase_end=np.array(phrase_end),
            run_end=np.array(run_end),
            parts=_windows(np.array(reach)),
        )

    def spans(self, layout: Layout) -> Spans:
        """The first tokens and the ends of the parts of phrases, runs of names and bases that may be mentions."""
        words, leads = layout.words, self.words.leads
        starts, ends = leads[words, 1], leads[words, 0]
        starts[1:] += leads[words[:-1], 2]
        ends[:-1] += leads[words[1:], 3]
        first, last = layout.parts
        good = starts[first] + ends[last] >= LEAST_LEAD_OF_ENDS
        return first[good], last[good] + 1

    def of(self, layout: Layout, spans: Spans) -> Numbers:
        """The features of spans, of shape (spans, features)."""
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
        ends = [column(f"at_end_{tokens}")[last] for tokens in range(1, HEAD_TOKENS + 1)]
        columns = start[:, None] + np.arange(MOST_TOKENS)
        inside = column("inside")[lower[np.minimum(columns, len(words) - 1)]]
        return np.concatenate(
            (
                np.choose((np.minimum(lengths, HEAD_TOKENS) - 1)[:, None], ends),
                column("at_start")[first],
                np.where(columns < end[:, None], inside, NO_FEATURE),
                self._written[writing, np.minimum(lengths, _COUNTED_TOKENS)],
                np.where(_any(column("hyphen")[words], start, end), self._hyphen, NO_FEATURE)[:, None],
                lexicon,
                combined,
                column("before")[before],
                column("after")[after],
                column("second_before")[second_before][:, None],
                column("second_after")[second_after][:, None],
                self._in_phrase(layout, lower, spans),
                self._in_field(layout, spans),
            ),
            axis=1,
        )

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
            ),
            axis=1,
        )
        return found, np.where(at_start > 0, self._kind[at_start], MISSING)

    def _entries(self, layout: Layout) -> Words:
        """The lexicon's entries of the parts of phrases, by length less one and first token; 0 where there is none."""
        words = layout.words
        hashes, shifts = self.words.hashes[words].T
        keys = np.zeros((MOST_TOKENS, len(words)), dtype=np.uint64)
        keys[0] = hashes
        for tokens in range(1, min(MOST_TOKENS, len(words))):
            stop = len(words) - tokens
            keys[tokens, :stop] = keys[tokens - 1, :stop] * shifts[tokens:] + hashes[tokens:]
        first, last = layout.parts
        wanted = keys[last - first, first]
        places = np.searchsorted(self._lexicon_keys, wanted)
        places[places == len(self._lexicon_keys)] = 0
        found = np.zeros(keys.shape, dtype=np.int64)
        found[last - first, first] = np.where(self._lexicon_keys[places] == wanted, self._lexicon_order[places], 0)
        return found

    def _in_phrase(self, layout: Layout, lower: Words, spans: Spans) -> Numbers:
        """How much of the noun phrase around it a span leaves out, and which words next to it."""
        start, end = spans
        first, last = layout.phrase_start[start], layout.phrase_end[start]
        left, right = start - first, np.maximum(last - end, 0)
        whole = (first == start) & (last == end)
        part = (first >= 0) & ~whole
        return np.stack(
            (
                np.where(whole, self._whole, self._part),
                np.where(layout.run_end[start] == end, self._run, NO_FEATURE),
                np.where(part, self._cut_left[np.minimum(left, _MOST_CUT)], NO_FEATURE),
                np.where(part, self._cut_right[np.minimum(right, _MOST_CUT)], NO_FEATURE),
                np.where(part & (left > 0), self.words.column("cut_before")[lower[start - 1]], NO_FEATURE),
                np.where(part & (last > end), self.words.column("cut_after")[lower[end]], NO_FEATURE),
            ),
            axis=1,
        )

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
            ),
            axis=1,
        )


def _any(flags: Words, start: Words, end: Words) -> npt.NDArray[np.bool_]:
    """Whether a flag holds for some token of each span."""
    counted = np.concatenate(([0], np.cumsum(flags)))
    held: npt.NDArray[np.bool_] = counted[end] > counted[start]
    return held


def _windows(reach: Words) -> Spans:
    """The first and last tokens of all runs of tokens within reach, up to the greatest length."""
    inside = np.flatnonzero(reach)
    first = np.repeat(inside, MOST_TOKENS)
    last = first + np.tile(np.arange(MOST_TOKENS), len(inside))
    kept = last < reach[first]
    return first[kept], last[kept]


def _numbered(labels: Sequence[str], number: Callable[[str], int]) -> Numbers:
    """The numbers of labels, each asked for once; none of an empty one."""
    known = {label: number(label) if label else NO_FEATURE for label in dict.fromkeys(labels)}
    return np.array([known[label] for label in labels])


def _label(entry: LexiconEntry) -> str:
    kind = "/".join(entry.types) or "none"
    return f"{kind}{'-optional' if entry.optional else ''}{'-ambiguous' if entry.ambiguous else ''}"
