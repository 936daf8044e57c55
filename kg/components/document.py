"""What the components leave on a spaCy ``Doc``, and how a paper becomes one.

A paper is one Doc: its fields joined by a line break, so that every component sees the title and the abstract
together. ``doc._.kg_fields`` tells which characters belong to which field.

| extension | value |
|---|---|
| ``kg_fields`` | list of ``Field``: name, first character, end |
| ``kg_abbreviations`` | list of ``Abbreviation``: short and long form |
| ``kg_winners_only`` | True where nobody will ask for candidates that lost |
| ``kg_candidates`` | list of ``Candidate``: all that a mention rule proposed, losers too |
| ``kg_entities`` | list of ``DocumentEntity``: the winners, grouped to things |
| ``kg_quantities`` | list of quantities |
| ``kg_results`` | list of results |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from spacy.tokens import Doc

from kg.model import EntityType, FieldName, Paper, Role

FIELD_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the paper: the characters ``start`` to ``end`` of the Doc."""

    name: FieldName
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """Tokens ``start`` to ``end`` (exclusive) of a Doc."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the long form it stands for, at the place that defines it."""

    short: TokenSpan
    long: TokenSpan


@dataclass(slots=True)
class Candidate:
    """A span of tokens that a rule proposes as a mention.

    ``lost_to`` is empty while the candidate stands, else it says what it lost to.
    """

    start: int
    end: int
    type: EntityType
    rule: str
    confidence: float
    lost_to: str = ""
    start_char: int = 0
    end_char: int = 0


@dataclass(slots=True)
class DocumentEntity:
    """One thing that the Doc names; the names stand best first, the mentions in reading order."""

    type: EntityType
    names: tuple[str, ...]
    mentions: list[Candidate] = field(default_factory=list)
    role: Role = "used"
    role_rule: str = "role.default"

    @property
    def name(self) -> str:
        """The best name."""
        return self.names[0]


def paper_text(paper: Paper) -> str:
    """The text of the Doc of a paper: its fields joined by a line break."""
    return FIELD_BREAK.join(text for _, text in paper.fields())


def paper_fields(paper: Paper) -> list[Field]:
    """Where each field of the paper lies in :func:`paper_text`."""
    found: list[Field] = []
    start = 0
    for name, text in paper.fields():
        found.append(Field(name, start, start + len(text)))
        start += len(text) + len(FIELD_BREAK)
    return found


def fields_of(doc: Doc) -> list[Field]:
    """The fields of a Doc; a Doc that nobody told of fields is one text."""
    known: list[Field] | None = doc._.kg_fields
    return known or [Field("text", 0, len(doc.text))]


def end_of_title(fields: list[Field]) -> int:
    """The character of the Doc at which the title ends, 0 without one."""
    return fields[0].end if fields[0].name == "title" else 0


def field_at(fields: list[Field], start_char: int) -> Field:
    """The field in which a character of the Doc stands."""
    for this, following in pairwise(fields):
        if start_char < following.start:
            return this
    return fields[-1]


def register_extensions() -> None:
    """Make the extensions known to spaCy; doing so again changes nothing."""
    for name in (
        "fields",
        "winners_only",
        "abbreviations",
        "candidates",
        "entities",
        "quantities",
        "results",
    ):
        if not Doc.has_extension(f"kg_{name}"):
            Doc.set_extension(f"kg_{name}", default=None)


register_extensions()
