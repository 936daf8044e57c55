"""When two ways of writing a name are one: case, hyphens, plurals, LaTeX marks and generic heads folded away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

_PLAIN: Final = re.compile("[A-Za-z0-9 /-]+")
_LATEX: Final = re.compile(r"\\[a-z]+|[${}^_\\]")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_JOINS: Final = re.compile(r"[-\u2010\u2011\u2012-\u2014/]+")
_SIGNS: Final = re.compile(r"[^\w\s+#.%@*]")
_SHORTEST_PLURAL: Final = 4


def _singular(word: str) -> str:
    if len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def words(name: str, heads: Collection[str] = ()) -> tuple[str, ...]:
    """The words of a name that count, folded; empty only where the name holds no letter, digit or kept sign.

    ``heads`` are generic heads (case-folded) that say nothing at the end of a name: with
    ``{"dataset"}``, "ImageNet dataset" is "ImageNet".
    """
    if name.isalpha() and name.isascii():
        return (_singular(name.lower()),)
    if _PLAIN.fullmatch(name):  # most names, to which the steps below do no more than this
        found = name.lower().replace("-", " ").replace("/", " ").split()
    else:
        folded = unicodedata.normalize("NFKC", name).casefold()
        folded = _POSSESSIVE.sub("", _LATEX.sub(" ", folded))
        folded = _SIGNS.sub(" ", _JOINS.sub(" ", folded)).replace(". ", " ")
        found = [word for word in (part.strip(".") for part in folded.split()) if word]
    while len(found) > 1 and found[-1] in heads:
        found.pop()
    return tuple(_singular(word) for word in found)


def key(name: str, heads: Collection[str] = ()) -> str:
    """One string for all ways of writing a name; never empty for a name that has a visible character.

    Words are written together, so that "Mask R-CNN" and "MaskRCNN" agree, but two digits that were apart
    stay apart: "Llama 2 7B" is not "Llama 27B".
    """
    joined = ""
    for word in words(name, heads):
        joined += f" {word}" if joined[-1:].isdigit() and word[0].isdigit() else word
    return joined or " ".join(name.casefold().split())
