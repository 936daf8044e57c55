"""Reads, checks and compiles the folder of rules.

What a rule may say is defined by a dataclass, once: the keys that a TOML table may have are the fields of the dataclass
that it becomes, their values are of the types of these fields, and an unknown key is refused with the nearest known
one. Rules are data: nothing in them is run. Word lists stand in ``[lists]`` tables and are named as ``"@list"``
wherever a list of words may stand; names of things, and the weights of what is told of them, stand in ``*.tsv``
files.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, cast

from kg import names
from kg.descriptions import Description, PatternError
from kg.errors import RuleError
from kg.matching import Descriptions, Steps
from kg.metrics import METRICS, Metrics, read_metrics
from kg.model import ENTITY_TYPES, ROLES, EntityType, Role
from kg.rulefiles import RuleFile, check_values, nearest
from kg.ruletables import (
    LEXICON,
    RESULT_WEIGHTS,
    ROLE_WEIGHTS,
    WEIGHTS,
    WORD_CLASSES,
    LexiconEntry,
    LexiconKind,
    OnError,
    read_choices,
    read_lexicon,
    read_weights,
    read_word_classes,
    refuse,
)

SpanKind = Literal["phrase", "name", "tokens"]
Place = Literal["title", "abstract", "any"]
Pattern = Sequence[Description]


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRule:
    """A rule that proposes mentions of one type, or forbids them (``makes = "Nothing"``).

    ``span`` says what may be a mention: every noun phrase (``phrase``), every run of name-shaped words (``name``),
    or whatever ``tokens`` matches. ``before`` and ``after`` are lists of token patterns, one of which must match
    right before or after the span; ``first`` and ``last`` the same at its two ends; ``not_before`` and
    ``not_after`` none of which may match. ``opens`` asks that the span opens its field.
    ``drop_first`` and ``drop_last`` leave what ``first`` or ``last``
    matched out of the mention. ``shared`` extends the rule to the other members of an enumeration that the span
    closes ("X, Y and Z datasets"). ``confidence`` is between 0 and 1. In ``matches`` the mentions stand in square
    brackets; in ``ignores`` the rule must find none.
    """

    id: str
    makes: EntityType | Literal["Nothing"]
    reason: str
    span: SpanKind = "phrase"
    tokens: tuple[Pattern, ...] = ()
    place: Place = "any"
    before: tuple[Pattern, ...] = ()
    after: tuple[Pattern, ...] = ()
    first: tuple[Pattern, ...] = ()
    last: tuple[Pattern, ...] = ()
    not_before: tuple[Pattern, ...] = ()
    not_after: tuple[Pattern, ...] = ()
    opens: bool = False
    drop_first: bool = False
    drop_last: bool = False
    shared: bool = False
    min_tokens: int = 1
    max_tokens: int = 8
    confidence: float
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """A rule that says what the paper does with a thing: the mention stands between ``before`` and ``after``.

    ``types`` are the types it speaks of. ``background`` asks that the thing is named only before the paper speaks of
    itself, ``opens`` that the mention opens its field, ``unknown`` that the lexicon has no entry for the name,
    ``least_mentions`` that the thing is named so often. ``weight`` is between 0 and 1 and says how sure the rule is,
    alone. In ``matches`` and ``ignores`` the mention stands in square brackets.
    """

    id: str
    role: Role
    reason: str
    types: tuple[EntityType, ...] = ENTITY_TYPES
    place: Place = "any"
    before: tuple[Pattern, ...] = ()
    after: tuple[Pattern, ...] = ()
    background: bool = False
    opens: bool = False
    unknown: bool = False
    least_mentions: int = 1
    weight: float
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRule:
    """A token pattern with a context, for the parts of the pipeline that only ask where it holds."""

    id: str
    reason: str
    tokens: tuple[Pattern, ...]
    before: tuple[Pattern, ...] = ()
    after: tuple[Pattern, ...] = ()
    matches: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()


class _Identified(Protocol):
    """What every rule has."""

    @property
    def id(self) -> str:
        """Its name in explanations and weights, given once among its kind."""
        ...


Rule = TypeVar("Rule", bound=_Identified)


class Rulebook:
    """All rules of a folder, checked and ready to be compiled.

    ``folder`` is laid over the rules that come with kg, file by file: a file of the same name replaces ours, any
    other is added. ``without`` has the ids of the rules that a file of the folder leaves out by a list of that name.
    ``hash`` is the SHA-256 over the names and contents of all files in force. ``on_error`` is told of every mistake,
    at once or when the rules that it stands among are asked for; where it returns, what is wrong is left out.

    Raises:
        RuleError: a file says something it may not; the message begins with file and line.
    """

    def __init__(self, folder: Path | None = None, *, on_error: OnError = refuse) -> None:
        self._on_error = on_error
        texts = dict(_packaged())
        if folder is not None:
            if not folder.is_dir():
                raise RuleError(f"{folder}: no such folder of rules")
            texts |= {path.name: _text_of(path) for path in sorted(folder.iterdir()) if is_rule_file(path.name)}
        digest = hashlib.sha256()
        for name, text in sorted(texts.items()):
            digest.update(f"{name}\0{text}\0".encode())
        self.hash = digest.hexdigest()
        self.files: dict[str, RuleFile] = {}
        for name, text in sorted(texts.items()):
            with self._mistakes():
                self.files |= {name: RuleFile(name, text)} if name.endswith(".toml") else {}
        self._lists = self._read_lists()
        self.without = frozenset(self._left_out())
        self.weights = read_weights(texts.get(WEIGHTS, ""), on_error=on_error)
        self.role_weights = read_weights(
            texts.get(ROLE_WEIGHTS, ""), file=ROLE_WEIGHTS, classes=ROLES, on_error=on_error
        )
        self.texts = texts
        self.descriptions = Descriptions()

    @staticmethod
    @functools.lru_cache(maxsize=4)
    def load(folder: Path | None = None) -> Rulebook:
        """The rulebook of a folder, read once."""
        return Rulebook(folder)

    @functools.cached_property
    def lexicon(self) -> tuple[LexiconEntry, ...]:
        """The entries of all ``lexicon*.tsv`` files, read when first asked for; of a name given twice the last counts.

        ``lexicon.tsv`` comes first, the others follow by name. Raises RuleError with file and line.
        """
        return tuple(self._lexicon())

    def _lexicon(self) -> Iterator[LexiconEntry]:
        for name in sorted(filter(is_lexicon, self.texts), key=lambda name: (name != LEXICON, name)):
            yield from read_lexicon(name, self.texts[name], on_error=self._on_error)

    @functools.cached_property
    def kinds(self) -> dict[str, LexiconKind]:
        """What the lexicon says of names, by their keys (:func:`kg.names.key`). Raises RuleError.

        The entries are not kept: there are tens of thousands, and Python's garbage collector looks at each again.
        """
        kind_of = functools.lru_cache(maxsize=None)(LexiconKind)  # few different ones
        return {
            names.key(entry.name): kind_of(entry.types, entry.optional, entry.ambiguous) for entry in self._lexicon()
        }

    @functools.cached_property
    def choices(self) -> dict[str, dict[str, float]]:
        """The weights of ``result-weights.tsv`` by choice and feature, read when first asked for. Raises RuleError."""
        return read_choices(self.texts.get(RESULT_WEIGHTS, ""), on_error=self._on_error)

    @functools.cached_property
    def word_classes(self) -> dict[str, str]:
        """The class of each word of ``word-classes.tsv``, read when first asked for. Raises RuleError."""
        return read_word_classes(self.texts.get(WORD_CLASSES, ""))

    @functools.cached_property
    def metrics(self) -> Metrics:
        """Which way metrics are better, as ``metrics.tsv`` says, read when first asked for. Raises RuleError."""
        return Metrics(read_metrics(self.texts.get(METRICS, ""), on_error=self._on_error))

    def words(self, name: str) -> frozenset[str]:
        """The words of a list. Raises RuleError where there is none of that name."""
        if name not in self._lists:
            raise RuleError(f"no word list @{name}; {nearest(name, self._lists)}")
        return self._lists[name]

    def table(self, file: str, key: str) -> dict[str, Any]:
        """A top-level table of a file, with its word lists put in. Raises RuleError where it is missing."""
        source = self.files.get(file)
        if source is None or not isinstance(source.table.get(key), dict):
            raise RuleError(f"{file}:1: the table [{key}] is missing")
        return cast("dict[str, Any]", self._expand(source, key, source.table[key]))

    def rules(self, kind: type[Rule], key: str, *, file: str | None = None) -> tuple[Rule, ...]:
        """All ``[[key]]`` tables of all files, or of one, as rules of a kind, in the order of files and lines.

        Raises RuleError for an unknown key, a value of the wrong kind, a missing id, an id given twice, and where the
        one file is missing.
        """
        if file is not None and file not in self.files:
            raise RuleError(f"{file}:1: the file is missing")
        found: dict[str, Rule] = {}
        for source in self.files.values() if file is None else (self.files[file],):
            entries = source.table.get(key, [])
            if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
                self._on_error(source.error(f"[{key}]", f"rules stand under [[{key}]], in double brackets"))
                continue
            for entry in entries:
                with self._mistakes():
                    rule = self._rule(source, kind, entry)
                    if rule.id in found:
                        raise source.error(f'"{rule.id}"', f"the id {rule.id!r} is given twice")
                    found[rule.id] = rule
        return tuple(rule for rule in found.values() if rule.id not in self.without)

    def compile(self, patterns: Sequence[Pattern], rule: str) -> tuple[Steps, ...]:
        """Compile the patterns of a rule into ``self.descriptions``; raises RuleError that names the rule."""
        try:
            return tuple(self.descriptions.compile(pattern) for pattern in patterns)
        except PatternError as error:
            raise self._error_of(rule, str(error)) from error

    def _error_of(self, rule: str, message: str) -> RuleError:
        for source in self.files.values():
            if source.gives(rule):
                return source.error(f'"{rule}"', f"rule {rule}: {message}")
        return RuleError(f"rule {rule}: {message}")

    @contextmanager
    def _mistakes(self) -> Iterator[None]:
        """Tell of the mistake that is met within, and go on after it."""
        try:
            yield
        except RuleError as error:
            self._on_error(error)

    def _left_out(self) -> Iterator[str]:
        """The ids that files leave out by ``without``; what is no rule's id is a mistake."""
        tables = (table for source in self.files.values() for table in source.table.values() if isinstance(table, list))
        known = {str(entry.get("id")): entry for table in tables for entry in table if isinstance(entry, Mapping)}
        for source in self.files.values():
            given = source.table.get("without", [])
            for name in map(str, given if isinstance(given, list) else [given]):
                if name in known:
                    yield name
                else:
                    message = f"without: no rule has the id {name!r}; {nearest(name, known)}"
                    self._on_error(source.error(f'"{name}"', message))

    def _read_lists(self) -> dict[str, frozenset[str]]:
        written: dict[str, tuple[RuleFile, list[str]]] = {}
        for source in self.files.values():
            with self._mistakes():
                for name, members in source.lists():
                    if name in written:
                        raise source.error(name, f"the list {name} is given twice")
                    written[name] = (source, members)

        def members_of(name: str, path: tuple[str, ...]) -> Iterator[str]:
            source, members = written[name]
            for word in members:
                other = word.removeprefix("@")
                if other == word or len(word) == 1:
                    yield word
                elif other in path:
                    raise source.error(name, f"the list {name} takes in itself")
                elif other not in written:
                    raise source.error(name, f"no word list @{other}; {nearest(other, written)}")
                else:
                    yield from members_of(other, (*path, other))

        found = dict.fromkeys(written, frozenset[str]())
        for name in written:
            with self._mistakes():
                found[name] = frozenset(members_of(name, (name,)))
        return found

    def _rule(self, source: RuleFile, kind: type[Rule], entry: Mapping[str, Any]) -> Rule:
        name = str(entry.get("id", "?"))
        known = {field.name: field for field in dataclasses.fields(cast("Any", kind))}
        for key in entry:
            if key not in known:
                raise source.error(f'"{name}"', f"rule {name}: unknown key {key!r}; {nearest(key, known)}")
        missing = [key for key, field in known.items() if field.default is dataclasses.MISSING and key not in entry]
        if missing:
            raise source.error(f'"{name}"', f"rule {name}: {', '.join(missing)} missing")
        values = {key: self._expand(source, name, value) for key, value in entry.items()}
        check_values(source, name, kind, values)
        arguments = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        return cast("Callable[..., Rule]", kind)(**arguments)

    def _expand(self, source: RuleFile, where: str, value: object) -> object:
        """Put the words of ``@list`` where it is named inside ``IN`` and ``NOT_IN``."""
        if isinstance(value, Mapping):
            return {
                key: self._words_in(source, where, inner)
                if key in ("IN", "NOT_IN")
                else self._expand(source, where, inner)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._expand(source, where, inner) for inner in value]
        return value

    def _words_in(self, source: RuleFile, where: str, value: object) -> list[str]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
            raise source.error(where, f"{where}: IN and NOT_IN take a list of words, or the name of one")
        words: list[str] = []
        for word in given:
            if word.startswith("@") and len(word) > 1:
                if word[1:] not in self._lists:
                    raise source.error(where, f"{where}: no word list {word}; {nearest(word[1:], self._lists)}")
                words += sorted(self._lists[word[1:]])
            else:
                words.append(word)
        return words


def is_rule_file(name: str) -> bool:
    """Whether a file of this name in a folder of rules is read."""
    return name.endswith((".toml", ".tsv"))


def is_lexicon(name: str) -> bool:
    """Whether a file of this name holds entries of the lexicon."""
    return name.startswith("lexicon") and name.endswith(".tsv")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}:1: no UTF-8 text") from error
    except OSError as error:
        raise RuleError(f"{path}:1: cannot be read: {error.strerror or error}") from error


def _packaged() -> Iterator[tuple[str, str]]:
    for entry in resources.files("kg.rules").iterdir():
        if is_rule_file(entry.name):
            yield entry.name, entry.read_text("utf-8")
