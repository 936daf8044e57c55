"""Which columns of a table, or which keys of a JSON object, hold which field of a paper.

The names that columns go by are data (``columns.toml``); the user's own are laid over them (``--map title=Titel``).
"""

from __future__ import annotations

import ast
import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, TypeAlias

from kg.errors import InputError
from kg.model import Paper
from kg.readers.base import Context, RecordError
from kg.readers.identifiers import identifiers
from kg.readers.records import described
from kg.readers.text import plain_field

Layout: TypeAlias = Mapping[str, Sequence[int]]
"""For each field the places of the columns that may hold it, the best first."""

TEXTS: Final = ("title", "abstract", "text")
_IDENTIFIERS: Final = ("doi", "arxiv", "pmid", "pmcid", "acl")
_NO_WORD: Final = re.compile(r"[\W_]+")
_NUMBER_OF_AUTHOR: Final = re.compile(r"\s*\(\d{5,}\)")  # Scopus writes "Quill, Ada (57200000000)"
_PYTHON_LIST: Final = re.compile(r"\[\s*['\"].*\]", re.DOTALL)
_LONGEST_LIST: Final = 20_000
_SHOWN: Final = 12


@cache
def _names() -> Mapping[str, Sequence[str]]:
    text = resources.files(__package__).joinpath("columns.toml").read_text("utf-8")
    known: dict[str, list[str]] = tomllib.loads(text)
    return known


def fields() -> list[str]:
    """The fields of a paper that a column can hold."""
    return list(_names())


def checked(columns: Mapping[str, str]) -> Mapping[str, str]:
    """Columns by field as a user gave them. Raises InputError for a field that does not exist, naming the nearest."""
    for field in columns:
        if field not in _names():
            nearest = difflib.get_close_matches(field.lower(), fields(), n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"choose one of {', '.join(fields())}"
            raise InputError(f"unknown field {field!r} of a paper: {hint}")
    return columns


def layout(header: Sequence[str], columns: Mapping[str, str]) -> Layout:
    """Where the fields stand in a table with this header, by the names that kg knows and those that the user gave.

    Raises RecordError where a column that the user named is not there, or where none holds a text.
    """
    there = [name.strip() for name in header]
    missing = [column for column in columns.values() if column not in there]
    if missing:
        raise RecordError(f"no column {missing[0]!r}; the columns are {_listed(there)}")
    given = {field: there.index(column) for field, column in columns.items()}
    places = {field: [place] for field, place in given.items()}
    for field, found in recognised(there).items():
        if free := [place for place in found if place not in given.values()]:
            places.setdefault(field, free)
    if not any(field in places for field in TEXTS):
        raise RecordError(f"no column for title, abstract or text; say which (--map title=COLUMN) of {_listed(there)}")
    return places


def recognised(header: Sequence[str]) -> dict[str, list[int]]:
    """Where the fields stand in a table by the names that kg knows, however they are written; the best place first."""
    folded = [_NO_WORD.sub("", name).casefold() for name in header]
    found = {field: [folded.index(name) for name in names if name in folded] for field, names in _names().items()}
    return {field: places for field, places in found.items() if places}


def paper_of_row(row: Sequence[Any], places: Layout, number: int, context: Context) -> Paper:
    """The paper that a row of a table describes. Raises RecordError where it describes none."""
    record: dict[str, Any] = {}
    for field, columns in places.items():
        values = (_plain_value(row[column]) for column in columns)
        record[field] = next((value for value in values if value not in (None, "", [])), None)
    for field in TEXTS:
        if isinstance(record.get(field), str):
            record[field] = plain_field(record[field], field, context.max_characters)
    record["authors"] = _authors(record.get("authors"))
    record["keywords"] = _keywords(record.get("keywords"))
    record["identifiers"] = identifiers(**{scheme: record.get(scheme) for scheme in _IDENTIFIERS})
    return described(record, number, context)


def _plain_value(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError as error:
            raise RecordError("no valid UTF-8") from error
    if isinstance(value, str):
        return value.strip()
    return value.isoformat() if isinstance(value, dt.date) else value


def _authors(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if len(value) <= _LONGEST_LIST and _PYTHON_LIST.fullmatch(value):
        # pandas writes a list so
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
    return _NUMBER_OF_AUTHOR.sub("", value)


def _keywords(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return [*filter(None, map(str.strip, value.split(";" if ";" in value else ",")))]


def _listed(names: Sequence[str]) -> str:
    shown = [name[:40] for name in names if name][:_SHOWN]
    more = len([name for name in names if name]) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "") if shown else "none"
