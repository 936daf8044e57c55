"""The file of aliases, by which people overrule what kg takes for one thing.

YAML, because it is written and reviewed by hand, with comments::

    same:
      - names: [COCO, MS-COCO, Microsoft COCO]   # these are one thing
        type: Dataset                            # without it: of whatever type
        label: MS COCO                           # how it is called; without it, the most frequent name
        links: [https://cocodataset.org/]
    different:
      - names: [CF, collaborative filtering]     # no two of these are one thing
      - names: [navigation]                      # the Task is not the Method
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

from kg.errors import GraphError
from kg.model import ENTITY_TYPES, EntityType
from kg.resolution.folding import Folding
from kg.resolution.identities import Place
from kg.resolution.settings import WordRules


@dataclass(frozen=True, slots=True, kw_only=True)
class SameThing:
    """Names of one thing; ``type`` is None where it goes for every type. ``line`` is where it stands in the file."""

    names: tuple[str, ...]
    type: EntityType | None = None
    label: str | None = None
    links: tuple[str, ...] = ()
    line: int = 0

    @property
    def types(self) -> tuple[EntityType, ...]:
        """The types that are meant."""
        return ENTITY_TYPES if self.type is None else (self.type,)


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentThings:
    """Names of which no two are one thing; of a single name, its types are different things."""

    names: tuple[str, ...]
    type: EntityType | None = None
    line: int = 0

    def pairs(self, folding: Folding) -> Iterator[tuple[Place, Place]]:
        """The places that stay apart."""
        types = ENTITY_TYPES if self.type is None else (self.type,)
        keys = list(dict.fromkeys(map(folding.key, self.names)))
        if len(keys) == 1:
            for one_type, other_type in combinations(types, 2):
                yield (one_type, keys[0]), (other_type, keys[0])
        for one, other in combinations(keys, 2):
            for one_type, other_type in product(types, types):
                yield (one_type, one), (other_type, other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """What a file of aliases says; ``text`` is the file itself, ``file`` its name for messages."""

    same: tuple[SameThing, ...] = ()
    different: tuple[DifferentThings, ...] = ()
    text: str = ""
    file: str = "aliases.yaml"

    def apart(self, words: WordRules) -> frozenset[str]:
        """Names that need a key of their own, since they are written like another that they differ from."""
        folding = Folding(words)
        found = set()
        for different in self.different:
            seen: dict[str, str] = {}
            for name in different.names:
                if seen.setdefault(folding.key(name), name) != name:
                    found.add(name)
        return frozenset(found)

    def contradiction(self, different: DifferentThings, one: str, other: str) -> GraphError:
        """The error where names are said to be both the same and different."""
        return GraphError(
            f"{self.file}:{different.line}: {one!r} and {other!r} are said to be different here, and the same above"
        )


def load_aliases(path: str | os.PathLike[str]) -> Aliases:
    """Read a file of aliases. Raises GraphError, with file and line, where it says something it may not."""
    file = Path(path)
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise GraphError(f"{file}:1: no UTF-8 text") from error
    except OSError as error:
        raise GraphError(f"{file}: cannot be read: {error.strerror or error}") from error
    return read_aliases(text, file=str(file))


def read_aliases(text: str, *, file: str = "aliases.yaml") -> Aliases:
    """The aliases in a text. Raises GraphError with file and line."""
    from kg.resolution.alias_reading import AliasReader  # noqa: PLC0415 - few have such a file, and PyYAML takes a while

    return AliasReader(text, file).aliases()
