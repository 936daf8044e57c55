from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Paper, Skipped
from kg.readers import read
from kg.readers.sources import lines, unpacked
from tests.material import ROOT

LINES = [f'{{"id": "{number}", "title": "Paper {number}"}}\n'.encode() for number in range(1, 40)]


def read_all(*sources: object) -> tuple[list[Paper], list[Skipped]]:
    """The papers of some sources and what was skipped."""
    skipped: list[Skipped] = []
    return list(read(*sources, on_skip=skipped.append)), skipped  # type: ignore[arg-type]


def test_a_folder_is_walked_in_sorted_order(tmp_path: Path) -> None:
    """Files of a folder come by name, then those of its subfolders; hidden files and pipes are left out."""
    for name in ("b.json", "a.txt", "sub/c", "sub/.hidden", ".git/d", "sub/deeper/e"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"title": "{name}"}}')
    os.mkfifo(tmp_path / "pipe")
    papers, skipped = read_all(tmp_path)
    assert [paper.title for paper in papers] == ["a.txt", "b.json", "sub/c", "sub/deeper/e"]
    assert papers[2].sources[0].file == str(tmp_path / "sub" / "c")
    assert skipped == []


def test_gzip_is_known_by_its_bytes(tmp_path: Path) -> None:
    """A packed file without .gz and a plain file with it are both read, as is one of several gzip members."""
    (tmp_path / "a.txt").write_bytes(gzip.compress(LINES[0]) + gzip.compress(LINES[1]))
    (tmp_path / "b.gz").write_bytes(LINES[2])
    papers, skipped = read_all(tmp_path)
    assert [paper.id for paper in papers] == ["1", "2", "3"]
    assert skipped == []


def test_an_open_stream_is_read_and_left_open(tmp_path: Path) -> None:
    """The caller's stream stays the caller's; its name, where it has one, names the source."""
    path = tmp_path / "papers"
    path.write_bytes(LINES[0])
    with path.open("rb") as stream:
        papers, _ = read_all(stream, io.BytesIO(LINES[1]))
        assert not stream.closed
    assert [paper.sources[0].file for paper in papers] == [str(path), "<stream>"]


def test_standard_input() -> None:
    """A lone hyphen is standard input, packed or not, and arrives through a pipe in small pieces."""
    program = "from kg.readers import read\nprint(*(f'{p.sources[0].file}:{p.id}' for p in read('-')))"
    for data in (b"".join(LINES), gzip.compress(b"".join(LINES))):
        done = subprocess.run(
            [sys.executable, "-c", program], input=data, capture_output=True, check=True, cwd=ROOT, timeout=60
        )
        assert done.stdout.split() == [f"-:{number}".encode() for number in range(1, 40)]


class Trickle(io.RawIOBase):
    """A stream that gives one byte at a time, and fails at a given place."""

    def __init__(self, data: bytes, fails_at: int | None = None) -> None:
        self.data, self.at, self.fails_at = data, 0, fails_at

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Give one byte, or fail."""
        if self.at == self.fails_at:
            raise OSError(5, "Input/output error")
        part = self.data[self.at : self.at + 1]
        self.at += len(part)
        buffer[: len(part)] = part
        return len(part)


def test_a_stream_that_gives_little_at_a_time() -> None:
    """What a stream begins with is gathered before its format is guessed."""
    papers, skipped = read_all(Trickle(LINES[0] + LINES[1]))
    assert [paper.id for paper in papers] == ["1", "2"]
    assert skipped == []


def test_a_stream_that_fails_midway() -> None:
    """What was read before a failing disk goes through, the half line does not, and the failure is named."""
    papers, skipped = read_all(Trickle(b"".join(LINES), fails_at=len(LINES[0]) + 9))
    assert [paper.id for paper in papers] == ["1"]
    assert [str(skip) for skip in skipped] == ["<stream>: cannot be read to its end (Input/output error)"]


@given(st.integers(2, 400))
def test_a_truncated_gzip_gives_what_stands_before_the_break(kept: int) -> None:
    """Wherever a gzip file is cut, its first records come, in order and whole, and the break is named last."""
    packed = gzip.compress(b"".join(LINES))
    papers, skipped = read_all(io.BytesIO(packed[: min(kept, len(packed) - 1)]))
    assert [paper.id for paper in papers] == [str(number) for number in range(1, len(papers) + 1)]
    assert skipped[-1].reason.startswith("the gzip data breaks off")


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_lines_are_numbered_and_a_giant_one_is_passed_over(end: bytes) -> None:
    """A line of more than 32 MB comes as None, never whole into memory, and the count goes on behind it."""
    stream = unpacked(io.BytesIO(b"a\n" + b"x" * (2**25 + 2**21) + b"\nlast" + end))
    assert list(lines(stream)) == [(1, b"a\n"), (2, None), (3, b"last" + end)]
