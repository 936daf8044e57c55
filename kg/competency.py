"""Competency queries: questions that a graph must be able to answer, each a file of SPARQL that any engine takes.

A file in ``queries/`` begins with comments: the question, then what the answer holds, then a line
``# parameter NAME: what it is`` for each of its parameters. A parameter's default stands in the query, in a line
``VALUES ?asked_NAME { … }`` of its own, where another value takes its place as a literal, so that no value can be
more than a value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from kg.errors import QueryError

_SUFFIX: Final = ".rq"
_HEAD: Final = re.compile(r"# (?P<question>.+)\n(?:#\n(?P<answers>(?:# (?!parameter ).+\n)+))?")
_PARAMETER: Final = re.compile(r"(?m)^# parameter (\w+): (.+)$")
_VALUES: Final = re.compile(r"(?m)^( *VALUES \?asked_(\w+) \{ )(.+)( \})$")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+\.[0-9]+")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED: Final = re.compile(r'["\\\n\r\t]')
_NO_CHARACTER: Final = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """What may be given to a competency query: its name, what it is, and its default as a literal of SPARQL."""

    name: str
    description: str
    default: str

    @property
    def shown_default(self) -> str:
        """The default as a user would give it."""
        return self.default.removeprefix('"').removesuffix('"')

    def literal(self, value: object) -> str:
        """A value as a literal of the default's datatype; QueryError where it is none."""
        text = str(value)
        if self.default.startswith('"'):
            return f'"{_ESCAPED.sub(lambda found: _ESCAPES[found[0]], _NO_CHARACTER.sub(chr(0xFFFD), text))}"'
        if _INTEGER.fullmatch(self.default):
            return self._checked(text, _INTEGER, "a whole number")
        return self._checked(f"{text}.0" if _INTEGER.fullmatch(text) else text, _DECIMAL, "a number")

    def _checked(self, text: str, form: re.Pattern[str], what: str) -> str:
        if not form.fullmatch(text):
            raise QueryError(f"parameter {self.name!r} is {what}, such as {self.default}, not {text!r}")
        return text


@dataclass(frozen=True, slots=True)
class CompetencyQuery:
    """A question that a graph must be able to answer: its name, the question, what the answer holds, the SPARQL."""

    name: str
    question: str
    answers: str
    parameters: tuple[QueryParameter, ...]
    text: str

    def with_values(self, values: Mapping[str, object]) -> str:
        """The SPARQL with these values in place of the defaults; QueryError where there is no such parameter."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                raise QueryError(f"query {self.name!r} has no parameter {name!r}; {_there_are(known)}")
        literals = {name: known[name].literal(value) for name, value in values.items()}
        put: Callable[[re.Match[str]], str] = lambda found: f"{found[1]}{literals.get(found[2], found[3])}{found[4]}"  # noqa: E731
        return _VALUES.sub(put, self.text)


def competency_queries() -> tuple[CompetencyQuery, ...]:
    """All competency queries, by name."""
    return tuple(_library().values())


def competency_query(name: str) -> CompetencyQuery:
    """The competency query of this name; QueryError where there is none."""
    library = _library()
    if name not in library:
        nearest = difflib.get_close_matches(name, library, n=1, cutoff=0.5)
        meant = f"did you mean {nearest[0]!r}? " if nearest else ""
        raise QueryError(f"no competency query is named {name!r}; {meant}kg query --list names all")
    return library[name]


@cache
def _library() -> dict[str, CompetencyQuery]:
    return {query.name: query for query in sorted(_read(), key=lambda query: query.name)}


def _read() -> Iterator[CompetencyQuery]:
    for file in resources.files("kg").joinpath("queries").iterdir():
        if file.name.endswith(_SUFFIX):
            yield _parsed(file.name.removesuffix(_SUFFIX), file.read_text("utf-8"))


def _parsed(name: str, text: str) -> CompetencyQuery:
    head = _HEAD.match(text)
    described = dict(_PARAMETER.findall(text))
    defaults = {found[2]: found[3] for found in _VALUES.finditer(text)}
    if head is None or set(described) != set(defaults):
        raise QueryError(f"{name}{_SUFFIX}: a question in the first line and a default for each parameter are needed")
    return CompetencyQuery(
        name=name,
        question=head["question"],
        answers=" ".join(line.removeprefix("# ") for line in (head["answers"] or "").splitlines()),
        parameters=tuple(QueryParameter(key, described[key], defaults[key]) for key in described),
        text=text,
    )


def _there_are(known: Mapping[str, object]) -> str:
    return f"there are: {', '.join(known)}" if known else "it has none"
