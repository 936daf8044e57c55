"""What the README shows is run, from top to bottom, in an empty folder with the examples in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import typed
from tests.material import EXAMPLES, ROOT

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader of the README would stand."""
    place = tmp_path_factory.mktemp("readme")
    shutil.copytree(EXAMPLES, place / "examples")
    return place


def _printed(done: subprocess.CompletedProcess[bytes]) -> str:
    assert done.returncode == 0, f"{done.args}\n{done.stdout.decode()}\n{done.stderr.decode()}"
    assert b"skipped" not in done.stderr, done.stderr
    assert b"Warning" not in done.stderr, done.stderr
    return done.stdout.decode()


def test_readme_code_runs(folder: Path) -> None:
    """Every shell block that calls kg runs, then all Python as one program; what they print is not empty."""
    shell = [code for language, code in BLOCKS if language == "sh" and re.search("^kg ", code, re.MULTILINE)]
    assert shell
    for code in shell:
        assert "".join(map(_printed, typed(code, cwd=folder, warnings_are_errors=True)))
    program = "\n".join(code for language, code in BLOCKS if language == "python")
    command = [sys.executable, "-W", "error", "-c", program]
    assert "ImageNet" in _printed(subprocess.run(command, cwd=folder, capture_output=True, check=False))
    assert (folder / "graph.graphml").exists()
    assert (folder / "my-graph" / "manifest.json").exists()


def test_readme_blocks_are_all_known() -> None:
    """A block is Python, text, or shell that calls kg or make: nothing stands there that nobody tries."""
    for language, code in BLOCKS:
        assert language in {"python", "text", "sh"}
        if language == "sh":
            assert re.search(r"^(kg|make) ", code, re.MULTILINE), code
