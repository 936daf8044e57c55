"""What ``resolution.toml`` may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.errors import RuleError
from kg.resolution.settings import default_resolution_rules, packaged_resolution_text, read_resolution_rules
from kg.rule_checks import check_rules

TEXT = packaged_resolution_text()


def test_the_rules_that_come_with_kg() -> None:
    """They are read whole, and stand as they are in the packaged file."""
    rules = default_resolution_rules()
    assert rules.text == TEXT
    assert rules.types.group("Task") == ("Method", "Task")
    assert rules.types.group("Metric") == ("Metric",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[acronyms]", "[acronym]", "unknown table [acronym]; did you mean 'acronyms'?"),
        ("least_loose =", "least_lose =", "unknown key 'least_lose'; did you mean 'least_loose'?"),
        ("least_loose = 2", "", "least_loose missing in acronyms"),
        ("least_loose = 2", "least_loose = 'two'", "least_loose must be a whole number, not 'two'"),
        ("least_papers = [3, 2, 1]", "least_papers = []", "least_papers must be a list of whole numbers"),
        ("phrase_share = 0.5", "phrase_share = 5", "phrase_share must be a number between 0 and 1, not 5"),
        ('near = [["Method", "Task"]]', 'near = [["Tusk"]]', "near must be lists of Method, Dataset, Metric, Task"),
        ('leading = ["the", "our"]', "leading = 3", "leading must be a list of strings, not 3"),
        ('reid = "reidentification"', "reid = 3", "instead must be a table of strings"),
        ("before = ['tiny'", "before = ['(tiny'", "'(tiny' is no regular expression"),
        ('type = "Metric"\nnames = ["FPS"', 'type = "Mitre"\nnames = ["FPS"', "type must be one of Method, Dataset"),
    ],
)
def test_mistakes(old: str, new: str, message: str) -> None:
    """What it may not say is an error that begins with file and line."""
    assert old in TEXT
    with pytest.raises(RuleError, match=rf"^resolution\.toml:\d+: .*{re.escape(message)}"):
        read_resolution_rules(TEXT.replace(old, new, 1))


def test_checked_with_all_rules(tmp_path: Path) -> None:
    """Mistakes in a folder's file are found where all rules are checked."""
    file = tmp_path / "resolution.toml"
    file.write_text(TEXT.replace("least_loose = 2", "least_loose = 'two'"), "utf-8")
    (mistake,) = check_rules([file]).mistakes
    assert re.fullmatch(rf"{re.escape(str(file))}:\d+: least_loose must be a whole number, not 'two'", mistake)
