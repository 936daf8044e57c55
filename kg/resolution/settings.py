"""What ``rules/resolution.toml`` says about names that are one thing, read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from importlib import resources
from typing import Any, Final, cast, get_type_hints

from kg.model import ENTITY_TYPES, EntityType
from kg.rulefiles import RuleFile, nearest

RESOLUTION: Final = "resolution.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRules:
    """How words are folded: what is cut, and what stands for something else."""

    leading: tuple[str, ...]
    fillers: tuple[str, ...]
    endings: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRules:
    """Words that say nothing at the end of a name, by type; ``plain`` are those that are cut from plain words, too."""

    plain: tuple[str, ...] = ()
    Method: tuple[str, ...] = ()
    Dataset: tuple[str, ...] = ()
    Metric: tuple[str, ...] = ()
    Task: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcronymRules:
    """When an acronym that stands alone goes to a full form; shares and likeness are between 0 and 1."""

    share: float
    least_papers: tuple[int, ...]
    least_loose: int
    most_alone: tuple[int, ...]
    inside_share: float
    inside_papers: int
    likeness: float
    other_papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRules:
    """When one name with two types is one thing; shares are between 0 and 1."""

    near: tuple[tuple[EntityType, ...], ...]
    phrases_between: tuple[EntityType, ...]
    phrase_share: float
    word_share: float

    def group(self, type_: EntityType) -> tuple[EntityType, ...]:
        """The types that are easily taken for this one, itself among them."""
        return next((group for group in self.near if type_ in group), (type_,))


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRules:
    """What a name of a family has at its end or beginning, as regular expressions."""

    joined: tuple[str, ...]
    apart: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNames:
    """Names of one thing, of one type."""

    type: EntityType
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionRules:
    """All of the file; ``text`` is the file itself."""

    words: WordRules
    heads: HeadRules
    acronyms: AcronymRules
    types: TypeRules
    families: FamilyRules
    same: tuple[SameNames, ...]
    text: str


def read_resolution_rules(text: str, *, file: str = RESOLUTION) -> ResolutionRules:
    """The rules in a text of this form. Raises RuleError with file and line."""
    source = RuleFile(file, text)
    tables = {one.name: one for one in fields(ResolutionRules) if one.name not in ("same", "text")}
    for name in source.table:
        if name not in tables and name not in ("same", "lists"):
            raise source.error(f"[{name}", f"unknown table [{name}]; {nearest(name, {**tables, 'same': None})}")
    hints = get_type_hints(ResolutionRules)
    read = {name: _record(source, f"[{name}", hints[name], source.table.get(name)) for name in tables}
    given = source.table.get("same", [])
    if not isinstance(given, list):
        raise source.error("same", "names of one thing stand under [[same]], in double brackets")
    same = tuple(_record(source, _where(entry), SameNames, entry) for entry in given)
    _check_expressions(source, cast("FamilyRules", read["families"]))
    return ResolutionRules(**read, same=same, text=text)


@lru_cache(maxsize=1)
def default_resolution_rules() -> ResolutionRules:
    """The rules that come with kg."""
    return read_resolution_rules(packaged_resolution_text())


def packaged_resolution_text() -> str:
    """The file that comes with kg."""
    return resources.files("kg.rules").joinpath(RESOLUTION).read_text("utf-8")


def _where(entry: object) -> str:
    names = entry.get("names") if isinstance(entry, Mapping) else None
    return f'"{names[0]}"' if isinstance(names, list) and names else "[[same]]"


def _record(source: RuleFile, where: str, kind: Callable[..., Any], given: object) -> Any:
    """A table as a record of a kind, whose fields are its keys."""
    if not isinstance(given, Mapping):
        raise source.error(where, f"the table {where.strip('[')} is missing")
    known = {one.name: one for one in fields(cast("Any", kind))}
    hints = get_type_hints(kind)
    for key in given:
        if key not in known:
            raise source.error(key, f"unknown key {key!r}; {nearest(key, known)}")
    missing = [key for key, one in known.items() if key not in given and one.default is one.default_factory is MISSING]
    if missing:
        raise source.error(where, f"{', '.join(missing)} missing in {where.strip('[')}")
    values = {key: _value(source, key, str(hints[key]), value) for key, value in given.items()}
    return kind(**values)


def _value(source: RuleFile, key: str, hint: str, value: object) -> object:
    good, wanted = True, ""
    if hint.startswith("tuple[int"):
        good, wanted = _all(value, int) and len(cast("list[int]", value)) > 0, "a list of whole numbers"
    elif "tuple[tuple[" in hint:
        good, wanted = isinstance(value, list) and all(map(_are_types, value)), f"lists of {', '.join(ENTITY_TYPES)}"
    elif hint.startswith("tuple[str"):
        good, wanted = _all(value, str), "a list of strings"
    elif hint.startswith("tuple["):
        good, wanted = _are_types(value), f"a list of {', '.join(ENTITY_TYPES)}"
    elif "Mapping" in hint:
        good, wanted = isinstance(value, Mapping) and _all(list(value.values()), str), "a table of strings"
    elif "float" in hint:
        good, wanted = isinstance(value, (int, float)) and 0 <= value <= 1, "a number between 0 and 1"
    elif "int" in hint:
        good, wanted = isinstance(value, int) and not isinstance(value, bool), "a whole number"
    else:
        good, wanted = value in ENTITY_TYPES, f"one of {', '.join(ENTITY_TYPES)}"
    if not good:
        raise source.error(key, f"{key} must be {wanted}, not {value!r}")
    return _frozen(value)


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _all(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def _are_types(value: object) -> bool:
    return isinstance(value, list) and all(one in ENTITY_TYPES for one in value)


def _check_expressions(source: RuleFile, families: FamilyRules) -> None:
    for expression in (*families.joined, *families.apart, *families.before):
        try:
            re.compile(expression)
        except re.error as error:
            raise source.error(expression, f"{expression!r} is no regular expression: {error}") from error
