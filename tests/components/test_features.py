"""What is told of a name."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from kg.components.features import Features, NameEvidence
from kg.components.proposals import Proposal
from kg.components.tokenizing import adapt_tokenizer
from kg.components.tokens import TokenTable, token_table
from kg.errors import RuleError
from kg.rulebook import Rulebook


def table(text: str) -> TokenTable:
    """The tokens of a text."""
    nlp = spacy.blank("en")
    adapt_tokenizer(nlp, Rulebook.load())
    return token_table(nlp.make_doc(text))


def told(*proposals: Proposal) -> NameEvidence:
    """What these proposals tell."""
    evidence = NameEvidence()
    for proposal in proposals:
        evidence.add(proposal)
    return evidence


def test_rules_writing_place_and_neighbours() -> None:
    """The rules, the words of the name, how often and where it stands, and between what, are features."""
    tokens = table("Leaf Nets\nWe use a leaf net here.")
    evidence = told(
        Proposal(0, 2, "Method", "title", 0.5),
        Proposal(6, 8, "Method", "head", 0.4),
        Proposal(6, 8, "Method", "gazetteer", 0.75),
    )
    assert set(Features(Rulebook.load()).of(evidence, tokens, title_end=9, abbreviated=True)) == {
        "title",
        "head",
        "gazetteer Method 0.75",
        "in title",
        "in text",
        "written small",
        "tokens 2",
        "places 2",
        "head nets",
        "ending nets",
        "first leaf",
        "before article",
        "abbreviated",
    }


def test_a_rule_is_as_sure_as_where_it_was_surest() -> None:
    """A rule that proposes twice counts once, at its surest."""
    evidence = told(Proposal(0, 1, "Task", "a", 0.2), Proposal(3, 4, "Task", "a", 0.6))
    assert (evidence.rules, list(evidence.spans)) == ({"Task": {"a": 0.6}}, [(0, 1), (3, 4)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[shape]\n[before]\n[after]\n", r"features\.toml:1: \[shape\] must give strong"),
        ("[shape]\nstrong = '('\n[before]\n[after]\n", r"features\.toml:1: \[shape\] must give strong"),
        ("[shape]\nstrong = 'A'\n[before]\nx = 'a'\n[after]\n", r"features\.toml:1: \[before\] x must be of the form"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    """A wrong table is refused with the file."""
    (tmp_path / "features.toml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=message):
        Features(Rulebook(tmp_path))
