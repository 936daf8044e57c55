"""Where processes leave files for each other: a folder, or what fsspec opens by a URL."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.storage import Folder, ObjectStore, Storage, storage_at


@pytest.fixture(params=["folder", "url"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place that is not there yet, as a path and as a URL."""
    path = tmp_path / "a b" / "shared"
    return str(path) if request.param == "folder" else f"file://{path}"


def test_what_is_written_is_read(place: str, tmp_path: Path) -> None:
    """A file is there for whoever has the storage, whole, until it is removed or fetched; a second one replaces it."""
    mine = storage_at(place)
    theirs: Storage = pickle.loads(pickle.dumps(mine))  # noqa: S301 - our own
    assert isinstance(mine, ObjectStore if "://" in place else Folder)
    assert not theirs.has("x.parquet")
    mine.write("x.parquet", b"one", synced=True)
    mine.write("x.parquet", b"two")
    mine.write("y", b"")
    assert theirs.has("x.parquet")
    assert (theirs.read("x.parquet"), theirs.read("y")) == (b"two", b"")
    assert sorted(path.name for path in (tmp_path / "a b" / "shared").iterdir()) == ["x.parquet", "y"]
    (tmp_path / "here").mkdir()
    fetched = theirs.fetch("x.parquet", tmp_path / "here")
    assert (fetched, fetched.read_bytes()) == (tmp_path / "here" / "x.parquet", b"two")
    theirs.remove("y")
    theirs.remove("y")
    assert not mine.has("x.parquet")
    assert not mine.has("y")


def test_a_storage_in_a_storage(place: str, tmp_path: Path) -> None:
    """What is left in one is another, and goes as a whole."""
    mine = storage_at(place)
    inner = mine.within("inner")
    inner.clear()
    mine.write("x", b"one")
    inner.write("x", b"two")
    assert (mine.read("x"), inner.read("x")) == (b"one", b"two")
    inner.clear()
    assert not inner.has("x")
    assert [path.name for path in (tmp_path / "a b" / "shared").iterdir()] == ["x"]


def test_what_is_not_there(place: str) -> None:
    """A file that is not there cannot be read."""
    with pytest.raises(OSError, match="y"):
        storage_at(place).read("y")


def test_a_folder_that_is_in_the_way(tmp_path: Path) -> None:
    """Where nothing can be written, that is an OSError."""
    (tmp_path / "file").write_text("not a folder")
    for place in (tmp_path / "file", f"file://{tmp_path}/file"):
        with pytest.raises(OSError, match="file"):
            storage_at(place).write("x", b"one")


def test_addresses_that_nothing_opens() -> None:
    """An address of no kind that is known is said in one line, before any work."""
    with pytest.raises(KgError, match=r"^nothing can be written at no-such-thing://here: Protocol not known"):
        storage_at("no-such-thing://here")
