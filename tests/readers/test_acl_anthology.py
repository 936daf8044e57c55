from __future__ import annotations

import pytest

from kg.readers.acl_anthology import anthology_id
from tests.readers.reading import read_bytes, read_sample


def test_a_collection() -> None:
    """Papers have their volume's title and date; tags are out, formulas plain; front matter is no paper."""
    (lantern, retracted), skipped = read_sample("acl.xml")
    assert (lantern.id, lantern.title) == (
        "acl:2024.lamps-main.1",
        "LanternNet: Reading by Weak Light in O(n log n)",
    )
    assert lantern.abstract == "We read pages by weak light & find 92.4% of the words on DimQA, at 10^3 lux."
    assert lantern.authors == ("Ada Quill", "Jörg")
    assert (lantern.published, lantern.venue) == ("2024-07", "Proceedings of the Workshop on Lamps")
    assert lantern.url == "https://aclanthology.org/2024.lamps-main.1/"
    assert lantern.identifiers == {"doi": "10.18653/v1/2024.lamps-main.1", "acl": "2024.lamps-main.1"}
    assert (retracted.extra, retracted.url) == ({"retracted": True}, "https://example.org/retracted.pdf")
    assert skipped == [
        (3, "a paper of 2024.lamps-main: bad XML (xmlParseEntityRef: no name)"),
        (4, "2024.lamps-main.3: a record without title and abstract"),
    ]


def test_ids_before_2020() -> None:
    """A paper of an old workshop has two digits for the volume and two for itself."""
    (paper,), skipped = read_sample("acl-old.xml")
    assert (paper.id, paper.identifiers, paper.published) == ("acl:W18-0703", {"acl": "W18-0703"}, "2018")
    assert skipped == []


@pytest.mark.parametrize(
    ("parts", "known"),
    [
        (("P18", "1", "1"), "P18-1001"),
        (("W18", "1", "1"), "W18-0101"),
        (("C69", "1", "12"), "C69-0112"),
        (("D19", "1", "7"), "D19-1007"),
        (("D19", "55", "7"), "D19-5507"),
        (("2020.acl", "main", "1"), "2020.acl-main.1"),
        (("2021.tacl", "1", "3"), "2021.tacl-1.3"),
        (("P18", "", ""), "P18-."),
    ],
)
def test_ids_are_put_together(parts: tuple[str, str, str], known: str) -> None:
    """Collection, volume and number make the id by which the Anthology's pages go."""
    assert anthology_id(*parts) == known


def test_collections_without_papers() -> None:
    """A file without papers, or in another encoding, is named as a whole."""
    assert read_bytes(b"<collection id='x'><volume id='1'/></collection>")[1][0].reason == "a collection without papers"
    encoded = b"<?xml version='1.0' encoding='UTF-16'?><collection id='x'/>"
    assert read_bytes(encoded)[1][0].reason.startswith("XML in UTF-16, not UTF-8")
