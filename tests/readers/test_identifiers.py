from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.readers.identifiers import SCHEMES, identifiers, keys, normalised


@pytest.mark.parametrize(
    ("scheme", "written", "compared"),
    [
        ("doi", "https://doi.org/10.5555/Lantern.24", "10.5555/lantern.24"),
        ("doi", "http://dx.doi.org/10.1002/(SICI)1097%3C1::AID%3E3.0", "10.1002/(sici)1097<1::aid>3.0"),
        ("doi", "doi:10.1000.10/123.", "10.1000.10/123"),
        ("doi", "10.5555", None),
        ("doi", "see the paper", None),
        ("arxiv", "2410.00001v12", "2410.00001"),
        ("arxiv", "http://arxiv.org/abs/cs/0112017v1", "cs/0112017"),
        ("arxiv", "math.GT/0309136", "math/0309136"),
        ("arxiv", "arXiv:0704.0001", "0704.0001"),
        ("arxiv", "https://arxiv.org/pdf/2410.00001v2.pdf", "2410.00001"),
        ("arxiv", "oai:arXiv.org:hep-th/9901001", "hep-th/9901001"),
        ("arxiv", "20410.00001", None),
        ("acl", "https://aclanthology.org/P19-1001/", "P19-1001"),
        ("acl", "https://www.aclweb.org/anthology/2020.ACL-main.1.pdf", "2020.acl-main.1"),
        ("acl", "p19-1001v2", "P19-1001"),
        ("acl", "P19", None),
        ("openalex", "https://openalex.org/W123", "W123"),
        ("openalex", "w123", "W123"),
        ("openalex", "https://openalex.org/A123", None),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/00123", "123"),
        ("pmid", "PMID: 123", "123"),
        ("pmcid", "123", "PMC123"),
        ("pmcid", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123/", "PMC123"),
        ("s2", "CorpusId:270000001", "270000001"),
        ("s2", "0" * 40, None),
        ("isbn", "978-3", "978-3"),
    ],
)
def test_identifiers_are_written_in_one_way(scheme: str, written: str, compared: str | None) -> None:
    """Addresses, case, versions and subject classes make no difference; what is none is none."""
    assert normalised(scheme, written) == compared


def test_a_doi_of_a_registry_says_its_id() -> None:
    """ArXiv's DOI is the arXiv id; a DOI of the ACL says the id in the Anthology, and stays a DOI."""
    assert identifiers(doi="10.48550/arXiv.2410.00001") == {"arxiv": "2410.00001"}
    assert identifiers(doi="10.18653/v1/P19-1001") == {"doi": "10.18653/v1/p19-1001", "acl": "P19-1001"}
    assert identifiers(doi="10.18653/v1/2020.acl-main.1")["acl"] == "2020.acl-main.1"
    assert list(keys({"DOI": "https://doi.org/10.48550/arxiv.cs/0112017"})) == [("arxiv", "cs/0112017")]


def test_what_is_no_identifier_is_left_out() -> None:
    """Absent, odd and endless values say nothing; numbers are identifiers, truth values are none."""
    assert identifiers(doi=None, arxiv="", s2=5, pmid=True, mag=["1"], acl="x" * 10**6) == {"s2": "5"}


@given(st.sampled_from(SCHEMES), st.text(max_size=60) | st.from_regex(r"10\.\d{4}/\S{1,20}|\d{4}\.\d{4,5}(v\d)?"))
def test_normalising_twice_is_normalising_once(scheme: str, text: str) -> None:
    """What compares is its own comparable form, and a paper is known by it under whatever case of the scheme."""
    once = normalised(scheme, text)
    assert once is None or normalised(scheme, once) == once
    found = list(keys({scheme.upper(): text}))
    assert found == list(keys(dict(found))) or not found
    assert all(key in SCHEMES for key, _ in found)


@pytest.mark.parametrize("piece", ["1", "a.", "https://", "10.", "9.", "w1", "doi:", "/", "PMC"])
def test_long_strings_are_looked_at_quickly(piece: str) -> None:
    """No expression goes back and forth over a long string."""
    for scheme in SCHEMES:
        assert normalised(scheme, piece * 100_000 + "!") in (
            None,
            (piece * 100_000 + "!").lower(),
            piece * 100_000 + "!",
        )
