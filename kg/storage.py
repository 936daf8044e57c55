"""Where the processes that share a build leave files for each other: a folder that all see, or an object store.

A file is there whole or not at all. Who has a storage can be sent to another process.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from kg.errors import KgError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_INSTALL: Final = "pip install 'kg-papers[remote]'"


class Storage(Protocol):
    """Files by their names."""

    def has(self, name: str) -> bool:
        """Whether a file is there."""

    def read(self, name: str) -> bytes:
        """A file. Raises OSError where it cannot be read."""

    def write(self, name: str, content: bytes, *, synced: bool = False) -> None:
        """Write a file, which takes the place of another one; ``synced`` says that it is to outlive a loss of power.

        Raises OSError where it cannot be written.
        """

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def fetch(self, name: str, folder: Path) -> Path:
        """A file in a folder on this machine, where it is the reader's own, and in the storage no longer."""

    def within(self, name: str) -> Storage:
        """A storage inside this one."""

    def clear(self) -> None:
        """Remove the storage with all that is in it, if it is there. Raises OSError where it cannot be removed."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as storage, which is made when something is written into it."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return (self.path / name).exists()

    def read(self, name: str) -> bytes:
        """A file. Raises OSError where it cannot be read."""
        return (self.path / name).read_bytes()

    def write(self, name: str, content: bytes, *, synced: bool = False) -> None:
        """Write a file. Raises OSError where it cannot be written."""
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / f"{name}.{uuid4().hex}.part"  # another machine may be at the same one
        with part.open("wb") as file:
            file.write(content)
            if synced:
                file.flush()
                os.fsync(file.fileno())
        part.replace(self.path / name)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.path / name).unlink(missing_ok=True)

    def fetch(self, name: str, folder: Path) -> Path:
        """A file of the storage, moved into another folder, or where it is if that is the same."""
        return (self.path / name).replace(folder / name)

    def within(self, name: str) -> Storage:
        """A folder in the folder."""
        return Folder(self.path / name)

    def clear(self) -> None:
        """Remove the folder with all that is in it, if it is there. Raises OSError where it cannot be removed."""
        if self.path.exists():
            shutil.rmtree(self.path)


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """What fsspec opens by a URL as storage, such as ``s3://bucket/folder``: objects are there whole or not at all."""

    url: str

    def __str__(self) -> str:
        return self.url

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        with self._at(name) as (system, path):
            return bool(system.exists(path))

    def read(self, name: str) -> bytes:
        """A file. Raises OSError where it cannot be read."""
        with self._at(name) as (system, path):
            found: bytes = system.cat_file(path)
            return found

    def write(self, name: str, content: bytes, *, synced: bool = False) -> None:  # noqa: ARG002 - they always are
        """Write a file. Raises OSError where it cannot be written."""
        with self._at(name) as (system, path):
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
            system.pipe_file(path, content)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with self._at(name) as (system, path):
            if system.exists(path):
                system.rm_file(path)

    def fetch(self, name: str, folder: Path) -> Path:
        """A file in a folder on this machine, where it is the reader's own, and in the storage no longer."""
        with self._at(name) as (system, path):
            system.get_file(path, str(folder / name))
            system.rm_file(path)
        return folder / name

    def within(self, name: str) -> Storage:
        """What is below the URL."""
        return ObjectStore(f"{self.url.rstrip('/')}/{name}")

    def clear(self) -> None:
        """Remove all that is below the URL. Raises OSError where it cannot be removed."""
        with self._at("") as (system, path):
            if system.exists(path):
                system.rm(path, recursive=True)

    @contextmanager
    def _at(self, name: str) -> Iterator[tuple[AbstractFileSystem, str]]:
        """The system and the path of a file in it; whatever library fails, it is an OSError."""
        system, folder = _opened(self.url)
        try:
            yield system, f"{folder}/{name}".rstrip("/")
        except OSError:
            raise
        except Exception as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise OSError(None, f"{self.url}: {said}") from error


@lru_cache(maxsize=4)
def _opened(url: str) -> tuple[AbstractFileSystem, str]:
    """What opens a URL, and the path in it. Raises KgError where nothing does."""
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra

        # another process may have written what a listing that was kept does not have
        system, path = url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        raise KgError(f"{url} needs what reads such addresses ({error}); {_INSTALL}") from error
    except (ValueError, OSError) as error:
        raise KgError(f"nothing can be written at {url}: {error}") from error
    return system, path.rstrip("/")


def storage_at(place: str | Path) -> Storage:
    """The storage at a path or a URL. Raises KgError where nothing opens such a URL."""
    if isinstance(place, str) and "://" in place:
        _opened(place)
        return ObjectStore(place)
    return Folder(Path(os.path.abspath(place)))  # noqa: PTH100 - links stay as they were given
