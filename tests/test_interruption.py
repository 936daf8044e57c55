"""Builds that are killed, lose a process or run out of room, and builds that meet: nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from kg.shards import PAPERS
from tests.built import KG, contents
from tests.forked import run_forked
from tests.material import ROOT

KILLED: int = 20
NAMES = ("Harbor", "Lantern", "Willow", "Copper", "Comet", "Pebble", "Raven", "Thistle")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers for several shards, some of them twice."""
    path = tmp_path_factory.mktemp("source") / "papers.jsonl"
    papers = [
        {
            "id": f"p{number % (2 * PAPERS + 40)}",
            "title": f"{NAMES[number % 8]}Net {number % 13} for leaf counting",
            "abstract": f"We propose {NAMES[number % 8]}Net, which reaches {50 + number % 40}.{number % 10}% accuracy "
            f"on {NAMES[number % 5]}-{number % 7}, better than {NAMES[number % 3]}Former.",
        }
        for number in range(2 * PAPERS + 60)
    ]
    path.write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    return path


def _arguments(source: Path, target: Path, *options: str) -> list[str]:
    return ["build", "-q", str(source), "-o", str(target), "--export", "turtle", "--no-store", *options]


def _command(source: Path, target: Path, *options: str) -> list[str]:
    return [*KG, *_arguments(source, target, *options)]


def _run(source: Path, target: Path, *options: str, limit: Callable[[], None] | None = None) -> tuple[int, str]:
    if limit is None:
        forked = run_forked(_arguments(source, target, *options), cwd=ROOT)
        return forked.returncode, forked.stderr.decode()
    done = subprocess.run(
        _command(source, target, *options),
        cwd=ROOT,
        capture_output=True,
        check=False,
        preexec_fn=limit,
    )
    return done.returncode, done.stderr.decode()


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """What a build leaves that nothing disturbs, and how long it takes."""
    target = tmp_path_factory.mktemp("undisturbed") / "g"
    assert _run(source, target.with_name("first")) == (0, "")  # it waits until the server is there
    begun = time.monotonic()
    assert _run(source, target) == (0, "")
    return contents(target), time.monotonic() - begun


def _moments(seconds: float) -> Iterator[float]:
    chance = random.Random(7)  # noqa: S311 - no secret
    return (chance.uniform(0.1, 1.0) * seconds for _ in range(KILLED))


def test_killed_at_any_moment(source: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    """A build that is killed again and again, and taken up each time, ends with the bytes of an undisturbed one."""
    expected, seconds = undisturbed
    target = tmp_path / "g"
    killed = 0
    for moment in _moments(seconds):
        done = run_forked(_arguments(source, target), cwd=ROOT, killed_after=moment)
        killed += done.returncode == -signal.SIGKILL
        # whole or not at all
        assert not target.exists() or contents(target) == expected
    assert killed > KILLED // 2
    assert _run(source, target) == (0, "")
    assert contents(target) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def test_what_was_extracted_is_not_extracted_again(
    source: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    """A build takes over the shards that a killed one left, and leaves none."""
    target, part = tmp_path / "g", tmp_path / ".g.part"
    with subprocess.Popen(_command(source, target), cwd=ROOT) as process:
        while process.poll() is None and len(list(part.glob("extracted/*.parquet"))) < 2:
            time.sleep(0.005)
        process.kill()
    shards = {path: path.stat().st_mtime_ns for path in part.glob("extracted/*.parquet")}
    assert shards
    first = min(shards)
    table = parquet.read_table(first)
    marked = [one.replace(b"leaf counting", b"LEAF counting") for one in table["extraction"].to_pylist()]
    place = table.column_names.index("extraction")
    parquet.write_table(table.set_column(place, "extraction", [marked]), first)
    assert _run(source, target) == (0, "")
    left = contents(target)
    assert b"LEAF counting" in left["extractions.jsonl"]
    assert len(left["extractions.jsonl"]) == len(undisturbed[0]["extractions.jsonl"])
    assert not part.exists()


def test_no_room_left(source: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    """Where nothing more can be written, one line says so, an old folder stays, and the next build goes on."""
    target = tmp_path / "g"
    most = len(undisturbed[0]["extractions.jsonl"]) * 2 // 3

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    code, said = _run(source, target, limit=limit)
    assert code == 1
    assert said.startswith("kg: cannot write ")
    assert said.count("\n") == 1
    assert not target.exists()
    assert _run(source, target) == (0, "")
    assert contents(target) == undisturbed[0]


def test_a_process_that_is_lost(source: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    """Where a worker is killed, one line says what to do, and the next build gives what it should have given."""
    target = tmp_path / "g"
    with subprocess.Popen(
        _command(source, target, "--workers", "2"), cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        workers: list[int] = []
        while process.poll() is None and not workers:
            workers = [int(pid) for pid in children.read_text().split() if b"spawn_main" in _words(int(pid))]
        os.kill(workers[0], signal.SIGKILL)
        assert process.stderr is not None
        said = process.stderr.read().decode()
        assert (process.wait(60), said.count("\n")) == (1, 1)
    assert "try again with fewer workers" in said
    assert _run(source, target, "--workers", "2") == (0, "")
    assert contents(target) == undisturbed[0]


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_two_builds_into_one_folder(source: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path) -> None:
    """The second says that another is at it, and the first is not disturbed."""
    target = tmp_path / "g"
    with subprocess.Popen(_command(source, target), cwd=ROOT) as first:
        while first.poll() is None and not (tmp_path / ".g.part" / "records.jsonl").exists():
            time.sleep(0.005)
        first.send_signal(signal.SIGSTOP)
        code, said = _run(source, target)
        first.send_signal(signal.SIGCONT)
        assert (code, said) == (
            1,
            f"kg: another kg is writing {target}; wait until it is done, or name another folder\n",
        )
        assert first.wait(120) == 0
    assert contents(target) == undisturbed[0]
