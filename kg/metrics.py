"""The table of metrics: which way each is better, and in what it is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from kg.errors import RuleError
from kg.names import key, words
from kg.ruletables import BETWEEN_VARIANTS, OnError, refuse

METRICS: Final = "metrics.tsv"
METRIC_COLUMNS: Final = ("name", "direction", "unit", "note", "variants")
SHARE: Final = "share"
"""The unit of metrics that are written as fractions or in per cent."""
Direction: TypeAlias = Literal["higher", "lower", "unknown"]

_DIRECTIONS: Final[dict[str, Direction]] = {"higher": "higher", "lower": "lower", "unknown": "unknown"}
_NOTES: Final = {"": False, "generic": True}
_COMMENT: Final = "#"
_CUTOFF: Final = "@"
_LEAST_COLUMNS: Final = 2


class Metric(NamedTuple):
    """What is known of a metric.

    ``direction`` says whether higher or lower values are better. ``unit`` is that of a number without one: "%", "dB",
    ``SHARE`` where such a number may be a fraction or per cent, or empty. ``generic`` is a name that says little by
    itself, such as "score".
    """

    name: str
    direction: Direction = "unknown"
    unit: str = ""
    generic: bool = False
    variants: tuple[str, ...] = ()


def read_metrics(text: str, *, on_error: OnError = refuse) -> Iterator[Metric]:
    """The metrics of a table, in the order of its lines; those that begin with # say nothing.

    The last columns may be left out, down to name and direction. Raises RuleError with file and line, unless
    ``on_error`` does something else.
    """
    seen: dict[str, str] = {}
    rows = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line[:1] != _COMMENT and line)
    number, header = next(rows, (1, ""))
    columns = tuple(header.split("\t"))
    if text and (len(columns) < _LEAST_COLUMNS or columns != METRIC_COLUMNS[: len(columns)]):
        message = f"the columns must be {', '.join(METRIC_COLUMNS)}, of which the last may be left out"
        return on_error(_error(number, message))
    for number, line in rows:
        row = line.split("\t")
        if not _LEAST_COLUMNS <= len(row) <= len(columns):
            on_error(_error(number, f"a line must give {', '.join(columns)}, with tabs between them"))
            continue
        name, direction, unit, note, variants = (*row, *[""] * (len(METRIC_COLUMNS) - len(row)))
        mistake = _mistake(name, direction, note)
        if mistake:
            on_error(_error(number, mistake))
            continue
        others = tuple(variants.split(BETWEEN_VARIANTS)) if variants else ()
        known = len(seen)
        for written in (name, *others):
            first = seen.get(key(written))
            if first is not None:
                on_error(_error(number, f"{written!r} is given twice, as {first!r} before"))
            seen[key(written)] = written
        if len(seen) == known + 1 + len(others):
            yield Metric(name, _DIRECTIONS[direction], unit, _NOTES[note], others)
    return None


def _mistake(name: str, direction: str, note: str) -> str:
    if not name:
        return "the name is missing"
    if direction not in _DIRECTIONS:
        return f"direction is {direction!r}; it may be {', '.join(_DIRECTIONS)}"
    if note not in _NOTES:
        return f"note is {note!r}; it may be empty or {', '.join(filter(None, _NOTES))}"
    return ""


def _error(line: int, message: str) -> RuleError:
    return RuleError(f"{METRICS}:{line}: {message}")


class Metrics:
    """Metrics, found by whatever way they are written (:func:`kg.names.key`) or by the last words of their names."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.all = tuple(metrics)
        self._by_key = {key(name): metric for metric in self.all for name in (metric.name, *metric.variants)}

    def named(self, name: str) -> Metric | None:
        """The metric of this name: "BLEU" for "BLEU score", too, because "score" is generic; None for any other."""
        found = self._by_key.get(key(name))
        if found is not None:
            return found
        parts = words(name)
        last = self._by_key.get(parts[-1]) if parts else None
        if last is None or not last.generic or len(parts) == 1:
            return None
        return self.named(" ".join(parts[:-1]))

    def like(self, name: str) -> Metric | None:
        """The metric of this name, or else the one that its last words name; None where these are not known.

        What follows an "@" is left out, and the words before a generic one are asked first.
        """
        found = self.named(name)
        if found is not None:
            return found
        parts = [part for part in (word.partition(_CUTOFF)[0] for word in words(name)) if part]
        while parts:
            tails = (self._by_key.get(key(" ".join(parts[start:]))) for start in range(len(parts)))
            last = next(filter(None, tails), None)
            if last is None or not last.generic:
                return last or found
            found = found or last
            parts.pop()
        return found
