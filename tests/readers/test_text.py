from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.readers.base import RecordError
from kg.readers.text import clean, clean_field, plain

ENTITY_SOUP = st.text(
    alphabet=st.sampled_from("&#;xX amplgtquo38\u200b\x00\x1f0123 \n\u0301e\u00e9\ud800"), max_size=60
)


@pytest.mark.parametrize(
    ("found", "stored"),
    [
        ("already clean", "already clean"),
        ("  two\tkinds \n of\u00a0space\u2028here ", "two kinds of space here"),
        ("R&amp;D &lt;i&gt; &#8212; &#x2014; &eacute;", "R&D <i> — — é"),
        ("&amp;amp;lt;", "<"),
        ("?a=1&section=2&copy=3", "?a=1&section=2&copy=3"),
        ("AT&T; &nosuchthing;", "AT&T; &nosuchthing;"),
        ("cafe\u0301", "café"),
        ("A\u030angstro\u0308m", "Ångström"),
        ("zero\u200bwidth soft\u00adhyphen bell\x07", "zerowidth softhyphen bell"),
        ("\u202egnp.exe", "gnp.exe"),
        ("lone \ud83d surrogate", "lone \ufffd surrogate"),
        ("&#0; &#xD800; &#55296;", "\ufffd \ufffd \ufffd"),
        ("\U0001f468\u200d\U0001f52c", "\U0001f468\u200d\U0001f52c"),
        (" \t\n", ""),
    ],
)
def test_clean(found: str, stored: str) -> None:
    """Spaces are folded, entities with their semicolon decoded at any depth, invisible controls dropped, NFC made."""
    assert clean(found) == stored


@given(st.one_of(st.text(), ENTITY_SOUP))
@example("&am\x00p;lt;")
@example("&am&#8203;p;amp;")
@example("e\u200b\u0301")
def test_clean_is_idempotent_and_writable(text: str) -> None:
    """A cleaned text is unchanged by a second cleaning, is NFC, has single spaces, and can be written as UTF-8."""
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())
    assert json.loads(json.dumps(once, ensure_ascii=False).encode()) == once


def test_nested_entities_take_no_quadratic_time() -> None:
    """A hundred thousand nested ampersands are decoded in one go."""
    assert clean("&" + "amp;" * 100_000 + "lt;") == "<"


def test_a_field_over_the_limit_is_refused_before_it_is_cleaned() -> None:
    """The limit counts characters as they came, and the refusal says which field and how long it is."""
    assert clean_field("x" * 10, "abstract", 10) == "x" * 10
    assert clean_field("  ", "abstract", 10) is None
    with pytest.raises(RecordError, match="the abstract has 1,001 characters, more than 1,000"):
        clean_field("x" * 1001, "abstract", 1000)


@pytest.mark.parametrize(
    ("found", "stored"),
    [
        ("CO<sub>2</sub>, 10<sup>-3</sup> and R<sup>2</sup>", "CO2, 10^-3 and R2"),
        ("<jats:p>We &lt;i&gt;E. coli&lt;/i&gt; &amp;amp; so.</jats:p><jats:p>Two</jats:p>", "We E. coli & so. Two"),
        ("<jats:title>Abstract</jats:title><p>We</p>", "We"),
        ("<b>Abstract:</b> We", "We"),
        ("We say <b>abstract</b> things", "We say abstract things"),
        ('<mml:math xmlns:mml="x"><mml:mi>x</mml:mi></mml:math> y<br/>z', "x y z"),
        ("a < b and c > d, <mask> <s> </s> <unk>", "a < b and c > d, <mask> <s> </s> <unk>"),
        ('<a href="x">here</a><!-- gone --><script>alert(1)</script>', "here<script>alert(1)</script>"),
    ],
)  # fmt: skip
def test_tags_are_taken_out(found: str, stored: str) -> None:
    """Tags of HTML, JATS and MathML go, what is between them stays, and angle brackets that are no such tag stay."""
    assert plain(found) == stored
