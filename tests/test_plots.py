"""Plots: that they are drawn, are the same each time, and hold the words that they should."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

from kg.errors import ExportError
from kg.graph import build_graph
from kg.leaderboard import Leaderboard, leaderboards
from kg.plots import bars_plot, cells_plot, growth_plot, leaderboard_plot, lines_plot
from tests.boards import Report, reporting

HOSTILE = "<script> & $x_1$ \\frac 中文 " + "w" * 60
PNG = b"\x89PNG\r\n\x1a\n"


def words(path: Path) -> str:
    """All texts of an SVG file, which must be one."""
    root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - our own file
    assert root.tag.endswith("svg")
    return " | ".join(text.strip() for text in root.itertext() if text.strip())


def lines() -> pd.DataFrame:
    """Shares of twelve things in three years, one of them missing."""
    return pd.DataFrame(
        [
            {"label": f"Net{number}" if number else HOSTILE, "year": year, "share": number if year != 2021 else None}
            for number in range(12)
            for year in (2020, 2021, 2022)
        ]
    ).astype({"share": "float64"})


def board(*reports: tuple[str, str | None, str]) -> Leaderboard:
    """A leaderboard of scores given as (value, year, method)."""
    papers = [
        reporting(f"p{n}", Report(value, "%", method=method), published=year)
        for n, (value, year, method) in enumerate(reports)
    ]
    return leaderboards(build_graph(papers))[0]


def draw_all(folder: Path, suffix: str) -> dict[str, Path]:
    """One of each plot."""
    paths = {name: folder / f"{name}{suffix}" for name in ("lines", "bars", "cells", "growth", "board")}
    lines_plot(lines(), paths["lines"], title="Some lines", value="per cent")
    table = pd.DataFrame({"label": [HOSTILE, "BarNet"], "papers": [3, 1]})
    bars_plot(table, paths["bars"], title="Some bars", column="papers", value="papers")
    counts = pd.DataFrame([[3, 0], [0, 1]], index=["FooNet", HOSTILE], columns=["Meadow", "Brook"])
    marked = [("FooNet", "Brook"), ("none", "such")]
    cells_plot(counts, paths["cells"], title="Some cells", value="papers", marked=marked)
    grown = pd.DataFrame({"papers": [10, 20], "seconds": [1.5, 3.0], "MB": [100, 110]})
    growth_plot(grown, paths["growth"], title="Growth", over="papers", left=("seconds", "time"), right=("MB", HOSTILE))
    scores = board(("70", "2019", "OldNet"), ("65", "2020", "BadNet"), ("80", "2021", "NewNet"), ("99", None, "NoNet"))
    leaderboard_plot(scores, paths["board"])
    return paths


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_same_bytes(tmp_path: Path, suffix: str) -> None:
    """Drawn twice, also under other settings of the user's, every plot has the same bytes."""
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    once = draw_all(first, suffix)
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 30.0}):
        again = draw_all(second, suffix)
    assert {name: path.read_bytes() for name, path in once.items()} == {
        name: path.read_bytes() for name, path in again.items()
    }
    assert all((path.read_bytes()[:8] == PNG) is (suffix == ".png") for path in once.values())


def test_words(tmp_path: Path) -> None:
    """In SVG, texts are texts: titles, axes, names, and whatever a name holds."""
    found = {name: words(path) for name, path in draw_all(tmp_path, ".svg").items()}
    assert "Some lines" in found["lines"]
    assert "per cent" in found["lines"]
    assert "Net9" in found["lines"]
    assert "Net10" not in found["lines"]
    assert re.search(r"<script> & \$x_1\$ \\frac 中文 w+…", found["bars"])
    assert "Meadow" in found["cells"]
    assert all(word in found["growth"] for word in ("Growth", "papers", "time", "<script>"))
    assert "Date" not in (tmp_path / "bars.svg").read_text("utf-8")


def test_leaderboard(tmp_path: Path) -> None:
    """The methods that were best when they came are named, and no others."""
    found = words(draw_all(tmp_path, ".svg")["board"])
    assert "Meadow, accuracy" in found
    assert "OldNet" in found
    assert "NewNet" in found
    assert "BadNet" not in found
    assert "NoNet" not in found


def test_where_lower_is_better(tmp_path: Path) -> None:
    """Of a metric that is better when lower, the lowest so far is the best."""
    papers = [
        reporting(f"p{n}", Report(value, "ms", metric="latency", method=method), published=year)
        for n, (value, year, method) in enumerate([("9", "2019", "OldNet"), ("12", "2020", "BadNet")])
    ]
    leaderboard_plot(leaderboards(build_graph(papers))[0], tmp_path / "a.svg")
    assert "BadNet" not in words(tmp_path / "a.svg")


def test_nothing_to_draw(tmp_path: Path) -> None:
    """What is empty gives an empty plot."""
    empty = pd.DataFrame({"label": [], "year": [], "share": []})
    lines_plot(empty, tmp_path / "a.svg", title="None", value="per cent")
    cells_plot(pd.DataFrame(), tmp_path / "b.svg", title="None", value="papers")
    bars_plot(pd.DataFrame({"label": [], "papers": []}), tmp_path / "c.svg", title="None", column="papers", value="x")
    leaderboard_plot(board(("70", None, "OldNet")), tmp_path / "d.svg")
    assert all("None" in words(tmp_path / f"{name}.svg") for name in "abc")


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    """Another ending, and a folder that is not there, are refused in one line."""
    with pytest.raises(ExportError, match=r"does not end in \.svg or \.png"):
        lines_plot(lines(), tmp_path / "a.pdf", title="", value="")
    with pytest.raises(ExportError, match="cannot write"):
        lines_plot(lines(), tmp_path / "none" / "a.svg", title="", value="")
