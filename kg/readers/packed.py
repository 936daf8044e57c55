"""Ways of packing bytes (gzip, bzip2, xz, Zstandard), known by the bytes they begin with, and how they are unpacked.

Several packed streams one after the other, as parallel packers write them, are one; zeros between them are padding.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, Final, NamedTuple, Protocol, cast

MOST_TIMES: Final = 500
"""How many times larger than it is packed a source may be (text packs 3 to 20 times smaller) ..."""
UNSUSPICIOUS_BYTES: Final = 2**26
"""... once it is larger than this."""
MOST_BYTES: Final = 200 * 10**9
"""How many bytes a packed source may have unpacked."""

_CHUNK: Final = 2**16
# Zstandard has no way to ask for few bytes: 4 packed ones can be 128 KB, so they are given to it in small portions.
_ZSTANDARD_CHUNK: Final = 2**10
_ZSTANDARD_WINDOW: Final = 2**27
_XZ_MEMORY: Final = 2**28


class Packing(NamedTuple):
    """A way of packing: its name, and how a packed stream is opened."""

    name: str
    open: Callable[[Any], BinaryIO]


class _Unpacker(Protocol):
    """What unpacks one packed stream, as the standard library's do."""

    @property
    def eof(self) -> bool:
        """Whether the packed stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more can come without more packed bytes."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind the end."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """The next bytes, no more than ``max_length`` of them."""


class _Zstandard:
    """The unpacker of the package zstandard in the form of the standard library's."""

    needs_input: Final = True

    def __init__(self) -> None:
        import zstandard  # noqa: PLC0415 - read where it is needed

        self._unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTANDARD_WINDOW).decompressobj()
        self._error = zstandard.ZstdError

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def unused_data(self) -> bytes:
        return self._unpacker.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        del max_length
        try:
            return self._unpacker.decompress(data)
        except self._error as error:
            raise ValueError(str(error)) from error


class _Unpacked(io.RawIOBase):
    """The bytes of packed streams that stand one after the other.

    Raises EOFError where one breaks off, and one of :data:`FAILURES` where one is damaged.
    """

    def __init__(self, packed: Any, new: Callable[[], _Unpacker], chunk: int) -> None:
        super().__init__()
        self._packed, self._new, self._chunk = packed, new, chunk
        self._current: _Unpacker | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        while True:
            data = b""
            if self._current is None or self._current.eof:
                data = self._next_stream()
                if not data:
                    return b""
                self._current = self._new()
            elif self._current.needs_input:
                data = self._packed.read(self._chunk)
                if not data:
                    raise EOFError
            part = self._current.decompress(data, size)
            if part:
                return part

    def _next_stream(self) -> bytes:
        """The packed bytes that follow, padding left out; none at the end."""
        if self._current is None:
            return cast("bytes", self._packed.read(self._chunk))
        data = self._current.unused_data.lstrip(b"\0")
        while not data and (more := self._packed.read(self._chunk)):
            data = more.lstrip(b"\0")
        return data


def _open_gzip(packed: Any) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=packed))


def _open_bzip2(packed: Any) -> BinaryIO:
    return cast("BinaryIO", _Unpacked(packed, bz2.BZ2Decompressor, _CHUNK))


def _open_xz(packed: Any) -> BinaryIO:
    new: Callable[[], _Unpacker] = lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY)  # noqa: E731
    return cast("BinaryIO", _Unpacked(packed, new, _CHUNK))


def _open_zstandard(packed: Any) -> BinaryIO:
    return cast("BinaryIO", _Unpacked(packed, _Zstandard, _ZSTANDARD_CHUNK))


FAILURES: Final = (OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What reading a damaged stream raises, besides EOFError for one that breaks off."""

_PACKINGS: Final = {
    b"\x1f\x8b": Packing("gzip", _open_gzip),
    b"BZh": Packing("bzip2", _open_bzip2),
    b"\xfd7zXZ\x00": Packing("xz", _open_xz),
    b"\x28\xb5\x2f\xfd": Packing("Zstandard", _open_zstandard),
}
_BZIP2_BLOCK: Final = (b"1AY&SY", b"\x17rE8P\x90")


def packing_of(head: bytes) -> Packing | None:
    """How bytes that begin so are packed; None where they are not, or in no way that kg knows."""
    if head.startswith(b"BZh") and head[4:8] not in {block[: len(head[4:8])] for block in _BZIP2_BLOCK}:
        return None  # a text may begin with these letters
    return next((packing for magic, packing in _PACKINGS.items() if head.startswith(magic)), None)
