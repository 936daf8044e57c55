"""Long lists, cut into pages that are numbered from 1."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query

ON_PAGE: Final = 25

PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000)]
"""The parameter ``page`` of an address."""


def first_of(number: int, on_page: int = ON_PAGE) -> int:
    """The place in the list, from 0, where a page begins."""
    return (number - 1) * on_page


def pages(total: int, on_page: int = ON_PAGE) -> int:
    """How many pages a list has; at least one."""
    return max(-(-total // on_page), 1)
