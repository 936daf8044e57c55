from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.readers.dates import iso_date, refined, written_date, year_month_day


@pytest.mark.parametrize(
    ("line", "saved_in", "date"),
    [
        ("Oct 9, 2024", None, ("2024-10-09", None)),
        ("Oct 9, 2024 2", None, ("2024-10-09", 2)),
        ("Oct 9", None, ("--10-09", None)),
        ("Oct 9 12", None, ("--10-09", 12)),
        ("Oct 9", 2025, ("2025-10-09", None)),
        ("Oct 9, 2024", 2025, ("2024-10-09", None)),
        ("September 1, 1999", None, ("1999-09-01", None)),
        ("Feb 29", None, ("--02-29", None)),
        ("Feb 29", 2025, ("--02-29", None)),
        ("Feb 30", None, None),
        ("May", None, None),
        ("Mayhem 5", None, None),
        ("Oct 9, 2024 was a Wednesday", None, None),
        ("2 OLMo 2 Furious", None, None),
    ],
)
def test_written_date(line: str, saved_in: int | None, date: tuple[str, int | None] | None) -> None:
    """A page's date keeps month and day; the year is its own or the one in which the page was saved."""
    assert written_date(line, saved_in) == date


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (2019, "2019"),
        (2019.0, "2019"),
        ("2019", "2019"),
        ("2024-10", "2024-10"),
        ("2024-10-09", "2024-10-09"),
        ("2024/1/9", "2024-01-09"),
        ("2024-10-09T08:00:00Z", "2024-10-09"),
        ("2023-02-30", "2023-02"),
        ("2023-13-01", "2023"),
        ("--10-09", "--10-09"),
        ("Oct 9, 2024", "2024-10-09"),
        ("20190101", None),
        (20190101, None),
        (10**400, None),
        (float("inf"), None),
        (True, None),
        (0, None),
        ("soon", None),
        (["2019"], None),
        (None, None),
    ],
)
def test_iso_date(value: object, date: str | None) -> None:
    """Years and ISO prefixes are kept as far as they name days that exist; all else is no date."""
    assert iso_date(value) == date


@given(st.dates())
def test_iso_dates_stay_as_they_are(day: object) -> None:
    """What kg wrote as a date is read back as the same date."""
    assert iso_date(str(day)) == str(day)


@pytest.mark.parametrize(
    ("known", "other", "date"),
    [
        (None, "2024", "2024"),
        ("2024", None, "2024"),
        ("2024", "2024-10-09", "2024-10-09"),
        ("2024-10-09", "2024", "2024-10-09"),
        ("--10-09", "2024-10-09", "2024-10-09"),
        ("2024-10-09", "--10-09", "2024-10-09"),
        ("--10-09", "2024", "2024-10-09"),
        ("2024", "--10-09", "2024-10-09"),
        ("--10-09", "--11-09", "--10-09"),
        ("--10-09", "2024-11", "--10-09"),
        ("2023", "2024-10-09", "2023"),
    ],
)
def test_refined(known: str | None, other: str | None, date: str) -> None:
    """Two dates that agree make the more exact one; of two that do not the first stays."""
    assert refined(known, other) == date


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ((2018, "July", 5), "2018-07-05"),
        (("2018", "7"), "2018-07"),
        (("c2018", "Jul-Aug", ""), "2018-07"),
        (("2018", "jan", "30-31"), "2018-01-30"),
        (("2018", "feb", "30"), "2018-02"),
        (("2018", "13"), "2018"),
        (("2018", None, "5"), "2018"),
        (("1998 Dec-1999 Jan", "1998 Dec-1999 Jan"), "1998-12"),
        (("2000 Spring", "2000 Spring"), "2000"),
        (("12018", "jan"), None),
        ((None, "jan"), None),
    ],
)
def test_dates_in_parts(parts: tuple[object, ...], date: str | None) -> None:
    """Year, month and day may stand apart, with words around; of a range the beginning counts."""
    assert year_month_day(*parts) == date
