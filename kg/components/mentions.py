"""Mentions of methods, datasets, metrics and tasks, by the ``[[mention]]`` rules and the gazetteer.

First every rule proposes candidates. Then all that was said of one name in the paper is put together, so that what
one sentence proves holds for the others: the type of a name is the one for which the rules leave the least doubt
(one minus the product of their doubts). Last, of overlapping candidates the surer and then the longer one stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from kg.components.contexts import Context
from kg.components.document import Candidate, register_extensions
from kg.components.phrases import PhraseFinder, Phrases
from kg.matching import bits, ends, starts
from kg.model import EntityType
from kg.components.naming import key
from kg.rulebook import GazetteerEntry, MentionRule, Rulebook

NOTHING: Final = "Nothing"
GAZETTEER_RULE: Final = "gazetteer"
SAME_NAME_RULE: Final = "same-name"
LEAST_SCORE: Final = 0.45


@dataclass(slots=True)
class _Compiled:
    rule: MentionRule
    before: Context
    after: Context
    first: Context
    last: Context
    not_before: Context
    not_after: Context
    tokens: Context


@dataclass(slots=True, frozen=True)
class _Proposal:
    start: int
    end: int
    type: str
    rule: str
    confidence: float


class Mentions:
    """Leaves the mentions of a Doc, winners and losers, as ``doc._.kg_candidates``."""

    def __init__(self, rulebook: Rulebook, nlp: Language) -> None:
        self._descriptions = rulebook.descriptions
        self._phrases = PhraseFinder(rulebook)
        self._rules = [self._compile(rulebook, rule) for rule in rulebook.rules(MentionRule, "mention")]
        self._and = rulebook.descriptions.number({"LOWER": {"IN": ["and", "or", "&", ","]}})
        self._generic = rulebook.words("generic_heads") | rulebook.words("openers")
        self._gazetteer = _Gazetteer(nlp, rulebook.gazetteer)

    @staticmethod
    def _compile(rulebook: Rulebook, rule: MentionRule) -> _Compiled:
        return _Compiled(
            rule,
            Context(rulebook, rule.before, rule.id),
            Context(rulebook, rule.after, rule.id),
            Context(rulebook, rule.first, rule.id),
            Context(rulebook, rule.last, rule.id),
            Context(rulebook, rule.not_before, rule.id),
            Context(rulebook, rule.not_after, rule.id),
            Context(rulebook, rule.tokens, rule.id),
        )

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        doc._.kg_candidates = self.match(doc)
        return doc

    def match(self, doc: Doc) -> list[Candidate]:
        """All candidates in reading order; those that lost say what they lost to."""
        if not len(doc):
            return []
        phrases = self._phrases.find(doc)
        masks = self._descriptions.masks(doc)
        proposals = [*self._gazetteer.find(doc)]
        for compiled in self._rules:
            proposals += self._propose(compiled, masks, len(doc), phrases)
        return _Arbiter(doc, self._generic).decide(proposals)

    def _propose(
        self, compiled: _Compiled, masks: list[int], length: int, phrases: Phrases
    ) -> Iterator[_Proposal]:
        rule = compiled.rule
        everywhere = (2 << length) - 1
        begins = compiled.before.ends(masks, length) if compiled.before else everywhere
        if not begins:
            return
        stops = compiled.after.starts(masks, length) if compiled.after else everywhere
        if compiled.last:
            stops &= compiled.last.ends(masks, length)
        if compiled.first:
            begins &= compiled.first.starts(masks, length)
        if compiled.not_before:
            begins &= ~compiled.not_before.ends(masks, length)
        if compiled.not_after:
            stops &= ~compiled.not_after.starts(masks, length)
        if rule.place == "title":
            begins &= phrases.title
        elif rule.place == "abstract":
            begins &= ~phrases.title
        if rule.opens:
            begins &= phrases.openings
        if not begins or not stops:
            return
        for start, end in self._spans(compiled, masks, begins, stops, phrases):
            inner_start, inner_end = self._trim(compiled, masks, start, end)
            if rule.min_tokens <= inner_end - inner_start <= rule.max_tokens:
                yield _Proposal(inner_start, inner_end, rule.makes, rule.id, rule.confidence)
                if rule.shared:
                    for other_start, other_end in self._siblings(masks, start, phrases):
                        yield _Proposal(other_start, other_end, rule.makes, rule.id, rule.confidence)

    def _spans(
        self, compiled: _Compiled, masks: list[int], begins: int, stops: int, phrases: Phrases
    ) -> Iterator[tuple[int, int]]:
        if compiled.rule.span == "tokens":
            for steps in compiled.tokens.alternatives:
                for end in bits(stops):
                    first = starts(steps, masks, 1 << end) & begins
                    if first and first.bit_length() - 1 < end:
                        yield (first & -first).bit_length() - 1, end
            return
        spans = phrases.phrases if compiled.rule.span == "phrase" else phrases.names
        for start, end in spans.items():
            if begins >> start & 1 and stops >> end & 1:
                yield start, end

    @staticmethod
    def _trim(compiled: _Compiled, masks: list[int], start: int, end: int) -> tuple[int, int]:
        """Leave out what ``first`` or ``last`` matched, where the rule says so."""
        if compiled.rule.drop_last:
            kept = 0
            for steps in compiled.last.alternatives:
                kept |= starts(steps, masks, 1 << end)
            kept &= -1 << start
            end = max(start, (kept & -kept).bit_length() - 1) if kept else end
        if compiled.rule.drop_first:
            reached = 0
            for steps in compiled.first.alternatives:
                reached |= ends(steps, masks, 1 << start)
            start = min(end, reached.bit_length() - 1) if reached else start
        return start, end

    def _siblings(self, masks: list[int], start: int, phrases: Phrases) -> Iterator[tuple[int, int]]:
        """The earlier members of the enumeration whose last member begins at ``start``, nearest first."""
        ending = {end: first for first, end in phrases.names.items()}
        joins = masks[self._and]
        place = start
        while True:
            before = place
            while before > 0 and joins >> (before - 1) & 1:
                before -= 1
            if before == place or before not in ending:
                return
            place = ending[before]
            yield place, before


class _Gazetteer:
    """Finds known names: those whose case counts as written, the others in any case."""

    def __init__(self, nlp: Language, entries: tuple[GazetteerEntry, ...]) -> None:
        self._matchers: list[PhraseMatcher] = []
        self._types: dict[int, tuple[EntityType, float]] = {}
        for exact, attribute in ((True, "ORTH"), (False, "LOWER")):
            matcher = PhraseMatcher(nlp.vocab, attr=attribute)
            for entry_type in sorted({entry.type for entry in entries}):
                chosen = [e for e in entries if e.exact_case == exact and e.type == entry_type]
                for strength in sorted({_confidence(entry) for entry in chosen}):
                    label = f"{entry_type} {strength}"
                    self._types[nlp.vocab.strings.add(label)] = entry_type, strength
                    matcher.add(label, [nlp.make_doc(e.name) for e in chosen if _confidence(e) == strength])
            self._matchers.append(matcher)

    def find(self, doc: Doc) -> Iterator[_Proposal]:
        for matcher in self._matchers:
            for label, start, end in matcher(doc):
                entity_type, strength = self._types[label]
                yield _Proposal(start, end, entity_type, GAZETTEER_RULE, strength)


def _confidence(entry: GazetteerEntry) -> float:
    """Confidence by support, in three steps: one paper, a few, many."""
    if entry.support >= 30:  # noqa: PLR2004
        return 0.85
    return 0.75 if entry.support >= 8 else 0.65  # noqa: PLR2004


class _Arbiter:
    """Puts the proposals of one Doc together and decides between them."""

    def __init__(self, doc: Doc, generic: frozenset[str]) -> None:
        self._lower = [token.lower_ for token in doc]
        self._offsets = [token.idx for token in doc]
        self._text = doc.text
        self._generic = generic
        self._alias: dict[str, str] = {}
        self._alias_spans: list[tuple[int, int]] = []
        for abbreviation in doc._.kg_abbreviations or ():
            short, long = (
                self._surface(abbreviation.short.start, abbreviation.short.end),
                self._surface(abbreviation.long.start, abbreviation.long.end),
            )
            self._alias[key(short)] = key(long)
            self._alias_spans += [
                (abbreviation.short.start, abbreviation.short.end),
                (abbreviation.long.start, abbreviation.long.end),
            ]

    def decide(self, proposals: list[_Proposal]) -> list[Candidate]:
        by_span: dict[tuple[int, int], list[_Proposal]] = defaultdict(list)
        for proposal in proposals:
            if not self._is_generic(proposal.start, proposal.end):
                by_span[proposal.start, proposal.end].append(proposal)
        keys = {span: self._key(*span) for span in by_span}
        evidence: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        for span, group in by_span.items():
            for proposal in group:
                rules = evidence[keys[span]][proposal.type]
                rules[proposal.rule] = max(rules.get(proposal.rule, 0.0), proposal.confidence)
        verdicts = {name: _verdict(types) for name, types in evidence.items()}
        self._add_other_places(by_span, keys, verdicts)
        candidates: list[Candidate] = []
        for span, group in by_span.items():
            candidates += self._candidates(span, group, *verdicts[keys[span]])
        self._settle_overlaps([candidate for candidate in candidates if not candidate.lost_to])
        candidates.sort(key=lambda c: (c.start, -c.end, bool(c.lost_to), c.type, c.rule))
        return candidates

    def _key(self, start: int, end: int) -> str:
        own = key(self._surface(start, end))
        return self._alias.get(own, own)

    def _surface(self, start: int, end: int) -> str:
        return self._text[self._offsets[start] : self._offsets[end - 1] + len(self._lower[end - 1])]

    def _is_generic(self, start: int, end: int) -> bool:
        return all(word in self._generic for word in self._lower[start:end])

    def _add_other_places(
        self,
        by_span: dict[tuple[int, int], list[_Proposal]],
        keys: dict[tuple[int, int], str],
        verdicts: dict[str, tuple[str, float]],
    ) -> None:
        """Find the other places of every name that was accepted somewhere."""
        wanted: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        for span in [*by_span, *self._alias_spans]:
            name = keys.get(span) or self._key(*span)
            winner, score = verdicts.get(name, (NOTHING, 0.0))
            if winner != NOTHING and score >= LEAST_SCORE:
                words = tuple(self._lower[span[0] : span[1]])
                wanted[words[0]][words] = name
        for start, word in enumerate(self._lower):
            for words, name in wanted.get(word, {}).items():
                end = start + len(words)
                if (start, end) not in by_span and tuple(self._lower[start:end]) == words:
                    by_span[start, end] = []
                    keys[start, end] = name

    def _candidates(
        self, span: tuple[int, int], group: list[_Proposal], winner: str, score: float
    ) -> Iterator[Candidate]:
        start, end = span
        first = self._offsets[start]
        last = self._offsets[end - 1] + len(self._lower[end - 1])
        supporting = [p for p in sorted(group, key=lambda p: (-p.confidence, p.rule)) if p.type == winner]
        accepted = winner != NOTHING and score >= LEAST_SCORE
        for proposal in sorted(group, key=lambda p: (-p.confidence, p.rule, p.type)):
            if proposal.type == NOTHING or (accepted and proposal in supporting[:1]):
                continue
            if proposal.type != winner:
                lost = f"{winner}, by what else is said of this name"
            elif not accepted:
                lost = f"too little confidence ({score:.2f})"
            else:
                lost = f"{supporting[0].rule}, which says the same"
            yield Candidate(start, end, _entity_type(proposal.type), proposal.rule, proposal.confidence, lost, first, last)
        if accepted:
            rule = supporting[0].rule if supporting else SAME_NAME_RULE
            yield Candidate(start, end, _entity_type(winner), rule, round(score, 4), "", first, last)

    @staticmethod
    def _settle_overlaps(standing: list[Candidate]) -> None:
        taken: list[Candidate] = []
        for candidate in sorted(standing, key=lambda c: (-c.confidence * (c.end - c.start) ** 0.5, c.start, c.end)):
            rival = next((t for t in taken if t.start < candidate.end and candidate.start < t.end), None)
            if rival is None:
                taken.append(candidate)
            else:
                candidate.lost_to = f"{rival.rule} at {rival.start_char}-{rival.end_char}"


def _entity_type(name: str) -> EntityType:
    return cast("EntityType", name)


def _verdict(types: dict[str, dict[str, float]]) -> tuple[str, float]:
    """The type that the rules leave the least doubt about, and how little: one minus the product of their doubts."""
    scores = {}
    for name, rules in types.items():
        doubt = 1.0
        for confidence in rules.values():
            doubt *= 1.0 - confidence
        scores[name] = 1.0 - doubt
    winner = min(scores, key=lambda name: (-scores[name], name))
    rest = max((score for name, score in scores.items() if name != winner), default=0.0)
    return winner, scores[winner] * (1.0 - rest / 2)


@Language.factory("kg_mentions", default_config={"rules": None}, assigns=["doc._.kg_candidates"])
def create_mentions(nlp: Language, name: str, rules: str | None) -> Mentions:  # noqa: ARG001
    """The spaCy factory; ``rules`` is a folder of rules, or None for those that come with kg."""
    register_extensions()
    return Mentions(Rulebook.load(Path(rules) if rules else None), nlp)
