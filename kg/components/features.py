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
_COLON: Final = ":"

Spans = tuple[Words, Words]


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
        self._whole = [number("phrase", "part"), number("phrase", "whole")]
        self._run = number("phrase", "run-of-names")
        cuts = [str(cut) for cut in range(_MOST_CUT + 1)]
        self._cut_left = np.array([number("cut-left", cut) for cut in cuts])
        self._cut_right = np.array([number("cut-right", cut) for cut in cuts])
        self._in_text, self._in_title = number("in", "text"), number("in", "title")
        self._opening, self._before_colon = number("in", "title-opening"), number("in", "title-before-colon")

    def reach(self, words: Words, phrases: Phrases, bases: list[tuple[int, int]]) -> Words:
        """For each token the furthest end of the phrases, runs of names and ``bases`` that hold it, 0 for none."""
        reach = [0] * len(words)
        for first, last in (*phrases.phrases.items(), *phrases.names.items(), *bases):
            for token in range(first, last):
                reach[token] = max(reach[token], last)
        return np.array(reach, dtype=np.int64)

    def spans(self, words: Words, reach: Words) -> Spans:
        """The first tokens and the ends of the parts of what holds them (see :meth:`reach`) that may be mentions."""
        leads = self.words.leads
        before = np.concatenate(([self.words.start], words[:-1]))
        after = np.concatenate((words[1:], [self.words.end]))
        starts = leads[words, 1] + leads[before, 2]
        ends = leads[words, 0] + leads[after, 3]
        first, last = _windows(reach)
        good = starts[first] + ends[last] >= LEAST_LEAD_OF_ENDS
        return first[good], last[good] + 1

    def of(self, doc: Doc, words: Words, phrases: Phrases, reach: Words, spans: Spans) -> Numbers:
        """The features of spans, of shape (spans, features)."""
        start, end = spans
        lengths = end - start
        vocabulary = self.words
        column = vocabulary.column
        ends = [column(f"at_end_{tokens}") for tokens in range(1, HEAD_TOKENS + 1)]
        padded = np.concatenate(([vocabulary.start] * 3, words, [vocabulary.end] * 2))
        lower = column("lower")[padded]
        at = start + 3
        first, last = lower[at], lower[end + 2]
        before, second_before = lower[at - 1], lower[at - 2]
        after, second_after = lower[end + 3], lower[end + 4]
        head = column("head")[last]
        writing = self._writing(words, start, end)
        single = lengths == 1
        triple = lengths > _MOST_AFTER
        missing = np.full(len(start), -1)
        lexicon, kind = self._lexicon(words, reach, start, end, writing)
        previous = np.where(single, missing, lower[end + 1])
        combined = self._combinations.features(
            {
                "last-two": (previous, head),
                "first-two": (np.where(single, missing, first), lower[at + 1]),
                "last-classes": (
                    np.where(single, missing, column("word_class")[lower[end + 1]]),
                    column("word_class")[last],
                ),
                "last-three": (np.where(triple, lower[end], missing), previous, last),
                "lexicon-start-head": (kind, head),
                "before-two": (second_before, before),
                "after-two": (after, second_after),
                "around": (before, after),
                "before-head": (before, head),
                "before-writing": (before, self._writings[writing]),
                "after-writing": (after, self._writings[writing]),
            }
        )
        columns = start[:, None] + np.arange(MOST_TOKENS)
        inside = np.where(
            columns < end[:, None], column("inside")[lower[np.minimum(columns, len(words) - 1) + 3]], NO_FEATURE
        )
        return np.concatenate(
            (
                np.choose((np.minimum(lengths, HEAD_TOKENS) - 1)[:, None], [end_of[last] for end_of in ends]),
                column("at_start")[first],
                inside,
                self._written[writing, np.minimum(lengths, _COUNTED_TOKENS)],
                np.where(self._any(column("hyphen")[words], start, end), self._hyphen, NO_FEATURE)[:, None],
                lexicon,
                combined,
                column("before")[before],
                column("after")[after],
                column("second_before")[second_before][:, None],
                column("second_after")[second_after][:, None],
                self._in_phrase(phrases, words, spans),
                self._in_field(doc, words, spans),
            ),
            axis=1,
        )

    def _writing(self, words: Words, start: Words, end: Words) -> Words:
        capitals = self.words.column("capitals")[words]
        several = np.concatenate(([0], np.cumsum(capitals % FIRST_CAPITAL)))
        names = (several[end] - several[start] > 1) | self._any(self.words.column("strong")[words], start, end)
        found: Words = np.where(names, _NAME, np.where(capitals[start] >= FIRST_CAPITAL, _CAPITAL, _SMALL))
        return found

    @staticmethod
    def _any(flags: Words, start: Words, end: Words) -> npt.NDArray[np.bool_]:
        """Whether a flag holds for some token of each span."""
        counted = np.concatenate(([0], np.cumsum(flags)))
        held: npt.NDArray[np.bool_] = counted[end] > counted[start]
        return held

    def _lexicon(self, words: Words, reach: Words, start: Words, end: Words, writing: Words) -> tuple[Numbers, Words]:
        """What the lexicon says of spans, and of the longest part at their end and at their start."""
        entries = self._entries(words, reach)
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
        return found, np.where(at_start > 0, self._kind[at_start], -1)

    def _entries(self, words: Words, reach: Words) -> Words:
        """The lexicon's entries of the parts of phrases, by length less one and first token; 0 where there is none."""
        hashes, shifts = self.words.hashes[words].T
        keys = np.zeros((MOST_TOKENS, len(words)), dtype=np.uint64)
        keys[0] = hashes
        for tokens in range(1, min(MOST_TOKENS, len(words))):
            stop = len(words) - tokens
            keys[tokens, :stop] = keys[tokens - 1, :stop] * shifts[tokens:] + hashes[tokens:]
        first, last = _windows(reach)
        wanted = keys[last - first, first]
        places = np.searchsorted(self._lexicon_keys, wanted)
        places[places == len(self._lexicon_keys)] = 0
        found = np.zeros(keys.shape, dtype=np.int64)
        found[last - first, first] = np.where(self._lexicon_keys[places] == wanted, self._lexicon_order[places], 0)
        return found

    def _in_phrase(self, phrases: Phrases, words: Words, spans: Spans) -> Numbers:
        """How much of the noun phrase around it a span leaves out, and which words next to it."""
        start, end = spans
        phrase_starts, phrase_ends, run_ends = [-1] * len(words), [-1] * len(words), [-1] * len(words)
        for begin, stop in phrases.phrases.items():
            phrase_starts[begin:stop] = [begin] * (stop - begin)
            phrase_ends[begin:stop] = [stop] * (stop - begin)
        for begin, stop in phrases.names.items():
            run_ends[begin] = stop
        first, last, run_end = np.array(phrase_starts), np.array(phrase_ends), np.array(run_ends)
        left, right = start - first[start], np.maximum(last[start] - end, 0)
        within = first[start] >= 0
        whole = within & (first[start] == start) & (last[start] == end)
        part = within & ~whole
        cut_left, cut_right = part & (left > 0), part & (last[start] > end)
        lower = self.words.column("lower")[words]
        return np.stack(
            (
                np.where(whole, self._whole[1], self._whole[0]),
                np.where(run_end[start] == end, self._run, NO_FEATURE),
                np.where(part, self._cut_left[np.minimum(left, _MOST_CUT)], NO_FEATURE),
                np.where(part, self._cut_right[np.minimum(right, _MOST_CUT)], NO_FEATURE),
                np.where(cut_left, self.words.column("cut_before")[lower[start - 1]], NO_FEATURE),
                np.where(cut_right, self.words.column("cut_after")[lower[np.minimum(end, len(words) - 1)]], NO_FEATURE),
            ),
            axis=1,
        )

    def _in_field(self, doc: Doc, words: Words, spans: Spans) -> Numbers:
        start, end = spans
        table = token_table(doc)
        title_end = end_of_title(fields_of(doc))
        title = np.array(table.starts)[start] < title_end
        opening = title & (start == 0)
        colon = opening & (end < len(words)) & (words[np.minimum(end, len(words) - 1)] == self._colon)
        return np.stack(
            (
                np.where(title, self._in_title, self._in_text),
                np.where(opening, self._opening, NO_FEATURE),
                np.where(colon, self._before_colon, NO_FEATURE),
            ),
            axis=1,
        )


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
