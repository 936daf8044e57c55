"""The tables among the rule files: the lexicon, the classes of words, and the weights of features."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations
from typing import Final, Literal, NamedTuple, NoReturn, TypeAlias

from kg.errors import RuleError
from kg.model import ENTITY_TYPES, EntityType

WEIGHTS: Final = "weights.tsv"
WEIGHT_CLASSES: Final = ("Nothing", *ENTITY_TYPES)
ROLE_WEIGHTS: Final = "role-weights.tsv"
RESULT_WEIGHTS: Final = "result-weights.tsv"
CHOICE_COLUMNS: Final = ("choice", "feature", "weight")
BIAS: Final = "bias"
LINE_BREAK: Final = "⏎"
"""Stands for a line break in the names of features."""
LEXICON: Final = "lexicon.tsv"
WORD_CLASSES: Final = "word-classes.tsv"
LEXICON_COLUMNS: Final = ("name", "type", "note", "status", "papers", *map(str.lower, ENTITY_TYPES), "variants")
NO_ENTITY: Final = "-"
BETWEEN_VARIANTS: Final = " | "
LexiconStatus: TypeAlias = Literal["read", "cues"]
OnError: TypeAlias = Callable[[RuleError], None]
"""Called with each mistake; where it returns, what is wrong is left out and reading goes on."""

_TYPES: Final[dict[str, tuple[EntityType, ...]]] = {
    NO_ENTITY: (),
    **{"/".join(types): types for count in (1, 2) for types in permutations(ENTITY_TYPES, count)},
}
_NOTES: Final = {
    "": (False, False),
    "optional": (True, False),
    "ambiguous": (False, True),
    "optional ambiguous": (True, True),
}
_STATUSES: Final[dict[str, LexiconStatus]] = {"read": "read", "cues": "cues"}
_DEFAULTS: Final = ("", NO_ENTITY, "", "read", "0", *("0" for _ in ENTITY_TYPES), "")
_LEAST_COLUMNS: Final = 2


class LexiconKind(NamedTuple):
    """What the lexicon says of a name: its types, the more frequent first, and the notes of its entry."""

    types: tuple[EntityType, ...] = ()
    optional: bool = False
    ambiguous: bool = False


class LexiconEntry(NamedTuple):
    """A name about which reading or the cues have decided; a tuple, because there are tens of thousands.

    ``types`` are one or two of the four, the more frequent first; none says that the name is no entity of its own.
    ``optional`` is a borderline case by the guidelines; ``ambiguous`` is a name with other meanings besides, which
    counts only where the paper says so. ``status`` tells who decided: "read", somebody who read the list; "cues", the
    count of the cues alone. ``papers`` is in how many papers of the corpus the name stands, ``counts`` in how many a
    cue of each type held, in the order of ``ENTITY_TYPES``. ``variants`` are other spellings, most frequent first.
    """

    name: str
    types: tuple[EntityType, ...]
    optional: bool = False
    ambiguous: bool = False
    status: LexiconStatus = "read"
    papers: int = 0
    counts: tuple[int, ...] = (0,) * len(ENTITY_TYPES)
    variants: tuple[str, ...] = ()


def refuse(error: RuleError) -> NoReturn:
    """Stop at a mistake: what is done about mistakes unless something else is asked for."""
    raise error


def read_lexicon(file: str, text: str, *, on_error: OnError = refuse) -> Iterator[LexiconEntry]:
    """The entries of a lexicon, in the order of its lines.

    The last columns may be left out, down to name and type. Raises RuleError with file and line, unless ``on_error``
    does something else.
    """
    header, *lines = text.split("\n")
    columns = tuple(header.split("\t"))
    if len(columns) < _LEAST_COLUMNS or columns != LEXICON_COLUMNS[: len(columns)]:
        message = f"the columns must be {', '.join(LEXICON_COLUMNS)}, of which the last may be left out"
        return on_error(RuleError(f"{file}:1: {message}"))
    rest = _DEFAULTS[len(columns) :]
    for number, line in enumerate(lines, start=2):
        row = line.split("\t")
        if len(row) == len(columns):
            name, types, note, status, papers, method, dataset, metric, task, variants = (*row, *rest)
            try:
                entry = LexiconEntry(
                    name,
                    _TYPES[types],
                    *_NOTES[note],
                    _STATUSES[status],
                    int(papers),
                    _numbers(method, dataset, metric, task),
                    tuple(variants.split(BETWEEN_VARIANTS)) if variants else (),
                )
            except (KeyError, ValueError):
                on_error(RuleError(f"{file}:{number}: {_mistake(types, note, status)}"))
            else:
                if name:
                    yield entry
                else:
                    on_error(RuleError(f"{file}:{number}: the name is missing"))
        elif line:
            on_error(RuleError(f"{file}:{number}: a line must give {', '.join(columns)}, with tabs between them"))
    return None


@functools.lru_cache(maxsize=1 << 14)
def _numbers(*written: str) -> tuple[int, ...]:
    """Counts, the same tuple for the same ones: most are small, and fewer objects make reading twice as fast."""
    return tuple(map(int, written))


def _mistake(types: str, note: str, status: str) -> str:
    """What is wrong with a line of a lexicon."""
    if types not in _TYPES:
        return f"{types!r} is no type; types are {', '.join(ENTITY_TYPES)}, two of them with / between, or {NO_ENTITY}"
    if note not in _NOTES:
        return f"note is {note!r}; it may be empty, {', '.join(filter(None, _NOTES))}"
    if status not in _STATUSES:
        return f"status is {status!r}; it may be {' or '.join(_STATUSES)}"
    return "papers and the counts of the types must be whole numbers"


def lexicon_text(entries: Iterable[LexiconEntry]) -> str:
    """What the file of a lexicon holds, in the order given; :func:`read_lexicon` reads it back."""
    types_as_written = {types: written for written, types in _TYPES.items()}
    notes_as_written = {flags: written for written, flags in _NOTES.items()}
    rows = [LEXICON_COLUMNS]
    for entry in entries:
        types = types_as_written[entry.types]
        note = notes_as_written[entry.optional, entry.ambiguous]
        numbers = map(str, (entry.papers, *entry.counts))
        rows.append((entry.name, types, note, entry.status, *numbers, BETWEEN_VARIANTS.join(entry.variants)))
    return "".join("\t".join(row) + "\n" for row in rows)


def read_weights(
    text: str, *, file: str = WEIGHTS, classes: Sequence[str] = WEIGHT_CLASSES, on_error: OnError = refuse
) -> dict[str, tuple[float, ...]]:
    """The weights of features by class, as a file of this name has them; none of an empty text.

    Raises RuleError with file and line, unless ``on_error`` does something else.
    """
    header, *lines = text.split("\n")
    found: dict[str, tuple[float, ...]] = {}
    if text and header.split("\t") != ["feature", *classes]:
        on_error(RuleError(f"{file}:1: the columns must be feature, {', '.join(classes)}"))
        return found
    number_of = functools.lru_cache(maxsize=None)(float)  # there are few different ones
    for number, line in enumerate(lines, start=2):
        feature, *values = line.split("\t")
        try:
            found[feature.replace(LINE_BREAK, "\n")] = tuple(map(number_of, values))
        except ValueError as error:
            on_error(RuleError(f"{file}:{number}: a line must give a feature and numbers: {error}"))
            continue
        if len(values) != len(classes) and line:
            message = f"a line must give {len(classes)} weights, not {len(values)}"
            on_error(RuleError(f"{file}:{number}: {message}"))
    found.pop("", None)
    return found


def read_choices(text: str, *, on_error: OnError = refuse) -> dict[str, dict[str, float]]:
    """The weights of features for each choice; none of an empty text.

    Raises RuleError with file and line, unless ``on_error`` does something else.
    """
    header, *lines = text.split("\n")
    found: dict[str, dict[str, float]] = {}
    if text and tuple(header.split("\t")) != CHOICE_COLUMNS:
        on_error(RuleError(f"{RESULT_WEIGHTS}:1: the columns must be {', '.join(CHOICE_COLUMNS)}"))
        return found
    for number, line in enumerate(lines, start=2):
        try:
            choice, feature, weight = line.split("\t")
            found.setdefault(choice, {})[feature.replace(LINE_BREAK, "\n")] = float(weight)
        except ValueError:
            if line:
                message = f"a line must give {', '.join(CHOICE_COLUMNS)}, with tabs between them"
                on_error(RuleError(f"{RESULT_WEIGHTS}:{number}: {message}"))
    return found


def read_word_classes(text: str) -> dict[str, str]:
    """The class of each word: a line gives the number of a class, a tab, and its words between blanks.

    Raises RuleError with file and line.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, tab, members = line.partition("\t")
        if not (name and tab and members.strip()):
            raise RuleError(f"{WORD_CLASSES}:{number}: a line must give a class, a tab, and words between blanks")
        found.update(dict.fromkeys(members.split(), name))
    return found
