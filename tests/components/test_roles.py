"""What the paper does with the things it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from kg.extraction import annotate, pipeline
from kg.model import Paper


def roles(nlp: Language, paper: Paper) -> dict[str, tuple[str, str]]:
    """Role and rule of every entity by its best name."""
    return {entity.name: (entity.role, entity.role_rule) for entity in annotate(nlp, paper)._.kg_entities}


@pytest.mark.parametrize(
    ("abstract", "name", "role"),
    [
        ("We propose FooNet, which grows.", "FooNet", "introduced"),
        ("We release the FooBar dataset.", "FooBar", "introduced"),
        ("We plant a net called FooNet here.", "FooNet", "introduced"),
        ("It is better than BERT.", "BERT", "compared"),
        ("Our net outperforms BERT.", "BERT", "compared"),
        ("BERT grows old. We plant trees.", "BERT", "mentioned"),
        ("We train BERT.", "BERT", "used"),
        ("We test it on ImageNet.", "ImageNet", "used"),
    ],
)
def test_role(nlp: Language, abstract: str, name: str, role: str) -> None:
    """The words around a mention say what the paper does with the thing; where they say nothing, it uses it."""
    assert roles(nlp, Paper(id="1", title="Trees", abstract=abstract))[name][0] == role


def test_title_brings_in(nlp: Language) -> None:
    """What a title opens with before a colon is the paper's own."""
    paper = Paper(id="1", title="FooNet: How Trees Grow", abstract="FooNet achieves more.")
    assert roles(nlp, paper)["FooNet"][0] == "introduced"


def test_one_mention_is_enough(nlp: Language) -> None:
    """The weightiest rule decides for the thing, wherever the mention stands that it speaks of."""
    paper = Paper(id="1", title="Trees", abstract="FooNet achieves more. We propose FooNet.")
    assert roles(nlp, paper)["FooNet"][0] == "introduced"


NAMES = "BERT\tMethod\nImageNet\tDataset\nCIFAR-10\tDataset\n"


def rules(folder: Path, *lines: str, names: str = NAMES) -> Language:
    """A pipeline whose only role rules are these, with a lexicon of these names: those of the paper below."""
    (folder / "lexicon.tsv").write_text("name\ttype\n" + names, "utf-8")
    own_work = "[[own_work]]\nid = 'own'\nreason = 'None.'\ntokens = [[{ LOWER = 'we' }]]\n"
    (folder / "roles.toml").write_text(own_work + "\n".join(lines), "utf-8")
    return pipeline(folder)


def rule(id_: str, role: str, weight: float, more: str = "") -> str:
    """A rule that holds for every mention, unless ``more`` says otherwise."""
    return f"[[role]]\nid = '{id_}'\nrole = '{role}'\nreason = 'None.'\nweight = {weight}\n{more}\n"


PAPER = Paper(id="1", title="BERT: Trees", abstract="On ImageNet they grow. We train them on CIFAR-10.")


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ("", {"BERT", "ImageNet", "CIFAR-10"}),
        ("types = ['Dataset']", {"ImageNet", "CIFAR-10"}),
        ("place = 'title'", {"BERT"}),
        ("place = 'abstract'", {"ImageNet", "CIFAR-10"}),
        ("opens = true", {"BERT"}),
        ("background = true", {"ImageNet"}),
        ("unknown = true", set()),
        ("after = [[{ TEXT = ':' }]]", {"BERT"}),
        ("before = [[{ LOWER = 'on' }]]", {"ImageNet", "CIFAR-10"}),
        ("before = [[{ LOWER = 'on' }]]\nafter = [[{ TEXT = '.' }]]", {"CIFAR-10"}),
    ],
)
def test_conditions_of_a_rule(tmp_path: Path, more: str, names: set[str]) -> None:
    """A rule holds only for its types, in its place, and with what it asks for before and after the mention."""
    nlp = rules(tmp_path, rule("mine", "compared", 0.5, more))
    found = roles(nlp, PAPER)
    assert set(found) == {"BERT", "ImageNet", "CIFAR-10"}
    assert {name for name, (role, rule_id) in found.items() if (role, rule_id) == ("compared", "mine")} == names
    assert {name for name, (role, _) in found.items() if role == "used"} == set(found) - names


@pytest.mark.parametrize("names", ["", "BERT\t-\n"])
def test_unknown_is_what_the_lexicon_has_no_type_for(tmp_path: Path, names: str) -> None:
    """A name is unknown where the lexicon does not have it, or has it as no entity of its own."""
    nlp = rules(tmp_path, rule("mine", "compared", 0.5, "unknown = true"), names=names)
    found = roles(nlp, Paper(id="1", title="Trees", abstract="We propose BERT."))
    assert found["BERT"] == ("compared", "mine")


def test_weight_decides(tmp_path: Path) -> None:
    """Of several rules that hold the weightiest decides, whatever the order in the file."""
    nlp = rules(tmp_path, rule("light", "mentioned", 0.2), rule("heavy", "compared", 0.8), rule("middle", "used", 0.5))
    assert set(roles(nlp, PAPER).values()) == {("compared", "heavy")}


def test_without_rules_everything_is_used(tmp_path: Path) -> None:
    """A thing that no rule speaks of is used."""
    assert set(roles(rules(tmp_path), PAPER).values()) == {("used", "role.default")}
