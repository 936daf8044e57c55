"""What is told of the things of papers, that says what a paper does with them: words, places, order, the lexicon.

The features of all things of a batch of papers are looked up together, column by column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt
from spacy.strings import get_string_id
from spacy.tokens import Doc

from kg.components.document import DocumentEntity
from kg.components.hashing import Hashes, HashTable, Integers
from kg.components.naming import key
from kg.components.tokens import sentence_starts, token_table
from kg.components.weighing import NO_FEATURE, RULE, FeatureWeights, Numbers, Sums
from kg.model import ENTITY_TYPES
from kg.rulebook import RoleRule, Rulebook

START: Final = "<start>"
END: Final = "<end>"
WORD_FAMILIES: Final = (
    "before",
    "second-before",
    "after",
    "second-after",
    "sentence-first",
    "head",
    "near-before",
    "word",
)
_ROOM: Final = 2
_NEAR: Final = 6
_MOST_WORDS: Final = 8
_PLACES: Final = ("title", "before-own-work", "own-work", "after-own-work")
_TITLE: Final = ("never", "sometimes", "always")
_SENTENCES: Final = ("before", "0", "1", "2", "3", "none")
_NO_SENTENCE: Final = len(_SENTENCES) - 1
_MOST_MENTIONS: Final = 5
_MOST_COMPARED: Final = 3
_MOST_OTHERS: Final = 2
_MOST_ORDER: Final = 3
_NEVER: Final = 1 << 30
_KNOWN: Final = ("unknown", "known")
_YES_NO: Final = ("no", "yes")
_TYPES: Final = {kind: number for number, kind in enumerate(ENTITY_TYPES)}


@dataclass(frozen=True, slots=True)
class PaperEntities:
    """The things of a Doc, each with at least one mention, and with the rules that hold for it, the weightiest first.

    ``own_work`` is the first token of the sentence in which the paper first speaks of itself, None where it never does;
    ``title_tokens`` is how many tokens the title has.
    """

    doc: Doc
    entities: Sequence[DocumentEntity]
    rules: Sequence[Sequence[RoleRule]]
    own_work: int | None
    title_tokens: int


@dataclass(frozen=True, slots=True)
class EntityFeatures:
    """The numbers of what is told of things.

    ``of_mentions``, of shape (mentions, features), is told of each mention; those of a thing begin at its number in
    ``starts``. ``altogether``, of shape (things, features), is told of each thing.
    """

    of_mentions: Numbers
    starts: Integers
    counts: Integers
    altogether: Numbers

    def sums(self, weights: FeatureWeights) -> Sums:
        """The weights of each thing by class: the mean over its mentions, and what is told of it altogether."""
        places = np.add.reduceat(weights.sums(self.of_mentions), self.starts)
        total: Sums = places / self.counts[:, None] + weights.sums(self.altogether)
        return total


@dataclass(frozen=True, slots=True)
class _Row:
    """The tokens of Docs in one row with room between them: words, numbers of sentences, their first tokens."""

    words: Integers
    sentences: Integers
    firsts: Integers
    offsets: list[int]


class RoleFeatures:
    """Tells the features of things.

    ``words`` are those that may have weights; they are taken from the weights unless given, to learn new ones.
    """

    def __init__(self, rulebook: Rulebook, weights: FeatureWeights, words: Collection[str] | None = None) -> None:
        if words is None:
            words = {word for family in WORD_FAMILIES for word in weights.values(family)}
        known = sorted(words)
        self._word_of = HashTable(
            np.array(list(map(get_string_id, known)), dtype=np.uint64), np.arange(1, len(known) + 1)
        )
        self._of_word = {
            family: np.array([0, *map(weights.numbers(family), known)], dtype=np.intp) for family in WORD_FAMILIES
        }
        self._start, self._end = get_string_id(START), get_string_id(END)
        self._rule, self._weightiest = weights.numbers(RULE), weights.numbers("weightiest-rule")
        self._weightiest_once = weights.numbers("weightiest-rule-once")
        self._kinds = rulebook.kinds
        lexicon = weights.numbers("lexicon")
        labels = {kind.types: "/".join(kind.types) or "none" for kind in set(self._kinds.values())}
        self._lexicon = {types: lexicon(label) for types, label in labels.items()}
        self._not_in_lexicon = lexicon("unknown")
        self._number_small_families(weights)

    def _number_small_families(self, weights: FeatureWeights) -> None:
        def table(family: str, *values: Sequence[str]) -> Numbers:
            numbers = [weights.number(family, " ".join(value)) for value in product(*values)]
            return np.array(numbers, dtype=np.intp).reshape(tuple(map(len, values)))

        self._type = table("type", ENTITY_TYPES)
        self._place = table("place", ENTITY_TYPES, _PLACES)
        self._title = table("title", ENTITY_TYPES, _TITLE, _KNOWN)
        self._first = table("first-mention", ENTITY_TYPES, _SENTENCES)
        self._last = table("last-mention", ENTITY_TYPES, _SENTENCES)
        self._mentions = table("mentions", _counts(_MOST_MENTIONS), _KNOWN)
        self._order = table("order", ENTITY_TYPES, _counts(_MOST_ORDER))
        self._most = table("most-mentions", _YES_NO, _counts(_MOST_COMPARED))
        self._others = table("others-introduced", _counts(_MOST_OTHERS), _YES_NO, _KNOWN)

    def of(self, papers: Sequence[PaperEntities]) -> EntityFeatures:
        """The features of all things of papers, paper after paper. There must be one at least."""
        row = self._lay_out([paper.doc for paper in papers])
        spans = [
            (mention.start + offset, mention.end + offset)
            for paper, offset in zip(papers, row.offsets, strict=True)
            for entity in paper.entities
            for mention in entity.mentions
        ]
        start, end = np.array(spans, dtype=np.int64).T
        counts = np.array([len(entity.mentions) for paper in papers for entity in paper.entities], dtype=np.int64)
        starts = np.cumsum(counts) - counts
        owners = np.repeat(np.arange(len(papers)), [len(paper.entities) for paper in papers])
        types = np.array([_TYPES[entity.type] for paper in papers for entity in paper.entities], dtype=np.int64)
        titles = [paper.title_tokens for paper in papers]
        in_title = start < np.repeat(np.add(row.offsets, titles)[owners], counts)
        relative = row.sentences[start] - np.repeat(_own_sentences(papers, row)[owners], counts)
        place = np.where(in_title, 0, np.sign(relative) + 2)
        of_mentions = np.column_stack((*self._words_at(row, start, end), self._place[np.repeat(types, counts), place]))
        told = list(self._told(papers))
        asked = np.array([one[:-1] for one in told], dtype=np.int64)
        known, order, proposed = asked[:, :3].T
        title = np.add.reduceat(in_title, starts, dtype=np.int64)
        first = np.minimum.reduceat(np.where(in_title, _NEVER, relative), starts)
        last = np.maximum.reduceat(np.where(in_title, -_NEVER, relative), starts)
        inside = title < counts
        others = np.bincount(owners, proposed * (types == 0), len(papers)).astype(np.int64)[owners]
        others -= proposed * (types == 0)
        most = np.zeros(len(papers), dtype=np.int64)
        np.maximum.at(most, owners, counts)
        rules = [one[-1] for one in told]
        width = max(map(len, rules))
        altogether = np.column_stack(
            (
                self._type[types],
                self._title[types, np.where(inside, np.minimum(title, 1), 2), known],
                self._first[types, _sentence(first, inside)],
                self._last[types, _sentence(last, inside)],
                self._mentions[np.minimum(counts, _MOST_MENTIONS), known],
                asked[:, 3:],
                self._order[types, np.minimum(order, _MOST_ORDER)],
                self._most[(counts == most[owners]).astype(np.int64), np.minimum(counts, _MOST_COMPARED)],
                self._others[np.minimum(others, _MOST_OTHERS), proposed, known],
                np.array([own + [0] * (width - len(own)) for own in rules], dtype=np.intp).reshape(len(rules), width),
            )
        )
        return EntityFeatures(of_mentions, starts, counts, altogether)

    def _lay_out(self, docs: Sequence[Doc]) -> _Row:
        before, after = np.full(_ROOM, self._start, dtype=np.uint64), np.full(_ROOM, self._end, dtype=np.uint64)
        parts: list[Hashes] = []
        offsets: list[int] = []
        begins: list[int] = []
        length = 0
        for doc in docs:
            parts += (before, token_table(doc).hashes, after)
            offset = length + _ROOM
            offsets.append(offset)
            begins += [start + offset for start in sentence_starts(doc)]
            length += len(doc) + 2 * _ROOM
        sentences = np.zeros(length, dtype=np.int64)
        sentences[begins] = 1
        sentences = np.cumsum(sentences)
        firsts = np.array([0, *begins])[sentences]
        return _Row(self._word_of.get(np.concatenate(parts)), sentences, firsts, offsets)

    def _words_at(self, row: _Row, start: Integers, end: Integers) -> Iterator[Numbers]:
        """The features of the words in and around mentions: arrays of shape (mentions,) or (mentions, features)."""
        of, words, first = self._of_word, row.words, row.firsts[start]
        yield of["before"][words[start - 1]]
        yield of["second-before"][words[start - 2]]
        yield of["after"][words[end]]
        yield of["second-after"][words[end + 1]]
        yield of["sentence-first"][words[first]]
        yield of["head"][words[end - 1]]
        near = start[:, None] - np.arange(1, _NEAR + 1)
        yield of["near-before"][np.where(near >= first[:, None], words[near], 0)]
        own = start[:, None] + np.arange(_MOST_WORDS)
        inside = own < end[:, None]
        yield of["word"][np.where(inside, words[np.where(inside, own, 0)], 0)]

    def _told(self, papers: Sequence[PaperEntities]) -> Iterator[tuple[int, int, int, int, int, int, list[int]]]:
        """What is asked of each thing by itself.

        Whether it is known, its order among those of its type, and whether a rule says that it is introduced; the
        features of what the lexicon says, of its weightiest rule, and of that where it is named once; those of all its
        rules.
        """
        rule, weightiest, once = self._rule, self._weightiest, self._weightiest_once
        without = weightiest("none")
        for paper in papers:
            seen: dict[str, int] = {}
            for entity, own in zip(paper.entities, paper.rules, strict=True):
                known, lexicon = self._look_up(entity.names)
                order = seen.get(entity.type, 0)
                seen[entity.type] = order + 1
                numbers: list[int] = []
                top, top_once, proposed = without, NO_FEATURE, 0
                for one in own:
                    number = rule(one.id)
                    if number:
                        if not numbers:
                            top = weightiest(one.id)
                            if len(entity.mentions) == 1:
                                top_once = once(one.id)
                        numbers.append(number)
                        if one.role == "introduced":
                            proposed = 1
                yield known, order, proposed, lexicon, top, top_once, numbers

    def _look_up(self, names: Sequence[str]) -> tuple[int, int]:
        """Whether the lexicon has a type for a thing with these names, and the feature of what it says."""
        number = self._not_in_lexicon
        for name in names:
            kind = self._kinds.get(key(name))
            if kind is not None:
                number = self._lexicon[kind.types]
                if kind.types:
                    return 1, number
        return 0, number


def _counts(most: int) -> list[str]:
    return [str(count) for count in range(most + 1)]


def _own_sentences(papers: Sequence[PaperEntities], row: _Row) -> Integers:
    """The number of the sentence in which each paper first speaks of itself; a late one where it never does."""
    places = [
        _NEVER if paper.own_work is None else row.sentences[offset + paper.own_work]
        for paper, offset in zip(papers, row.offsets, strict=True)
    ]
    return np.array(places, dtype=np.int64)


def _sentence(relative: Integers, inside: npt.NDArray[np.bool_]) -> Integers:
    """How many sentences after that of the own work something stands, as the number of a value."""
    return np.where(inside, np.clip(relative, -1, _NO_SENTENCE - 2) + 1, _NO_SENTENCE)
