"""One file of rules, read and checked: what stands in it, on which line, and whether values are what they may be."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from kg.errors import RuleError
from kg.model import ENTITY_TYPES

_PLAIN_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
}


class RuleFile:
    """One TOML file of the folder, with the line of each thing in it for messages."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._text = text
        try:
            self.table: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            raise RuleError(f"{name}:{line.group(1) if line else 1}: no valid TOML: {error}") from error

    def error(self, where: str, message: str) -> RuleError:
        """An error at the first line that says ``where``."""
        before, found, _ = self._text.partition(where)
        return RuleError(f"{self.name}:{before.count(chr(10)) + 1 if found else 1}: {message}")

    def gives(self, rule: str) -> bool:
        """Whether a rule of this id stands in the file."""
        tables = (table for table in self.table.values() if isinstance(table, list))
        return any(isinstance(entry, Mapping) and entry.get("id") == rule for table in tables for entry in table)

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        """The word lists of the file as written; raises RuleError where one is something else."""
        lists = self.table.get("lists", {})
        if not isinstance(lists, Mapping):
            raise self.error("lists", "word lists stand under [lists]")
        for name, members in lists.items():
            if not isinstance(members, list) or not all(isinstance(word, str) for word in members):
                raise self.error(name, f"the list {name} must be a list of words")
            yield name, members


def check_values(source: RuleFile, name: str, kind: type[Any], values: Mapping[str, Any]) -> None:
    """Raise RuleError, with the line of the rule ``name``, where a value is not of its field's type in ``kind``."""
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        value = values.get(field.name)
        if value is None:
            continue
        choices = _choices(hints[field.name])
        if choices and value not in choices:
            raise source.error(
                f'"{name}"', f"rule {name}: {field.name} is {value!r}; it may be one of {', '.join(choices)}"
            )
        wanted = _PLAIN_TYPES.get(str(field.type))
        if wanted is not None and (not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted)):
            raise source.error(f'"{name}"', f"rule {name}: {field.name} must be a {field.type}, not {value!r}")
        if str(field.type).startswith("tuple[Pattern") and not _are_patterns(value):
            raise source.error(f'"{name}"', f"rule {name}: {field.name} must be a list of patterns (lists of tables)")
        if str(field.type).startswith(("tuple[str", "tuple[EntityType")):
            _check_strings(source, name, field.name, value)
        elif field.name == "confidence" and not 0 <= float(value) <= 1:
            raise source.error(f'"{name}"', f"rule {name}: confidence is {value}; it must be between 0 and 1")


def _choices(hint: Any) -> tuple[str, ...]:
    """The values that a type of literals, or a union of such types, allows; none for any other type."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    parts = [_choices(part) for part in get_args(hint)] if get_origin(hint) in (Union, UnionType) else []
    return tuple(value for part in parts for value in part) if all(parts) else ()


def _check_strings(source: RuleFile, name: str, key: str, value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise source.error(f'"{name}"', f"rule {name}: {key} must be a list of strings")
    for word in value if key == "types" else ():
        if word not in ENTITY_TYPES:
            raise source.error(f'"{name}"', f"rule {name}: {word!r} is no type; types are {', '.join(ENTITY_TYPES)}")


def _are_patterns(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(pattern, list) and pattern and all(isinstance(token, Mapping) for token in pattern)
        for pattern in value
    )


def nearest(name: str, known: Mapping[str, object]) -> str:
    """What a message adds to an unknown name: the known one that is most like it, or all."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
