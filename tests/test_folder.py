"""A graph folder: what it holds, what is refused as one, and that it is replaced whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kg.errors import GraphError
from kg.folder import (
    extraction_line,
    graph_name,
    load_extractions,
    load_graph,
    load_manifest,
    own_files,
    write_extractions,
    write_manifest,
)
from kg.graph import build_graph
from kg.model import Extraction
from kg.replacing import replaced
from tests.built import EXAMPLE_FILES, KG, contents
from tests.material import ROOT
from tests.samples import samples


def graph_folder(folder: Path, **files: str) -> Path:
    """A folder as kg leaves it, with these files in it."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    write_manifest(folder, {"rules_hash": "abc"})
    return folder


def test_extractions_come_back(tmp_path: Path) -> None:
    """What is written is what is read, from the file and from the folder it lies in."""
    folder = graph_folder(tmp_path / "g")
    write_extractions(samples(), folder / "extractions.jsonl")
    lines = [extraction_line(one) for one in samples()]
    assert [extraction_line(one) for one in load_extractions(folder)] == lines
    assert [extraction_line(one) for one in load_extractions(folder / "extractions.jsonl")] == lines
    assert all(line.count(b"\n") == 1 for line in lines)


def test_loaded_graph_knows_its_rules(tmp_path: Path) -> None:
    """A graph loaded from a folder is the graph of its extractions, with the folder's name and hash of rules."""
    folder = graph_folder(tmp_path / "my graph")
    write_extractions(samples(), folder / "extractions.jsonl")
    graph = load_graph(folder)
    assert dict(graph.nodes(data=True)) == dict(build_graph(samples()).nodes(data=True))
    assert graph.graph["name"] == graph_name(folder) == "my graph"
    assert graph.graph["rules_hash"] == "abc"


def test_manifest_hashes_every_file(tmp_path: Path) -> None:
    """The manifest gives the SHA-256 of each other file."""
    folder = graph_folder(tmp_path / "g", **{"graph.ttl": "one", "extractions.jsonl": "two"})
    assert load_manifest(folder)["files"] == {
        "extractions.jsonl": hashlib.sha256(b"two").hexdigest(),
        "graph.ttl": hashlib.sha256(b"one").hexdigest(),
    }
    assert own_files(folder) == {"extractions.jsonl", "graph.ttl", "manifest.json"}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "17", '"a"', '{"name": "a web page"}', '{"kg_version": "1"}', "[" * 9999]
)
def test_other_manifests(tmp_path: Path, text: str) -> None:
    """A manifest that kg did not write, or a damaged one, makes no graph folder, and is named."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(GraphError, match=r"manifest\.json"):
        load_manifest(tmp_path)
    assert own_files(tmp_path) == frozenset()


@pytest.mark.parametrize(
    "line",
    [
        b"oops",
        b"[]",
        b"3",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"id": "a", "title": "A paper that was not read yet"}',
        b'{"id": "a", "entities": 3, "results": [], "mentions": []}',
        b'{"id": ["a"], "entities": [], "results": [], "mentions": []}',
        b'{"id": "a", "entities": [{"type": "Car", "names": ["x"], "role": "used"}], "results": [], "mentions": []}',
    ],
)
def test_lines_that_are_no_extraction(tmp_path: Path, line: bytes) -> None:
    """They are named by file and line."""
    file = tmp_path / "e.jsonl"
    file.write_bytes(extraction_line(samples()[0]) + line + b"\n")
    with pytest.raises(GraphError, match=r"e\.jsonl:2: no extraction"):
        list(load_extractions(file))


def test_nothing_there(tmp_path: Path) -> None:
    """The error says how to make a graph."""
    with pytest.raises(GraphError, match="is not there; make it with kg build"):
        load_graph(tmp_path / "gone")
    with pytest.raises(GraphError, match=r"is no graph folder: it has no manifest\.json; make one with kg build"):
        load_graph(tmp_path)


def test_extractions_are_written_whole_or_not(tmp_path: Path) -> None:
    """Where reading fails half-way the old file stays, and nothing is left beside it."""

    def failing() -> list[Extraction]:
        yield samples()[0]  # type: ignore[misc]
        raise KeyboardInterrupt

    file = tmp_path / "e.jsonl"
    file.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_extractions(failing(), file)
    assert contents(tmp_path) == {"e.jsonl": b"old"}


def test_extractions_go_to_a_pipe(tmp_path: Path) -> None:
    """What is no ordinary file is written to, not replaced."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_extractions(samples()[:1], pipe)
    reader.join(timeout=30)
    assert got == [extraction_line(samples()[0])]
    assert pipe.is_fifo()


def test_a_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    """Nothing shows under the folder's name before all of it is written."""
    target = tmp_path / "a" / "b" / "g"
    with replaced(target, own_files) as part:
        (part / "graph.ttl").write_text("new")
        assert not target.exists()
    assert contents(tmp_path) == {"a/b/g/graph.ttl": b"new"}


def _fail_half_way(part: Path, error: type[BaseException]) -> None:
    (part / "graph.ttl").write_text("half")
    raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_failing_leaves_all_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    """Whatever goes wrong, an old folder keeps its bytes, and nothing is left beside it or made for it."""
    graph_folder(tmp_path / "g", old="old")
    before = contents(tmp_path)
    for target in (tmp_path / "g", tmp_path / "new" / "deep" / "g"):
        with pytest.raises(error), replaced(target, own_files) as part:
            _fail_half_way(part, error)
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def test_files_of_others_are_kept(tmp_path: Path) -> None:
    """Files, folders, links and the mode of the folder stay; what kg wrote before and does not write now goes."""
    target = graph_folder(tmp_path / "g", **{"graph.html": "old", "graph.ttl": "old"})
    (target / "notes.txt").write_text("mine")
    (target / "deep" / "er").mkdir(parents=True)
    (target / "deep" / "er" / "x").write_text("mine too")
    (target / "link").symlink_to("nowhere")
    target.chmod(0o750)
    with replaced(target, own_files) as part:
        (part / "graph.ttl").write_text("new")
    assert contents(target) == {"graph.ttl": b"new", "notes.txt": b"mine", "deep/er/x": b"mine too"}
    assert (target / "link").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o750
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with other things, a file, a path through a file and the folder one is in are not replaced."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "manifest.json").write_text('{"name": "a web page"}')
    graph_folder(tmp_path / "here")
    before = contents(tmp_path)
    for name, reason in (
        ("page", "holds other things than a graph of kg"),
        ("file", "is a file; name a folder with -o"),
        ("file/g", "cannot write .*file/g: "),
        (".", "holds other things"),
    ):
        with pytest.raises(GraphError, match=reason), replaced(tmp_path / name, own_files):
            pytest.fail("it was begun")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(GraphError, match="is the folder you are in"), replaced(Path(), own_files):
        pytest.fail("it was begun")
    assert contents(tmp_path) == before


@contextmanager
def as_nobody() -> Iterator[None]:
    """The superuser, who may write anywhere, goes on as a user who may not."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_place_without_permission() -> None:
    """The error names the folder that cannot be written in."""
    with TemporaryDirectory() as place:
        Path(place).chmod(0o555)
        with (
            as_nobody(),
            pytest.raises(GraphError, match="no permission to write in"),
            replaced(Path(place) / "g", own_files),
        ):
            pytest.fail("it was begun")


def test_links_lead_to_the_folder(tmp_path: Path) -> None:
    """A link to a graph folder stays a link; the folder it leads to is replaced."""
    graph_folder(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    with replaced(tmp_path / "link", own_files) as part:
        (part / "graph.ttl").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path / "real") == {"graph.ttl": b"new"}


def test_what_a_killed_process_left_is_put_right(tmp_path: Path) -> None:
    """What was half-written goes, but not what is kept, and a folder moved aside comes back."""
    (tmp_path / ".g.part" / "done").mkdir(parents=True)
    (tmp_path / ".g.part" / "done" / "x").write_text("kept")
    (tmp_path / ".g.part" / "graph.ttl").write_text("half")
    graph_folder(tmp_path / ".g.old", **{"graph.ttl": "old"})
    with replaced(tmp_path / "g", own_files, kept=["done"]) as part:
        assert (tmp_path / "g" / "graph.ttl").read_text() == "old"
        assert contents(part) == {"done/x": b"kept"}
        shutil.rmtree(part / "done")
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def _fail_with_something_done(part: Path) -> None:
    (part / "done").mkdir()
    (part / "done" / "x").write_text("kept")
    (part / "graph.ttl").write_text("half")
    raise ValueError("half")


def test_what_is_kept_outlives_a_failure(tmp_path: Path) -> None:
    """What is kept is there again the next time, and goes where it is not asked for."""
    with pytest.raises(ValueError, match="half"), replaced(tmp_path / "g", own_files, kept=["done"]) as part:
        _fail_with_something_done(part)
    assert contents(tmp_path) == {".g.part/done/x": b"kept"}
    with pytest.raises(KeyError), replaced(tmp_path / "g", own_files) as part:
        _fail_half_way(part, KeyError)
    assert contents(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_two_do_not_write_one_folder(tmp_path: Path) -> None:
    """The second is told so, and the first goes on."""
    graph_folder(tmp_path / "g", **{"graph.ttl": "old"})
    with replaced(tmp_path / "g", own_files) as part:
        with pytest.raises(GraphError, match=r"another kg is writing .*g; wait"), replaced(tmp_path / "g", own_files):
            pytest.fail("it was begun")
        (part / "graph.ttl").write_text("new")
    assert contents(tmp_path) == {"g/graph.ttl": b"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


@pytest.mark.parametrize("seconds", [0.5, 1.4, 2.0])
def test_a_killed_build_leaves_the_old_folder(tmp_path: Path, seconds: float) -> None:
    """Killed at any moment, a build leaves the old folder whole (or the new one, if done); the next one cleans up."""
    target = graph_folder(tmp_path / "g", old="old")
    before = contents(target)
    process = subprocess.Popen(
        [*KG, "build", "-q", *EXAMPLE_FILES, "-o", str(target)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert "old" in before
    if contents(target) != before:
        manifest = load_manifest(target)
        assert set(contents(target)) == {*manifest["files"], "manifest.json"}
        assert json.dumps(manifest["counts"])
    with replaced(target, own_files):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["g"]
