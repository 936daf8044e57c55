from __future__ import annotations

import http.server
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import fsspec
import pytest

from kg.model import Paper, Skipped
from kg.readers import read
from kg.readers.remote import is_url

GOOD = b'{"id": "good", "title": "A good record"}\n'
GOOD_TOO = b'{"id": "good too", "title": "Another good record"}\n'


def read_all(*sources: str) -> tuple[list[Paper], list[Skipped]]:
    """The papers of some sources and what was skipped."""
    skipped: list[Skipped] = []
    return list(read(*sources, on_skip=skipped.append)), skipped


@pytest.fixture
def bucket() -> Iterator[str]:
    """A folder in fsspec's memory with files in it, one of them hidden."""
    system = fsspec.filesystem("memory")
    for name, data in {"b.jsonl": GOOD, "a/c.jsonl": GOOD_TOO, ".hidden": GOOD, "a/.git/x": GOOD}.items():
        system.pipe(f"/bucket/{name}", data)
    yield "memory://bucket"
    system.rm("/bucket", recursive=True)


def test_a_url_of_a_file_of_a_folder_and_of_many(bucket: str) -> None:
    """A URL is a file, or a folder with all below it but hidden files, or a pattern; papers know their files' URLs."""
    papers, skipped = read_all(f"{bucket}/b.jsonl")
    assert [(paper.id, paper.sources[0].file) for paper in papers] == [("good", "memory://bucket/b.jsonl")]
    assert skipped == []
    papers, skipped = read_all(f"{bucket}/")
    assert [paper.sources[0].file.removeprefix("memory://").strip("/") for paper in papers] == [
        "bucket/b.jsonl", "bucket/a/c.jsonl",
    ]  # fmt: skip
    assert [paper.id for paper in read_all(f"{bucket}/*.jsonl")[0]] == ["good"]


def test_a_url_of_this_machine(tmp_path: Path) -> None:
    """file:// names a file here."""
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    papers, skipped = read_all(f"file://{tmp_path}/a.jsonl")
    assert ([paper.id for paper in papers], skipped) == (["good"], [])


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("memory://nothing/here", "cannot be opened (No such file or directory)"),
        ("memory://nothing/*.json", "nothing fits (hidden files are left out)"),
        ("nosuch://bucket/a", "cannot be opened (Protocol not known: nosuch)"),
        ("http://user:secret@127.0.0.1:1/a?key=secret", "cannot be opened ("),
    ],
)
def test_a_url_that_leads_to_nothing_is_named(url: str, reason: str, bucket: str) -> None:
    """What cannot be opened is named without its password, and the next source is read."""
    papers, (skip,) = read_all(url, f"{bucket}/b.jsonl")
    assert [paper.id for paper in papers] == ["good"]
    assert skip.reason.startswith(reason)
    assert "secret" not in str(skip)
    assert "\n" not in str(skip)


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without fsspec, or without what it needs for a kind of URL, one line says what to install."""
    papers, (skip,) = read_all("gdrive://folder/a")
    assert papers == []
    assert "pip install 'kg-papers[remote]'" in skip.reason
    monkeypatch.setitem(sys.modules, "fsspec", None)
    papers, (skip,) = read_all("s3://bucket/a")
    assert skip.reason == "a URL, for which kg needs fsspec; pip install 'kg-papers[remote]'"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_file_of_the_web(tmp_path: Path) -> None:
    """A file is read over HTTP, and one that is not there is named."""
    (tmp_path / "a.jsonl").write_bytes(GOOD + GOOD_TOO)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        papers, skipped = read_all(f"{base}/a.jsonl", f"{base}/b.jsonl")
        server.shutdown()
        thread.join()
    assert [paper.id for paper in papers] == ["good", "good too"]
    assert [str(one) for one in skipped] == [f"{base}/b.jsonl: cannot be opened (No such file or directory)"]


@pytest.mark.parametrize(
    ("source", "url"),
    [("s3://b/k", True), ("simplecache::s3://b/k", True), ("papers.jsonl", False), ("a:/b", False), ("-", False),
     ("C:\\papers", False), ("/a/b://c", False)],
)  # fmt: skip
def test_what_is_a_url(source: str, url: bool) -> None:  # noqa: FBT001
    """A URL begins with a scheme; paths with colons in them are paths."""
    assert is_url(source) is url
