"""The command line: what each command prints, and how it fails."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import main
from tests.built import EXAMPLE_FILES, FILES, KG, contents, example_files, run
from tests.material import ROOT

COMMANDS = sorted(main.commands)
SENTENCE = "We propose FooNet, which reaches 92.3% accuracy on ImageNet."


def invoke(*arguments: str | Path, given: bytes | None = None) -> Result:
    """Run a command in this process; whatever goes wrong, no exception comes out of it."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(name="graph", scope="session")
def built_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph folder of the examples."""
    folder = tmp_path_factory.mktemp("built") / "my graph"
    kg.build_folder(example_files(), folder)
    return folder


def test_version() -> None:
    """The version is one line that a script can take apart."""
    assert invoke("--version").output == f"kg {kg.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    """Every command's help shows an example."""
    result = invoke(command, "--help")
    assert result.exit_code == 0
    assert f"\n  Example{'s' if 'Examples' in result.output else ''}:\n    kg {command} " in result.output


def test_all_commands_are_listed() -> None:
    """The help names every command and what the exit codes mean."""
    output = invoke("--help").output
    assert re.findall(r"^  (\w+)  ", output.partition("Commands:")[2], re.MULTILINE) == COMMANDS
    assert "Exit codes: 0 all went well; 1 an error; 2 wrong usage; 3" in output


def test_help_says_where_the_formats_are() -> None:
    """The help of reading points to the list of formats, which has all there are with a line about each."""
    assert "kg formats" in " ".join(invoke("build", "--help").output.split())
    listed = dict(line.split(maxsplit=1) for line in invoke("formats").output.splitlines())
    assert listed == {form.name: form.description for form in kg.formats()}
    assert json.loads(invoke("formats", "--json").output) == [form._asdict() for form in kg.formats()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Usage: "),
        (("buidl",), "Did you mean 'build'?"),
        (("build", "x"), "Missing option '-o'"),
        (("build", "-o", "x"), "Missing argument"),
        (("build", "x", "-o", "y", "--format", "jsonlines"), "did you mean jsonl?"),
        (("build", "x", "-o", "y", "--map", "titel=Titel"), "unknown field 'titel' of a paper: did you mean title?"),
        (("build", "x", "-o", "y", "--map", "title"), "'title' is not FIELD=COLUMN, such as title=Titel"),
        (("build", "x", "-o", "y", "--export", "turtel"), "did you mean 'turtle'?"),
        (("build", "x", "-o", "y", "--saved-in", "24"), "--saved-in"),
        (("build", "x", "-o", "y", "--workers", "0"), "--workers"),
        (("extract", "x", "--min-confidence", "7"), "--min-confidence"),
        (("export",), "name a GRAPH and an exporter"),
        (("export", "x"), "name a GRAPH and an exporter"),
        (("export", "x", "--to", "turtel"), "did you mean 'turtle'?"),
        (("export", "x", "--to", "turtle", "--option", "base"), "KEY=VALUE"),
        (("stats",), "Missing argument"),
        (("leaderboard",), "Missing argument"),
        (("explain",), "Missing argument"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    """Wrong usage is exit code 2 and a message that says what is right."""
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "gone.txt", "-o", "g"), "no paper could be read: gone.txt: cannot be opened (No such file"),
        (("build", "a.jsonl", "-o", "a.jsonl"), "a.jsonl is a file; name a folder with -o"),
        (("build", "a.jsonl", "-o", "a.jsonl/g"), "cannot write a.jsonl/g: "),
        (("build", "a.jsonl", "-o", "others"), "others holds other things than a graph of kg"),
        (("build", "a.jsonl", "-o", "g", "--rules", "gone"), "gone: "),
        (("extract", "a.jsonl", "-o", "gone/e.jsonl"), "cannot write gone/e.jsonl: No such file or directory"),
        (("extract", "a.jsonl", "-o", "/dev/full"), "cannot write /dev/full: No space left on device"),
        (("stats", "gone"), "gone is not there; make it with kg build or kg extract"),
        (("stats", "others"), "others is no graph folder: it has no manifest.json; make one with kg build"),
        (("stats", "a.jsonl"), "a.jsonl:1: no extraction"),
        (("export", "gone", "--to", "turtle"), "gone is not there"),
        (("explain", " "), "there is no text to explain"),
        (("explain", "x", "--rules", "gone"), "gone: "),
    ],
)
def test_errors_are_one_line(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error is exit code 1 and one line on standard error, and nothing is left half-done."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"title": "BERT on SQuAD", "abstract": "We use BERT."}\n')
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "x").write_text("x")
    before = contents(tmp_path)
    result = invoke(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    *skipped, error = result.stderr.splitlines()
    assert all(line.startswith("kg: skipped ") for line in skipped)
    assert error.startswith("kg: ")
    assert message in error
    assert contents(tmp_path) == before


def test_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with what was read and found, what was written, and what to try next."""
    monkeypatch.chdir(tmp_path)
    result = invoke("build", *example_files(), "-o", "my graph")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.startswith("papers    35 read, 2 duplicates merged\nentities  ")
    assert re.search(r"^results   \d+\n", result.stdout, re.MULTILINE)
    assert result.stdout.endswith("next      open 'my graph/graph.html' in a browser\n          kg stats 'my graph'\n")
    assert tuple(sorted(contents(tmp_path / "my graph"))) == FILES
    assert all(f"'my graph/{name}'" in result.stdout for name in FILES)


def test_build_in_silence(tmp_path: Path) -> None:
    """With --quiet nothing is printed, --export writes what it names, --min-confidence leaves out the doubtful."""
    kept = []
    for confidence in ("0", "0.9"):
        result = invoke(
            *("build", *example_files(), "-o", tmp_path / "g", "-q"),
            *("--export", "graphml", "--min-confidence", confidence),
        )
        assert (result.exit_code, result.output) == (0, "")
        assert sorted(contents(tmp_path / "g")) == [
            "extractions.jsonl",
            "graph.graphml",
            "manifest.json",
            "papers.parquet",
        ]
        kept.append(kg.load_manifest(tmp_path / "g")["counts"]["mentions"])
    assert kept[0] > kept[1] > 0


def test_what_is_skipped_is_named(tmp_path: Path) -> None:
    """Exit code 3 says that something was skipped; standard error names it in one line each, --strict stops at it."""
    (tmp_path / "a.jsonl").write_text('{"title": "BERT on SQuAD", "abstract": "We use BERT."}\noops\n')
    (tmp_path / "em\npty").write_text("")
    result = invoke("build", tmp_path, "-o", tmp_path / "g")
    assert result.exit_code == 3
    assert result.stderr == (
        f"kg: skipped {tmp_path}/a.jsonl:2: no JSON (Expecting value at character 1)\n"
        f"kg: skipped {tmp_path}/em\\npty: empty\n"
    )
    assert "papers    1 read, 0 duplicates merged\nskipped   2, named above and in " in result.stdout
    result = invoke("extract", tmp_path)
    assert result.exit_code == 3
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr.count("kg: skipped ") == 2
    result = invoke("build", tmp_path, "-o", tmp_path / "other", "--strict")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"kg: {tmp_path}/a.jsonl:2: no JSON (Expecting value at character 1)\n"


def test_extract(graph: Path, tmp_path: Path) -> None:
    """It writes the extractions that build writes, to a file, or to standard output from standard input."""
    expected = (graph / "extractions.jsonl").read_bytes()
    file = tmp_path / "e.jsonl"
    result = invoke("extract", *example_files(), "-o", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"35 papers written to {file}\n"
    assert file.read_bytes() == expected
    result = invoke("extract", *example_files())
    assert (result.stdout_bytes, result.stderr) == (expected, "")
    result = invoke("extract", "-", given=Path(example_files()[0]).read_bytes())
    assert len(result.stdout.splitlines()) == 32


def test_extract_reads_no_output_back(tmp_path: Path) -> None:
    """A file that is written into the folder that is read is not read the next time, and a strict failure keeps it."""
    (tmp_path / "a.jsonl").write_text('{"title": "BERT on SQuAD", "abstract": "We use BERT."}\n')
    for _ in range(2):
        assert invoke("extract", tmp_path, "-o", tmp_path / "e.jsonl").exit_code == 0
        assert len((tmp_path / "e.jsonl").read_bytes().splitlines()) == 1
    (tmp_path / "b.jsonl").write_text("oops\n")
    before = contents(tmp_path)
    assert invoke("extract", tmp_path, "-o", tmp_path / "e.jsonl", "--strict").exit_code == 1
    assert contents(tmp_path) == before


def test_columns_are_mapped(tmp_path: Path) -> None:
    """A table in another language is read by extract and build once it is said which column is what."""
    table = ROOT / "tests" / "data" / "laternen.csv"
    unmapped = invoke("extract", table)
    assert unmapped.exit_code == 1
    assert "say which (--map title=COLUMN) of Titel, Zusammenfassung, Jahr, Autoren" in unmapped.stderr
    mapped = ("--map", "title=Titel", "--map", "abstract=Zusammenfassung")
    written = json.loads(invoke("extract", table, *mapped).stdout)
    assert (written["title"], written["abstract"]) == ("Laternen", 'Wir wiegen; wir "messen".')
    assert invoke("build", table, *mapped, "-o", tmp_path / "g", "--no-store").exit_code == 0
    assert json.loads((tmp_path / "g" / "extractions.jsonl").read_bytes()) == written


def test_stats(graph: Path) -> None:
    """It counts what the manifest counts, and names the most frequent of each type."""
    counts = kg.load_manifest(graph)["counts"]
    output = invoke("stats", graph, "--top", "2").output
    lines = output.splitlines()
    assert lines[0].split() == ["papers", str(counts["papers"])]
    assert [line.split() for line in lines[1:5]] == [[f"{k.lower()}s", str(n)] for k, n in counts["entities"].items()]
    assert f"\nresults       {counts['results']:>8}\n  score " in output
    assert f"\nedges         {sum(counts['edges'].values()):>8,}\n  uses " in output
    assert len(output.partition("\nmethods in most papers\n")[2].partition("\n\n")[0].splitlines()) == 2


def test_stats_as_json(graph: Path) -> None:
    """The same as JSON, from the folder and from the file of extractions in it."""
    found = json.loads(invoke("stats", graph, "--json").output)
    assert list(found) == ["papers", "entities", "results", "edges", "top"]
    assert found["papers"] == 35
    assert json.loads(invoke("stats", graph / "extractions.jsonl", "--json").output) == found


def test_export(graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes what build writes, to the file named, to graph.SUFFIX here, or to standard output; options reach it."""
    monkeypatch.chdir(tmp_path)
    assert invoke("export", graph, "--to", "turtle").output == "written   graph.ttl\n"
    expected = (graph / "graph.ttl").read_bytes()
    assert (tmp_path / "graph.ttl").read_bytes() == expected
    assert invoke("export", graph, "--to", "turtle", "-o", "-").stdout_bytes == expected
    result = invoke("export", graph, "--to", "turtle", "-o", "small.ttl", "--option", "evidence=none")
    assert result.exit_code == 0
    assert (tmp_path / "small.ttl").stat().st_size < len(expected) / 2


@pytest.mark.parametrize(
    ("option", "code", "message"),
    [
        ("evidence=some", 1, "kg: evidence 'some' is none of: none, link, full"),
        ("bass=x", 1, "kg: exporter 'turtle' has no option 'bass'; there are: base, evidence"),
        ("base=5", 1, "kg: base '5' is no absolute IRI"),
    ],
)
def test_wrong_options_of_exporters(graph: Path, tmp_path: Path, option: str, code: int, message: str) -> None:
    """They are named with what there is, and nothing is written."""
    result = invoke("export", graph, "--to", "turtle", "-o", tmp_path / "x.ttl", "--option", option)
    assert result.exit_code == code
    assert message in result.stderr
    assert not list(tmp_path.iterdir())


def test_exporters_are_listed() -> None:
    """A line each: name, suffix, what it is."""
    lines = invoke("export", "--list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [[name, one.suffix] for name, one in kg.exporters().items()]


def test_explain() -> None:
    """It shows the text, and under it what was taken with its rule, and what lost with the reason."""
    output = invoke("explain", SENTENCE).output
    assert output.startswith(f"{SENTENCE}\n\n+ 11-17 ")
    assert re.search(r"^\+ 11-17 +FooNet +Method +0\.\d\d  \S+\n +FooNet: introduced \(\S+\)$", output, re.MULTILINE)
    assert re.search(r"^\+ 33-38 +92\.3% +Result +0\.\d\d  \S+\n +score; .*dataset ImageNet", output, re.MULTILINE)
    assert all(line.startswith(("+ ", "- ", "   ")) for line in output.splitlines()[2:])
    lost = invoke("explain", "It ran for 24 hours.").output
    assert re.search(r"^- 11-19 +24 hours +Number +\S+, lost: no rule takes it for a result$", lost, re.MULTILINE)
    assert invoke("explain", "It was dark.").output == "It was dark.\n\nno rule matched anything\n"


def test_explain_reads_standard_input() -> None:
    """What is pasted is cleaned as a reader does; bytes that are no text are no error."""
    output = invoke("explain", "-", given=b"We train BERT\r\non SQuAD.\n\xff\n").output
    assert output.startswith("We train BERT on SQuAD. \ufffd\n\n")
    found = json.loads(invoke("explain", "--json", SENTENCE).output)
    assert {"FooNet", "92.3%", "ImageNet"} <= {one["text"] for one in found if not one["lost_to"]}


def test_a_closed_pipe_is_no_error(graph: Path) -> None:
    """Where nobody reads on, kg ends in silence."""
    command = f"{shlex.join(KG)} extract examples/abstracts.jsonl | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""
    assert done.returncode in {0, 141}
    assert json.loads(done.stdout)["id"] == "imagenet-2009"
    done = subprocess.run(
        ["bash", "-c", f"{shlex.join([*KG, 'stats', str(graph)])} > /dev/full"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"kg: standard output: No space left on device\n")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_ends_in_one_line(tmp_path: Path, workers: str) -> None:
    """Ctrl-C while papers are extracted: one line, exit code 130, nothing left behind, no word of other processes."""
    many = "".join(f'{{"id": "p{n}", "title": "Paper {n}", "abstract": "{SENTENCE * 4}"}}\n' for n in range(2000))
    (tmp_path / "many.jsonl").write_text(many)
    with subprocess.Popen(
        [*KG, "extract", str(tmp_path / "many.jsonl"), "--workers", workers],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        # the whole group hears it, as from a terminal
        subprocess.run(["kill", "-INT", "--", f"-{process.pid}"], check=True)
        process.stdout.read()
        errors = process.stderr.read()
    assert errors == b"kg: stopped; nothing was left half-written\n"
    assert process.returncode == 130


def test_a_process_told_to_end_leaves_nothing(tmp_path: Path) -> None:
    """Kill, timeout and docker stop send SIGTERM: what was half-written is cleared away."""
    (tmp_path / "in.jsonl").write_text('{"title": "BERT on SQuAD", "abstract": "We use BERT."}\n')
    os.mkfifo(tmp_path / "pipe")
    command = [*KG, "build", str(tmp_path / "in.jsonl"), str(tmp_path / "pipe"), "-o", str(tmp_path / "out" / "g")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        # kg waits for the pipe, and has begun the folder by then
        with (tmp_path / "pipe").open("wb"):
            assert [path.name for path in (tmp_path / "out").iterdir()] == [".g.part"]
            process.terminate()
            assert process.wait(30) == 143
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "pipe"]


def test_a_terminal_shows_progress(tmp_path: Path) -> None:
    """On a terminal, standard error shows what is being done; in the end only the summary stays."""
    command = [*KG, "build", *EXAMPLE_FILES, "-o", str(tmp_path / "g"), "--export", "graphml"]
    code = f"import pty, sys; sys.exit(pty.spawn({command!r}) >> 8)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, input=b"")
    text = done.stdout.decode()
    assert done.returncode == 0
    for what in ("reading", "extracting", "35 / 35", "assembling the graph", "writing graph.graphml"):
        assert what in text
    assert text.rstrip().splitlines()[-1].strip() == f"kg stats {tmp_path / 'g'}"


def test_names_that_no_terminal_can_show(tmp_path: Path) -> None:
    """Where the terminal lacks a character, or a path is no UTF-8, kg still says what it did."""
    done = run("explain", "-", given="Ωmega and BERT".encode(), PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\\u03a9mega and BERT\n")
    done = run("stats", tmp_path / "gone\udcff\x1b[31m")
    assert done.returncode == 1
    assert b"\x1b" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_what_nobody_foresaw_is_one_line(tmp_path: Path) -> None:
    """An error that nobody foresaw is one line too; the traceback is there for who asks."""
    (tmp_path / "e.jsonl").write_text(
        '{"id": "a", "text": "x", "entities": [], "results": [], "mentions": [], "identifiers": 3}\n'
    )
    done = run("stats", tmp_path / "e.jsonl", KG_TRACEBACK="")
    assert done.returncode == 1
    assert re.fullmatch(rb"kg: \w+: .* - this should not happen; set KG_TRACEBACK=1 .*\n", done.stderr)
    assert b"Traceback" in run("stats", tmp_path / "e.jsonl", KG_TRACEBACK="1").stderr
