"""A JSON object that describes a paper, turned into a Paper: which keys mean what."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kg.model import JsonObject, Paper, Source
from kg.readers.base import MAX_CHARACTERS, Context, RecordError
from kg.readers.dates import iso_date
from kg.readers.identity import derived_id
from kg.readers.text import clean, clean_field

Make: TypeAlias = Callable[[object, int, Context], Paper]
"""Makes a paper of a JSON value and the record's number; raises RecordError where it describes none."""
Unwrap: TypeAlias = Callable[[object], "list[Any] | None"]
"""Takes the records out of a JSON value that only holds a list of them; None for other values."""

_DATE_KEYS: Final = ("published", "date", "publication_date", "year")
_ARXIV_KEYS: Final = ("arxiv", "arxiv_id", "arxivId")
_KEPT_KEYS: Final = ("keywords",)
_TEXT_KEYS: Final = frozenset(("title", "abstract", "text"))
_MAX_ID_CHARACTERS: Final = 500
_MAX_DEPTH: Final = 50
_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")
_ARXIV: Final = re.compile(
    r"(?:^|arxiv\.org/(?:abs|pdf)/|arxiv:)((?:\d{4}\.\d{4,5})|(?:[a-z.-]+/\d{7}))(?:v\d+)?", re.IGNORECASE
)
_WEB: Final = re.compile(r"https?://\S+\Z", re.IGNORECASE)

# NaN is what pandas writes for an absent value. strict=False: a raw tab or newline within a string is white space.
_DECODER: Final = json.JSONDecoder(parse_constant=lambda _: None, strict=False)


def parse(text: str, position: int = 0) -> tuple[Any, int]:
    """The JSON value that begins at a position, and where it ends.

    Raises RecordError, saying what is wrong and where.
    """
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise RecordError(
            f"no JSON ({error.msg.removesuffix(' at')} at character {error.pos - position + 1})"
        ) from error
    except RecursionError as error:
        raise RecordError("JSON that is nested too deeply") from error
    except ValueError as error:
        raise RecordError("JSON with a number of too many digits") from error


def parse_whole(text: str) -> Any:
    """The JSON value that a text is; raises RecordError where it is none."""
    stripped = text.strip()
    value, end = parse(stripped)
    if end != len(stripped):
        raise RecordError(f"no JSON (something follows the value at character {end + 1})")
    return value


def _string(value: object) -> str | None:
    """A cleaned text; None for what is none, is empty, or is longer than any name or address."""
    return (clean(value) or None) if isinstance(value, str) and len(value) <= MAX_CHARACTERS else None


def _text(record: Mapping[str, Any], key: str, context: Context) -> str | None:
    value = record.get(key)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n".join(value)
    return clean_field(value, key, context.max_characters) if isinstance(value, str) else None


def _given_id(record: Mapping[str, Any]) -> str | None:
    value = record.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    if len(value) > _MAX_ID_CHARACTERS:
        raise RecordError(f"the id has {len(value):,} characters, more than {_MAX_ID_CHARACTERS:,}")
    # Ids are kept as they are; only what could not be written out again is cleaned away.
    return (value.strip() if value.isprintable() else clean(value)) or None


def _turned(name: str) -> str:
    family, _, given = name.partition(",")
    return f"{given.strip()} {family.strip()}".strip()


def _split_names(names: str) -> list[str]:
    if ";" in names:
        parts = names.split(";")
        return [_turned(part) if part.count(",") == 1 else part for part in parts]
    parts = re.split(r"\s+and\s+|\s*&\s*", names)
    if all(part.count(",") == 1 and " " not in part.partition(",")[0].strip() for part in parts):
        return [_turned(part) for part in parts]
    return [name for part in parts for name in part.split(",")]


def _authors(value: object) -> tuple[str, ...]:
    """Author names from a list of names, of objects with a ``name``, or from one string with all of them."""
    if isinstance(value, str):
        value = _split_names(_string(value) or "")
    if not isinstance(value, list):
        return ()
    named = (author.get("name") if isinstance(author, Mapping) else author for author in value)
    return once([name for name in map(_string, named) if name])


def once(names: Sequence[str]) -> tuple[str, ...]:
    """The authors, once, where a collection lists all of them twice over, as some do."""
    half = len(names) // 2
    return tuple(names[:half] if names and names[:half] == names[half:] else names)


def _author_count(record: Mapping[str, Any], authors: tuple[str, ...]) -> int | None:
    count = record.get("author_count")
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else len(authors) or None


def _published(record: Mapping[str, Any]) -> str | None:
    return next((date for key in _DATE_KEYS if (date := iso_date(record.get(key)))), None)


def _identifiers(record: Mapping[str, Any]) -> dict[str, str]:
    """Identifiers by scheme: a DOI in lower case, an arXiv id without its version, others as they are."""
    given = record.get("identifiers")
    found = {}
    if isinstance(given, Mapping):
        pairs = ((_string(scheme), _string(value)) for scheme, value in given.items())
        found = {scheme: value for scheme, value in pairs if scheme and value}
    told = told_by_address(_string(record.get("url")))
    given_doi = _first_match(_DOI, (record.get("doi"),))
    if doi := _plain_doi(given_doi) if given_doi else told.get("doi"):
        found.setdefault("doi", doi)
    if arxiv := _first_match(_ARXIV, map(record.get, _ARXIV_KEYS)) or told.get("arxiv"):
        found.setdefault("arxiv", arxiv)
    return found


def told_by_address(url: str | None) -> dict[str, str]:
    """The identifiers that stand in the address of a paper: at doi.org its DOI, at arxiv.org its arXiv id."""
    found = {}
    if url and "doi.org/" in url and (doi := _first_match(_DOI, (url,))):
        found["doi"] = _plain_doi(doi)
    if url and "arxiv.org/" in url and (arxiv := _first_match(_ARXIV, (url,))):
        found["arxiv"] = arxiv
    return found


def _plain_doi(doi: str) -> str:
    return doi.lower().rstrip(".,;")


def _first_match(pattern: re.Pattern[str], values: Iterable[object]) -> str | None:
    for value in values:
        text = _string(value)
        if text and (match := pattern.search(text)):
            return match[match.lastindex or 0]
    return None


def writable(value: Any, depth: int = 0) -> Any:
    """A JSON value of any shape with its strings cleaned, so that it can be written again."""
    if depth > _MAX_DEPTH:
        raise RecordError("JSON that is nested too deeply")
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return [writable(part, depth + 1) for part in value]
    if isinstance(value, dict):
        return {_string(key) or "": writable(part, depth + 1) for key, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _extra(record: Mapping[str, Any]) -> dict[str, Any]:
    given = record.get("extra")
    extra = writable(given) if isinstance(given, dict) else {}
    for key in _KEPT_KEYS:
        if record.get(key):
            extra.setdefault(key, writable(record[key]))
    if (url := _string(record.get("url"))) and not _WEB.match(url):
        extra.setdefault("url", url)
    return extra


def _sources(record: Mapping[str, Any]) -> tuple[Source, ...]:
    """The places that a record written by kg itself names."""
    given = record.get("sources")
    if not isinstance(given, list):
        return ()
    places = [(place.get("file"), place.get("record")) for place in given if isinstance(place, dict)]
    return tuple(
        Source(file=clean(file), record=number)
        for file, number in places
        if isinstance(file, str) and isinstance(number, int)
    )


def paper(record: object, number: int, context: Context) -> Paper:
    """The paper that a JSON object describes, by the keys that the user named (``context.columns``) and those of kg.

    Raises RecordError where the object describes no paper.
    """
    if not isinstance(record, dict):
        raise RecordError("no JSON object (a record is {...} with a title and abstract, or a text)")
    return described(_mapped(record, context.columns), number, context)


def described(record: Mapping[str, Any], number: int, context: Context) -> Paper:
    """The paper that fields by their names describe.

    ``title`` and ``abstract`` win over ``text``, which is read as the abstract where there is only a title beside it.
    What kg itself writes for a paper is read back as it was. Raises RecordError where the object describes no paper.
    """
    if not _TEXT_KEYS & record.keys():
        record = {key.lower(): value for key, value in record.items()}
    title, abstract = _text(record, "title", context), _text(record, "abstract", context)
    text = None if abstract else _text(record, "text", context)
    if title and text:
        abstract, text = text, None
    if not (title or abstract or text):
        raise RecordError("a record without title, abstract or text")
    authors = _authors(record.get("authors"))
    url = _string(record.get("url"))
    return Paper(
        id=_given_id(record) or derived_id(title, abstract, text),
        title=title,
        abstract=abstract,
        text=text,
        authors=authors,
        author_count=_author_count(record, authors),
        published=_published(record),
        venue=_string(record.get("venue")),
        url=url if url and _WEB.match(url) else None,
        identifiers=_identifiers(record),
        sources=_sources(record) or (context.source(number),),
        extra=_extra(record),
    )


def _mapped(record: Mapping[str, Any], columns: Mapping[str, str]) -> Mapping[str, Any]:
    """A JSON object with the fields that the user mapped, taken from the keys that he named (``meta.title`` within)."""
    found = ((field, _at(record, key)) for field, key in columns.items())
    return {**record, **{field: value for field, value in found if value is not None}}


def _at(value: Any, key: str) -> Any:
    if not isinstance(value, Mapping):
        return None
    if key in value:
        return value[key]
    first, _, others = key.partition(".")
    return _at(value.get(first), others) if others else None


def wrapped(value: object) -> list[Any] | None:
    """The records in an object that only wraps a list of them, like ``{"papers": [...]}``; None for other values.

    Of several lists of objects with texts the longest is taken.
    """
    if not isinstance(value, dict) or _TEXT_KEYS & value.keys():
        return None
    lists: list[list[JsonObject]] = [
        part
        for part in value.values()
        if isinstance(part, list)
        and all(isinstance(record, dict) for record in part)
        and any(_TEXT_KEYS & record.keys() for record in part)
    ]
    return max(lists, key=len, default=None)
