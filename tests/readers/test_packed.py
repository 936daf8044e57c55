from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.readers.sources import unpacked
from tests.readers.reading import read_bytes

LINES = [f'{{"id": "{number}", "title": "Paper {number}"}}\n'.encode() for number in range(1, 40)]
DATA = b"".join(LINES)
IDS = [str(number) for number in range(1, 40)]


def zstd(data: bytes) -> bytes:
    """The bytes packed with Zstandard, as a stream that does not say its size."""
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "Zstandard": zstd,
}


@pytest.mark.parametrize("name", PACKERS)
def test_packed_files_are_known_by_their_bytes(name: str) -> None:
    """Whatever a file is called, it is unpacked if it is packed; several packed streams in a row are one."""
    pack = PACKERS[name]
    for data in (pack(DATA), pack(b"".join(LINES[:20])) + pack(b"".join(LINES[20:])), pack(DATA) + bytes(8)):
        papers, skipped = read_bytes(data)
        assert [paper.id for paper in papers] == IDS
        assert skipped == []


@pytest.mark.parametrize("name", PACKERS)
def test_an_empty_packed_file_is_empty(name: str) -> None:
    """Nothing, packed, is nothing."""
    papers, (skip,) = read_bytes(PACKERS[name](b""))
    assert (papers, skip.reason) == ([], "empty")


@settings(max_examples=60)
@given(st.sampled_from(list(PACKERS)), st.integers(8, 10_000))
def test_a_truncated_file_gives_what_stands_before_the_break(name: str, kept: int) -> None:
    """Wherever a packed file is cut, its first records come, in order and whole, and the break is named last."""
    packed = PACKERS[name](DATA)
    papers, skipped = read_bytes(packed[: min(kept, len(packed) - 1)])
    assert [paper.id for paper in papers] == IDS[: len(papers)]
    assert skipped[-1].reason == f"the {name} data breaks off (truncated?); what stood before the break was read"


@settings(max_examples=60)
@given(st.sampled_from(list(PACKERS)), st.data())
def test_damage_is_named(name: str, data: st.DataObject) -> None:
    """A bit that is turned raises nothing: what is read has been read rightly, or something is named."""
    packed = bytearray(PACKERS[name](DATA))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    papers, skipped = read_bytes(bytes(packed))
    assert skipped or len(papers) == len(IDS)


def bomb(name: str) -> bytes:
    """A packed file of little that is 300 MB when unpacked; gzip's best is about a thousand times."""
    piece = PACKERS[name](b'{"title": "' + b"a" * 5 * 10**6 + b'"}\n')
    return piece * 60


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_is_defused(name: str) -> None:
    """What unpacks to hundreds of times its size ends at 64 MB, and the file is named."""
    stream = unpacked(io.BytesIO(bomb(name)))
    size = 0
    while part := stream.read(2**20):
        size += len(part)
    assert size <= 2**26
    assert stream.broken == "unpacks to more than 500 times its size (a bomb?); what follows was not read"


def test_what_packs_well_is_no_bomb() -> None:
    """100 MB that pack fifty times smaller are read to their end."""
    line = bytes(range(256)) * 80
    stream = unpacked(io.BytesIO(gzip.compress(line * 5000, 1)))
    assert sum(len(part) for part in iter(lambda: stream.read(2**20), b"")) == len(line) * 5000
    assert stream.broken is None


def test_a_text_that_begins_like_bzip2() -> None:
    """Three letters make no packed file."""
    _, (skip,) = read_bytes(b"BZhouse is a word, and this is no format.\n")
    assert skip.reason.startswith("no format that kg reads")


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip archive of some files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return archive.getvalue()


def test_a_zip_archive_stands_for_its_files() -> None:
    """Each file in an archive is a source of its own, in the order of their names; packed ones are unpacked."""
    archive = zipped(
        {"b/two.jsonl": LINES[1], "a.json": b"[" + LINES[0] + b"]", ".hidden": b"x", "__MACOSX/a": b"x",
                "c.gz": gzip.compress(LINES[2]), "d.bin": bytes(9), "e.zip": zipped({"x": LINES[3]})}
    )  # fmt: skip
    papers, skipped = read_bytes(archive)
    assert [paper.id for paper in papers] == ["1", "2", "3"]
    assert [paper.sources[0].file for paper in papers] == ["<stream>/a.json", "<stream>/b/two.jsonl", "<stream>/c.gz"]
    assert [str(one) for one in skipped] == [
        "<stream>/d.bin: a binary file, not text",
        "<stream>/e.zip: a zip archive within another file; unpack it first",
    ]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({".a": b"x"}, "a zip archive with no file in it (hidden files are left out)"),
        ({"[Content_Types].xml": b"", "word/document.xml": b""}, "an office document; save it as CSV or as text"),
        (
            {"a": b'{"title": "' + b"a" * (2**26 + 2**20)},
            "unpacks to more than 500 times its size (a bomb?); what follows was not read",
        ),
    ],
    ids=["hidden", "office", "bomb"],
)
def test_what_is_wrong_with_an_archive(files: dict[str, bytes], reason: str) -> None:
    """An archive that holds nothing to read is named, as is a bomb in one."""
    archive = zipped(files)
    if "a" in files:
        assert why_member_ends(archive) == reason
    else:
        papers, (skip,) = read_bytes(archive)
        assert (papers, skip.reason) == ([], reason)


def why_member_ends(archive: bytes) -> str | None:
    """Why the only member of an archive ends before its end."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        (info,) = opened.infolist()
        stream = unpacked(opened.open(info), archived_size=info.compress_size)
        while stream.read(2**20):
            pass
        return stream.broken


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_archive_is_named(data: st.DataObject) -> None:
    """A bit that is turned in an archive raises nothing."""
    packed = bytearray(zipped({"a.jsonl": DATA, "b.jsonl": LINES[0]}))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    papers, skipped = read_bytes(bytes(packed))
    assert skipped or len(papers) >= len(IDS)


def test_an_encrypted_file_is_named() -> None:
    """A file that needs a password is named, the others are read."""
    archive = bytearray(zipped({"a.jsonl": LINES[0], "b.jsonl": LINES[1]}))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    papers, (skip,) = read_bytes(bytes(archive))
    assert [paper.id for paper in papers] == ["2"]
    assert str(skip) == "<stream>/a.jsonl: encrypted; unpack it with its password"
