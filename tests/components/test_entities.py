"""Which mentions are one thing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from kg.components.document import Abbreviation, Candidate, DocumentEntity, TokenSpan
from kg.components.entities import Entities
from kg.model import ENTITY_TYPES, EntityType
from kg.rulebook import Rulebook


def doc_with(nlp: Language, text: str, *mentions: tuple[EntityType, str], abbreviations: tuple[str, ...] = ()) -> Doc:
    """A Doc on which the given names are mentions, and pairs "short=long" are abbreviations."""
    doc = nlp.make_doc(text)
    doc._.kg_candidates = []
    for type_, name in mentions:
        start = text.find(name)
        while start >= 0:
            span = doc.char_span(start, start + len(name))
            assert span is not None
            doc._.kg_candidates.append(
                Candidate(span.start, span.end, type_, "made", 0.9, start_char=start, end_char=start + len(name))
            )
            start = text.find(name, start + 1)
    doc._.kg_candidates.sort(key=lambda candidate: candidate.start)
    doc._.kg_abbreviations = []
    for pair in abbreviations:
        short, long = (doc.char_span(text.find(name), text.find(name) + len(name)) for name in pair.split("="))
        assert short is not None
        assert long is not None
        doc._.kg_abbreviations.append(Abbreviation(TokenSpan(short.start, short.end), TokenSpan(long.start, long.end)))
    return doc


def names(entities: list[DocumentEntity]) -> list[tuple[EntityType, tuple[str, ...]]]:
    """Types and names of entities."""
    return [(entity.type, entity.names) for entity in entities]


def test_one_name_in_all_its_forms(nlp: Language, rulebook: Rulebook) -> None:
    """Case, hyphen and plural make no other thing; the most frequent form comes first."""
    doc = doc_with(
        nlp,
        "Leaf Nets grow. A leaf-net and a leaf-net fall.",
        ("Method", "Leaf Nets"),
        ("Method", "leaf-net"),
    )
    assert names(Entities(rulebook).match(doc)) == [("Method", ("leaf-net", "Leaf Nets"))]


def test_first_form_leads_where_counts_are_equal(nlp: Language, rulebook: Rulebook) -> None:
    """Of equally frequent forms the earlier is the better name."""
    doc = doc_with(nlp, "Leaf Nets grow and leaf-net falls.", ("Method", "Leaf Nets"), ("Method", "leaf-net"))
    assert names(Entities(rulebook).match(doc)) == [("Method", ("Leaf Nets", "leaf-net"))]


def test_abbreviation_joins(nlp: Language, rulebook: Rulebook) -> None:
    """A short form and its long form are one thing."""
    doc = doc_with(
        nlp,
        "A leaf net (LEAFNET) grows. The LEAFNET falls.",
        ("Method", "leaf net"),
        ("Method", "LEAFNET"),
        abbreviations=("LEAFNET=leaf net",),
    )
    assert names(Entities(rulebook).match(doc)) == [("Method", ("LEAFNET", "leaf net"))]


def test_full_form_leads(nlp: Language, rulebook: Rulebook) -> None:
    """Two or three letters never go before the full form, however frequent."""
    doc = doc_with(
        nlp,
        "A leaf net (LN) grows. The LN falls.",
        ("Method", "leaf net"),
        ("Method", "LN"),
        abbreviations=("LN=leaf net",),
    )
    assert names(Entities(rulebook).match(doc)) == [("Method", ("leaf net", "LN"))]


def test_types_stay_apart(nlp: Language, rulebook: Rulebook) -> None:
    """One name of two types is two things, in the order of first mention."""
    doc = doc_with(nlp, "Foo and Bar grow.", ("Method", "Bar"), ("Dataset", "Foo"))
    doc._.kg_candidates[1].type = "Dataset"
    assert names(Entities(rulebook).match(doc)) == [("Dataset", ("Foo",)), ("Dataset", ("Bar",))]
    doc = doc_with(nlp, "Foo grows and Foo falls.", ("Method", "Foo"))
    doc._.kg_candidates[1].type = "Dataset"
    assert names(Entities(rulebook).match(doc)) == [("Method", ("Foo",)), ("Dataset", ("Foo",))]


def test_losers_are_no_mentions(nlp: Language, rulebook: Rulebook) -> None:
    """A candidate that lost belongs to no entity."""
    doc = doc_with(nlp, "Foo grows.", ("Method", "Foo"))
    doc._.kg_candidates[0].lost_to = "something"
    assert Entities(rulebook).match(doc) == []


def test_doc_that_nobody_annotated(nlp: Language, rulebook: Rulebook) -> None:
    """A Doc without candidates has no entities."""
    doc = Entities(rulebook)(nlp.make_doc("Foo grows."))
    assert doc._.kg_entities == []


@given(
    words=st.lists(st.sampled_from(("FooNet", "BERT", "ImageNet", "accuracy", "object", "detection", "on", "the", ",")))
)
def test_every_mention_is_in_one_entity(nlp: Language, words: list[str]) -> None:
    """Every standing candidate belongs to exactly one entity of its type, whose names are the texts of its mentions."""
    doc = nlp(" ".join(words))
    mentions = [mention for entity in doc._.kg_entities for mention in entity.mentions]
    standing = [candidate for candidate in doc._.kg_candidates if not candidate.lost_to]
    assert sorted(map(id, mentions)) == sorted(map(id, standing))
    for entity in doc._.kg_entities:
        assert entity.type in ENTITY_TYPES
        assert {mention.type for mention in entity.mentions} == {entity.type}
        assert set(entity.names) == {doc.text[m.start_char : m.end_char] for m in entity.mentions}
