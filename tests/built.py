"""Graph folders that several test modules look at, and kg as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.forked import run_forked
from tests.material import EXAMPLES, ROOT

KG = (sys.executable, "-c", "from kg.cli import main; main(prog_name='kg')")
EXAMPLE_FILES = ("examples/abstracts.jsonl", "examples/saved-page.txt")
FILES = ("extractions.jsonl", "graph.graphml", "graph.html", "graph.ttl", "manifest.json", "papers.parquet")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes, by its path below the folder; not those of stores, which always differ."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != "store")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def run(
    *arguments: str | Path, cwd: Path = ROOT, seed: str | None = None, given: bytes = b"", **options: str
) -> subprocess.CompletedProcess[bytes]:
    """Run kg as a user does; ``seed`` decides the order of its sets, ``options`` are environment variables."""
    if seed is None and not options:
        return run_forked([*map(str, arguments)], cwd=cwd, given=given)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed or "random", **options}
    return subprocess.run(
        [*KG, *map(str, arguments)], cwd=cwd, env=environment, input=given, capture_output=True, check=False
    )


def example_files() -> list[str]:
    """The examples by paths that hold anywhere."""
    return [str(EXAMPLES / Path(name).name) for name in EXAMPLE_FILES]
