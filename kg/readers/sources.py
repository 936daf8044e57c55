"""Where bytes come from: files, folders, URLs, standard input, open streams; packed ones are known by their bytes.

A stream from here never raises while it is read: where the bytes break off (a truncated gzip, a failing disk) it ends,
and ``broken`` says why, so that what stood before the break goes through.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

from kg.model import Skipped
from kg.readers.packed import FAILURES, MOST_BYTES, MOST_TIMES, UNSUSPICIOUS_BYTES, packing_of
from kg.readers.remote import is_url, opened_url

Source: TypeAlias = "str | os.PathLike[str] | BinaryIO"

STANDARD_INPUT: Final = "-"
MAX_LINE_BYTES: Final = 32 * 2**20
_BUFFER_BYTES: Final = 2**20
_HEAD_BYTES: Final = 2**16
_MAGIC_BYTES: Final = 8
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_MAX_CONTROLS: Final = 0.02
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_MAGIC: Final = {
    b"%PDF-": "a PDF file; copy its text or give its metadata as JSON",
    b"PK\x03\x04": "a zip archive within another file; unpack it first",
    b"PK\x05\x06": "an empty zip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first",
    b"Rar!\x1a\x07": "a rar archive; unpack it first",
    b"\xff\xfe": "text in UTF-16 or UTF-32, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)",
    b"\xfe\xff": "text in UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)",
    b"\x00\x00\xfe\xff": "text in UTF-32, not UTF-8; convert it (iconv -f UTF-32 -t UTF-8)",
}
_PARQUET: Final = b"PAR1"


class _Enduring(io.RawIOBase):
    """A stream that ends where the one below it fails, and remembers why in ``broken``.

    ``size`` is how many bytes came from below; ``packing`` names how they are packed below, where they come out of
    ``packed`` (or out of ``packed_size`` bytes).
    """

    def __init__(
        self, below: Any, packing: str | None = None, packed: _Enduring | None = None, packed_size: int | None = None
    ) -> None:
        super().__init__()
        self._below = below
        self._read = getattr(below, "read1", below.read)
        self._head = b""
        self._packing, self._packed, self._packed_size = packing, packed, packed_size
        self.size = 0
        self.broken: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._head:
            self._head = self._next(len(buffer))
        part = self._head[: len(buffer)]
        self._head = self._head[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def peek(self, size: int) -> bytes:
        """Up to ``size`` bytes that are still to be read; fewer only where the stream is shorter."""
        parts = [self._head]
        missing = size - len(self._head)
        while missing > 0 and (part := self._next(missing)):
            parts.append(part)
            missing -= len(part)
        self._head = b"".join(parts)
        return self._head[:size]

    def skip(self, size: int) -> None:
        """Leave out the next ``size`` bytes, which have been peeked at."""
        self._head = self._head[size:]

    def _next(self, size: int) -> bytes:
        if self.broken is not None:
            return b""
        try:
            part = self._read(size)
        except EOFError:
            self.broken = f"the {self._packing} data breaks off (truncated?); what stood before the break was read"
        except FAILURES as error:
            if self._packing is None:
                self.broken = f"cannot be read to its end ({_why(error)})"
            else:
                self.broken = f"the {self._packing} data is damaged ({error}); what stood before the damage was read"
        else:
            if isinstance(part, (bytes, bytearray, memoryview)):
                self.size += len(part)
                self.broken = self._too_much()
                return bytes(part) if self.broken is None else b""
            if part is not None:
                self.broken = "a stream of text, not of bytes; open it in binary mode"
        return b""

    def _too_much(self) -> str | None:
        """Why what comes out of a packed stream cannot be meant seriously; None where it may be."""
        if self._packing is None or self.size <= UNSUSPICIOUS_BYTES:
            return None
        packed = self._packed_size if self._packed is None else self._packed.size
        if packed is not None and self.size > MOST_TIMES * max(packed, 1):
            return f"unpacks to more than {MOST_TIMES:,} times its size (a bomb?); what follows was not read"
        if self.size > MOST_BYTES:
            return f"unpacks to more than {MOST_BYTES // 10**9:,} GB; what follows was not read"
        return None


class ByteStream(io.BufferedReader):
    """The unpacked bytes of one source, after its byte order mark; ``head`` is what they begin with."""

    def __init__(self, raw: _Enduring, packed: _Enduring | None = None) -> None:
        self.head = raw.peek(_HEAD_BYTES)
        if self.head.startswith(_UTF8_MARK):
            raw.skip(len(_UTF8_MARK))
            self.head = self.head[len(_UTF8_MARK) :]
        self._layers = (raw,) if packed is None else (packed, raw)
        super().__init__(raw, _BUFFER_BYTES)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it but white space."""
        return len(self.head) < _HEAD_BYTES // 2 and not self.head.strip()

    @property
    def broken(self) -> str | None:
        """Why the bytes ended before their end; None where they did not (or have not yet)."""
        return next((layer.broken for layer in self._layers if layer.broken), None)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def not_text(head: bytes) -> str | None:
    """Why a file that begins so is no text that kg can read; None where it is."""
    if head.startswith(_PARQUET):
        return None  # no text, but a table that is read
    if packing := packing_of(head):
        return f"packed twice (with {packing.name} the second time); unpack it first"
    for magic, reason in _MAGIC.items():
        if head.startswith(magic):
            return reason
    if b"\x00" in head:
        halves = head[0::2], head[1::2]
        if any(half.count(0) > len(half) * 0.9 for half in halves) and not all(half.count(0) for half in halves):
            return _MAGIC[b"\xfe\xff"]
        return "a binary file, not text"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "a binary file, not text" if controls > _MAX_CONTROLS * len(head) else None


def unpacked(below: Any, *, archived_size: int | None = None) -> ByteStream:
    """The bytes of an open stream, unpacked where they are packed in a way that kg knows; ``below`` is left open.

    A file in a zip archive has an ``archived_size``, the bytes that it takes there. Raises nothing while it is read.
    What unpacks to more than 200 GB, or to more than 500 times its size and 64 MB, ends there, and ``broken`` says so.
    """
    raw = _Enduring(below, None if archived_size is None else "zip", packed_size=archived_size)
    packing = packing_of(raw.peek(_MAGIC_BYTES))
    if packing is None:
        return ByteStream(raw)
    return ByteStream(_Enduring(packing.open(raw), packing.name, packed=raw), packed=raw)


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a stream with their numbers from 1; None for one that is longer than 32 MB.

    Where the stream breaks off, the half line before the break is left out.
    """
    number = 0
    while line := stream.readline(MAX_LINE_BYTES):
        number += 1
        if line.endswith(b"\n"):
            yield number, line
        elif len(line) < MAX_LINE_BYTES:
            if not getattr(stream, "broken", None):
                yield number, line
        else:
            while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None


def _files_under(folder: Path, failed: list[OSError]) -> Iterator[Path]:
    for here, folders, files in os.walk(folder, onerror=failed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # A named pipe in a folder would be waited for without end: regular files only (and links to nothing, to be
        # named when they cannot be opened).
        for name in sorted(files):
            path = Path(here, name)
            if not name.startswith(".") and (path.is_file() or not path.exists()):
                yield path


def _name_of(stream: Any) -> str:
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) and name else "<stream>"


def _shown(path: Path) -> str:
    """The path as the user named it; bytes of it that are no UTF-8, which no output could hold, as U+FFFD."""
    return str(path).encode(errors="surrogatepass").decode(errors="replace")


def opened(source: Source) -> Iterator[tuple[str, BinaryIO] | Skipped]:
    """The files that one source stands for, each with its name and open for reading; those that cannot be are named.

    A folder stands for all files below it in sorted order, hidden ones left out, and so does a URL (``s3://``) that
    names one. A file is closed when the next one is asked for; a stream that the caller opened stays open.
    """
    if not isinstance(source, (str, os.PathLike)):
        yield _name_of(source), source
        return
    if os.fspath(source) == STANDARD_INPUT:
        yield STANDARD_INPUT, sys.stdin.buffer
        return
    if isinstance(source, str) and is_url(source):
        yield from opened_url(source)
        return
    path = Path(source)
    paths = iter([path])
    failed: list[OSError] = []
    with contextlib.suppress(OSError, ValueError):
        if stat.S_ISDIR(path.stat().st_mode):
            paths = _files_under(path, failed)
    found = False
    for file in paths:
        found = True
        try:
            stream = file.open("rb", buffering=0)
        except (OSError, ValueError) as error:
            yield Skipped(file=_shown(file), record=None, reason=f"cannot be opened ({_why(error)})")
            continue
        with stream:
            yield _shown(file), stream
    for failure in failed:
        name = _shown(Path(failure.filename or path))
        yield Skipped(file=name, record=None, reason=f"cannot be opened ({_why(failure)})")
    if not found and not failed:
        yield Skipped(file=_shown(path), record=None, reason="a folder with no file in it (hidden files are left out)")
