"""Cleaning of texts, done once, here: every offset that kg ever writes points into what ``clean`` returned."""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5
from typing import Final

from kg.readers.base import RecordError

# Only with the semicolon: without it "?a=1&section=2" would turn into "?a=1§ion=2".
_ENTITY: Final = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# "&amp;amp;amp;lt;" is decoded in one step; level by level it would take quadratic time.
_NESTED_AMPERSAND: Final = re.compile(r"&(?:amp;|AMP;|#0{0,5}38;|#[xX]0{0,4}26;)+")
# Controls that are no white space; characters that are invisible and carry no meaning (soft hyphen, zero-width space,
# word joiner, byte order mark); marks that turn the direction of writing; what XML forbids. The zero-width (non-)joiner
# is kept: several scripts and emoji need it.
_DROPPED: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"


def _decoded(match: re.Match[str]) -> str:
    name = match[1]
    return html.unescape(match[0]) if name.startswith("#") else html5.get(name + ";", match[0])


def _cleaned_once(text: str) -> str:
    text = _DROPPED.sub("", _LONE_SURROGATE.sub(_REPLACEMENT, text))
    if "&" in text:
        text = _ENTITY.sub(_decoded, _NESTED_AMPERSAND.sub("&", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean(text: str) -> str:
    """The text in NFC, HTML entities decoded, white space folded to single spaces, control characters dropped.

    ``clean(clean(text)) == clean(text)``, so that what kg wrote is read back unchanged. Lone surrogates, which no
    file can hold, become U+FFFD.
    """
    if (
        text.isprintable()
        and "&" not in text
        and "  " not in text
        and not text.startswith(" ")
        and not text.endswith(" ")
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    ):
        return text
    # What one step decodes or drops may bring together what the next one decodes.
    while (cleaned := _cleaned_once(text)) != text:
        text = cleaned
    return text


def clean_field(text: str, name: str, limit: int) -> str | None:
    """One field of a paper, cleaned; None where nothing is left of it.

    Raises RecordError where it is longer than ``limit`` characters, before any time is spent on it.
    """
    if len(text) > limit:
        raise RecordError(f"the {name} has {len(text):,} characters, more than {limit:,}")
    return clean(text) or None
