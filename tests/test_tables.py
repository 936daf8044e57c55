"""Tables for people and records for machines."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kg.frame_tables import printed, records, table_of
from kg.tables import Excerpt, Link, Table, aligned, as_json, for_machines, for_people, limit, markdown

ROWS = ({"name": "a", "count": 1}, {"name": None, "count": 12})
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=30)


def test_aligned() -> None:
    """Numbers stand to the right, a dash stands for none, and what is left out is counted."""
    table = Table(("Head",), ROWS, 3, frozenset({"count"}))
    assert list(aligned([table])) == [
        "Head", "name  count", "a         1", "-        12", "… 1 more (--top 0 shows all)",
    ]  # fmt: skip


def test_marks_stand_once() -> None:
    """What marks mean is said once for all tables, before the notes."""
    tables = [Table((), ROWS, 2, marks=("* odd",)), Table((), ROWS, 2, marks=("* odd", "+ even"))]
    assert list(aligned(tables, ["a note"]))[-3:] == ["* odd", "+ even", "a note"]
    assert [line for line in markdown(tables, ["a note"]) if line][-3:] == [r"\* odd", "+ even", "a note"]


def test_excerpts() -> None:
    """Words of a sentence stand below their row, and in Markdown the sentence in a column."""
    table = Table((), ({"name": Link("a|b", "https://x.org/a b")},), 1, excerpts=(Excerpt("One two.", 4, 7),))
    assert list(aligned([table])) == ["name", "a|b", "        One two."]
    assert r"| [a\|b](<https://x.org/ab>) | One two. |" in for_people([table], "md")


@given(st.lists(st.dictionaries(st.sampled_from("ab"), TEXTS | st.none() | st.booleans(), min_size=2), min_size=1))
def test_csv_holds_what_json_holds(rows: list[dict[str, object]]) -> None:
    """Whatever a text holds, it comes back from CSV as from JSON."""
    read = list(csv.DictReader(io.StringIO(for_machines("ab", rows, "csv"), newline="")))
    same = json.loads(for_machines("ab", rows, "json"))
    plain = {None: "", True: "true", False: "false"}
    assert read == [
        {key: value if isinstance(value, str) else plain[value] for key, value in row.items()} for row in same
    ]


def test_values_for_machines() -> None:
    """Decimals keep their digits; in CSV a list has semicolons between its parts, and a dict is JSON."""
    row = {"a": Decimal("9.80"), "b": ["x", "y"], "c": {"k": None}}
    assert json.loads(as_json(row)) == {"a": "9.80", "b": ["x", "y"], "c": {"k": None}}
    assert for_machines("abc", [row], "csv") == 'a,b,c\n9.80,x; y,"{""k"": null}"\n'


def test_limit() -> None:
    """0 is all, nothing the default, any other number itself."""
    assert [limit(0), limit(0, 20), limit(None), limit(None, 20), limit(7, 20)] == [None, None, None, 20, 7]


def test_frames() -> None:
    """Of a frame people see the columns asked for, in few digits; machines see all, and None for what is missing."""
    frame = pd.DataFrame(
        {
            "label": ["a", None, "c"],
            "share": [12.3456, None, 123456.7],
            "count": [1, 1234567, 3],
            "year": pd.array([2024, None, 1999], dtype="Int64"),
            "parts": [["x", "y"], [], ["z"]],
        }
    )
    columns = {"label": "name", "share": "share", "count": "count", "year": "year", "parts": "parts"}
    table = table_of(frame, None, columns)
    assert table is not None
    assert [list(row.values()) for row in table.rows] == [
        ["a", "12.3", "1", "2024", "x, y"],
        [None, None, "1,234,567", None, ""],
        ["c", "123,457", "3", "1999", "z"],
    ]
    assert table.numbers == {"share", "count", "year"}
    assert records(frame)[1] == {"label": None, "share": None, "count": 1234567, "year": None, "parts": []}
    assert table_of(frame.head(0), None, columns) is None
    assert printed(frame.head(0), "table", None, columns, heading=["Head"]) == "Head\nnothing found\n"
    assert printed(frame, "table", 1, {"label": "name"}, notes=["a note"]).splitlines()[-1] == "a note"
