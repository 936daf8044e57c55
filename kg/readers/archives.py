"""Zip archives: each file in one is a source of its own, named ``archive.zip/file``."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from kg.model import Skipped
from kg.readers.sources import ByteStream, unpacked

MOST_MEMBERS: Final = 100_000
_MAGIC: Final = b"PK\x03\x04"
_OFFICE: Final = frozenset(("[Content_Types].xml", "mimetype"))
_OF_A_MAC: Final = "__MACOSX/"
_IN_MEMORY: Final = 2**26
_ENCRYPTED: Final = 1


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so is a zip archive."""
    return head.startswith(_MAGIC)


def members(name: str, stream: ByteStream) -> Iterator[tuple[str, ByteStream] | Skipped]:
    """The files in a zip archive in the order of their names, hidden ones left out; what cannot be read is named.

    The archive is copied to a temporary file (where it is small, to memory), for its list of files stands at its end.
    Raises nothing.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        try:
            archive = zipfile.ZipFile(copy)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            yield Skipped(file=name, record=None, reason=f"a zip archive that cannot be opened ({error})")
            return
        with archive:
            yield from _members(name, archive)


def _members(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, ByteStream] | Skipped]:
    if _OFFICE & set(archive.namelist()):
        yield Skipped(file=name, record=None, reason="an office document; save it as CSV or as text")
        return
    wanted = [info for info in archive.infolist() if not info.is_dir() and _is_shown(info.filename)]
    if not wanted:
        yield Skipped(file=name, record=None, reason="a zip archive with no file in it (hidden files are left out)")
    if len(wanted) > MOST_MEMBERS:
        yield Skipped(file=name, record=None, reason=f"a zip archive of more than {MOST_MEMBERS:,} files; unpack it")
        return
    for info in sorted(wanted, key=lambda info: info.filename):
        member = f"{name}/{info.filename}".encode(errors="replace").decode()
        if info.flag_bits & _ENCRYPTED:
            yield Skipped(file=member, record=None, reason="encrypted; unpack it with its password")
            continue
        try:
            opened = archive.open(info)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
            yield Skipped(file=member, record=None, reason=f"cannot be opened ({error})")
            continue
        with opened:
            yield member, unpacked(opened, archived_size=info.compress_size)


def _is_shown(name: str) -> bool:
    return not name.startswith(_OF_A_MAC) and not any(part.startswith(".") for part in name.split("/"))
