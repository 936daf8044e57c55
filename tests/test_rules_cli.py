"""``kg rules``: harvesting, checking and testing from the command line."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.harvesting import Thresholds
from kg.rules_cli import harvest, rules
from kg.ruletables import LEXICON_COLUMNS, LexiconEntry, lexicon_text, read_lexicon
from tests.built import run
from tests.material import ROOT

CUE = """
[[cue]]
id = "mine"
makes = "Task"
reason = "None."
confidence = 0.5
after = [[{ LOWER = "improves" }]]
matches = ["The [leaf dance] improves."]
ignores = ["The leaf dance is old."]
"""


def invoke(*arguments: str | Path, given: str | None = None) -> Result:
    """Run a command of ``kg rules`` in this process; whatever goes wrong, no exception comes out of it."""
    result = CliRunner().invoke(main, ["rules", *map(str, arguments)], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(name="corpus")
def small_corpus(tmp_path: Path) -> Path:
    """A file of five papers; of "FooBar" cues speak in all of them."""
    papers = (
        {"id": f"p{number}", "title": f"Old Tree {number}", "abstract": f"We test {number} nets on the FooBar dataset."}
        for number in range(5)
    )
    file = tmp_path / "papers.jsonl"
    file.write_text("".join(json.dumps(paper) + "\n" for paper in papers), "utf-8")
    return file


@pytest.fixture(name="mine")
def folder_of_rules(tmp_path: Path) -> Path:
    """A folder with one sound rule."""
    folder = tmp_path / "my-rules"
    folder.mkdir()
    (folder / "mine.toml").write_text(CUE, "utf-8")
    return folder


def test_commands() -> None:
    """There are four commands, and each one's help shows an example."""
    assert sorted(rules.commands) == ["check", "harvest", "stats", "test"]
    for command in rules.commands:
        assert re.search(rf"\n  Examples?:\n    kg rules {command}", invoke(command, "--help").output)


def test_examples_of_the_help_run(mine: Path, tmp_path: Path) -> None:
    """What the help shows can be typed where the examples and a folder of rules are."""
    assert mine.parent == tmp_path
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for command in ("check", "harvest", "test"):
        for line in invoke(command, "--help").output.split("\n"):
            if line.startswith("    kg "):
                done = run(*line.split()[1:], cwd=tmp_path)
                assert (done.returncode, b"rror" in done.stderr) == (0, False), line


def test_harvest_prints_a_lexicon(corpus: Path) -> None:
    """Without a file the lexicon is printed, with the names that kg has already; with one, a summary is."""
    result = invoke("harvest", corpus)
    assert result.exit_code == 0
    entries = list(read_lexicon("printed", result.stdout))
    assert len(entries) > 1000
    found = next(entry for entry in entries if entry.name == "FooBar")
    assert found == LexiconEntry("FooBar", ("Dataset",), status="cues", papers=5, counts=(0, 5, 0, 0))
    assert result.stderr == ""
    target = corpus.with_name("lexicon.tsv")
    summary = invoke("harvest", corpus, "-o", target).output
    assert target.read_text("utf-8") == result.stdout
    assert summary.startswith("papers    5 read, 0 held out\nby read ")
    assert summary.endswith("\nby cues   1 name: Dataset 1\n")


def test_harvest_with_a_lexicon_and_held_out_papers(corpus: Path, tmp_path: Path) -> None:
    """Names of the lexicon given stay, ours do not come in, and papers that are held out do not count."""
    (tmp_path / "old.tsv").write_text("name\ttype\nfoobars\tTask\n", "utf-8")
    (tmp_path / "gold.jsonl").write_text('{"id": "p0"}\n{"title": "Old Tree 1"}\n', "utf-8")
    target = tmp_path / "new.tsv"
    result = invoke(
        "harvest", corpus, "--lexicon", tmp_path / "old.tsv", "--exclude", tmp_path / "gold.jsonl", "-o", target, "-q"
    )
    assert (result.exit_code, result.output) == (0, "")
    expected = LexiconEntry("foobars", ("Task",), papers=3, counts=(0, 3, 0, 0), variants=("FooBar",))
    assert target.read_text("utf-8") == lexicon_text([expected])


@pytest.mark.parametrize("threshold", ["--min-papers=6", "--min-cues=6"])
def test_harvest_has_thresholds(corpus: Path, tmp_path: Path, threshold: str) -> None:
    """What falls short of a threshold does not come in."""
    (tmp_path / "old.tsv").write_text("name\ttype\n", "utf-8")
    result = invoke("harvest", corpus, "--lexicon", tmp_path / "old.tsv", threshold)
    assert result.stdout == "\t".join(LEXICON_COLUMNS) + "\n"


def test_defaults_are_those_of_the_code() -> None:
    """The thresholds of the command are, unless given, those of the function."""
    defaults = {parameter.name: parameter.default for parameter in harvest.params}
    assert asdict(Thresholds()).items() <= defaults.items()


def test_harvest_names_mistakes(corpus: Path, tmp_path: Path) -> None:
    """A lexicon that is none, and a source that is none, are named in one line."""
    (tmp_path / "old.tsv").write_text("name\tkind\n", "utf-8")
    result = invoke("harvest", corpus, "--lexicon", tmp_path / "old.tsv")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"kg: {tmp_path}/old.tsv:1: the columns must be name, type")
    (tmp_path / "old.tsv").write_bytes(b"\xff")
    assert invoke("harvest", corpus, "--lexicon", tmp_path / "old.tsv").stderr.endswith("old.tsv: no UTF-8 text\n")
    assert invoke("harvest", tmp_path / "nowhere.jsonl").exit_code == 1


def test_harvest_says_what_was_skipped(corpus: Path) -> None:
    """A record that cannot be read is named, and the exit code says that something was skipped."""
    corpus.write_text(corpus.read_text("utf-8") + "{\n", "utf-8")
    result = invoke("harvest", corpus)
    assert result.exit_code == 3
    assert "kg: skipped " in result.stderr


def test_check_of_sound_rules(mine: Path) -> None:
    """Sound rules are summed up in one line."""
    (mine / "lexicon-mine.tsv").write_text("name\ttype\nFoo\tTask\nBar\tMethod/Task\n", "utf-8")
    (mine / "notes.txt").write_text("no rules", "utf-8")
    result = invoke("check", mine)
    assert result.exit_code == 0
    assert result.output == "2 files with 1 rule, 0 word lists and 2 names of the lexicon: all is well\n"


def test_check_of_our_own_rules() -> None:
    """The rules that come with kg have no mistake."""
    result = invoke("check", ROOT / "rules")
    assert (result.exit_code, result.output.partition(": ")[2]) == (0, "all is well\n")


def test_check_names_every_mistake(mine: Path) -> None:
    """Every mistake is named with the path and the line, in the order of files and lines."""
    mistakes = {
        "lexicon-mine.tsv": (
            "name\ttype\nFoo\tModel\nBar\tMethod\nbars\tTask\nBaz\n",
            [
                (2, "'Model' is no type; types are Method, Dataset, Metric, Task, two of them with / between, or -"),
                (4, "'bars' is given twice, as 'Bar' before"),
                (5, "a line must give name, type, with tabs between them"),
            ],
        ),
        "lexcon.tsv": ("", [(1, "kg reads no file of this name; did you mean 'lexicon.tsv'?")]),
        "other.toml": ("x = = 1", [(1, "no valid TOML: Invalid value (at line 1, column 5)")]),
        "wrong.toml": (
            '[[mentoin]]\nid = "a"\n'
            + CUE.replace('"mine"', '"one"').replace("Task", "Taks")
            + CUE.replace('"mine"', '"two"').replace("LOWER", "LEMMA")
            + CUE
            + '[lists]\nlost = ["@nwhere", "@nowhere"]\nnowhere = []\n',
            [
                (1, "kg reads no table 'mentoin'; did you mean 'mention'?"),
                (5, "rule one: makes is 'Taks'; it may be one of Method, Dataset, Metric, Task, Nothing"),
                (14, "rule two: unknown token attribute 'LEMMA'"),
                (23, "the id 'mine' is given twice"),
                (31, "no word list @nwhere; did you mean 'nowhere'?"),
            ],
        ),
    }
    for name, (text, _) in mistakes.items():
        (mine / name).write_text(text, "utf-8")
    result = invoke("check", mine)
    assert result.exit_code == 1
    wanted = [
        f"{mine / name}:{line}: {message}"
        for name, (_, expected) in sorted(mistakes.items())
        for line, message in expected
    ]
    found = result.stdout.splitlines()
    assert len(found) == len(wanted)
    for line, beginning in zip(found, wanted, strict=True):
        assert line.startswith(beginning)
    assert result.stderr == f"kg: {len(wanted)} mistakes\n"


def test_check_of_files(mine: Path) -> None:
    """Files are checked together, as if they lay in one folder, and by themselves they need not."""
    (mine / "lists.toml").write_text('[lists]\nimproving = ["improves"]\n', "utf-8")
    (mine / "mine.toml").write_text(CUE.replace('"improves" }', '{ IN = ["@improving"] } }'), "utf-8")
    assert invoke("check", mine / "mine.toml", mine / "lists.toml").exit_code == 0
    result = invoke("check", mine / "mine.toml")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{mine / 'mine.toml'}:3: mine: no word list @improving; ")
    assert result.stderr == "kg: 1 mistake\n"


def test_check_asks_the_components_too(mine: Path) -> None:
    """What only a part of the pipeline can tell is told where all else is well."""
    (mine / "tokens.toml").write_text("[tokenizer]\ninfixes = ['(']\n", "utf-8")
    result = invoke("check", mine)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{mine / 'tokens.toml'}:1: '(' in infixes is no regular expression")


def test_check_of_what_is_none(mine: Path, tmp_path: Path) -> None:
    """What is no rule file, or there twice, is refused in one line."""
    (mine / "notes.txt").write_text("no rules", "utf-8")
    assert "notes.txt: no rule file; their names end in .toml or .tsv" in invoke("check", mine / "notes.txt").stderr
    (tmp_path / "empty").mkdir()
    assert "there is no rule file" in invoke("check", tmp_path / "empty").stderr
    (tmp_path / "mine.toml").write_text(CUE, "utf-8")
    assert "has the same name" in invoke("check", mine, tmp_path / "mine.toml").stderr
    assert invoke("check", tmp_path / "nowhere").exit_code == 2


def test_examples_that_hold(mine: Path) -> None:
    """One line says how many examples hold, of all rules or of one."""
    result = invoke("test", mine, "--rule", "mine")
    assert (result.exit_code, result.output) == (0, "1 rule with 2 examples: all hold\n")
    assert re.fullmatch(r"\d+ rules with \d+ examples: all hold\n", invoke("test").output)


def test_examples_that_do_not_hold(mine: Path) -> None:
    """What fails is named with rule, example and reason; a rule without examples fails."""
    wrong = CUE.replace('"mine"', '"wrong"').replace("[leaf dance] improves", "[leaf] dance improves")
    bare = re.sub(r"(?m)^(matches|ignores) = .*\n", "", CUE.replace('"mine"', '"bare"'))
    (mine / "wrong.toml").write_text(wrong + bare, "utf-8")
    result = invoke("test", mine)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "wrong: does not find 'leaf'; finds 'leaf dance' in 'The [leaf] dance improves.'",
        "bare: there is no example in matches",
        "bare: there is no example in ignores",
    ]
    assert result.stderr.endswith(": 2 failed\n")
    assert invoke("test", mine, "--rule", "mine").exit_code == 0


def test_rule_that_there_is_none_of(mine: Path) -> None:
    """An unknown id is refused with the nearest one."""
    result = invoke("test", mine, "--rule", "mien")
    assert result.exit_code == 1
    assert result.stderr == "kg: no rule with examples has the id 'mien'; did you mean 'mine'?\n"
