"""Checks the rules against the examples that stand beside them.

| rules | what the marks of an example mean |
|---|---|
| ``[[mention]]``, ``[[cue]]`` | square brackets stand around every mention that the rule proposes |
| ``[[role]]`` | square brackets stand around the mentions of one thing, of the first type that the rule speaks of |
| token rules | ``|`` stands before every token at which the rule matches |

In ``matches`` the rule must find exactly what is marked. In ``ignores`` it must find nothing; only the examples of a
role keep their brackets there, because a role is asked of a thing. What stands before a line break is the title, and
an example that ends in one is a title alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import spacy
from spacy.tokens import Doc

from kg.components.abbreviations import Abbreviations
from kg.components.contexts import TokenRules
from kg.components.document import FIELD_BREAK, Candidate, DocumentEntity, paper_fields, paper_text
from kg.components.phrases import PhraseFinder
from kg.components.proposals import CompiledRule
from kg.components.roles import Roles
from kg.components.sentences import Sentences
from kg.components.tokenizing import adapt_tokenizer
from kg.model import Paper
from kg.rulebook import MentionRule, RoleRule, Rulebook, TokenRule

TOKEN_RULES: Final = ("sentence", "no_sentence", "break", "strong_name", "weak_name", "numeral", "own_work")
SPAN_RULES: Final = ("mention", "cue")
_BRACKETS: Final = re.compile(r"\[([^\[\]]+)\]")

AnyRule = MentionRule | RoleRule | TokenRule
Spans = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that its rule does not bear out, and how; or, without an example, what examples a rule lacks."""

    rule: str
    example: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}" + (f" in {self.example!r}" if self.example else "")


class Examples:
    """Runs examples against the rules of a rulebook, each rule alone, on real sentences, phrases and names."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._nlp = spacy.blank("en")
        adapt_tokenizer(self._nlp, rulebook)
        self._sentences = Sentences(rulebook)
        self._abbreviations = Abbreviations()
        self._phrases = PhraseFinder(rulebook)
        self._roles = Roles(rulebook)

    def rules(self) -> Iterator[AnyRule]:
        """The rules whose examples can be run, in the order of files and lines within a kind."""
        for key in TOKEN_RULES:
            yield from self._rulebook.rules(TokenRule, key)
        for key in SPAN_RULES:
            yield from self._rulebook.rules(MentionRule, key)
        yield from self._rulebook.rules(RoleRule, "role")

    def failures(self, rule: AnyRule) -> Iterator[Failure]:
        """What is wrong with the examples of a rule."""
        for example in rule.matches:
            message = self._check(rule, example, ignored=False)
            if message:
                yield Failure(rule.id, example, message)
        for example in rule.ignores:
            message = self._check(rule, example, ignored=True)
            if message:
                yield Failure(rule.id, example, message)

    @staticmethod
    def lacking(rule: AnyRule) -> Iterator[Failure]:
        """What examples a rule lacks: it should have some of what it matches and some of what it ignores."""
        for name, examples in (("matches", rule.matches), ("ignores", rule.ignores)):
            if not examples:
                yield Failure(rule.id, "", f"there is no example in {name}")

    def _check(self, rule: AnyRule, example: str, *, ignored: bool) -> str:
        if isinstance(rule, RoleRule):
            return self._check_role(rule, example, ignored=ignored)
        text, marked = _marked_places(example) if isinstance(rule, TokenRule) else _marked_spans(example)
        if ignored and marked:
            return "an ignored example has nothing to mark"
        if not ignored and not marked:
            return "nothing is marked"
        doc = self._doc(text)
        found = self._places(rule, doc) if isinstance(rule, TokenRule) else self._spans(rule, doc)
        return "; ".join(
            [f"does not find {_shown(text, span)}" for span in sorted(marked - found)]
            + [f"finds {_shown(text, span)}" for span in sorted(found - marked)]
        )

    def _check_role(self, rule: RoleRule, example: str, *, ignored: bool) -> str:
        text, marked = _marked_spans(example)
        doc = self._doc(text)
        mentions = []
        for start, end in sorted(marked):
            span = doc.char_span(start, end)
            if span is None:
                return f"brackets stand inside a word around {_shown(text, (start, end))}"
            mentions.append(
                Candidate(span.start, span.end, rule.types[0], rule.id, 1.0, start_char=start, end_char=end)
            )
        if not mentions:
            return "nothing is marked"
        doc._.kg_entities = [DocumentEntity(rule.types[0], (mentions[0].rule,), mentions)]
        holds = any(held.id == rule.id for _, rules in self._roles.match([doc]) for held in rules)
        if holds is ignored:
            return "holds" if ignored else "does not hold"
        return ""

    def _doc(self, text: str) -> Doc:
        title, broken, abstract = text.partition(FIELD_BREAK)
        paper = Paper(id="example", title=title, abstract=abstract) if broken else Paper(id="example", text=text)
        doc = self._nlp.make_doc(paper_text(paper))
        doc._.kg_fields = paper_fields(paper)
        return self._abbreviations(self._sentences(doc))

    def _places(self, rule: TokenRule, doc: Doc) -> Spans:
        found = TokenRules(self._rulebook, (rule,)).positions(self._rulebook.descriptions.masks(doc), len(doc))
        return {(token.idx, token.idx) for token in doc if found >> token.i & 1}

    def _spans(self, rule: MentionRule, doc: Doc) -> Spans:
        compiled = CompiledRule(self._rulebook, rule)
        masks = self._rulebook.descriptions.masks(doc)
        proposals = compiled.propose(masks, len(doc), self._phrases.find([doc])) if len(doc) else ()
        spans = (doc[proposal.start : proposal.end] for proposal in proposals)
        return {(span.start_char, span.end_char) for span in spans}


def check_examples(rulebook: Rulebook) -> Iterator[Failure]:
    """Every example of the sentence, phrase, mention, cue and role rules that does not hold, rule by rule.

    Raises RuleError where a rule itself is wrong.
    """
    examples = Examples(rulebook)
    for rule in examples.rules():
        yield from examples.failures(rule)


def _marked_spans(example: str) -> tuple[str, Spans]:
    """The example without its square brackets, and what they enclosed as characters of it."""
    marked: Spans = set()
    for count, match in enumerate(_BRACKETS.finditer(example)):
        start = match.start() - 2 * count
        marked.add((start, start + len(match.group(1))))
    return _BRACKETS.sub(r"\1", example), marked


def _marked_places(example: str) -> tuple[str, Spans]:
    """The example without its marks, and the characters before which they stood, as empty spans."""
    parts = example.split("|")
    places = [sum(map(len, parts[:count])) for count in range(1, len(parts))]
    return "".join(parts), {(place, place) for place in places}


def _shown(text: str, span: tuple[int, int]) -> str:
    """The words of a span, or, of an empty one, the word before which it stands."""
    start, end = span
    following = text[start:].split(maxsplit=1)
    return repr(text[start:end] or following[0]) if following else "the end of the example"
