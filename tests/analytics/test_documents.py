"""What docs/analytics.md shows can be typed as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import kg
from kg.cli import main
from tests.material import EXAMPLES, ROOT

DOCUMENT = (ROOT / "docs" / "analytics.md").read_text("utf-8")
COMMANDS = re.findall(r"^(kg .*)$", DOCUMENT, re.MULTILINE)


@pytest.fixture(name="folder", scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a graph folder in it."""
    place = tmp_path_factory.mktemp("analytics")
    kg.build_folder([EXAMPLES / "abstracts.jsonl"], place / "my-graph", exports=["graphml"])
    return place


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command prints something."""
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(main, shlex.split(command, comments=True)[1:], prog_name="kg")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\n") > 1


def test_python(folder: Path) -> None:
    """The code runs without a warning."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "median_year" in done.stdout
