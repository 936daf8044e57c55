"""``kg resolve``, and graph folders with aliases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import main
from kg.errors import GraphError
from kg.folder import write_extractions, write_manifest
from kg.resolution.settings import packaged_resolution_text
from tests.built import contents
from tests.samples import named

TEXTS = {
    "one": "We propose FooNet, a network. FooNet is trained on Gulf-3K. We use Kelp.",
    "two": "We compare with FooNet on the Gulf-3K dataset. FooNet reaches 92.3% accuracy on Gulf-3K.",
}
ALIASES = "same:\n- names: [FooNet]\n  label: Foo Network\n  links: ['https://x.org/foo']\n"


def kg_resolve(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["resolve", *map(str, arguments)])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with papers and with a graph of them."""
    place = tmp_path_factory.mktemp("resolving")
    lines = (json.dumps({"id": key, "title": key, "abstract": text}) for key, text in TEXTS.items())
    (place / "papers.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    (place / "aliases.yaml").write_text(ALIASES, "utf-8")
    kg.build_folder([place / "papers.jsonl"], place / "g", exports=["graphml"])
    return place


@pytest.fixture
def extracted(tmp_path: Path) -> Path:
    """A file of extractions with names that are joined, refused, and of a family."""
    papers = [
        named("a", ("Method", ("crab net finder", "CNF")), ("Method", ("KelpNet",))),
        named("b", ("Method", ("crab net finder", "CNF")), ("Method", ("KelpNet-50",))),
        named("c", ("Method", ("CNF",)), ("Method", ("CORAL",))),
        named("d", ("Task", ("crab net finder",)), ("Dataset", ("CORAL",))),
    ]
    write_extractions(papers, tmp_path / "x.jsonl")
    return tmp_path / "x.jsonl"


def test_summary(extracted: Path) -> None:
    """Without more asked, it counts things, merges by reason, refusals and variants."""
    counted = json.loads(kg_resolve(extracted, "--json").stdout)
    assert counted == {
        "things": {"Method": 4, "Dataset": 1}, "merges": {"acronym": 1, "type": 1}, "refusals": 1, "variants": 1,
    }  # fmt: skip
    lines = kg_resolve(extracted).stdout.splitlines()
    assert lines[0] == "things    4 Method, 1 Dataset"
    assert lines[1].startswith("merges           1  acronym            an acronym and what it stands for")


def test_lists(extracted: Path) -> None:
    """Every merge and every refusal is one line, with tabs between its columns, or one JSON object."""
    assert kg_resolve(extracted, "--list").stdout.splitlines() == [
        "Method\tcrab net finder\tacronym\t2 papers\tCNF = crab net finder",
        "Method\tcrab net finder\ttype\t1 paper\tcrab net finder = crab net finder (Task)",
    ]
    assert kg_resolve(extracted, "--list", "--type", "Task").stdout == ""
    (refusal,) = json.loads(kg_resolve(extracted, "--refused", "--json").stdout)
    assert (refusal["members"], refusal["papers"], refusal["against"]) == (["CORAL", "CORAL (Dataset)"], 1, 1)
    assert "1 for, 1 against\tCORAL ≠ CORAL (Dataset)" in kg_resolve(extracted, "--refused").stdout


def test_explanation(extracted: Path) -> None:
    """A thing is explained by its names, the papers that use them, what joined them, and what was refused."""
    lines = [line.strip() for line in kg_resolve(extracted, "--explain", "cnf").stdout.splitlines()]
    assert lines[0] == "Method 'crab net finder', in 4 papers"
    assert lines[1] == "called     'CNF' by a, b, c as Method"
    assert lines[2] == "'crab net finder' by a, b as Method; d as Task"
    assert any(line.startswith("joined     'CNF' = 'crab net finder': an acronym") for line in lines)
    assert any(line.endswith("(2 papers: a, b)") for line in lines)
    (account,) = json.loads(kg_resolve(extracted, "--explain", "KelpNet", "--json").stdout)
    assert account["variants"] == [{"label": "KelpNet-50", "reason": "50 added to KelpNet"}]
    method, dataset = json.loads(kg_resolve(extracted, "--explain", "CORAL", "--json").stdout)
    assert method["refusals"][0]["why"] == "papers do not agree on a type"
    assert dataset["type"] == "Dataset"


def test_explaining_an_unknown_name(extracted: Path) -> None:
    """A name that nothing goes by is an error with the nearest names."""
    result = kg_resolve(extracted, "--explain", "KelpNat")
    assert result.exit_code == 1
    assert "nothing in the graph is called 'KelpNat'; did you mean 'KelpNet'" in result.output


def test_overruling_in_place(built: Path, tmp_path: Path) -> None:
    """The folder is written anew with the aliases, as if it had been built with them, and keeps them."""
    for name in ("g", "h"):
        extra = ["--aliases", str(built / "aliases.yaml")] if name == "h" else []
        arguments = ["build", "-q", str(built / "papers.jsonl"), "-o", str(tmp_path / name), "--export", "graphml"]
        assert CliRunner().invoke(main, [*arguments, *extra]).exit_code == 0
    before = contents(tmp_path / "g")
    (tmp_path / "g" / "notes.txt").write_text("mine")
    result = kg_resolve(tmp_path / "g", "--aliases", built / "aliases.yaml")
    assert result.exit_code == 0, result.output
    after = contents(tmp_path / "g")
    assert after.pop("notes.txt") == b"mine"
    built_so = contents(tmp_path / "h")
    for name, content in after.items():  # the graph's own name is that of its folder
        assert content.replace(b'"g"', b'"h"') == built_so[name] or name in ("graph.graphml", "manifest.json")
    assert after["aliases.yaml"].decode() == ALIASES
    assert after["extractions.jsonl"] == before["extractions.jsonl"]
    loaded = kg.load_graph(tmp_path / "g")
    assert loaded.nodes["method/Foo_Network"]["links"] == ["https://x.org/foo"]
    assert json.loads(after["manifest.json"])["counts"]["edges"] == kg.graph_summary(loaded).edges
    assert "called     'FooNet' by one, two as Method" in kg_resolve(tmp_path / "g", "--explain", "FooNet").stdout


def test_aliases_that_are_wrong_change_nothing(built: Path, tmp_path: Path) -> None:
    """A mistake in the file is one line with its place, and neither a build nor a folder is touched."""
    (tmp_path / "bad.yaml").write_text("same:\n- names: FooNet\n")
    before = contents(built / "g")
    result = kg_resolve(built / "g", "--aliases", tmp_path / "bad.yaml")
    assert (result.exit_code, contents(built / "g")) == (1, before)
    assert result.output.splitlines()[-1].endswith("bad.yaml:2: names must be a list: [one, other]")
    with pytest.raises(GraphError, match=r"bad\.yaml:2"):
        kg.build_folder([built / "papers.jsonl"], tmp_path / "new", aliases=tmp_path / "bad.yaml")
    assert not (tmp_path / "new").exists()


def test_only_folders_are_written(extracted: Path, built: Path) -> None:
    """A file of extractions is no folder that could be written anew, and two questions at once are none."""
    result = kg_resolve(extracted, "--aliases", built / "aliases.yaml")
    assert (result.exit_code, "cannot read" in result.output or "no graph folder" in result.output) == (1, True)
    assert kg_resolve(built / "g", "--list", "--refused").exit_code == 2


def test_aliases_in_memory(built: Path) -> None:
    """kg.build takes the file, too."""
    graph = kg.build(built / "papers.jsonl", aliases=built / "aliases.yaml")
    assert graph.nodes["method/Foo_Network"]["names"] == ["Foo Network", "FooNet"]


def test_rules_of_ones_own_stay_with_the_folder(built: Path, tmp_path: Path) -> None:
    """A folder built with other rules of resolution keeps them, and is loaded by them; ours are not copied."""
    rules = tmp_path / "rules"
    rules.mkdir()
    text = packaged_resolution_text().replace('names = ["COCO",', 'names = ["Kelp", "FooNet", "COCO",')
    (rules / "resolution.toml").write_text(text.replace('type = "Dataset"', 'type = "Method"', 1), "utf-8")
    kg.build_folder([built / "papers.jsonl"], tmp_path / "g", exports=["graphml"], rules=rules)
    assert (tmp_path / "g" / "resolution.toml").read_bytes() == (rules / "resolution.toml").read_bytes()
    assert not (built / "g" / "resolution.toml").exists()
    assert kg.load_graph(tmp_path / "g").nodes["method/FooNet"]["names"] == ["FooNet", "Kelp"]
    assert "method/Kelp" in kg.load_graph(built / "g")


def test_damaged_copies_are_named(tmp_path: Path) -> None:
    """A folder whose copy of the aliases was damaged says so when it is loaded."""
    write_extractions([named("a", ("Method", ("Kelp",)))], tmp_path / "extractions.jsonl")
    (tmp_path / "aliases.yaml").write_text("same: x\n")
    write_manifest(tmp_path, {"counts": {}})
    with pytest.raises(GraphError, match=r"aliases\.yaml:1: same must be a list"):
        kg.load_graph(tmp_path)
