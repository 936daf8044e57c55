"""Reads a corpus for the names it uses, and decides by cues which of them are methods, datasets, metrics and tasks.

A cue is a place that gives away the type of what stands there, such as "datasets such as X". No single place need
settle what a name is; enough of them in enough papers do: the idea is from M. Hearst, "Automatic Acquisition of
Hyponyms from Large Text Corpora", COLING 1992. Cues are ``[[cue]]`` rules, which say what ``[[mention]]`` rules may.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import spacy

from kg.components.document import paper_fields, paper_text
from kg.components.phrases import PhraseFinder
from kg.components.proposals import CompiledRule
from kg.components.sentences import Sentences
from kg.components.tokenizing import adapt_tokenizer
from kg.components.tokens import token_table
from kg.errors import InputError
from kg.model import ENTITY_TYPES, EntityType, Paper
from kg.names import key
from kg.processes import in_batches
from kg.rulebook import MentionRule, Rulebook
from kg.ruletables import BETWEEN_VARIANTS, LexiconEntry

MOST_TOKENS: Final = 5
MOST_VARIANTS: Final = 6
LEAST_SHARE_OF_EACH: Final = 0.3
LONGEST_AMBIGUOUS_ACRONYM: Final = 3

_key = lru_cache(maxsize=1 << 18)(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What a name needs to be decided by cues alone.

    It stands in ``min_papers`` papers; cues speak of it in ``min_cues`` of them, and in no smaller a part of them than
    ``min_rate``; and ``min_share`` of what the cues say agrees on one type, or on two, each with 30 % and with
    ``min_cues`` papers at least.
    """

    min_papers: int = 3
    min_cues: int = 2
    min_rate: float = 0.33
    min_share: float = 0.8


@dataclass(slots=True)
class Census:
    """In how many papers each name stands, by its key, and each spelling, and in how many a cue of each type held."""

    names: Counter[str] = field(default_factory=Counter)
    cues: Counter[tuple[str, str]] = field(default_factory=Counter)
    spellings: Counter[str] = field(default_factory=Counter)

    def update(self, other: Census) -> None:
        """Add what was counted in other papers."""
        self.names.update(other.names)
        self.cues.update(other.cues)
        self.spellings.update(other.spellings)

    def counts(self, name: str) -> tuple[int, ...]:
        """The papers with a cue for the name of a key, by type, in the order of ``ENTITY_TYPES``."""
        return tuple(self.cues[name, kind] for kind in ENTITY_TYPES)


class HeldOut:
    """The papers that files of JSON Lines name by ``id`` or ``title``, to be kept out of a harvest.

    Raises InputError that names file and line where a line is no JSON object with one of the two.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._ids: set[str] = set()
        self._titles: set[str] = set()
        for file in files:
            try:
                lines = file.read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    self._add(line, f"{file}:{number}")

    def _add(self, line: str, place: str) -> None:
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(f"{place}: no valid JSON: {error}") from error
        if not isinstance(record, dict) or not ({"id", "title"} & record.keys()):
            raise InputError(f"{place}: a line must be a JSON object with the id or the title of a paper")
        self._ids.add(str(record.get("id")))
        if record.get("title"):
            self._titles.add(key(str(record["title"])))

    def __contains__(self, paper: Paper) -> bool:
        return paper.id in self._ids or bool(paper.title and key(paper.title) in self._titles)


class Harvester:
    """Finds the names of a paper, and what the cues say about them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._nlp = spacy.blank("en")
        adapt_tokenizer(self._nlp, rulebook)
        self._descriptions = rulebook.descriptions
        self._sentences = Sentences(rulebook)
        self._phrases = PhraseFinder(rulebook)
        self._cues = [CompiledRule(rulebook, rule) for rule in rulebook.rules(MentionRule, "cue")]

    def names(self, paper: Paper) -> dict[str, set[str]]:
        """Every noun phrase and name of up to five tokens as it is written, with the types that cues give it."""
        doc = self._nlp.make_doc(paper_text(paper))
        doc._.kg_fields = paper_fields(paper)
        if not len(doc):
            return {}
        doc = self._sentences(doc)
        phrases = self._phrases.find([doc])
        table = token_table(doc)
        masks = self._descriptions.masks(doc)
        spans = {*phrases.phrases.items(), *phrases.names.items()}
        found: dict[str, set[str]] = {
            table.text_of(start, end): set() for start, end in spans if end - start <= MOST_TOKENS
        }
        for cue in self._cues:
            for proposal in cue.propose(masks, len(doc), phrases):
                if proposal.end - proposal.start <= MOST_TOKENS:
                    found.setdefault(table.text_of(proposal.start, proposal.end), set()).add(proposal.type)
        return {name: types for name, types in found.items() if _is_writable(name)}

    def census(self, papers: Iterable[Paper]) -> Census:
        """What stands in the papers, each name counted once a paper."""
        found = Census()
        for paper in papers:
            names = self.names(paper)
            found.spellings.update(names.keys())
            found.names.update({_key(name) for name in names})
            found.cues.update({(_key(name), kind) for name, types in names.items() for kind in types})
        return found


def harvest(
    papers: Iterable[Paper],
    lexicon: Iterable[LexiconEntry],
    *,
    rules: Path | str | None = None,
    workers: int = 1,
    thresholds: Thresholds | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> list[LexiconEntry]:
    """The lexicon that the papers make of a lexicon, sorted by the names' keys.

    Entries that were read keep name, type and note, and get the counts and variants of these papers. Those by cues are
    decided anew. ``rules`` is a folder laid over the rules that come with kg; ``on_progress`` is told how many papers
    are done. What comes out does not depend on ``workers``. Raises RuleError, and KgError where a process is killed.
    """
    folder = None if rules is None else str(rules)
    _harvester(folder)  # a mistake in the rules shows here, before any process is started
    total, done = Census(), 0
    for count, found in in_batches(partial(_census_of, folder=folder), papers, workers=workers):
        total.update(found)
        done += count
        if on_progress is not None:
            on_progress(done)
    decided = {key(entry.name): entry for entry in lexicon if entry.status == "read"}
    return decide(total, decided, thresholds or Thresholds())


def decide(census: Census, decided: Mapping[str, LexiconEntry], thresholds: Thresholds) -> list[LexiconEntry]:
    """The entries that were decided before (by key) and those that the cues decide, sorted by key."""
    types = {name: entry.types for name, entry in decided.items()}
    for name in {name for name, _ in census.cues} - decided.keys():
        chosen = _chosen(census, name, thresholds)
        if chosen:
            types[name] = chosen
    spellings: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for spelling, papers in census.spellings.items():
        name = _key(spelling)
        if name in types:
            spellings[name].append((-papers, spelling))
    found = []
    for name in sorted(types):
        written = [spelling for _, spelling in sorted(spellings[name])]
        entry = decided.get(name) or _by_cues(written[0], types[name])
        if entry is not None:
            variants = tuple(spelling for spelling in written if spelling != entry.name)[:MOST_VARIANTS]
            found.append(entry._replace(papers=census.names[name], counts=census.counts(name), variants=variants))
    return found


def _chosen(census: Census, name: str, thresholds: Thresholds) -> tuple[EntityType, ...]:
    """The type or the two types on which the cues agree; none where they do not, or are too few."""
    counts = census.counts(name)
    cues = sum(counts)
    papers = census.names[name]
    if papers < thresholds.min_papers or cues < max(thresholds.min_cues, thresholds.min_rate * papers):
        return ()
    (most, first), (second_most, second), *_ = sorted(zip(counts, ENTITY_TYPES, strict=True), key=lambda pair: -pair[0])
    if most >= thresholds.min_share * cues:
        return (first,)
    least = max(thresholds.min_cues, LEAST_SHARE_OF_EACH * cues)
    if second_most >= least and most + second_most >= thresholds.min_share * cues:
        return (first, second)
    return ()


def _by_cues(name: str, types: tuple[EntityType, ...]) -> LexiconEntry | None:
    """An entry for a name that nobody read; none for an ordinary word, or half of what stands in brackets."""
    if (name.islower() and " " not in name) or name.count("(") != name.count(")"):
        return None
    short = sum(map(str.isalnum, name)) <= LONGEST_AMBIGUOUS_ACRONYM
    return LexiconEntry(name, types, ambiguous=short, status="cues")


def _is_writable(name: str) -> bool:
    """Whether a name holds a letter, and nothing that the lexicon uses between names."""
    return any(map(str.isalpha, name)) and "\t" not in name and BETWEEN_VARIANTS not in name


@lru_cache(maxsize=1)
def _harvester(folder: str | None) -> Harvester:
    return Harvester(Rulebook.load(None if folder is None else Path(folder)))


def _census_of(papers: list[Paper], folder: str | None) -> tuple[int, Census]:
    return len(papers), _harvester(folder).census(papers)
