"""Cleaning of texts, done once, here: every offset that kg ever writes points into what ``clean`` returned."""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5
from typing import Final

from kg.readers.base import RecordError
from kg.readers.latex import from_latex

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
# Tags as publishers leave them in titles and abstracts: HTML, JATS and MathML. "<mask>" and "a < b" are none of them.
_TAG: Final = re.compile(
    r"<(/?)(?:(?:jats|mml|ns\d|m):)?"
    r"(i|b|em|strong|su[bp]|u|tt|sc|scp|span|font|small|big|italic|bold|underline|monospace"
    r"|p|br|div|li|[ou]l|sec|title|h[1-6]|list|list-item|label|abstract|a(?= href)|(?<=/)a|ext-link|xref|q|cite"
    r"|inline-formula|tex-math|alternatives|semantics|annotation|math"
    r"|m(?:row|i|n|o|su[bp]|subsup|frac|sqrt|text|style|fenced|over|under|stack|space))"
    r"(?: [^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_BLOCKS: Final = frozenset(
    ("p", "br", "div", "li", "ol", "ul", "sec", "title", "list", "list-item", "abstract", "h1", "h2", "h3", "h4")
)
_HEADING: Final = re.compile(r"<(?:jats:title|title|h\d|b|strong)> ?abstract ?[:.]? ?</[\w:]{1,20}>", re.IGNORECASE)
_COMMENT: Final = re.compile(r"<!--[^<>]{0,1000}-->|<\?[^<>]{0,200}\?>")
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
    _refuse_long(text, name, limit)
    return clean(text) or None


def _refuse_long(text: str, name: str, limit: int) -> None:
    if len(text) > limit:
        raise RecordError(f"the {name} has {len(text):,} characters, more than {limit:,}")


def untagged(text: str) -> str:
    """A cleaned text without the tags of HTML, JATS and MathML that stand in it; what stands between them is kept.

    A power stays one (``10<sup>3</sup>`` is ``10^3``), a paragraph ends with a space, and a heading that only says
    "Abstract" is left out. What is between angle brackets and no such tag, as ``<mask>``, stays.
    """
    if "<" not in text:
        return text
    text = _COMMENT.sub("", text)
    found = _HEADING.search(text)
    if found and not _TAG.sub("", text[: found.start()]).strip():
        text = text[found.end() :]
    return _TAG.sub(lambda tag: _instead(tag, text), text)


def _instead(tag: re.Match[str], text: str) -> str:
    name = tag[2].lower()
    if name == "sup" and not tag[1] and text[tag.start() - 1 : tag.start()].isdigit():
        return "^"
    return " " if name in _BLOCKS else ""


def plain(text: str) -> str:
    """A text as publishers and preprint servers deliver it, cleaned, without tags, LaTeX as Unicode where it is plain.

    ``clean(plain(text)) == plain(text)``, so that what kg wrote is read back unchanged.
    """
    return clean(from_latex(clean(untagged(clean(text)))))


def plain_field(text: str, name: str, limit: int) -> str | None:
    """One field of a paper, made :func:`plain`; None where nothing is left of it.

    Raises RecordError where it is longer than ``limit`` characters, before any time is spent on it.
    """
    _refuse_long(text, name, limit)
    return plain(text) or None
