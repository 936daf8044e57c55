"""How words are cut."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from kg.components.tokenizing import adapt_tokenizer
from kg.rulebook import Rulebook

WORDS = st.text(alphabet="abzABZ019.,:;-\u2013()[]{}\"'\u2019%$€/=\\^_+~ éß漢£¥µ°\u00d7\n", max_size=40)


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A blank pipeline with the tokenizer of the rules."""
    pipeline = spacy.blank("en")
    adapt_tokenizer(pipeline, Rulebook.load())
    return pipeline


@pytest.fixture(scope="module")
def plain() -> Tokenizer:
    """The same tokenizer with spaCy's own searches, which look at every word."""
    pipeline = spacy.blank("en")
    table = Rulebook.load().table("tokens.toml", "tokenizer")
    adapt_tokenizer(pipeline, Rulebook.load())
    tokenizer = pipeline.tokenizer
    assert isinstance(tokenizer, Tokenizer)
    tokenizer.infix_finditer = compile_infix_regex(table["infixes"]).finditer
    tokenizer.suffix_search = compile_suffix_regex([*(pipeline.Defaults.suffixes or ()), *table["suffixes"]]).search
    tokenizer.prefix_search = compile_prefix_regex(pipeline.Defaults.prefixes or ()).search
    return tokenizer


@given(text=WORDS | st.text(max_size=30))
def test_words_of_letters_need_no_search(nlp: Language, plain: Tokenizer, text: str) -> None:
    """To pass over words of letters alone cuts every text as spaCy's own searches do."""
    assert [token.text for token in nlp.make_doc(text)] == [token.text for token in plain(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("self-supervised ResNet-50", ["self-supervised", "ResNet-50"]),
        ("a BERT-based tagger", ["a", "BERT", "-", "based", "tagger"]),
        ("CIFAR-10/SVHN", ["CIFAR-10", "/", "SVHN"]),
        ("red.Green", ["red", ".", "Green"]),
        ("the mIoU.", ["the", "mIoU", "."]),
        ("net(GAN)", ["net", "(", "GAN", ")"]),
        ("(k = 8)", ["(", "k", "=", "8", ")"]),
        ("e.g. trees", ["e.g.", "trees"]),
    ],
)
def test_words_are_cut(nlp: Language, text: str, tokens: list[str]) -> None:
    """Names stay whole; what belongs to no name is cut off."""
    assert [token.text for token in nlp.make_doc(text)] == tokens
