"""Where sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

PIECES = st.lists(
    st.sampled_from(
        [
            "We",
            "show",
            "nets",
            ".",
            "!",
            "?",
            " ",
            " ",
            "\n",
            "(",
            ")",
            "et al.",
            "i.e.",
            "3.5",
            "F. Doe",
            "mIoU",
            "$x$",
            "…",
        ]
    ),
    max_size=30,
).map("".join)


def sentences(nlp: Language, text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence.text for sentence in nlp(text).sents]


@pytest.mark.parametrize(
    "text",
    [
        "It works.| We show why.",
        "Does it work?| It does!| We show why.",
        "The error falls to 3.5 in all.| Code is out.",
        "It follows Doe et al. (2020) here.| We differ.",
        "As in Fig. 3 it grows.| We differ.",
        "It was found by J. Doe in May.| We differ.",
        "Some nets, e.g. FooNet, grow.| Others, i.e. BarNet, do not.",
        "It gains in mIoU.| We show why.",
        "It sees objects in 3D.| We show why.",
        "It is of class A.| We show why.",
        "It needs only $n$.| We show why.",
        "It works (as we show).| Trees grow.",
        "It works.|We glued this on.",
        "It saw version 2.0.1 of v1.5.2 once.",
    ],
)
def test_cuts_where_a_sentence_ends(nlp: Language, text: str) -> None:
    """Sentences end at the marks, and not at abbreviations, initials and decimals."""
    assert sentences(nlp, text.replace("|", "")) == [part.strip() for part in text.split("|")]


def test_title_is_a_sentence_of_its_own(nlp: Language) -> None:
    """The line break between title and abstract ends a sentence, though no period does."""
    found = [sentence.strip() for sentence in sentences(nlp, "Trees that Grow\nwe plant trees.")]
    assert found == ["Trees that Grow", "we plant trees."]


@given(text=PIECES)
def test_sentences_tile_the_text(nlp: Language, text: str) -> None:
    """Every token is in exactly one sentence, in order."""
    doc = nlp(text)
    assert [token.i for sentence in doc.sents for token in sentence] == list(range(len(doc)))


def test_doc_of_one_token_and_of_none(nlp: Language) -> None:
    """The shortest texts have one sentence, and none."""
    assert sentences(nlp, "Trees") == ["Trees"]
    assert sentences(nlp, "") == []
