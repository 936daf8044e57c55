"""Rules as they stand in their files."""

from __future__ import annotations

import tomllib

from kg.explaining import explain
from kg.rule_entries import rule_entries
from kg.rulebook import Rulebook
from kg.web.explain_pages import WITHOUT_ENTRY


def test_every_rule_is_found_where_it_stands(rulebook: Rulebook) -> None:
    """Each entry's text is the table of that rule alone, and begins in its line."""
    entries = list(rule_entries(rulebook))
    assert len(entries) > 150
    assert len({entry.id for entry in entries}) == len(entries)
    for entry in entries:
        lines = rulebook.texts[entry.file].split("\n")
        assert lines[entry.line - 1] == f"[[{entry.kind}]]"
        (table,) = tomllib.loads(entry.text)[entry.kind]
        assert table["id"] == entry.id
        assert table["reason"] == entry.reason
        assert tuple(table.get("matches", ())) == entry.matches
        assert tuple(table.get("ignores", ())) == entry.ignores
        assert entry.text in rulebook.texts[entry.file]


def test_every_id_that_an_explanation_names_is_among_them(rulebook: Rulebook) -> None:
    """The rules of an explanation have an entry each, or are none of a file."""
    known = {entry.id for entry in rule_entries(rulebook)} | WITHOUT_ENTRY.keys()
    text = (
        "We propose FooNet, a novel network for image classification. FooNet reaches 92.3% accuracy on ImageNet, "
        "1.2 points more than ResNet-50, with 24 layers, and is three times faster than a deep network."
    )
    found = explain(text)
    assert {one.rule for one in found} <= known
    assert len({one.rule for one in found}) > 5
