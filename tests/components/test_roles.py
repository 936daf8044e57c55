"""What the paper does with the things it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from spacy.language import Language

import kg
from kg.components.document import DocumentEntity
from kg.components.roles import Roles
from kg.errors import RuleError
from kg.extraction import annotate, annotate_all, pipeline
from kg.model import ROLES, Paper
from kg.rulebook import Rulebook
from tests.material import ROOT


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
    """A pipeline whose only role rules are these, without weights of roles, with a lexicon of these names."""
    return weighed(folder, *lines, names=names, table="")


HEADER = "feature\t" + "\t".join(ROLES) + "\n"


def weighed(folder: Path, *lines: str, names: str = NAMES, table: str) -> Language:
    """A pipeline with these role rules, weights of roles and names."""
    (folder / "lexicon.tsv").write_text("name\ttype\n" + names, "utf-8")
    (folder / "role-weights.tsv").write_text(table, "utf-8")
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


@pytest.mark.parametrize(
    ("feature", "names"),
    [
        ("before on", {"ImageNet", "CIFAR-10"}),
        ("second-before them", {"CIFAR-10"}),
        ("before <start>", {"BERT"}),
        ("after :", {"BERT"}),
        ("second-after trees", {"BERT"}),
        ("sentence-first we", {"CIFAR-10"}),
        ("near-before train", {"CIFAR-10"}),
        ("word imagenet", {"ImageNet"}),
        ("head bert", {"BERT"}),
        ("type Dataset", {"ImageNet", "CIFAR-10"}),
        ("place Method title", {"BERT"}),
        ("place Dataset before-own-work", {"ImageNet"}),
        ("place Dataset own-work", {"CIFAR-10"}),
        ("title Method always known", {"BERT"}),
        ("first-mention Method none", {"BERT"}),
        ("first-mention Dataset before", {"ImageNet"}),
        ("last-mention Dataset 0", {"CIFAR-10"}),
        ("mentions 1 known", {"BERT", "ImageNet", "CIFAR-10"}),
        ("order Dataset 1", {"CIFAR-10"}),
        ("most-mentions yes 1", {"BERT", "ImageNet", "CIFAR-10"}),
        ("others-introduced 0 no known", {"BERT", "ImageNet", "CIFAR-10"}),
        ("weightiest-rule none", {"BERT", "ImageNet", "CIFAR-10"}),
        ("lexicon Dataset", {"ImageNet", "CIFAR-10"}),
        ("lexicon unknown", set()),
    ],
)
def test_what_is_told_of_a_thing(tmp_path: Path, feature: str, names: set[str]) -> None:
    """A feature with weights decides for the things of which it is told, by no rule; the others go by the bias."""
    nlp = weighed(tmp_path, table=HEADER + f"bias\t0\t1\t0\t0\n{feature}\t0\t0\t9\t0\n")
    found = roles(nlp, PAPER)
    assert {name for name, decided in found.items() if decided == ("compared", "weights")} == names
    assert {name for name, decided in found.items() if decided == ("used", "weights")} == set(found) - names


def test_a_name_that_the_lexicon_does_not_have(tmp_path: Path) -> None:
    """A name without an entry, and one that is no entity of its own, are told apart, but neither is known."""
    table = HEADER + "bias\t0\t1\t0\t0\nlexicon unknown\t0\t0\t9\t0\nmentions 1 unknown\t4\t0\t0\t0\n"
    nlp = weighed(tmp_path, names="BERT\t-\n", table=table)
    found = roles(nlp, Paper(id="1", title="Trees", abstract="We propose BERT. It outperforms FooNet."))
    assert {name: role for name, (role, _) in found.items()} == {"BERT": "introduced", "FooNet": "compared"}


def test_places_are_averaged(tmp_path: Path) -> None:
    """What is told of one mention of several counts so much less."""
    table = HEADER + "bias\t0\t1\t0\t0\nafter :\t0\t0\t1.5\t0\n"
    nlp = weighed(tmp_path, table=table)
    assert roles(nlp, Paper(id="1", title="BERT: Trees", abstract="They grow."))["BERT"][0] == "compared"
    assert roles(nlp, Paper(id="1", title="BERT: Trees", abstract="We grow BERT."))["BERT"][0] == "used"


def test_rules_are_weighed(tmp_path: Path) -> None:
    """A rule with weights counts by these and not by its own, and is named where its role is the most probable."""
    table = HEADER + "bias\t0\t1\t0\t0\nrule heavy\t0\t0\t0\t2\nrule light\t0\t0\t3\t0\n"
    lines = (rule("heavy", "mentioned", 0.9), rule("light", "compared", 0.1))
    assert set(roles(weighed(tmp_path, *lines, table=table), PAPER).values()) == {("compared", "light")}


def test_a_rule_of_ones_own_counts_without_weights(tmp_path: Path) -> None:
    """It is right with the probability that is its own weight; where it is not, the weights decide."""
    table = HEADER + "bias\t0\t1\t0\t0\nbefore on\t0\t9\t0\t0\n"
    found = roles(weighed(tmp_path, rule("mine", "compared", 0.55), table=table), PAPER)
    assert set(found.values()) == {("compared", "mine")}


def test_a_light_rule_of_ones_own_tips_the_balance(tmp_path: Path) -> None:
    """Less weight decides only where the weights leave room; what it does not decide is not said to be by it."""
    table = HEADER + "bias\t0\t0.5\t0\t0\nbefore on\t0\t9\t0\t0\n"
    found = roles(weighed(tmp_path, rule("mine", "compared", 0.3), table=table), PAPER)
    assert found == {"BERT": ("compared", "mine"), "ImageNet": ("used", "weights"), "CIFAR-10": ("used", "weights")}


def test_of_rules_of_ones_own_the_weightiest_counts_first(tmp_path: Path) -> None:
    """A lighter one has only what a weightier one leaves."""
    lines = (rule("light", "mentioned", 0.6), rule("heavy", "compared", 0.7))
    nlp = weighed(tmp_path, *lines, table=HEADER + "bias\t0\t1\t0\t0\n")
    assert set(roles(nlp, PAPER).values()) == {("compared", "heavy")}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("feature\tused\n", "role-weights.tsv:1: the columns must be feature, introduced, used, compared, mentioned"),
        (HEADER + "bias\t1\t2\t3\n", "role-weights.tsv:2: a line must give 4 weights, not 3"),
        (HEADER + "bias\t0\t0\t0\t0\nx\ta\tb\tc\td\n", "role-weights.tsv:3: a line must give a feature and numbers"),
    ],
)
def test_mistakes_in_the_weights_are_named(tmp_path: Path, table: str, message: str) -> None:
    """A table that is wrong is refused with file and line."""
    (tmp_path / "role-weights.tsv").write_text(table, "utf-8")
    with pytest.raises(RuleError, match="^" + re.escape(message)):
        Rulebook(tmp_path)


def test_batches_give_what_single_docs_give(nlp: Language) -> None:
    """Roles do not depend on what is read together, papers without anything and without a title among them."""
    papers = [
        *kg.read(ROOT / "examples" / "abstracts.jsonl"),
        Paper(id="e", text=" "),
        Paper(id="t", text="We use BERT."),
    ]
    together = [
        [(entity.name, entity.role, entity.role_rule) for entity in doc._.kg_entities]
        for doc in annotate_all(nlp, papers)
    ]
    assert together == [[(name, *found) for name, found in roles(nlp, paper).items()] for paper in papers]


def test_a_thing_without_mentions_keeps_its_role(nlp: Language) -> None:
    """Of an entity that somebody added without any mention nothing is told."""
    doc = annotate(nlp, PAPER)
    doc._.kg_entities = [DocumentEntity("Method", ("BERT",)), *doc._.kg_entities]
    component = nlp.get_pipe("kg_roles")
    assert isinstance(component, Roles)
    added, *others = component(doc)._.kg_entities
    assert (added.role, added.role_rule) == ("used", "role.default")
    assert "role.default" not in {entity.role_rule for entity in others}
