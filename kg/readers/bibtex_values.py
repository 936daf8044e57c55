"""Values of BibTeX: pieces put together, braces that only group taken off, lists of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Final, TypeAlias

from kg.readers.base import RecordError

Strings: TypeAlias = MutableMapping[str, str]
"""What abbreviations (``@string``) stand for, by their names in lower case."""

_MAX_CHARACTERS: Final = 2**20
_MARK: Final = re.compile(r"(?<!\\)[{}\"#]")
_TOKEN: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|(?<!\\)\$[^$]+\$|[{}^_]|[^\\{}^_$]+|\$", re.DOTALL)
_COMMAND: Final = re.compile(r"\\[A-Za-z\"'`^~=.].*")
_SPELT_OUT: Final = {
    r"\textbraceleft": r"\{",
    r"\textbraceright": r"\}",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\textasciicircum": "^",
}
_FORMULA: Final = r"\ensuremath"
_AND: Final = re.compile(r"\s+and\s+", re.IGNORECASE)


def value(raw: str, strings: Mapping[str, str]) -> str:
    """A value without what encloses it in an entry: ``{…}``, ``"…"``, an abbreviation, a number, or such joined by #.

    Raises RecordError where abbreviations make it longer than any value.
    """
    pieces = [raw.strip()] if "#" not in raw else list(_pieces(raw))
    joined = "".join(_opened(piece, strings) for piece in pieces)
    if len(joined) > _MAX_CHARACTERS:
        raise RecordError(f"a value of {len(joined):,} characters, more than {_MAX_CHARACTERS:,}")
    return joined


def _opened(piece: str, strings: Mapping[str, str]) -> str:
    if len(piece) > 1 and (piece[0], piece[-1]) in (("{", "}"), ('"', '"')):
        return piece[1:-1]
    return strings.get(piece.lower(), piece)


def _pieces(raw: str) -> Iterator[str]:
    """The parts of a value between ``#``, outside braces and quotes."""
    depth, quoted, begin = 0, False, 0
    for mark in _MARK.finditer(raw):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif depth == 0 and mark[0] == '"':
            quoted = not quoted
        elif depth == 0 and not quoted and mark[0] == "#":
            yield raw[begin : mark.start()].strip()
            begin = mark.end()
    yield raw[begin:].strip()


def ungrouped(text: str) -> str:
    r"""LaTeX without the braces that only keep things together (``{BERT}``); those of commands and formulas stay.

    Of what stands in braces alone (``{\ss}``) they come behind it, so that it still ends there.
    """
    if "{" not in text:
        return text
    parts = [part[0] for part in _TOKEN.finditer(text)]
    closing: list[str] = []  # for each open brace what its end becomes
    result: list[str] = []
    for before, part, after, second in zip(["", *parts], parts, [*parts[1:], ""], [*parts[2:], "", ""], strict=False):
        if part == "{":
            opening, end = _braces(before, after, second)
            closing.append(end)
            result.append(opening)
        elif part == "}":
            result.append(closing.pop() if closing else "")
        elif part != _FORMULA:
            result.append(_SPELT_OUT.get(part, part))
    return "".join(result)


def _braces(before: str, after: str, second: str) -> tuple[str, str]:
    """What an opening brace and the closing one become, by what stands before the first, and the two parts after it."""
    if before == _FORMULA:
        return "$", "$"
    if before in ("^", "_") or _COMMAND.match(before):
        return "{", "}"
    if not _COMMAND.match(after) or after in _SPELT_OUT or after == _FORMULA:
        return "", ""
    return ("", "{}") if second == "}" else ("{", "}")


def authors(text: str) -> list[str]:
    """The names of a list joined by "and", given names first; "others" is nobody."""
    from bibtexparser.middlewares.names import (  # noqa: PLC0415 - most files are no BibTeX
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    names = split_multiple_persons_names(text) if "{" in text else _AND.split(text.strip())
    turned = (parse_single_name_into_parts(n, strict=False).merge_first_name_first if "," in n else n for n in names)
    return [ungrouped(name) for name in turned if name.strip().lower() not in ("", "others")]
