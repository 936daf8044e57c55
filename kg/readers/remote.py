"""Sources that are named by a URL (``s3://bucket/works/``, ``https://…``), opened with fsspec.

fsspec and what it needs for each kind of URL are an extra (``kg-papers[remote]``). Nothing is fetched but what the
user names, and what a folder that the user names holds.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, Final, cast

from kg.model import Skipped

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?:::[A-Za-z][A-Za-z0-9+.-]*)*://")
_WEB: Final = re.compile(r"(?:\A|::)https?://", re.IGNORECASE)
_GLOB: Final = re.compile(r"[*?\[]")
_PASSWORD: Final = re.compile(r"(?<=://)[^/@\s]*@")
_QUERY: Final = re.compile(r"(?<=\?).*", re.DOTALL)
_QUOTED_QUERY: Final = re.compile(r'(?<=\?)[^"]*')
_NO_CREDENTIALS: Final = "NoCredentialsError"  # botocore's
_PUBLIC: Final = "for a public bucket set FSSPEC_S3_ANON=true"
_INSTALL: Final = "pip install 'kg-papers[remote]'"
_LONGEST_REASON: Final = 300


def is_url(source: str) -> bool:
    """Whether a source is named by a URL and not by a path."""
    return _SCHEME.match(source) is not None


def opened_url(url: str) -> Iterator[tuple[str, BinaryIO] | Skipped]:
    """The files that a URL stands for, each with its URL and open for reading; those that cannot be opened are named.

    A URL of a folder stands for all files below it in sorted order, hidden ones left out, and one with ``*``, ``?`` or
    ``[…]`` for all files and folders that fit, unless a file is called so; on the web a URL is always one file.
    Passwords, and on the web what follows a ``?``, are left out of the names.
    """
    on_the_web = _WEB.search(url) is not None
    shown = _QUERY.sub("", _without_password(url)) if on_the_web else _without_password(url)
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ImportError:
        yield Skipped(file=shown, record=None, reason=f"a URL, for which kg needs fsspec; {_INSTALL}")
        return
    try:
        # A listing that is kept does not know what others have written since.
        system, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
        found = [path] if on_the_web else _files(system, url, path)
    except Exception as error:  # noqa: BLE001 - each of fsspec's systems has errors of its own
        yield Skipped(file=shown, record=None, reason=_reason(error))
        return
    if not found:
        what = "nothing fits" if _GLOB.search(path) else "a folder with no file in it"
        yield Skipped(file=shown, record=None, reason=f"{what} (hidden files are left out)")
    for file in found:
        name = shown if file == path else _without_password(system.unstrip_protocol(file))
        try:
            stream = system.open(file, "rb")
        except Exception as error:  # noqa: BLE001 - as above
            yield Skipped(file=name, record=None, reason=_reason(error))
            continue
        with stream:
            yield name, cast("BinaryIO", _Remote(stream))


def names_at(folder: str) -> list[str]:
    """The names of what is in a folder that is named by a URL; none on the web, or where it cannot be looked into."""
    found: list[str] = _asked(folder, lambda system, path: system.ls(path, detail=False)) or []
    return sorted(name.rstrip("/").rpartition("/")[2] for name in found)


def bytes_at(url: str) -> bytes | None:
    """The bytes of a file that is named by a URL; None on the web, or where it cannot be read."""
    found: bytes | None = _asked(url, lambda system, path: system.cat_file(path))
    return found


def _asked(url: str, question: Callable[[Any, str], Any]) -> Any:
    if _WEB.search(url):  # where nothing is fetched but what is named
        return None
    try:
        import fsspec  # noqa: PLC0415 - an extra

        return question(*fsspec.core.url_to_fs(url, use_listings_cache=False))
    except Exception:  # noqa: BLE001 - each of fsspec's systems has errors of its own
        return None


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


def _files(system: Any, url: str, path: str) -> list[str]:
    """The paths of the files that a URL stands for. Raises what the system raises where there are none."""
    pattern = _GLOB.search(path)
    if pattern and not system.exists(path):
        fixed = path[: pattern.start()].rpartition("/")[0]
        fitting = system.glob(path, detail=True).items()
        below = ([name] if info["type"] == "file" else system.find(name) for name, info in fitting)
        return _shown(fixed, {file for files in below for file in files})
    # The file itself is asked for first: who may read one need not have the right to list others.
    if (url.endswith("/") and system.isdir(path)) or system.info(path)["type"] == "directory":
        return _shown(path, system.find(path))
    return [path]


def _shown(folder: str, files: Iterable[str]) -> list[str]:
    """The files below a folder in the order of folders on disk: those in it, then those of its folders.

    Left out are hidden ones, and the empty objects whose names end with a slash, which consoles make for folders.
    """
    within = len(folder.rstrip("/")) + 1
    wanted = (
        file
        for file in files
        if not file.endswith("/") and not any(part.startswith(".") for part in file[within:].split("/"))
    )
    return sorted(wanted, key=lambda file: [*((1, part) for part in file.split("/")[:-1]), (0, file)])


def _reason(error: Exception) -> str:
    said = _shortened(error)
    if isinstance(error, ImportError):
        return f"cannot be opened ({said}); {_INSTALL} brings what https:// and s3:// need"
    if isinstance(error, FileNotFoundError) and (error.errno or "/" in said):  # which is a path then
        return "cannot be opened (No such file or directory)"
    if type(error).__name__ == _NO_CREDENTIALS:
        return f"cannot be opened ({said}; {_PUBLIC})"
    return f"cannot be opened ({said})"


def _shortened(error: Exception) -> str:
    said = " ".join(str(error).split())[:_LONGEST_REASON]
    return _QUOTED_QUERY.sub("", _without_password(said)) or type(error).__name__


def _without_password(text: str) -> str:
    return _PASSWORD.sub("", text)
