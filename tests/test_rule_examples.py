"""Every rule finds what its examples say, and the check finds examples that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.rule_examples import AnyRule, Examples, check_examples
from kg.rulebook import MentionRule, RoleRule, Rulebook, TokenRule

EXAMPLES = Examples(Rulebook.load())
RULES = tuple(EXAMPLES.rules())


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_rule_does_what_its_examples_say(rule: AnyRule) -> None:
    """A rule has examples of what it matches and of what it ignores, and they hold."""
    assert rule.matches, "the rule has no example in matches"
    assert rule.ignores, "the rule has no example in ignores"
    assert [str(failure) for failure in EXAMPLES.failures(rule)] == []


def test_every_kind_of_rule_is_checked() -> None:
    """Mention, cue, role and token rules are all among those whose examples are run."""
    assert {type(rule) for rule in RULES} == {MentionRule, RoleRule, TokenRule}
    rulebook = Rulebook.load()
    for key in ("mention", "cue"):
        assert {rule.id for rule in rulebook.rules(MentionRule, key)} <= {rule.id for rule in RULES}


MENTION = """
[[mention]]
id = "{id}"
makes = "Method"
reason = "None."
confidence = 0.1
last = [[{{ LOWER = {{ IN = ["tree", "trees"] }} }}]]
{example}
"""
ROLE = """
[[role]]
id = "{id}"
role = "used"
reason = "None."
weight = 0.1
after = [[{{ LOWER = "grow" }}]]
{example}
"""
TOKENS = """
[[break]]
id = "{id}"
reason = "None."
tokens = [[{{ LOWER = "grow" }}]]
{example}
"""
WRONG = (
    (
        MENTION,
        'matches = ["by [great trees] we"]',
        "does not find 'great trees'; finds 'trees' in 'by [great trees] we'",
    ),
    (MENTION, 'matches = ["by trees we"]', "nothing is marked in 'by trees we'"),
    (MENTION, 'matches = ["by [bushes] we"]', "does not find 'bushes' in 'by [bushes] we'"),
    (MENTION, 'ignores = ["by trees we"]', "finds 'trees' in 'by trees we'"),
    (MENTION, 'ignores = ["by [bushes] we"]', "an ignored example has nothing to mark in 'by [bushes] we'"),
    (ROLE, 'matches = ["See [Tree] fall"]', "does not hold in 'See [Tree] fall'"),
    (ROLE, 'ignores = ["See [Tree] grow"]', "holds in 'See [Tree] grow'"),
    (ROLE, 'matches = ["See Tree grow"]', "nothing is marked in 'See Tree grow'"),
    (ROLE, 'matches = ["See [Tr]ee grow"]', "brackets stand inside a word around 'Tr' in 'See [Tr]ee grow'"),
    (TOKENS, 'matches = ["one |tree"]', "does not find 'tree' in 'one |tree'"),
    (TOKENS, 'matches = ["trees |grow and grow"]', "finds 'grow' in 'trees |grow and grow'"),
    (TOKENS, 'matches = ["trees gr|ow"]', "does not find 'ow'; finds 'grow' in 'trees gr|ow'"),
    (TOKENS, 'matches = ["trees grow|"]', "does not find the end of the example; finds 'grow' in 'trees grow|'"),
    (TOKENS, 'ignores = ["trees grow"]', "finds 'grow' in 'trees grow'"),
)


def test_wrong_examples_are_named(tmp_path: Path) -> None:
    """A rule whose example does not hold is named with the example and what is wrong with it."""
    rules = [rule.format(id=f"wrong.{number}", example=example) for number, (rule, example, _) in enumerate(WRONG)]
    (tmp_path / "mine.toml").write_text("".join(rules), "utf-8")
    found = [str(failure) for failure in check_examples(Rulebook(tmp_path)) if failure.rule.startswith("wrong.")]
    wanted = [f"wrong.{number}: {message}" for number, (_, _, message) in enumerate(WRONG)]
    assert sorted(found) == sorted(wanted)


def test_rule_is_alone_with_the_real_phrases(tmp_path: Path) -> None:
    """A new rule is asked on the phrases that the other rules make, whatever these propose themselves."""
    rule = MENTION.format(
        id="mine", example='matches = ["It uses the [plum tree] to grow.", "[Tall Trees]: an end\\n"]'
    )
    (tmp_path / "mine.toml").write_text(rule, "utf-8")
    assert [failure for failure in check_examples(Rulebook(tmp_path)) if failure.rule == "mine"] == []


def test_rules_without_examples_are_told_of() -> None:
    """A rule lacks what it has no example of."""
    rule = TokenRule(id="bare", reason="None.", tokens=([{}],), matches=("|a",))
    assert [str(failure) for failure in Examples.lacking(rule)] == ["bare: there is no example in ignores"]
    assert list(Examples.lacking(RULES[0])) == []
