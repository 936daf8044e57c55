"""What docs/sparql.md shows is run, in a folder with a graph of the examples."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from tests.built import example_files
from tests.forked import typed
from tests.material import ROOT

BLOCKS = re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", (ROOT / "docs" / "sparql.md").read_text("utf-8"))


@pytest.fixture(name="place", scope="module")
def place_with_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a graph folder, and a query in a file."""
    place = tmp_path_factory.mktemp("docs")
    kg.build_folder(example_files(), place / "my-graph", exports=["graphml"])
    (place / "question.rq").write_text("SELECT ?label { ?thing a kgo:Task ; rdfs:label ?label }")
    return place


def shown(language: str) -> list[str]:
    """The blocks in a language."""
    found = [code for one, code in BLOCKS if one == language]
    assert found
    return found


def test_shell(place: Path) -> None:
    """Each command finds something, and complains of nothing."""
    (code,) = shown("sh")
    done = list(typed(code, cwd=place))
    assert [(one.returncode, one.stderr) for one in done] == [(0, b"")] * 3
    assert [one.stdout.count(b" rows)") for one in done] == [1, 1, 0]
    assert (place / "answer.csv").read_text().count("\n") > 10


@pytest.mark.parametrize("code", shown("python"))
def test_python(place: Path, code: str) -> None:
    """Each program prints something, and complains of nothing."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\n" in done.stdout


@pytest.mark.parametrize("code", shown("sparql"))
def test_sparql(place: Path, code: str) -> None:
    """Each query has an answer."""
    with kg.open(place / "my-graph") as opened:
        assert opened.query(code)
