"""By what a paper is known: folded texts to compare, and the id of a paper that came without one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from kg.model import Paper

_WORD: Final = re.compile(r"[^\W_]+")
_SLUG_LENGTH: Final = 48
_HASH_LENGTH: Final = 8
_START_LENGTH: Final = 100


def fold(text: str) -> str:
    """The text without case, punctuation and white space ("Pre-Training!" and "pretraining" are one).

    A text of signs only keeps its signs, so that it equals nothing but itself.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_WORD.findall(folded)) or "".join(folded.split())


def start(text: str) -> str:
    """The first 100 folded characters: enough to tell two abstracts apart, and spared by later revisions."""
    # Folding whole abstracts costs more than reading them; four times the length leaves enough after folding.
    return fold(text[: 4 * _START_LENGTH])[:_START_LENGTH]


def slug(text: str) -> str:
    """The words of a text in lower case, joined by hyphens, cut after a word at 48 characters; may be empty."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    words = _WORD.findall("".join(character for character in plain if not unicodedata.combining(character)))
    joined = "-".join(words)
    if len(joined) <= _SLUG_LENGTH:
        return joined
    cut = joined[: _SLUG_LENGTH + 1]
    return cut[: cut.rfind("-")] if "-" in cut else cut[:_SLUG_LENGTH]


def derived_id(title: str | None, abstract: str | None, text: str | None = None) -> str:
    """A stable, readable id for a paper without one: a slug and the start of a SHA-256.

    The hash is over the folded title and the start of the abstract, because two papers may share a title; over all of
    a text where there is only text.
    """
    known = "\n".join((fold(title or ""), start(abstract or ""))) if title or abstract else fold(text or "")
    digest = hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]
    readable = slug(title or (abstract or text or "")[: 4 * _SLUG_LENGTH])
    return f"{readable}-{digest}" if readable else f"paper-{digest}"


def has_derived_id(paper: Paper) -> bool:
    """Whether the paper's id is the one that kg makes up for a paper without any."""
    return paper.id == derived_id(paper.title, paper.abstract, paper.text)
