"""The bars of counts by year."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.web.charts import HEIGHT, WIDTH, bars

BY_YEAR = st.dictionaries(st.integers(1950, 2030), st.integers(1, 10_000), min_size=1).map(lambda d: sorted(d.items()))


@given(BY_YEAR)
def test_bars_fit_the_picture(by_year: list[tuple[int, int]]) -> None:
    """Every year from the first to the last has its bar, in the picture, the highest as high as it."""
    found = bars(by_year)
    assert [bar.year for bar in found] == list(range(by_year[0][0], by_year[-1][0] + 1))
    assert {bar.year: bar.count for bar in found if bar.count} == dict(by_year)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in found)
    assert max(bar.height for bar in found) == HEIGHT
    assert all((bar.height > 0) == (bar.count > 0) for bar in found)
    assert found[-1].labelled


def test_nothing_has_no_bars() -> None:
    """Where no paper has a year, there is no picture."""
    assert bars([]) == []
