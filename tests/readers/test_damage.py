"""Files as they are when something has gone wrong with them: cut, patched together, with bytes in the wrong place."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Skipped
from kg.readers import formats, read
from tests.material import DATA

SAMPLES = {path.name: path.read_bytes() for path in sorted(DATA.iterdir()) if path.is_file()}
PIECES = [
    *(b"<", b">", b"&", b"<!--", b"]]>", b"</paper>", b"<PubmedArticle>", b"{", b"}", b'"', b"'", b",", b"@", b"#"),
    *(b"=", b"\\", b"$", b"\n", b"\r", b"\n\n", b"\t", b";", b"ER  - ", b"TY  - ", b"PMID- "),
    *(b"\x00", b"\xff", b"\xed\xa0\x80"),
]


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=40)
@given(data=st.data())
def test_damaged_files_raise_nothing(name: str, data: st.DataObject) -> None:
    """However a file is damaged, reading it ends, and every paper that comes can be written."""
    whole = SAMPLES[name]
    places = st.integers(0, len(whole))
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = sorted((data.draw(places), data.draw(places)))
        piece = data.draw(st.sampled_from([*PIECES, whole[start : start + 40], b""]))
        whole = whole[:start] + piece + whole[start if data.draw(st.booleans()) else min(end, start + 30) :]
    asked = data.draw(st.sampled_from([None, None, *(form.name for form in formats())]))
    skipped: list[Skipped] = []
    papers = list(read(io.BytesIO(whole), format=asked, on_skip=skipped.append))
    assert papers or skipped
    for paper in papers:
        assert paper.id
        assert any(True for _ in paper.fields())
        repr(paper).encode()
