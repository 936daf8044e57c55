from __future__ import annotations

from pathlib import Path

from kg.readers import read
from tests.material import DATA
from tests.readers.reading import read_sample


def test_a_list_of_papers() -> None:
    """Names and keywords are parted at semicolons, marks of affiliations dropped; the short form is no abstract."""
    (lantern, withdrawn), skipped = read_sample("paperlists.json")
    assert (lantern.id, lantern.authors) == ("lantern24xx", ("Ada Quill", "Ben Ledger"))
    assert lantern.abstract is not None
    assert lantern.abstract.endswith("We present Lantern.")
    assert lantern.extra == {"keywords": ["ledgers", "long texts", "transformers"], "status": "Poster"}
    assert lantern.url == "https://openreview.net/forum?id=lantern24xx"
    assert (withdrawn.abstract, withdrawn.extra) == (None, {"status": "Withdraw"})
    assert skipped == [(3, "a record without title and abstract")]


def test_venue_and_year_stand_in_the_name(tmp_path: Path) -> None:
    """A list does not say itself what it is a list of: its file's name does, where it is venue and year."""
    for name, said in (("iclr2024.json", ("iclr", "2024")), ("list.json", (None, None))):
        path = tmp_path / name
        path.write_bytes((DATA / "paperlists.json").read_bytes())
        lantern = next(iter(read(path)))
        assert (lantern.venue, lantern.published) == said
