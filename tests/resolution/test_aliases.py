"""The file of aliases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import GraphError
from kg.resolution.aliases import Aliases, DifferentThings, SameThing, load_aliases, read_aliases
from tests.material import EXAMPLES


def test_what_it_says() -> None:
    """Every key is read, with the line of its entry; a label is a name, and links are sorted."""
    text = (
        "# ours\nsame:\n- names: [Kelp, 1984, no]\n  type: Dataset\n  label: Weed\n  links: https://x.org/1\n"
        "different:\n- {names: [A, B]}\n"
    )
    found = read_aliases(text)
    names = ("Kelp", "1984", "no", "Weed")
    same = SameThing(names=names, type="Dataset", label="Weed", links=("https://x.org/1",), line=3)
    assert found == Aliases(same=(same,), different=(DifferentThings(names=("A", "B"), line=8),), text=text)


@pytest.mark.parametrize("text", ["", "# nothing\n", "same: []\ndifferent: []\n"])
def test_nothing(text: str) -> None:
    """An empty file overrules nothing."""
    assert read_aliases(text) == Aliases(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("same:\n- names: [a, b\n", "a.yaml:3: no valid YAML: while parsing a flow sequence"),
        ("- a\n", "a.yaml:1: the file must give same or different, each with a colon"),
        ("sam: []\n", "a.yaml:1: unknown key 'sam'; did you mean 'same'?"),
        ("same: []\nsame: []\n", "a.yaml:2: same is given twice"),
        ("same:\n  a: b\n", "a.yaml:2: same must be a list of entries, each with names"),
        ("same:\n- type: Task\n", "a.yaml:2: an entry of same must give names"),
        ("same:\n- a\n", "a.yaml:2: an entry of same must give names or type or label or links, each with a colon"),
        ("same:\n- names: a\n", "a.yaml:2: names must be a list: [one, other]"),
        ("same:\n- names: []\n", "a.yaml:2: names must not be empty"),
        ("same:\n- names: [a, {b: c}]\n", "a.yaml:2: names must be words, in quotes where they hold a colon"),
        ("same:\n- names: [a, '']\n", "a.yaml:2: names must be words"),
        ("same:\n- names: [a]\n  nam: b\n", "a.yaml:3: unknown key 'nam'; did you mean 'names'?"),
        ("same:\n- names: [a]\n  type: Thing\n", "a.yaml:3: 'Thing' is no type; types are Method, Dataset, Metric"),
        ("same:\n- names: [a]\n  links: [x y]\n", "a.yaml:3: 'x y' is no IRI; links begin with https:// or the like"),
        ("different:\n- names: [a]\n  type: Task\n", "a.yaml:2: a single name is different from itself only without"),
        ("different:\n- names: [a, b]\n  label: c\n", "a.yaml:3: unknown key 'label'"),
        (
            "same:\n- {names: [a], label: c}\n- {names: [b], label: c, type: Task}\n",
            "a.yaml:3: the label 'c' is given twice, in line 2 before",
        ),
        ("same: !!python/object:os.system x\n", "a.yaml:1: same must be a list of entries"),
        ("same: [\x00]\n", "a.yaml:1: no valid YAML: "),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    """What it may not say is an error of one line that begins with file and line."""
    with pytest.raises(GraphError, match=re.escape(message)) as error:
        read_aliases(text, file="a.yaml")
    assert "\n" not in str(error.value)


@given(st.text(alphabet=" -:[]{}#'\"&*!|>%@`,?\n\tsame:namesdifferent", max_size=60))
def test_any_text(text: str) -> None:
    """Any text is read, or is an error of one line."""
    try:
        message = f"aliases.yaml:1: read {len(read_aliases(text).text)}"
    except GraphError as error:
        message = str(error)
    assert re.fullmatch(r"aliases\.yaml:\d+: .+", message)


def test_files(tmp_path: Path) -> None:
    """A file is read by its path; one that is not there, or no text, is an error that names it."""
    assert load_aliases(EXAMPLES / "aliases.yaml").same
    with pytest.raises(GraphError, match=r"none\.yaml: cannot be read: No such file"):
        load_aliases(tmp_path / "none.yaml")
    (tmp_path / "no.yaml").write_bytes(b"\xff")
    with pytest.raises(GraphError, match=r"no\.yaml:1: no UTF-8 text"):
        load_aliases(tmp_path / "no.yaml")
