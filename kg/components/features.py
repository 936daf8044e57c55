"""What is told of a name in one paper: which rules spoke of it, how it is written, where and between what it stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from kg.components.proposals import GAZETTEER_RULE, Proposal
from kg.components.tokens import TokenTable
from kg.errors import RuleError
from kg.rulebook import Rulebook

FILE: Final = "features.toml"
MOST_TOKENS: Final = 5
MOST_PLACES: Final = 4
ENDING_LETTERS: Final = 4
SHORTEST_PLURAL: Final = 5


@dataclass(slots=True)
class NameEvidence:
    """All that was proposed for one name: by place, and for each type the rules with their confidences."""

    spans: dict[tuple[int, int], list[Proposal]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, proposal: Proposal) -> None:
        """Take in what one rule proposes."""
        self.spans[proposal.start, proposal.end].append(proposal)
        rule = proposal.rule
        if rule == GAZETTEER_RULE:
            rule = f"{GAZETTEER_RULE} {proposal.type} {proposal.confidence:.2f}"
        known = self.rules[proposal.type]
        known[rule] = max(known.get(rule, 0.0), proposal.confidence)


class Features:
    """Names the features of a name, by ``features.toml``."""

    def __init__(self, rulebook: Rulebook) -> None:
        try:
            self._strong = re.compile(rulebook.table(FILE, "shape")["strong"])
        except (KeyError, TypeError, re.error) as error:
            raise RuleError(f"{FILE}:1: [shape] must give strong, a regular expression: {error}") from error
        self._before = _classes("before", rulebook.table(FILE, "before"))
        self._after = _classes("after", rulebook.table(FILE, "after"))

    def of(self, evidence: NameEvidence, tokens: TokenTable, title_end: int, *, abbreviated: bool) -> Collection[str]:
        """The features of a name; ``title_end`` is the character at which the title ends, 0 without one."""
        found = {rule for rules in evidence.rules.values() for rule in rules}
        found |= self._writing(evidence.spans, tokens, title_end)
        last = len(tokens.lower)
        for start, end in evidence.spans:
            found.add(self._before.get(tokens.lower[start - 1], "") if start else "")
            found.add(self._after.get(tokens.lower[end], "") if end < last else "")
        start, end = max(evidence.spans, key=lambda span: span[1] - span[0])
        head = tokens.lower[end - 1]
        found |= {
            f"tokens {min(end - start, MOST_TOKENS)}",
            f"places {min(len(evidence.spans), MOST_PLACES)}",
            f"head {head[:-1] if len(head) >= SHORTEST_PLURAL and head.endswith('s') else head}",
            f"ending {head[-ENDING_LETTERS:]}",
            f"first {tokens.lower[start]}",
        }
        if abbreviated:
            found.add("abbreviated")
        found.discard("")
        return found

    def _writing(self, spans: Iterable[tuple[int, int]], tokens: TokenTable, title_end: int) -> set[str]:
        title: list[str] = []
        running: list[str] = []
        for start, end in spans:
            (title if tokens.starts[start] < title_end else running).append(tokens.text_of(start, end))
        found = {name for name, texts in (("in title", title), ("in text", running)) if texts}
        texts = running or title
        if any(self._strong.search(text) for text in texts):
            found.add("written like a name")
        elif any(text[:1].isupper() for text in texts):
            found.add("written with a capital")
        else:
            found.add("written small")
        if any("-" in text for text in texts):
            found.add("hyphen")
        return found


def _classes(side: str, table: dict[str, Any]) -> dict[str, str]:
    classes: dict[str, str] = {}
    for name, words in table.items():
        if not isinstance(words, dict) or set(words) != {"IN"}:
            raise RuleError(f"{FILE}:1: [{side}] {name} must be of the form {{ IN = [words] }}")
        for word in words["IN"]:
            classes.setdefault(word, f"{side} {name}")
    return classes
