"""Rule files: what they may say, and what is said about a mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kg.errors import RuleError
from kg.rulebook import MentionRule, RoleRule, Rulebook, TokenRule
from kg.ruletables import LEXICON_COLUMNS, LexiconEntry

MENTION = """
[[mine]]
id = "mine.first"
makes = "Method"
reason = "To see what comes of it."
confidence = 0.5
"""


def rules_in(folder: Path, text: str, kind: type[Any] = MentionRule) -> tuple[Any, ...]:
    """The [[mine]] rules of a file laid over ours."""
    (folder / "mine.toml").write_text(text, "utf-8")
    return Rulebook(folder).rules(kind, "mine")


def test_reads_a_rule(tmp_path: Path) -> None:
    """A table becomes the dataclass of its kind, lists become tuples, and what is not said is the default."""
    (rule,) = rules_in(tmp_path, MENTION + 'last = [[{ LOWER = "net" }], [{ LOWER = "nets" }]]\nmatches = ["a"]')
    assert rule == MentionRule(
        id="mine.first",
        makes="Method",
        reason="To see what comes of it.",
        confidence=0.5,
        last=([{"LOWER": "net"}], [{"LOWER": "nets"}]),
        matches=("a",),
    )


def test_rules_that_come_with_kg_are_right(rulebook: Rulebook) -> None:
    """Every rule that comes with kg is read, and every pattern of it is understood."""
    for mention in rulebook.rules(MentionRule, "mention"):
        rulebook.compile((*mention.before, *mention.after, *mention.first, *mention.last), mention.id)
    for role in rulebook.rules(RoleRule, "role"):
        rulebook.compile((*role.before, *role.after), role.id)
    assert rulebook.rules(TokenRule, "sentence")
    assert rulebook.kinds
    assert rulebook.word_classes
    assert rulebook.metrics.all


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("confidense = 0.5", "unknown key 'confidense'; did you mean 'confidence'?"),
        ('makes = "Methods"', "makes is 'Methods'; it may be one of Method, Dataset, Metric, Task, Nothing"),
        ('span = "words"', "span is 'words'; it may be one of phrase, name, tokens"),
        ('place = "body"', "place is 'body'; it may be one of title, abstract, any"),
        ("opens = 1", "opens must be a bool, not 1"),
        ("min_tokens = true", "min_tokens must be a int, not True"),
        ("min_tokens = 1.5", "min_tokens must be a int, not 1.5"),
        ("reason = 3", "reason must be a str, not 3"),
        ("confidence = 1.5", "confidence is 1.5; it must be between 0 and 1"),
        ('confidence = "high"', "confidence must be a float, not 'high'"),
        ('last = [{ LOWER = "net" }]', "last must be a list of patterns (lists of tables)"),
        ("last = [[]]", "last must be a list of patterns (lists of tables)"),
        ('matches = "a [net]"', "matches must be a list of strings"),
        ('last = [[{ LOWER = { IN = ["@nowhere"] } }]]', "no word list @nowhere; "),
        ('last = [[{ LOWER = { IN = ["@determiner"] } }]]', "did you mean 'determiners'?"),
        ("last = [[{ LOWER = { IN = 3 } }]]", "IN and NOT_IN take a list of words, or the name of one"),
    ],
)
def test_names_file_line_and_mistake(tmp_path: Path, line: str, message: str) -> None:
    """A mistake is refused in one line that begins with file and line of the rule and says what may be said."""
    key = line.partition(" ")[0]
    table = re.sub(rf"(?m)^{key} = .*\n", "", MENTION) + line
    with pytest.raises(RuleError) as caught:
        rules_in(tmp_path, table)
    assert str(caught.value).startswith("mine.toml:3: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_says_what_is_missing(tmp_path: Path) -> None:
    """Keys without a default must be given."""
    with pytest.raises(RuleError, match=r"^mine.toml:3: rule mine.first: makes, confidence missing$"):
        rules_in(tmp_path, '\n[[mine]]\nid = "mine.first"\nreason = "None."')


def test_id_is_given_once(tmp_path: Path) -> None:
    """Two rules of a kind may not share an id, also where they stand in two files."""
    (tmp_path / "another.toml").write_text(MENTION, "utf-8")
    with pytest.raises(RuleError, match=r"the id 'mine\.first' is given twice"):
        rules_in(tmp_path, MENTION)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ('{ LEMMA = "net" }', "unknown token attribute 'LEMMA'"),
        ('{ LOWER = "net", OP = "!" }', "OP is '!'"),
        ("{ TEXT = { REGEX = '[' } }", "is no regular expression"),
    ],
)
def test_names_the_rule_of_a_wrong_pattern(tmp_path: Path, pattern: str, message: str) -> None:
    """A pattern that cannot be compiled is refused with file, line and rule."""
    (tmp_path / "mine.toml").write_text(MENTION + f"last = [[{pattern}]]", "utf-8")
    book = Rulebook(tmp_path)
    (rule,) = book.rules(MentionRule, "mine")
    with pytest.raises(RuleError, match=rf"^mine\.toml:3: rule mine\.first: .*{re.escape(message)}"):
        book.compile(rule.last, rule.id)


def test_unknown_type_of_a_role(tmp_path: Path) -> None:
    """A role rule speaks of known types only."""
    text = '[[mine]]\nid = "mine.role"\nrole = "used"\nreason = "None."\nweight = 1\ntypes = ["Model"]'
    with pytest.raises(RuleError, match=r"^mine\.toml:2: rule mine\.role: 'Model' is no type; types are Method, "):
        rules_in(tmp_path, text, RoleRule)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", r"^mine\.toml:1: no valid TOML: "),
        ("\n\nx = = 1", r"^mine\.toml:3: no valid TOML: "),
        ("[mine]\nid = 'a'", r"^mine\.toml:1: rules stand under \[\[mine\]\], in double brackets$"),
        ("lists = 3", r"^mine\.toml:1: word lists stand under \[lists\]$"),
        ("[lists]\nmine = 'word'", r"^mine\.toml:2: the list mine must be a list of words$"),
        ("[lists]\nmine = ['@mine']", r"^mine\.toml:2: the list mine takes in itself$"),
        ("[lists]\nmine = ['@yours']\nyours = ['@mine']", r"^mine\.toml:\d: the list \w+ takes in itself$"),
        (
            "[lists]\nmine = ['@determinors']",
            r"^mine\.toml:2: no word list @determinors; did you mean 'determiners'\?$",
        ),
        ("[lists]\n\ndeterminers = ['the']", r"the list determiners is given twice$"),
    ],
)
def test_names_the_line_of_a_broken_file(tmp_path: Path, text: str, message: str) -> None:
    """A file that is no TOML, or holds something else than lists and rules, is refused with its line."""
    with pytest.raises(RuleError, match=message):
        rules_in(tmp_path, text)


def test_file_that_is_no_text(tmp_path: Path) -> None:
    """A rule file in another encoding is named, not decoded wrongly."""
    (tmp_path / "mine.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(RuleError, match=r"mine\.toml:1: no UTF-8 text$"):
        Rulebook(tmp_path)


def test_folder_that_is_none(tmp_path: Path) -> None:
    """A folder that does not exist is an error, not an empty folder."""
    with pytest.raises(RuleError, match="nowhere: no such folder of rules"):
        Rulebook(tmp_path / "nowhere")


def test_lists_take_in_lists(tmp_path: Path) -> None:
    """@other in a list, and in IN and NOT_IN of a pattern, stands for all words of that list, however deep."""
    lists = '[lists]\ninner = ["a", "@"]\nmiddle = ["@inner", "b"]\nouter = ["@middle", "c"]\n'
    (rule,) = rules_in(tmp_path, lists + MENTION + 'last = [[{ LOWER = { IN = ["@outer", "d"] } }]]')
    assert Rulebook(tmp_path).words("outer") == {"a", "@", "b", "c"}
    assert rule.last == ([{"LOWER": {"IN": ["@", "a", "b", "c", "d"]}}],)


def test_unknown_list_names_the_nearest(rulebook: Rulebook) -> None:
    """Asking for a list that is not there names the nearest that is."""
    with pytest.raises(RuleError, match="no word list @determinors; did you mean 'determiners'"):
        rulebook.words("determinors")


def test_missing_table(rulebook: Rulebook) -> None:
    """Asking for a table that is not there names the file and the table."""
    with pytest.raises(RuleError, match=r"^tokens\.toml:1: the table \[nothing\] is missing$"):
        rulebook.table("tokens.toml", "nothing")


def test_same_patterns_compile_to_the_same_steps(rulebook: Rulebook) -> None:
    """Compiling twice numbers nothing anew."""
    pattern = [[{"LOWER": "the", "OP": "?"}, {}]]
    first = rulebook.compile(pattern, "mine")
    assert rulebook.compile(pattern, "mine") == first
    assert [step.operator for step in first[0]] == ["?", "1"]


def test_hash_tells_rules_apart(tmp_path: Path) -> None:
    """The hash depends on every rule file in force, on nothing else, and is the same each time."""
    same = tmp_path / "same"
    other = tmp_path / "other"
    for folder in (same, other):
        folder.mkdir()
        (folder / "notes.txt").write_text("no rules", "utf-8")
    (other / "mine.toml").write_text(MENTION, "utf-8")
    assert re.fullmatch("[0-9a-f]{64}", Rulebook().hash)
    assert Rulebook(same).hash == Rulebook().hash
    assert Rulebook(other).hash != Rulebook().hash
    assert Rulebook(other).hash == Rulebook(other).hash


def test_folder_replaces_file_by_file(tmp_path: Path) -> None:
    """A file of the same name replaces ours whole; all our other files stay in force."""
    (tmp_path / "roles.toml").write_text('[[role]]\nid = "only"\nrole = "used"\nreason = "None."\nweight = 1', "utf-8")
    book = Rulebook(tmp_path)
    assert [rule.id for rule in book.rules(RoleRule, "role")] == ["only"]
    assert book.rules(MentionRule, "mention") == Rulebook().rules(MentionRule, "mention")


def test_rules_can_be_left_out(tmp_path: Path) -> None:
    """Ids after ``without`` take rules out of the rulebook, ours and the folder's own, and change the hash."""
    whole = Rulebook()
    first, second, *others = (rule.id for rule in whole.rules(MentionRule, "mention"))
    (tmp_path / "less.toml").write_text(f'without = ["{first}", "{second}", "role.mine"]\n')
    (tmp_path / "mine.toml").write_text('[[role]]\nid = "role.mine"\nrole = "used"\nreason = "x"\nweight = 1.0\n')
    rulebook = Rulebook(tmp_path)
    assert rulebook.without == {first, second, "role.mine"}
    assert [rule.id for rule in rulebook.rules(MentionRule, "mention")] == others
    assert "role.mine" not in {rule.id for rule in rulebook.rules(RoleRule, "role")}
    assert rulebook.hash != whole.hash
    assert whole.without == frozenset()


@pytest.mark.parametrize("given", ['["method.nmae"]', '"method.nmae"', "[3]"])
def test_only_rules_that_exist_can_be_left_out(given: str, tmp_path: Path) -> None:
    """An id that no rule has is refused with file and line, and with the nearest id that there is."""
    (tmp_path / "less.toml").write_text(f"# mine\nwithout = {given}\n")
    with pytest.raises(RuleError, match=r"^less\.toml:\d: without: no rule has the id '(method\.nmae|3)'; (did|known)"):
        Rulebook(tmp_path)


LEXICON_HEADER = "\t".join(LEXICON_COLUMNS) + "\n"


def test_lexicon(tmp_path: Path) -> None:
    """Every lexicon*.tsv file adds entries, lexicon.tsv first; the last columns may be left out."""
    (tmp_path / "lexicon.tsv").write_text(
        LEXICON_HEADER
        + 'Foo "Bar"\tMethod/Task\toptional ambiguous\tcues\t9\t1\t2\t3\t4\tFOO | foo-s\n'
        + "tree\t-\t\tread\t310\t0\t0\t0\t0\t\n",
        "utf-8",
    )
    (tmp_path / "lexicon-a.tsv").write_text("name\ttype\tnote\nBaz\tDataset\tambiguous\ntrees\tTask\t\n", "utf-8")
    book = Rulebook(tmp_path)
    assert book.lexicon == (
        LexiconEntry(
            'Foo "Bar"',
            ("Method", "Task"),
            optional=True,
            ambiguous=True,
            status="cues",
            papers=9,
            counts=(1, 2, 3, 4),
            variants=("FOO", "foo-s"),
        ),
        LexiconEntry("tree", (), papers=310),
        LexiconEntry("Baz", ("Dataset",), ambiguous=True),
        LexiconEntry("trees", ("Task",)),
    )
    assert book.lexicon is book.lexicon


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Foo\tMethod", "a line must give name, type, note, status, papers, method, dataset, metric, task, variants"),
        ("Foo\tModel\t\tread\t1\t0\t0\t0\t0\t", "'Model' is no type; types are Method, Dataset, Metric, Task, two"),
        ("Foo\tTask/Task\t\tread\t1\t0\t0\t0\t0\t", "'Task/Task' is no type"),
        ("Foo\tTask\tmaybe\tread\t1\t0\t0\t0\t0\t", "note is 'maybe'; it may be empty, optional, ambiguous, opt"),
        ("Foo\tTask\t\tguessed\t1\t0\t0\t0\t0\t", "status is 'guessed'; it may be read or cues"),
        ("Foo\tTask\t\tread\tmany\t0\t0\t0\t0\t", "papers and the counts of the types must be whole numbers"),
        ("Foo\tTask\t\tread\t1\t0\t0\t0\t0.5\t", "papers and the counts of the types must be whole numbers"),
        ("\tTask\t\tread\t1\t0\t0\t0\t0\t", "the name is missing"),
    ],
)
def test_lexicon_names_the_line_of_a_mistake(tmp_path: Path, line: str, message: str) -> None:
    """A line that is no entry is refused with file and line when the lexicon is first asked for."""
    (tmp_path / "lexicon-mine.tsv").write_text(LEXICON_HEADER + "\n" + line + "\n", "utf-8")
    book = Rulebook(tmp_path)
    with pytest.raises(RuleError, match=rf"^lexicon-mine\.tsv:3: {re.escape(message)}"):
        _ = book.lexicon


@pytest.mark.parametrize("header", ["", "name\n", "name\tkind\n", "type\tname\n", LEXICON_HEADER[:-1] + "\tmore\n"])
def test_lexicon_without_its_columns(tmp_path: Path, header: str) -> None:
    """The first line names the columns, in their order, and at least name and type."""
    (tmp_path / "lexicon-mine.tsv").write_text(header, "utf-8")
    with pytest.raises(RuleError, match=r"^lexicon-mine\.tsv:1: the columns must be name, type, note, "):
        _ = Rulebook(tmp_path).lexicon


def test_word_classes(tmp_path: Path) -> None:
    """A line of word-classes.tsv gives a class and its words."""
    (tmp_path / "word-classes.tsv").write_text("0\ttree bush\n17\tgrows\n", "utf-8")
    assert Rulebook(tmp_path).word_classes == {"tree": "0", "bush": "0", "grows": "17"}


@pytest.mark.parametrize("line", ["", "1", "1\t ", "\ttree", "1 tree"])
def test_word_classes_name_the_line_of_a_mistake(tmp_path: Path, line: str) -> None:
    """A line without a class or without words is refused with file and line."""
    (tmp_path / "word-classes.tsv").write_text(f"0\ttree\n{line}\n", "utf-8")
    with pytest.raises(RuleError, match=r"^word-classes\.tsv:2: a line must give a class, a tab, and words"):
        _ = Rulebook(tmp_path).word_classes


def test_goes_on_after_mistakes(tmp_path: Path) -> None:
    """Who wants to hear of all mistakes hears of each one, and what is right is there all the same."""
    (tmp_path / "bad.toml").write_text("x = [", "utf-8")
    (tmp_path / "mine.toml").write_text(
        'without = ["nothing.at-all"]\n'
        "[lists]\nlost = ['@nowhere']\nfound = ['word']\n"
        + MENTION.replace("Method", "Methods")
        + MENTION.replace("mine.first", "mine.second"),
        "utf-8",
    )
    (tmp_path / "weights.tsv").write_text("feature\tNothing\tMethod\tDataset\tMetric\tTask\nx\t1\n", "utf-8")
    (tmp_path / "lexicon-mine.tsv").write_text("name\ttype\nFoo\tModel\nBar\tTask\n", "utf-8")
    mistakes: list[RuleError] = []
    book = Rulebook(tmp_path, on_error=mistakes.append)
    assert [rule.id for rule in book.rules(MentionRule, "mine")] == ["mine.second"]
    assert book.words("found") == {"word"}
    assert book.lexicon[-1].name == "Bar"
    told = [str(mistake).partition(": ")[0] for mistake in mistakes]
    assert told == ["bad.toml:1", "mine.toml:3", "mine.toml:1", "weights.tsv:2", "mine.toml:7", "lexicon-mine.tsv:2"]
