from __future__ import annotations

import io
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.readers.base import RecordError
from kg.readers.xml_records import MAX_RECORD_BYTES, begins_with, records, text_of


def texts(data: bytes) -> list[str]:
    """The text of each ``<p>``, or why it cannot be read."""
    return [record.reason or text_of(record.element) for record in records(io.BytesIO(data), ("p",))]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"<p>Q & A</p>", "bad XML (xmlParseEntityRef: no name)"),
        (b"<p>caf\xe9</p>", "bad XML (Invalid bytes in character encoding)"),
        (b"<p><i>open</p>", "bad XML (Opening and ending tag mismatch: i line 1 and p)"),
        (b"<p>&#1;</p>", "bad XML (xmlParseCharRef: invalid xmlChar value 1)"),
        (b"<p a='1' a='2'/>", "bad XML (Attribute a redefined)"),
        (b"<p>" + b"<b>" * 300 + b"</b>" * 300 + b"</p>", "bad XML (Excessive depth in document: 256"),
        (b"<p>" + b"x" * 11_000_000 + b"</p>", "bad XML (Resource limit exceeded: Text node too long"),
        (b"<p>" + b"<i/>" * (MAX_RECORD_BYTES // 4 + 2**20) + b"</p>", "more than 16 MB"),
        (b"<p " + b"x" * (MAX_RECORD_BYTES + 2**21) + b"/>", "more than 16 MB"),
        (b"<p>never closed", "another <p> begins before </p>"),
        (b"<p><!-- never closed --", "the file ends before </p>"),
        (b"<p><![CDATA[ never closed", "the file ends before </p>"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_a_bad_record_costs_itself_alone(bad: bytes, reason: str) -> None:
    """Whatever is wrong with a record, it is named, and those before and after it are read."""
    before, found, *after = texts(b"<all>\n<p>before</p>\n" + bad + b"\n<p>after</p>\n</all>")
    assert before == "before"
    assert found.startswith(reason)
    assert after == ([] if reason.startswith("the file ends") else ["after"])


BOMB = b"<!DOCTYPE all [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)


@pytest.mark.parametrize(
    "declared", [BOMB, b'<!DOCTYPE all [<!ENTITY j SYSTEM "file:///etc/passwd">'], ids=["a billion laughs", "a file"]
)
def test_entities_of_the_file_are_refused(declared: bytes) -> None:
    """What a file defines is not known: neither does it grow nor is a file of the machine read into a paper."""
    assert texts(declared + b"]><all><p>&j;</p><p>safe</p></all>") == ["bad XML (Entity 'j' not defined)", "safe"]


def test_what_is_no_tag_is_let_be() -> None:
    """Comments, CDATA and longer names hold no records, and a prefix that is explained above a record costs nothing."""
    data = (
        b"<a xmlns:m='u'><!-- <p>x</p> --><pp>x</pp><p><![CDATA[</p>]]></p><p><m:i>k</m:i><!-- </p> --> z</p><p/></a>"
    )
    assert texts(data) == ["</p>", "k z", ""]


def test_openings_come_with_their_attributes() -> None:
    """Of elements around the records the start tags are given as they are met; they do not count."""
    data = b"<c id='1'><v id='2'><p/></v><v id='3'/><p/></c>"
    found = [
        (record.number, record.name, None if record.element is None else record.element.get("id"))
        for record in records(io.BytesIO(data), ("p",), ("c", "v"))
    ]
    assert found == [(0, "c", "1"), (0, "v", "2"), (1, "p", None), (1, "v", "3"), (2, "p", None)]


def test_powers_stay_powers() -> None:
    """Text within tags is kept; what is raised above a number is its power."""
    assert texts(b"<p>10<sup>3</sup> m<sup>2</sup>, F<sub>1</sub> of <i>K<b>e</b>lp</i>!</p>") == [
        "10^3 m2, F1 of Kelp!"
    ]


def test_another_encoding_is_named() -> None:
    """A file that says that it is not in UTF-8 is refused whole, with the remedy."""
    with pytest.raises(RecordError, match=r"XML in iso-8859-1, not UTF-8; convert it \(iconv -f iso-8859-1"):
        texts(b"<?xml version='1.0' encoding='iso-8859-1'?><p>caf\xe9</p>")


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"<all>", True),
        (b"\n<?xml version='1.0'?>\n<!-- a --><!-- <b> -->\n<!DOCTYPE all PUBLIC 'x' 'y'>\n<all x='1'>", True),
        (BOMB + b"]><all/>", True),
        (b"<alls>", False),
        (b"<other><all>", False),
        (b"text <all>", False),
        (b"<!-- <all> -->", False),
        (b"<!DOCTYPE x [" + b"] " * 30_000, False),
    ],
)
def test_the_first_element_tells_the_format(head: bytes, found: bool) -> None:  # noqa: FBT001
    """Declarations and comments before it do not count."""
    assert begins_with(head, "all", "every") is found


class Dripping(io.BytesIO):
    """A stream that gives few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Three bytes, however many were asked for."""
        return super().read(min(3, size) if size and size > 0 else 3)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20), max_size=5))
def test_what_is_written_is_read_back(given_texts: list[str]) -> None:
    """Records come out as they were written, wherever the stream is cut."""
    given_texts = [text.replace("\ufffe", "").replace("\uffff", "") for text in given_texts]
    data = f"<a>{''.join(f'<p>{escape(text)}</p>' for text in given_texts)}</a>".encode()
    found = [text_of(record.element) for record in records(Dripping(data), ("p",))]
    assert found == given_texts


@given(
    st.lists(
        st.sampled_from([b"<p>", b"</p>", b"<p/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<q", b">", b"&", b"x"])
    )
)
def test_no_bytes_make_it_raise(parts: list[bytes]) -> None:
    """Any soup of tags ends, and every record is read or has a reason."""
    for record in records(io.BytesIO(b"".join(parts)), ("p",), ("q",)):
        assert record.element is not None or record.reason
