"""When two ways of writing a name are one: case, hyphens, plurals, LaTeX marks and generic heads folded away."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

_PLAIN: Final = re.compile("[A-Za-z0-9 /-]+")
_LATEX: Final = re.compile(r"\\[a-z]+|[${}^_\\]")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_JOINS: Final = re.compile(r"[-\u2010\u2011\u2012-\u2014/]+")
_SIGNS: Final = re.compile(r"[^\w\s+#.%@*]")
_SHORTEST_PLURAL: Final = 4
_NEAR: Final = 3


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


def nearest(name: str, counts: Mapping[str, int]) -> str:
    """A question after the names nearest to one that is not there, "did you mean 'BLEU' or 'BLEU-4'?"; empty for none.

    Those come first that are written like it, then those that hold it or that it holds, the largest count first.
    """
    folded = {key(label): label for label, _ in sorted(counts.items(), key=lambda pair: (pair[1], pair[0]))}
    wanted = key(name)
    within = [label for other, label in reversed(folded.items()) if wanted in other or other in wanted]
    alike = [folded[other] for other in difflib.get_close_matches(wanted, folded, n=_NEAR)]
    near = list(dict.fromkeys((*alike, *within)))[:_NEAR]
    return f"did you mean {' or '.join(map(repr, near))}?" if near else ""
