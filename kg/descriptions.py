"""What a token description may say, in the terms of spaCy's ``Matcher``, and how a word is tested for it.

A description is a table of attributes (``LOWER``, ``ORTH``, ``SHAPE``, ``LENGTH``, ``IS_*``, ``LIKE_*``) with a value,
or with ``IN``, ``NOT_IN``, ``REGEX`` or comparisons.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from spacy.lexeme import Lexeme

Description = Mapping[str, Any]


class Word:
    """A word of the vocabulary, whose text is asked for so often that it is looked up once."""

    __slots__ = ("lexeme", "lower_", "text")

    def __init__(self, lexeme: Lexeme) -> None:
        self.lexeme = lexeme
        self.text: str = lexeme.text
        self.lower_: str = lexeme.lower_

    def __getattr__(self, name: str) -> Any:
        """The other attributes are the lexeme's."""
        return getattr(self.lexeme, name)


Test = Callable[[Word], bool]

TEXT_ATTRIBUTES: Final[dict[str, str]] = {
    "ORTH": "text",
    "TEXT": "text",
    "LOWER": "lower_",
    "SHAPE": "shape_",
    "PREFIX": "prefix_",
    "SUFFIX": "suffix_",
    "NORM": "norm_",
}
FLAGS: Final[dict[str, str]] = {
    "IS_ALPHA": "is_alpha",
    "IS_ASCII": "is_ascii",
    "IS_DIGIT": "is_digit",
    "IS_LOWER": "is_lower",
    "IS_UPPER": "is_upper",
    "IS_TITLE": "is_title",
    "IS_PUNCT": "is_punct",
    "IS_SPACE": "is_space",
    "IS_BRACKET": "is_bracket",
    "IS_QUOTE": "is_quote",
    "IS_CURRENCY": "is_currency",
    "IS_STOP": "is_stop",
    "LIKE_NUM": "like_num",
    "LIKE_URL": "like_url",
    "LIKE_EMAIL": "like_email",
}
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
ATTRIBUTES: Final[tuple[str, ...]] = (*TEXT_ATTRIBUTES, "LENGTH", *FLAGS)


class PatternError(ValueError):
    """A token description that cannot be understood; the message says why."""


def parts_of(description: Description) -> list[Description]:
    """Descriptions of one attribute, and of one key where it has a table, that hold together where this one does."""
    return [
        {attribute: part}
        for attribute, value in description.items()
        for part in (
            [{key: wanted} for key, wanted in value.items()]
            if attribute in TEXT_ATTRIBUTES and isinstance(value, Mapping) and value
            else [value]
        )
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def are_words(value: object) -> bool:
    """Whether a value is a list of words."""
    return isinstance(value, list | tuple | set | frozenset) and all(isinstance(word, str) for word in value)


def frozen(value: object) -> object:
    """A value in one form, in whatever order it was written."""
    if isinstance(value, Mapping):
        return sorted((key, frozen(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(map(str, value))
    return value


def test_of(attribute: str, value: object) -> Test:
    """The test of one attribute, of one key where it has a table. Raises PatternError where it cannot be understood."""
    if attribute in FLAGS:
        flag, wanted = FLAGS[attribute], value
        if not isinstance(wanted, bool):
            raise PatternError(f"{attribute} takes true or false, not {wanted!r}")
        return lambda word: bool(getattr(word.lexeme, flag)) is wanted
    if attribute == "LENGTH":
        return _length_test(value)
    name = TEXT_ATTRIBUTES.get(attribute)
    if name is None:
        raise PatternError(f"unknown token attribute {attribute!r}; known are {', '.join(ATTRIBUTES)}")
    text_of = operator.attrgetter(name)
    if isinstance(value, str):
        return lambda word: bool(text_of(word) == value)
    if not isinstance(value, Mapping) or not value:
        raise PatternError(f"{attribute} takes a string or a table with IN, NOT_IN or REGEX, not {value!r}")
    ((key, wanted),) = value.items()
    return _text_test(text_of, key, wanted)


def _text_test(text_of: Callable[[Word], str], key: str, wanted: Any) -> Test:
    if key in ("IN", "NOT_IN") and not are_words(wanted):
        raise PatternError(f"{key} takes a list of words, not {wanted!r}")
    if key == "IN":
        inside = frozenset(wanted)
        return lambda word: text_of(word) in inside
    if key == "NOT_IN":
        outside = frozenset(wanted)
        return lambda word: text_of(word) not in outside
    if key == "REGEX":
        search = expression_of(wanted).search
        return lambda word: search(text_of(word)) is not None
    raise PatternError(f"unknown key {key!r}; known are IN, NOT_IN, REGEX")


def expression_of(value: object) -> re.Pattern[str]:
    """The regular expression of a ``REGEX``. Raises PatternError where it is none."""
    if not isinstance(value, str):
        raise PatternError(f"REGEX takes a regular expression, not {value!r}")
    try:
        return re.compile(value)
    except re.error as error:
        raise PatternError(f"REGEX {value!r} is no regular expression: {error}") from error


def _length_test(value: object) -> Test:
    if _is_number(value):
        return lambda word: len(word.text) == value
    if (
        not isinstance(value, Mapping)
        or not value
        or not all(key in _COMPARISONS and _is_number(limit) for key, limit in value.items())
    ):
        raise PatternError(f"LENGTH takes a number or a table of {', '.join(_COMPARISONS)}, not {value!r}")
    tests = [(_COMPARISONS[key], limit) for key, limit in value.items()]
    return lambda word: all(compare(len(word.text), limit) for compare, limit in tests)
