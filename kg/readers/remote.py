"""Sources that are named by a URL (``s3://bucket/works/``, ``https://…``), opened with fsspec.

fsspec and what it needs for each kind of URL are an extra (``kg-papers[remote]``). Nothing is fetched but what the
user names, and what a folder that the user names holds.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from kg.model import Skipped

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?:::[A-Za-z][A-Za-z0-9+.-]*)*://")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_GLOB: Final = re.compile(r"[*?\[]")
_SECRETS: Final = re.compile(r"(?<=://)[^/@\s]*@|(?<=\?).*", re.DOTALL)
_INSTALL: Final = "pip install 'kg-papers[remote]'"
_LONGEST_REASON: Final = 300


def is_url(source: str) -> bool:
    """Whether a source is named by a URL and not by a path."""
    return _SCHEME.match(source) is not None


def opened_url(url: str) -> Iterator[tuple[str, BinaryIO] | Skipped]:
    """The files that a URL stands for, each with its URL and open for reading; those that cannot be opened are named.

    A URL of a folder stands for all files below it in sorted order, hidden ones left out, and one with ``*`` for all
    that fit; on the web a URL is always one file. Passwords and what follows a ``?`` are left out of the names.
    """
    shown = _without_secrets(url)
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ImportError:
        yield Skipped(file=shown, record=None, reason=f"a URL, for which kg needs fsspec; {_INSTALL}")
        return
    try:
        system, path = fsspec.core.url_to_fs(url)
        found = [path] if _WEB.match(url) else _files(system, path)
    except Exception as error:  # noqa: BLE001 - each of fsspec's systems has errors of its own
        yield Skipped(file=shown, record=None, reason=_reason(error))
        return
    if not found:
        yield Skipped(file=shown, record=None, reason="a folder with no file in it (hidden files are left out)")
    for file in found:
        name = shown if [file] == [path] else _without_secrets(system.unstrip_protocol(file))
        try:
            stream = system.open(file, "rb")
        except Exception as error:  # noqa: BLE001 - as above
            yield Skipped(file=name, record=None, reason=_reason(error))
            continue
        with stream:
            yield name, cast("BinaryIO", _Remote(stream))


class _Remote(io.RawIOBase):
    """A remote file whose failures are all OSErrors, whatever library fails."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self._stream.read(len(buffer))
        except Exception as error:
            raise OSError(_shortened(error)) from error
        buffer[: len(part)] = part
        return len(part)


def _files(system: Any, path: str) -> list[str]:
    if _GLOB.search(path):
        return sorted(system.glob(path))
    if not system.isdir(path):
        return [path]
    within = len(path.rstrip("/")) + 1
    return sorted(
        file for file in system.find(path) if not any(part.startswith(".") for part in file[within:].split("/"))
    )


def _reason(error: Exception) -> str:
    if isinstance(error, ImportError):
        return f"cannot be opened ({_shortened(error)}); {_INSTALL} brings what https:// and s3:// need"
    if isinstance(error, FileNotFoundError):
        return "cannot be opened (No such file or directory)"
    return f"cannot be opened ({_shortened(error)})"


def _shortened(error: Exception) -> str:
    return _without_secrets(" ".join(str(error).split())[:_LONGEST_REASON]) or type(error).__name__


def _without_secrets(url: str) -> str:
    return _SECRETS.sub("", url)
