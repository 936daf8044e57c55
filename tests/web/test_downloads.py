"""Tables that a spreadsheet may open."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.web.downloads import as_csv


@pytest.mark.parametrize("cell", ["=1+1", "+1-1@SUM(A1)", "-2+3|cmd", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula(cell: str) -> None:
    """What a spreadsheet would run has an apostrophe before it."""
    _, row = csv.reader(io.StringIO(as_csv([{"a": cell}], ["a"]), newline=""))
    assert row == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["-1.5", "+2", "92.3", "a=b", "10-20", ""])
def test_numbers_stay_numbers(cell: str) -> None:
    """A number with a sign is no formula."""
    assert as_csv([{"a": cell, "b": "x"}], ["a", "b"]) == f"a,b\r\n{cell},x\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_cells_can_be_read_back(cells: list[str]) -> None:
    """But for the apostrophe, each cell is the text that was written."""
    columns = [str(number) for number in range(len(cells))]
    written = as_csv([dict(zip(columns, cells, strict=True))], columns)
    read = list(csv.reader(io.StringIO(written, newline="")))[1:]
    expected = [cells] if any(cells) or len(cells) > 1 else [[""]]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in expected
    ]
