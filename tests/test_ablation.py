"""What every rule contributes: hits, how many are right, and what is lost without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.ablation import RuleStatistics, rule_statistics, statistics_to_json
from kg.annotations import load_gold
from kg.errors import RuleError
from tests.few_rules import IDS, few_rules


@pytest.fixture(name="material", scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of a few rules, and an annotated paper."""
    return few_rules(tmp_path_factory.mktemp("few"))


@pytest.fixture(name="found", scope="module")
def measured(material: tuple[Path, Path]) -> tuple[RuleStatistics, ...]:
    """The statistics of the few rules."""
    rules, gold = material
    return rule_statistics(load_gold(gold), rules=rules)


def test_every_rule_is_measured(found: tuple[RuleStatistics, ...]) -> None:
    """Rules stand in the order of kinds, files and lines; after them what else decided, without a change."""
    rules = [one for one in found if one.kind != "other"]
    assert tuple(one.id for one in rules) == IDS
    assert [one.kind for one in rules] == ["mention"] * 4 + ["role", "result"]
    assert all(one.change is not None for one in rules)
    others = [one for one in found if one.kind == "other"]
    assert "role.default" in {one.id for one in others}
    assert all(one.change is None and one.own_change == 0 for one in others)


def test_hits(found: tuple[RuleStatistics, ...]) -> None:
    """A hit is right as its entity, role or result is; what another rule decided is supported; who forbids has none."""
    by_id = {one.id: one for one in found}
    assert (by_id["method.foonet"].hits, by_id["method.foonet"].precision) == (2, 1.0)
    again = by_id["method.foonet-again"]
    assert (again.hits, again.supported, again.precision) == (0, 1, None)
    assert (by_id["task.harbours"].hits, by_id["task.harbours"].precision) == (1, 0.0)
    assert (by_id["nothing.quays"].hits, by_id["nothing.quays"].supported) == (None, None)
    assert (by_id["introduced.foonet"].hits, by_id["introduced.foonet"].right) == (1, 1)
    assert (by_id["score.share-of-all"].hits, by_id["score.share-of-all"].supported) == (1, None)


def test_changes(found: tuple[RuleStatistics, ...]) -> None:
    """Without a rule that is right, less is right; without one that is wrong, more; without an idle one, the same."""
    own = {one.id: one.own_change for one in found}
    assert own["task.harbours"] > 0
    assert own["introduced.foonet"] == own["score.share-of-all"] == -1.0
    assert own["nothing.quays"] == own["method.foonet-again"] == 0
    role = next(one for one in found if one.id == "introduced.foonet")
    assert role.change is not None
    assert (role.change.entities, role.change.roles, role.change.results) == (0.0, -1.0, 0.0)


def test_processes_do_not_matter(found: tuple[RuleStatistics, ...], material: tuple[Path, Path]) -> None:
    """Two processes find the same, and tell how far they are."""
    rules, gold = material
    told: list[tuple[str, int, int | None]] = []
    again = rule_statistics(
        load_gold(gold), rules=rules, workers=2, on_progress=lambda what, done, total: told.append((what, done, total))
    )
    assert again == found
    assert told == [("leaving out one rule", done, len(IDS)) for done in range(len(IDS) + 1)]


def test_as_json(found: tuple[RuleStatistics, ...]) -> None:
    """The JSON has all of it."""
    first = statistics_to_json(found)[0]
    assert list(first) == ["id", "kind", "makes", "hits", "supported", "judged", "right", "precision", "change"]
    assert list(first["change"]) == ["entities", "roles", "results"]
    assert json.loads(json.dumps(first)) == first


def test_the_name_that_is_needed(tmp_path: Path) -> None:
    """A folder that has a file of the name by which rules are left out is refused, not overwritten."""
    rules, gold = few_rules(tmp_path)
    (rules / "without-one-rule.toml").write_text("", "utf-8")
    with pytest.raises(RuleError, match="rename the file"):
        rule_statistics(load_gold(gold), rules=rules)
