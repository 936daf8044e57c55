"""What the README shows is run, from top to bottom, in an empty folder with the examples in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.material import EXAMPLES, ROOT

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = Path(sys.executable).parent
BLOCKS = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader of the README would stand."""
    place = tmp_path_factory.mktemp("readme")
    shutil.copytree(EXAMPLES, place / "examples")
    return place


def _run(command: list[str], folder: Path) -> str:
    environment = os.environ | {"PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
    assert "skipped" not in done.stderr, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return done.stdout


def test_readme_code_runs(folder: Path) -> None:
    """Every shell block that calls kg runs, then all Python as one program; what they print is not empty."""
    shell = [code for language, code in BLOCKS if language == "sh" and re.search("^kg ", code, re.MULTILINE)]
    assert shell
    for code in shell:
        assert _run(["bash", "-euo", "pipefail", "-c", code], folder)
    program = "\n".join(code for language, code in BLOCKS if language == "python")
    printed = _run([sys.executable, "-c", program], folder)
    assert "ImageNet" in printed
    assert (folder / "graph.graphml").exists()
    assert (folder / "my-graph" / "manifest.json").exists()


def test_readme_blocks_are_all_known() -> None:
    """A block is Python, text, or shell that calls kg or make: nothing stands there that nobody tries."""
    for language, code in BLOCKS:
        assert language in {"python", "text", "sh"}
        if language == "sh":
            assert re.search(r"^(kg|make) ", code, re.MULTILINE), code
