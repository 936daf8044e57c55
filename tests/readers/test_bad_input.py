from __future__ import annotations

import gzip
import io
import logging
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Skipped
from kg.readers import formats, read
from kg.readers.base import Context
from tests.material import ROOT
from tests.readers.bad_inputs import FILES, GOOD, GOOD_TOO, GROUPS, LINES, outcomes, page

PAGE = (
    "• 2 authors\n\nSalt\n\n{abstract}\n\nSugar\n\nSugar melts. We listen to it with a robot that stirs. "
    + "It hums. " * 40
)


@pytest.mark.parametrize("name", LINES)
def test_a_bad_line_is_named_and_the_others_go_through(name: str) -> None:
    """Whatever is wrong with a line, it is named by file, line and reason, and its neighbours are read."""
    line, reason = LINES[name]
    skipped: list[Skipped] = []
    papers = list(read(io.BytesIO(GOOD + line + GOOD_TOO), on_skip=skipped.append))
    assert [paper.id for paper in papers if paper.title != "in"] == ["good", "good too"]
    (skip,) = skipped
    assert (skip.file, skip.record) == ("<stream>", 2)
    assert skip.reason.startswith(reason)
    assert "\n" not in str(skip)


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_named(tmp_path: Path, name: str) -> None:
    """A file that cannot be read at all is named with its path and what it is, and the next file is read."""
    data, reason = FILES[name]
    bad, good = tmp_path / "bad", tmp_path / "good"
    bad.write_bytes(data)
    good.write_bytes(GOOD)
    skipped: list[Skipped] = []
    assert [paper.id for paper in read(bad, good, on_skip=skipped.append)] == ["good"]
    (skip,) = skipped
    assert skip.file == str(bad)
    assert skip.reason.startswith(reason)


BY_NAME = {f"{group}: {name}": data for group, files in GROUPS.items() for name, data in files.items()}


@pytest.mark.parametrize("name", BY_NAME)
def test_bad_input_is_named(name: str) -> None:
    """Whatever is wrong with a file, something is said of it, in one line, and what is good in it is read."""
    papers, reasons = outcomes(BY_NAME[name])
    assert reasons
    assert all(len(reason.splitlines()) == 1 for reason in reasons)
    assert papers or b"good" not in BY_NAME[name]


def test_a_reason_is_one_line_that_can_be_printed() -> None:
    """Line breaks, escapes, marks of direction and halves of characters in a record do no harm to a terminal."""
    skipped = Context(file="f").skipped(1, "no paper:\n\x1b[2Jkey\u202e \udcf0")
    assert skipped.reason == "no paper: [2Jkey ?"


def test_what_becomes_of_bad_input_is_documented() -> None:
    """docs/bad-input.md has a row for each input of these tests, with what is said of it."""
    # What is in brackets comes from libraries, whose words change.
    written = re.sub(r"\([^|]*\)", "", (ROOT / "docs" / "bad-input.md").read_text("utf-8"))
    assert written == re.sub(r"\([^|]*\)", "", "\n".join(page()) + "\n"), "run tests/readers/bad_inputs.py"


def socket_file(folder: Path) -> Path:
    """A path that exists and that nobody, root included, can open."""
    path = folder / "socket"
    socket.socket(socket.AF_UNIX).bind(str(path))
    return path


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: folder / "missing.txt", "cannot be opened (No such file or directory)"),
        (lambda folder: folder / ("x" * 300), "cannot be opened (File name too long)"),
        (lambda folder: folder / "a\0b", "cannot be opened (embedded null byte)"),
        (socket_file, "cannot be opened (No such device or address)"),
        (lambda folder: folder, "a folder with no file in it (hidden files are left out)"),
    ],
    ids=["missing", "name too long", "null byte", "a socket", "empty folder"],
)
def test_what_cannot_be_opened_is_named(tmp_path: Path, make: Callable[[Path], Path], reason: str) -> None:
    """A path that leads to nothing readable is named, and the next source is read."""
    skipped: list[Skipped] = []
    path = make(tmp_path)
    assert [paper.id for paper in read(path, io.BytesIO(GOOD), on_skip=skipped.append)] == ["good"]
    assert [(skip.file, skip.reason) for skip in skipped] == [(str(path), reason)]


def test_a_dangling_link_in_a_folder_is_named(tmp_path: Path) -> None:
    """A link to nothing is a file that isn't there, not a file to pass over in silence."""
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    skipped: list[Skipped] = []
    assert list(read(tmp_path, on_skip=skipped.append)) == []
    assert [skip.reason for skip in skipped] == ["cannot be opened (No such file or directory)"]


def test_a_file_name_that_is_no_utf8_can_be_written(tmp_path: Path) -> None:
    """Names that the file system holds as loose bytes appear with replacement characters."""
    path = Path(f"{tmp_path}/na\udcefme")
    path.write_bytes(GOOD)
    (paper,) = read(path)
    assert paper.sources[0].file.encode()


@pytest.mark.parametrize(
    ("data", "ids", "record", "reason"),
    [
        (b'[{"title": "x", "id": "1"}, {"id": "2"}, {"title": "z", "id": "3"}]', ["1", "3"], 2, "a record without"),
        (b'[{"title": "x", "id": "1"}, {"title": "caf\xe9"}, {"title": "z", "id": "3"}]', ["1", "3"], 2, "no valid"),
        (b'[{"title": "x", "id": "1"}, {"title": "y"', ["1"], 2, "no JSON (Expecting ',' delimiter"),
        (b'[{"title": "x", "id": "1"}', ["1"], 1, "no comma and no ] after it"),
        (b'[{"title": "x", "id": "1"}, "y"]', ["1"], 2, "no JSON object"),
        (b'[{"title": "x", "id": "1"},', ["1"], 2, "no JSON (Expecting value"),
        (b'[{"title": "x", "id": "1"}] [{"title": "y"}]', ["1"], 1, "something follows the list's end"),
        (b"[", [], 1, "no JSON (Expecting value"),
    ],
)  # fmt: skip
def test_a_bad_element_of_an_array(data: bytes, ids: list[str], record: int, reason: str) -> None:
    """Elements before and after a bad one are read; where the array breaks off, those before the break."""
    skipped: list[Skipped] = []
    assert [paper.id for paper in read(io.BytesIO(data), on_skip=skipped.append)] == ids
    assert [skip.record for skip in skipped] == [record]
    assert skipped[0].reason.startswith(reason)


def test_bad_lines_of_a_page() -> None:
    """On a page a line that is no UTF-8 or an abstract that is too long costs only its own entry."""
    for abstract, reasons in (
        (b"caf\xe9 " * 100, ["no valid UTF-8 (byte 4 of the line)", "a title without an abstract: Salt"]),
        (b"We salt. " * 20_000, ["the abstract has 179,999 characters, more than 100,000"]),
    ):
        skipped: list[Skipped] = []
        page = PAGE.encode().replace(b"{abstract}", abstract)
        assert [paper.title for paper in read(io.BytesIO(page), on_skip=skipped.append)] == ["Sugar"]
        assert sorted(skip.reason for skip in skipped) == sorted(reasons)


def test_the_limit_can_be_set() -> None:
    """How long a field may be is the caller's choice."""
    skipped: list[Skipped] = []
    assert list(read(io.BytesIO(GOOD), max_characters=5, on_skip=skipped.append)) == []
    assert skipped[0].reason == "the title has 13 characters, more than 5"


def test_strict_stops_at_the_first_bad_record() -> None:
    """In strict mode what was read so far has been given, and the error says what the note would have said."""
    papers = read(io.BytesIO(GOOD + b"?\n" + GOOD_TOO), strict=True)
    assert next(papers).id == "good"
    with pytest.raises(InputError, match=r"^<stream>:2: no JSON \(Expecting value at character 1\)$"):
        next(papers)


def test_by_default_what_is_skipped_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Without on_skip every bad record is a warning in the log."""
    with caplog.at_level(logging.WARNING):
        assert len(list(read(io.BytesIO(GOOD + b"?\n" + GOOD)))) == 2
    assert caplog.messages == ["<stream>:2: no JSON (Expecting value at character 1)"]


def test_an_unknown_format_is_refused_at_once() -> None:
    """A format that does not exist is the caller's mistake: the error names the nearest one, or all."""
    with pytest.raises(InputError, match="unknown format 'jsnl': did you mean jsonl"):
        read(format="jsnl")
    with pytest.raises(InputError, match=f"choose one of {', '.join(name for name, _ in formats())}"):
        read(format="~")


def test_a_named_format_overrides_what_the_content_looks_like() -> None:
    """Formats go by their listed names, underscores allowed; a page read as JSON Lines has only bad lines."""
    assert {name for name, description in formats() if description} >= {"hf-papers", "json", "jsonl"}
    skipped: list[Skipped] = []
    assert list(read(io.BytesIO(PAGE.encode()), format="jsonl", on_skip=skipped.append)) == []
    assert {skip.record for skip in skipped} == {1, 3, 5, 7, 9}
    assert list(read(io.BytesIO(GOOD), format="HF_papers", on_skip=skipped.append)) == []


def test_a_stream_of_text_is_named() -> None:
    """A file opened without "b" cannot be unpacked or recognised; the reason says what to do."""
    skipped: list[Skipped] = []
    assert list(read(io.StringIO("x"), on_skip=skipped.append)) == []  # type: ignore[arg-type]
    assert skipped[0].reason == "a stream of text, not of bytes; open it in binary mode"


SNIPPETS = st.sampled_from(
    [
        *(GOOD, b"[", b"]", b"{", b"}", b'"title":', b'"text": "', b",", b"\n\n", b"\x00", b"\xc3", b"\x1f\x8b"),
        *(b"\xef\xbb\xbf", b"\xff\xfe", "• 3 authors\n·\nMay 5\n".encode(), b"Subscribe\n", b"Daily Papers\n"),
        *(b"A title\n\n", b"A sentence here. " * 30, gzip.compress(GOOD)),
    ]
)
SOUP = st.lists(SNIPPETS, max_size=12).map(b"".join)
PACKED = SOUP.map(gzip.compress)
ANY_BYTES = st.one_of(st.binary(max_size=300), SOUP, PACKED, PACKED.map(lambda data: data[:-9]))


@given(ANY_BYTES, st.sampled_from([None, *(name for name, _ in formats())]))
def test_no_bytes_make_it_raise(data: bytes, format: str | None) -> None:  # noqa: A002
    """Reading any bytes as any format ends, raises nothing, and says something or gives papers that can be written."""
    skipped: list[Skipped] = []
    papers = list(read(io.BytesIO(data), format=format, on_skip=skipped.append))
    assert papers or skipped
    for paper in papers:
        assert paper.id
        assert any(True for _ in paper.fields())
        repr(paper).encode()
