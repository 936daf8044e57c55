"""What arXiv's formats have in common: categories, dates that ids tell, and what is kept besides."""

from __future__ import annotations

import re
from typing import Any, Final

from kg.readers.papers import line

_MONTH: Final = re.compile(r"(?:[a-z-]+/)?(\d\d)(0[1-9]|1[0-2])")
_FIRST_YEAR: Final = 91
_MOST_CATEGORIES: Final = 100


def month_of(known: str | None) -> str | None:
    """The month that an arXiv id tells: ``2024-10`` for ``2410.00001``, ``2001-12`` for ``cs/0112017``."""
    found = _MONTH.match(known or "")
    if found is None:
        return None
    year = int(found[1])
    return f"{1900 + year if year >= _FIRST_YEAR else 2000 + year}-{found[2]}"


def category_list(value: object) -> list[str]:
    """Categories from a list of them or from one text; the primary one first."""
    parts = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    names = [name for name in map(line, parts[:_MOST_CATEGORIES]) if name]
    return [name for part in names for name in part.split()]


def about(*, categories: list[str], journal_ref: object, comments: object, report: object) -> dict[str, Any]:
    """What arXiv says of a paper that has no field of its own, for ``extra``."""
    return {
        "categories": categories,
        "journal_ref": line(journal_ref),
        "comments": line(comments),
        "report_no": line(report),
    }
