from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from kg.readers import _READERS, formats, read
from kg.readers.base import GENERAL, SURE
from tests.forked import typed
from tests.material import DATA, EXAMPLES, ROOT
from tests.readers.reading import read_bytes

SAMPLES = {
    "acl-old.xml": "acl-anthology",
    "acl.xml": "acl-anthology",
    "arxiv.jsonl": "arxiv-json",
    "arxiv.xml": "arxiv-atom",
    "bibliography.bib": "bibtex",
    "laternen.csv": "csv",
    "openalex.jsonl": "openalex",
    "page_bare.txt": "hf-papers",
    "page_with_authors.txt": "hf-papers",
    "paperlists.json": "paperlists",
    "papers.jsonl": "jsonl",
    "pubmed.nbib": "nbib",
    "pubmed.xml": "pubmed-xml",
    "references.ris": "ris",
    "scopus.csv": "csv",
    "semantic-scholar.jsonl": "semantic-scholar",
    "web-of-science.tsv": "csv",
}
"""The format of each sample in tests/data."""
GENERAL_FORMATS = frozenset(("json", "jsonl", "csv"))
"""Formats of which any file may be, so that a format that knows itself comes first."""
NEEDS_MAP = "laternen.csv"
"""A table whose columns nobody knows unless they are said."""
HEAD = 2**16


def test_every_sample_is_in_the_table() -> None:
    """No sample is without its format, and no sample of the table is missing."""
    assert {path.name for path in DATA.iterdir() if path.is_file()} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_of_its_own_format_and_of_no_other(name: str) -> None:
    """One format is surest of each sample; formats that know themselves claim nothing of each other's."""
    head = (DATA / name).read_bytes()[:HEAD]
    scores = {reader.NAME: reader.sniff(head) for reader in _READERS}
    own = scores.pop(SAMPLES[name])
    assert all(score < own for score in scores.values())
    claimed = {other for other, score in scores.items() if score > 0} - GENERAL_FORMATS
    assert claimed <= ({"hf-papers"} if SAMPLES[name] in GENERAL_FORMATS else set())


@pytest.mark.parametrize("reader", _READERS, ids=lambda reader: reader.NAME)
def test_general_formats_are_never_surer_than_others(reader: object) -> None:
    """Any JSON and any table say no more than half of what a format says that knows itself."""
    for name, own in SAMPLES.items():
        score = reader.sniff((DATA / name).read_bytes()[:HEAD])  # type: ignore[attr-defined]
        if reader.NAME in GENERAL_FORMATS:  # type: ignore[attr-defined]
            assert score <= GENERAL < SURE
        elif own == reader.NAME:  # type: ignore[attr-defined]
            assert score > GENERAL or own == "hf-papers"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_found_by_what_it_contains(name: str) -> None:
    """Packed and without a name, a sample gives the papers that it gives when its format is named."""
    data = (DATA / name).read_bytes()
    found, _ = read_bytes(gzip.compress(data))
    named, _ = read_bytes(data, SAMPLES[name])
    assert [paper.title for paper in found] == [paper.title for paper in named]
    assert found or name == NEEDS_MAP


@pytest.mark.parametrize("reader", _READERS, ids=lambda reader: reader.NAME)
def test_nothing_is_no_format(reader: object) -> None:
    """No format claims what says nothing, prose, or a page of the web."""
    for head in (
        b"",
        b" \n",
        b"Dear diary,\nnothing happened.\n",
        b"<html><body>arxiv.org/abs/2410.00001</body></html>",
    ):
        assert reader.sniff(head) < GENERAL  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", ["abstract_inverted_index", "paperId", "authors_parsed", "versions", "author"])
def test_a_key_within_a_text_is_no_key(key: str) -> None:
    """A paper that speaks of a format is not of it."""
    text = json.dumps({"title": "On Keys", "abstract": f'We write "{key}": [] and {{"{key}": 1, "tldr": 2}}.'}) + "\n"
    papers, _ = read_bytes(text.encode() * 3)
    assert {paper.id.partition("-")[0] for paper in papers} == {"on"}


def test_the_examples_are_read_as_before() -> None:
    """The examples that come with kg are of the general formats."""
    assert len(list(read(EXAMPLES / "abstracts.jsonl", strict=True))) > 1


def test_formats_are_described() -> None:
    """Each format has a name of its own and a line about it."""
    listed = formats()
    assert len({one.name for one in listed}) == len(listed) == len(_READERS)
    assert all(one.description and one.description[0].isalnum() and "\n" not in one.description for one in listed)


def test_formats_are_documented() -> None:
    """Every format stands in both tables of docs/sources.md."""
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    tables = text[text.index("## Formats") : text.index("## One paper")]
    rows = [line.partition(" | ")[0] for line in tables.splitlines() if line.startswith("| `")]
    for form in formats():
        assert sum(f"`{form.name}`" in row for row in rows) == 2, form.name


def test_documented_commands_run(tmp_path: Path) -> None:
    """The shell blocks of docs/sources.md run where the examples are."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        assert all(done.returncode == 0 for done in typed(block, cwd=tmp_path))
    assert (tmp_path / "extractions.jsonl").exists()
