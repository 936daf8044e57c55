"""A rule as it stands in its file: for whoever asks what a rule's id means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.rulebook import Rulebook

_TABLE: Final = re.compile(r"(?m)^\[\[?\w")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule of a file: its kind ("mention", "role", "result" …), where it stands, why it is there, its examples.

    ``text`` is what the file says, whole, from ``line`` on (counted from 1).
    """

    id: str
    kind: str
    file: str
    line: int
    reason: str
    text: str
    matches: tuple[str, ...]
    ignores: tuple[str, ...]


def rule_entries(rulebook: Rulebook) -> Iterator[RuleEntry]:
    """All rules that have an id, in the order of files and lines; those left out by ``without`` are not among them."""
    for name, source in rulebook.files.items():
        text = rulebook.texts[name]
        found = [
            (kind, entry)
            for kind, entries in source.table.items()
            if isinstance(entries, list)
            for entry in entries
            if isinstance(entry, Mapping) and "id" in entry and entry["id"] not in rulebook.without
        ]
        placed = [(_start(text, kind, str(entry["id"])), kind, entry) for kind, entry in found]
        for start, kind, entry in sorted(placed, key=lambda one: one[0]):
            end = _TABLE.search(text, start + 2)
            yield RuleEntry(
                id=str(entry["id"]),
                kind=kind,
                file=name,
                line=text.count("\n", 0, start) + 1,
                reason=str(entry.get("reason", "")),
                text=_without_comments_at_end(text[start : end.start() if end else len(text)]),
                matches=tuple(map(str, entry.get("matches", ()))),
                ignores=tuple(map(str, entry.get("ignores", ()))),
            )


def _start(text: str, kind: str, rule: str) -> int:
    """Where in a file the table of a rule begins."""
    name = re.search(rf"""(?m)^id\s*=\s*["']{re.escape(rule)}["']""", text)
    before = text[: name.start()] if name else ""
    return max(before.rfind(f"[[{kind}]]"), 0)


def _without_comments_at_end(text: str) -> str:
    """A table without the blank lines and comments that lead to the next one."""
    lines = text.rstrip().split("\n")
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return "\n".join(lines)
