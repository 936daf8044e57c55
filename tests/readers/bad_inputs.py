"""Bad input of every kind, and what kg says of each: the table that docs/bad-input.md shows.

PYTHONPATH=. python tests/readers/bad_inputs.py > docs/bad-input.md
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
import zipfile
from collections.abc import Iterator
from typing import Final

import zstandard

from kg.model import Skipped
from kg.readers import read
from tests.material import DATA

GOOD: Final = b'{"id": "good", "title": "A good record"}\n'
GOOD_TOO: Final = b'{"id": "good too", "title": "Another good record"}\n'
PAGE: Final = b'<feed xmlns="http://www.w3.org/2005/Atom"><id>http://arxiv.org/api/x</id>'
ENTRY: Final = b"<entry><id>http://arxiv.org/abs/2410.00001</id><title>A good record</title></entry>"
WORK: Final = {"id": "https://openalex.org/W1", "title": "A good record"}
_BOMB: Final = b'{"title": "bomb"}' + b" " * 5 * 10**6 + b"\n"


def _zip(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, data in files.items():
            # a date of its own would make each archive another
            opened.writestr(zipfile.ZipInfo(name), data)
    return archive.getvalue()


def _lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def _head(name: str, end: bytes) -> bytes:
    data = (DATA / name).read_bytes()
    return data[: data.index(end)]


LINES = {
    "no JSON": (b'{"id": "bad", \n', "no JSON (Expecting property name"),
    "half a line": (b'{"id": "bad", "title": "Bro\n', "no JSON (Unterminated string"),
    "something after the value": (b'{"title": "x"} {"title": "y"}\n', "no JSON (something follows the value"),
    "no object": (b'["title"]\n', "no JSON object"),
    "a number": (b"12\n", "no JSON object"),
    "no text": (b'{"id": "bad", "year": 2020}\n', "a record without title, abstract or text"),
    "empty text": (b'{"text": "  \\u200b "}\n', "a record without title, abstract or text"),
    "no text but authors": (b'{"authors": [{"name": "A"}]}\n', "a record without title, abstract or text"),
    "a wrapped record without text": (b'{"papers": [{"title": "in"}, {"id": 2}]}\n', "paper 2 of the line: a record"),
    "no UTF-8": (b'{"title": "caf\xe9"}\n', "no valid UTF-8 (byte 15 of the line)"),
    "a long abstract": (
        json.dumps({"title": "x", "abstract": "word " * 2_000_000}).encode() + b"\n",
        "the abstract has 10,000,000 characters, more than 100,000",
    ),
    "a long id": (json.dumps({"id": "x" * 9999, "title": "x"}).encode() + b"\n", "the id has 9,999 characters"),
    "deep nesting": (b'{"title": "x", "a": ' + b"[" * 100_000 + b"\n", "JSON that is nested too deeply"),
    "deep nesting kept": (
        b'{"title": "x", "extra": {"a": ' + b"[" * 200 + b"]" * 200 + b"}}\n",
        "JSON that is nested too deeply",
    ),
    "a giant number": (b'{"title": "x", "year": ' + b"9" * 5000 + b"}\n", "JSON with a number of too many digits"),
}  # fmt: skip
"""Lines that are no paper, each with what is said of it."""

FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n \r\n", "empty"),
    "blank for long, then unknown": (b"\n" * 10**6 + b"diary", "no format that kg reads"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty"),
    "empty gzip": (gzip.compress(b""), "empty"),
    "binary": (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00" + bytes(range(256)), "a binary file, not text"),
    "binary without zero bytes": (b"".join(bytes([n % 31 + 1, 200]) for n in range(500)), "a binary file, not text"),
    "binary in gzip": (gzip.compress(bytes(1000)), "a binary file, not text"),
    "PDF": (b"%PDF-1.7\n1 0 obj", "a PDF file"),
    "broken zip": (b"PK\x03\x04rest", "a zip archive that cannot be opened (File is not a zip file)"),
    "empty zip": (b"PK\x05\x06" + bytes(18), "an empty zip archive"),
    "7z": (b"7z\xbc\xaf\x27\x1crest", "a 7z archive; unpack it first"),
    "broken xz": (b"\xfd7zXZ\x00rest", "the xz data breaks off"),
    "packed twice": (gzip.compress(gzip.compress(GOOD)), "packed twice (with gzip the second time)"),
    "UTF-16": ('{"title": "x"}'.encode("utf-16"), "text in UTF-16"),
    "UTF-16 without a mark": ('{"title": "x"}'.encode("utf-16-be"), "text in UTF-16"),
    "unknown": (b"Dear diary, nothing to extract today.\n", "no format that kg reads"),
    "a table": (b"name,age\nAda,3\n", "no column for title, abstract or text; say which (--map title=COLUMN)"),
    "truncated gzip head": (b"\x1f\x8b\x08\x00", "the gzip data breaks off"),
    "broken JSON": (b'{"title": "x",\n "abstract" "y"}', "no JSON (Expecting ':' delimiter"),
    "an empty list": (b"[]", "an empty list"),
    "no UTF-8 in an object": (b'{\n"title": "caf\xe9"}', "no valid UTF-8"),
}
"""Files of which nothing can be read, each with what is said of it."""

GROUPS: Final[dict[str, dict[str, bytes]]] = {
    "Packed files": {
        "gzip, cut": gzip.compress(GOOD * 50)[:-9],
        "gzip, damaged": gzip.compress(GOOD)[:-8] + bytes(8),
        "bzip2, cut": bz2.compress(GOOD * 50)[:-9],
        "xz, cut": lzma.compress(GOOD * 50)[:-9],
        "Zstandard, cut": zstandard.compress(GOOD) + zstandard.compress(GOOD * 50)[:-9],
        "a bomb in xz: 300 MB in 50 KB": lzma.compress(_BOMB) * 60,
        "a zip archive in a zip archive": _zip({"a": GOOD, "inner.zip": _zip({"a": GOOD})}),
        "a Word document": _zip({"[Content_Types].xml": b"", "word/document.xml": b""}),
    },
    "`json`": {
        "an array that breaks off": b'[{"title": "A good record"}, {"title": "y"',
        "an array without its end": b'[{"title": "A good record"}',
        "something behind the array": b'[{"title": "A good record"}] [{"title": "y"}]',
        "an element that is no object": b'[{"title": "A good record"}, "y"]',
    },
    "`arxiv-json`": {
        "no title, no abstract": (DATA / "arxiv.jsonl").read_bytes(),
        "null instead of a record": b"[" + _head("arxiv.jsonl", b"\n") + b", null]",
    },
    "`arxiv-atom` and other XML": {
        "a stray ampersand": PAGE + ENTRY.replace(b"good", b"R&D") + ENTRY + b"</feed>",
        "a tag that does not end": PAGE + ENTRY.replace(b"good", b"<b>good") + ENTRY + b"</feed>",
        "an entry that breaks off": PAGE + ENTRY + b"<entry><id>http://arxiv",
        "entities that grow (a billion laughs)": b"<!DOCTYPE feed [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
        + PAGE + ENTRY.replace(b"good", b"&b;") + ENTRY + b"</feed>",
        "an entity that is a file": b"<!DOCTYPE feed [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        + PAGE + ENTRY.replace(b"good", b"&f;") + ENTRY + b"</feed>",
        "tags in tags in tags, 300 deep": PAGE + ENTRY.replace(b"good", b"<b>" * 300 + b"</b>" * 300) + ENTRY,
        "an entry of 20 MB": PAGE + ENTRY.replace(b"good", b"y" * 20 * 2**20) + ENTRY + b"</feed>",
        "ISO-8859-1": b"<?xml version='1.0' encoding='ISO-8859-1'?>" + PAGE + b"</feed>",
        "no entry": PAGE + b"</feed>",
    },
    "`openalex`": {
        "neither title nor abstract": _lines(WORK, {**WORK, "title": None}),
        "an index with 100,001 places": _lines(WORK, {**WORK, "abstract_inverted_index": {"a": [*range(100_001)]}}),
        "a page that breaks off": b'{"meta": {},\n "results": [{"id": "https://openalex.org/W1", "title":',
    },
    "`bibtex`": {
        "braces that do not close": b"@article{a, title = {A good record}}\n@article{b, title = {Bad\n"
        b"@article{c, title = {A good record}}\n",
        "abbreviations that grow": b"@string{a={haha}}\n"
        + b"".join(b"@string{%c = %s}\n" % (98 + n, b" # ".join([b"%c" % (97 + n)] * 9)) for n in range(9))
        + b"@misc{bad, title = j}\n@article{c, title = {A good record}}\n",
    },
    "`ris` and `nbib`": {
        "a record that breaks off": b"TY  - JOUR\nTI  - A good record\nER  - \nTY  - JOUR\nAU  - Nobody\n",
        "a byte that is no UTF-8": b"TY  - JOUR\nTI  - caf\xe9\nER  - \nTY  - JOUR\nTI  - A good record\nER  - \n",
    },
    "`csv`": {
        "a row of other columns than the header": b"title,abstract\nA good record,x\na,b,c,d\nA good record,y\n",
    },
    "`semantic-scholar`": {
        "only a summary that a model wrote": _lines({"corpusid": 1, "title": "x"}, {"corpusid": 2, "text": "Short."}),
        "a paper that the API did not find": b'[{"paperId": "x", "title": "A good record"}, null]',
    },
}  # fmt: skip
"""By what they are of, files of which not all can be read."""


def outcomes(data: bytes) -> tuple[int, list[str]]:
    """How many papers are read of a bad file, and what is said of the rest."""
    skipped: list[Skipped] = []
    papers = sum(1 for _ in read(io.BytesIO(data), on_skip=skipped.append))
    return papers, [str(one).removeprefix("<stream>").removeprefix(": ") for one in skipped]


def page() -> Iterator[str]:
    """The lines of docs/bad-input.md."""
    yield "# Bad input"
    yield ""
    yield "What can be read is read, whatever stands beside it; what cannot is named with its file, the number of the"
    yield "record and the reason. The inputs below are those of `tests/readers/bad_inputs.py`, with what kg says of"
    yield "each; a number before a reason is that of the record. None of them takes long, and none of them ends a run:"
    yield "the exit code is 3, or 1 where nothing could be read. With `--strict` the first one is an error."
    of_files = {name: data for name, (data, _) in FILES.items()}
    of_lines = {name: GOOD + line + GOOD_TOO for name, (line, _) in LINES.items()}
    for group, files in {"Any file": of_files, "Lines of `jsonl`, between two good ones": of_lines, **GROUPS}.items():
        yield from ("", f"## {group}", "", "| input | papers read | what kg says |", "|---|---|---|")
        for name, data in files.items():
            papers, reasons = outcomes(data)
            said = "<br>".join(reason.removeprefix(":").replace("|", "\\|").replace("<", "&lt;") for reason in reasons)
            yield f"| {name} | {papers} | {said} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
