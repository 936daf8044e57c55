"""Reads files of aliases with PyYAML.

Its safe loader builds nothing but plain values; its nodes are read (``yaml.compose``) rather than its values, since
they know their lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from kg.errors import GraphError
from kg.model import ENTITY_TYPES, EntityType
from kg.resolution.aliases import Aliases, DifferentThings, SameThing
from kg.rulefiles import nearest

_SECTIONS: Final = {
    "same": ("names", "type", "label", "links"),
    "different": ("names", "type"),
}
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


class AliasReader:
    """Reads the text of a file of aliases, whose name is given for messages."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file

    def aliases(self) -> Aliases:
        """What the text says. Raises GraphError with file and line."""
        try:
            root = yaml.compose(self._text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            problem = " ".join(filter(None, (error.context, error.problem)))
            raise GraphError(f"{self._file}:{line}: no valid YAML: {problem}") from error
        except (yaml.YAMLError, RecursionError) as error:
            raise GraphError(f"{self._file}:1: no valid YAML: {' '.join(str(error).split())}") from error
        found: dict[str, list[Any]] = {"same": [], "different": []}
        if root is not None:
            for key, node in self._fields(root, tuple(_SECTIONS), "the file"):
                if not isinstance(node, yaml.SequenceNode):
                    raise self._error(node, f"{key} must be a list of entries, each with names")
                found[key] = [self._entry(key, entry) for entry in node.value]
        labels: dict[tuple[str, EntityType], SameThing] = {}
        for same in found["same"]:
            for type_ in same.types if same.label else ():
                first = labels.setdefault((same.label, type_), same)
                if first is not same:
                    raise GraphError(
                        f"{self._file}:{same.line}: the label {same.label!r} is given twice, "
                        f"in line {first.line} before"
                    )
        return Aliases(same=tuple(found["same"]), different=tuple(found["different"]), text=self._text, file=self._file)

    def _entry(self, section: str, node: yaml.Node) -> SameThing | DifferentThings:
        fields = dict(self._fields(node, _SECTIONS[section], f"an entry of {section}"))
        if "names" not in fields:
            raise self._error(node, f"an entry of {section} must give names")
        names = self._strings(fields["names"], "names")
        if not names:
            raise self._error(fields["names"], "names must not be empty")
        values: dict[str, Any] = {"names": names, "line": node.start_mark.line + 1}
        if "type" in fields:
            values["type"] = self._type(fields["type"])
        if section == "different":
            if len(names) == 1 and "type" in values:
                raise self._error(node, "a single name is different from itself only without a type")
            return DifferentThings(**values)
        if "label" in fields:
            values["label"] = self._string(fields["label"], "label")
            values["names"] = tuple(dict.fromkeys((*names, values["label"])))
        if "links" in fields:
            values["links"] = self._links(fields["links"])
        return SameThing(**values)

    def _fields(self, node: yaml.Node, known: tuple[str, ...], what: str) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self._error(node, f"{what} must give {' or '.join(known)}, each with a colon")
        seen = set()
        for key_node, value in node.value:
            key = str(key_node.value)
            if key not in known:
                raise self._error(key_node, f"unknown key {key!r}; {nearest(key, dict.fromkeys(known))}")
            if key in seen:
                raise self._error(key_node, f"{key} is given twice")
            seen.add(key)
            yield key, value

    def _type(self, node: yaml.Node) -> EntityType:
        given = self._string(node, "type")
        if given not in ENTITY_TYPES:
            raise self._error(node, f"{given!r} is no type; types are {', '.join(ENTITY_TYPES)}")
        return given

    def _links(self, node: yaml.Node) -> tuple[str, ...]:
        links = (self._string(node, "links"),) if isinstance(node, yaml.ScalarNode) else self._strings(node, "links")
        for link in links:
            if not _IRI.fullmatch(link):
                raise self._error(node, f"{link!r} is no IRI; links begin with https:// or the like")
        return tuple(sorted(set(links)))

    def _strings(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(node, f"{what} must be a list: [one, other]")
        return tuple(dict.fromkeys(self._string(item, what) for item in node.value))

    def _string(self, node: yaml.Node, what: str) -> str:
        # what YAML takes for a number or a truth ("1984", "no") is a name like any other here
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self._error(node, f"{what} must be words, in quotes where they hold a colon or a comma")
        return str(node.value).strip()

    def _error(self, node: yaml.Node, message: str) -> GraphError:
        return GraphError(f"{self._file}:{node.start_mark.line + 1}: {message}")
