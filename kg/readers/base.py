"""What every reader of a format is given and what it may say: the context, the protocol, the refusal of a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

from kg.model import Paper, Skipped, Source

MAX_CHARACTERS: Final = 100_000
"""How many characters a title, an abstract or a text may have unless the caller says otherwise."""
SURE: Final = 0.9
"""What a format says of a file that has its own marks."""
GENERAL: Final = 0.5
"""The most that a general form (any JSON, any table) says of a file, which may be of a format that knows itself."""


class RecordError(Exception):
    """A record cannot be read; the text says why. It never leaves this room: readers turn it into a Skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a reader knows besides the bytes: the file's name, the year in which a page was saved, the field limit.

    ``columns`` says by fields of a paper which columns of a table or keys of a JSON object hold them.
    """

    file: str
    saved_in: int | None = None
    max_characters: int = MAX_CHARACTERS
    columns: Mapping[str, str] = field(default_factory=dict)

    def source(self, record: int) -> Source:
        """The place of one record of this file."""
        return Source(file=self.file, record=record)

    def skipped(self, record: int | None, reason: object) -> Skipped:
        """The note that one record of this file, or all of it (None), was not read: one line that can be printed."""
        text = str(reason).encode(errors="replace").decode()
        printable = "".join(character if character.isprintable() else " " for character in text)
        return Skipped(file=self.file, record=record, reason=" ".join(printable.split()))


class Reader(Protocol):
    """A format: a module with these four names is one."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a module's constant
        """The name by which a user asks for the format."""

    @property
    def DESCRIPTION(self) -> str:  # noqa: N802 - a module's constant
        """One line for a list of formats."""

    def sniff(self, head: bytes) -> float:
        """How surely a file that begins so is of this format, 0 to 1."""

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Paper | Skipped]:
        """The papers of a file in their order, and what was skipped among them; raises nothing for bad input."""
