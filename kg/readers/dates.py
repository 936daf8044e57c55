"""Dates as sources write them, turned into ISO 8601 dates or parts of one."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_NUMBERS: Final = {name: number for number, name in enumerate(_MONTHS, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTHS, 1)
}
_LEAP_YEAR: Final = 2024
_ISO: Final = re.compile(r"\s*(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?!\d))?)?(?!\d)")
_YEAR: Final = re.compile(r"\d{4}\Z")
_YEAR_WITHIN: Final = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_MONTH_WITHIN: Final = re.compile(rf"(?:{'|'.join(name[:3] for name in _MONTHS)})|(?<!\d)\d{{1,2}}(?!\d)")
_DAY_WITHIN: Final = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_MONTH_DAY: Final = re.compile(r"\s*--(\d\d)-(\d\d)\s*\Z")
_WRITTEN: Final = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:, (\d{4}))?(?: (\d{1,6}))?\Z")


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def month_day(month: int, day: int, year: int | None) -> str | None:
    """``2024-10-09``, or ``--10-09`` where the year is unknown or has no such day; None where no year has it."""
    if not _is_day(_LEAP_YEAR, month, day):
        return None
    if year is None or not _is_day(year, month, day):
        return f"--{month:02}-{day:02}"
    return f"{year:04}-{month:02}-{day:02}"


def written_date(line: str, saved_in: int | None = None) -> tuple[str, int | None] | None:
    """A date like ``Oct 9, 2024`` or ``Oct 9``, and the number after it where there is one (``Oct 9, 2024 2``).

    ``saved_in`` is the year of a date without one. None where the whole line is no such date.
    """
    match = _WRITTEN.match(line)
    if match is None:
        return None
    name, day, year, number = match.groups()
    month = _MONTH_NUMBERS.get(name.lower())
    if month is None:
        return None
    iso = month_day(month, int(day), int(year) if year else saved_in)
    return None if iso is None else (iso, int(number) if number else None)


def iso_date(value: object) -> str | None:
    """A year, or a text that begins with an ISO date, as ``2024``, ``2024-10`` or ``2024-10-09``; None for others.

    Also reads ``--10-09`` and ``Oct 9, 2024``. A month or day that does not exist is left out.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:04}" if 0 < value <= dt.MAXYEAR else None
    if not isinstance(value, str):
        return None
    if match := _MONTH_DAY.match(value):
        return month_day(int(match[1]), int(match[2]), None)
    if match := _ISO.match(value):
        year, month, day = (int(part) if part else 0 for part in match.groups())
        if not year or not _is_day(year, month or 1, 1):
            return f"{year:04}" if year else None
        if not _is_day(year, month or 1, day or 1):
            day = 0
        return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")
    written = written_date(" ".join(value.split()))
    return written[0] if written else None


def year_month_day(year: object, month: object = None, day: object = None) -> str | None:
    """A date whose parts stand apart, as bibliographies have them: ``2018``, ``Jul``, ``5`` is ``2018-07-05``.

    Months are names, however short, or numbers; of several ("Jul-Aug") the first counts, and of a text around a year
    the year. None where there is no year; a month or day that makes no date is left out.
    """
    found = _YEAR_WITHIN.search(str(year or ""))
    if found is None:
        return None
    number = _MONTH_WITHIN.search(str(month or "").lower())
    digits = _DAY_WITHIN.search(str(day or ""))
    parts = [found[0]]
    if number is not None:
        parts.append(f"{_MONTH_NUMBERS.get(number[0][:3]) or int(number[0]):02}")
        parts += [f"{int(digits[0]):02}"] if digits else []
    return iso_date("-".join(parts))


def refined(known: str | None, other: str | None) -> str | None:
    """The more exact of two dates that agree; the known one where they do not.

    ``2024`` and ``2024-10-09`` make ``2024-10-09``, as do ``--10-09`` and ``2024-10-09``; ``--10-09`` and ``2024`` too.
    """
    if known is None or other is None:
        return known or other
    for first, second in ((known, other), (other, known)):
        if first.startswith("--"):
            if second.endswith(first[1:]):
                return second
            if _YEAR.match(second):
                return month_day(int(first[2:4]), int(first[5:7]), int(second))
    return other if other.startswith(known) else known
