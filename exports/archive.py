"""Several files in one, for formats that need a table each for papers, entities, results and edges."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


class Archive:
    """A ZIP file that is written member by member; the same members give the same bytes."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """A stream for one file of the archive; ``packed`` is wrong for what is compressed already."""
        member = zipfile.ZipInfo(name, _FIRST_DAY)  # as old as the format allows: the time of writing is no content
        member.external_attr = _READABLE << 16
        member.create_system = 3  # or permissions are not read, and bytes differ from system to system
        member.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with self._zip.open(member, "w", force_zip64=True) as stream:
            yield stream


@contextmanager
def archive(path: Path) -> Iterator[Archive]:
    """An archive to write to ``path``."""
    with zipfile.ZipFile(path, "w") as opened:
        yield Archive(opened)


def encodable(text: str) -> str:
    """A text that UTF-8 can hold: half a pair of surrogates, which is no character, becomes U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)
