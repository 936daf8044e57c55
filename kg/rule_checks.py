"""Checks rule files as kg would read them, laid over its own, and names every mistake and not only the first."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import spacy

from kg.components.tokenizing import adapt_tokenizer
from kg.errors import RuleError
from kg.extraction import COMPONENTS, WITHOUT_RULES
from kg.names import key
from kg.resolution.settings import RESOLUTION, read_resolution_rules
from kg.rule_examples import SPAN_RULES, TOKEN_RULES
from kg.rulebook import MentionRule, Pattern, RoleRule, Rulebook, TokenRule, is_lexicon, is_rule_file
from kg.rulefiles import nearest
from kg.ruletables import read_lexicon

_MORE_TABLES: Final = (*TOKEN_RULES, *SPAN_RULES, "role", "lists", "without")
_PLACE: Final = re.compile(r"([^:]+):(\d+): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRules:
    """What was checked: how many files, rules, word lists and names they give, and every mistake in them."""

    files: int
    rules: int
    lists: int
    names: int
    mistakes: tuple[str, ...]


def check_rules(paths: Sequence[Path]) -> CheckedRules:
    """Check files, and the rule files of folders, all together laid over the rules that come with kg.

    The mistakes begin with file and line, in the order of the files given. Raises RuleError where a path cannot be
    read, where there is no rule file among them, or two have one name.
    """
    files = _files(paths)
    mistakes: list[RuleError] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, path in files.items():
            _copy(path, Path(folder, name))
        rulebook = Rulebook(Path(folder), on_error=mistakes.append)
        mistakes += _unread(rulebook, files)
        _read_all(rulebook, mistakes)
        if not mistakes:
            mistakes += _refused_by_components(Path(folder))
    order = {name: number for number, name in enumerate(files)}
    found = sorted({str(mistake) for mistake in mistakes}, key=lambda message: _place(message, order))
    tables = [rulebook.files[name].table for name in files if name in rulebook.files]
    lexicons = [rulebook.texts[name] for name in files if is_lexicon(name)]
    return CheckedRules(
        files=len(files),
        rules=sum(len(entries) for table in tables for entries in table.values() if isinstance(entries, list)),
        lists=sum(len(table.get("lists", ())) for table in tables),
        names=sum(len(list(read_lexicon("", text, on_error=lambda _: None))) for text in lexicons),
        mistakes=tuple(_with_path(message, files) for message in found),
    )


def _files(paths: Iterable[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in paths:
        members = sorted(path.iterdir()) if path.is_dir() else [path]
        for member in members:
            if is_rule_file(member.name):
                if member.name in found:
                    raise RuleError(f"{member}: {found[member.name]} has the same name; check one of them at a time")
                found[member.name] = member
            elif member == path:
                raise RuleError(f"{path}: no rule file; their names end in .toml or .tsv")
    if not found:
        raise RuleError(f"{paths_shown(paths)}: there is no rule file, whose name would end in .toml or .tsv")
    return found


def paths_shown(paths: Iterable[Path]) -> str:
    """Paths for a message, one after the other."""
    return ", ".join(map(str, paths))


def _copy(path: Path, target: Path) -> None:
    try:
        shutil.copyfile(path, target)
    except OSError as error:
        raise RuleError(f"{path}: cannot be read: {error.strerror or error}") from error


def _unread(rulebook: Rulebook, files: Iterable[str]) -> Iterator[RuleError]:
    """Files and tables that kg would pass over in silence, because it knows none of that name."""
    ours = Rulebook()
    tables = dict.fromkeys((*_MORE_TABLES, *(key for source in ours.files.values() for key in source.table)))
    for name in files:
        if name in rulebook.files:
            source = rulebook.files[name]
            for table in source.table.keys() - tables.keys():
                yield source.error(table, f"kg reads no table {table!r}; {nearest(table, tables)}")
        elif name.endswith(".tsv") and name not in ours.texts and not is_lexicon(name):
            known = {known: "" for known in ours.texts if known.endswith(".tsv")}
            yield RuleError(f"{name}:1: kg reads no file of this name; {nearest(name, known)}")


def _read_all(rulebook: Rulebook, mistakes: list[RuleError]) -> None:
    """Read and compile all that is read when it is first needed; the rulebook tells of the mistakes it meets."""
    token_rules = [rule for kind in TOKEN_RULES for rule in rulebook.rules(TokenRule, kind)]
    mention_rules = [rule for kind in SPAN_RULES for rule in rulebook.rules(MentionRule, kind)]
    contexts: list[tuple[str, tuple[Sequence[Pattern], ...]]]
    contexts = [(rule.id, (rule.tokens, rule.before, rule.after)) for rule in token_rules]
    contexts += [
        (rule.id, (rule.tokens, rule.before, rule.after, rule.first, rule.last, rule.not_before, rule.not_after))
        for rule in mention_rules
    ]
    contexts += [(rule.id, (rule.before, rule.after)) for rule in rulebook.rules(RoleRule, "role")]
    for rule, patterns in contexts:
        for pattern in patterns:
            try:
                rulebook.compile(pattern, rule)
            except RuleError as error:
                mistakes.append(error)
    for name in filter(is_lexicon, rulebook.texts):
        mistakes += _given_twice(name, rulebook.texts[name], mistakes)
    _ = rulebook.metrics
    for read in (lambda: rulebook.word_classes, lambda: read_resolution_rules(rulebook.texts[RESOLUTION])):
        try:
            read()
        except RuleError as error:
            mistakes.append(error)


def _given_twice(file: str, text: str, mistakes: list[RuleError]) -> Iterator[RuleError]:
    """Names that a lexicon gives twice, by their keys; its other mistakes are told of on the way."""
    found: dict[str, str] = {}
    for entry in read_lexicon(file, text, on_error=mistakes.append):
        name = key(entry.name)
        if name in found:
            first = text.find(f"\n{entry.name}\t")
            line = text.count("\n", 0, max(first, text.rfind(f"\n{entry.name}\t")) + 1) + 1
            yield RuleError(f"{file}:{line}: {entry.name!r} is given twice, as {found[name]!r} before")
        found.setdefault(name, entry.name)


def _refused_by_components(folder: Path) -> Iterator[RuleError]:
    """What the parts of the pipeline say to their rules: the first mistake of each."""
    nlp = spacy.blank("en")
    try:
        adapt_tokenizer(nlp, Rulebook.load(folder))
    except RuleError as error:
        yield error
    for name in COMPONENTS:
        try:
            nlp.add_pipe(name, config={} if name in WITHOUT_RULES else {"rules": str(folder)})
        except RuleError as error:
            yield error


def _place(message: str, order: dict[str, int]) -> tuple[int, int, str]:
    """Where a message sorts: by file as given, then by line; others last."""
    place = _PLACE.match(message)
    if place is None:
        return len(order), 0, message
    return order.get(place.group(1), len(order)), int(place.group(2)), message


def _with_path(message: str, files: dict[str, Path]) -> str:
    """A message with the path of its file as it was given, so that it can be found."""
    name, colon, rest = message.partition(":")
    return f"{files[name]}{colon}{rest}" if name in files else message
