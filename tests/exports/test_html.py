"""The page as a file: what it holds, what it allows, and that nothing in a graph can change its structure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kg.exports.html import SCRIPTS, page_data, render
from kg.exports.tables import LONGEST_SENTENCE, _excerpt

from kg.errors import ExportError
from tests.exports.made_graph import HOSTILE, hostile_graph, made_graph
from tests.exports.map_page import write_page
from tests.material import ROOT


class _Structure(HTMLParser):
    """Collects what elements a page has, and the contents of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's signature
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            attributes, text = self.scripts.pop()
            self.scripts.append((attributes, text + data))


def _write(graph: nx.MultiDiGraph[str], path: Path) -> str:
    return write_page(graph, path).read_text(encoding="utf-8")


def _data(page: str) -> dict[str, Any]:
    return json.loads(next(text for attributes, text in _Structure(page).scripts if attributes.get("id") == "data"))


def test_same_graph_same_bytes(tmp_path: Path) -> None:
    """Two processes with different hash seeds write the same file."""
    program = (
        "import sys; from pathlib import Path; from kg.exports.html import exporter;"
        "from tests.exports.made_graph import made_graph; exporter(made_graph(60, 300), Path(sys.argv[1]), shown=40)"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / seed)], check=True, cwd=ROOT, env={"PYTHONHASHSEED": seed}
        )
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_scripts_are_allowed_by_hash_alone(tmp_path: Path) -> None:
    """The policy forbids everything but the page's own scripts and styles, each named by its hash."""
    page = _write(made_graph(5, 30), tmp_path / "graph.html")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = policy[1].replace("&#39;", "'")
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
    run = [text for attributes, text in _Structure(page).scripts if attributes.get("type") != "application/json"]
    assert len(run) == 1 + len(SCRIPTS)
    for text in run:
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in rules


def test_scripts_are_short() -> None:
    """A script of more than 400 lines should be two."""
    for name in SCRIPTS:
        assert (ROOT / "exports" / name).read_text("utf-8").count("\n") <= 400, name


def test_page_names_no_address_to_load_from(tmp_path: Path) -> None:
    """No element of the page has a source elsewhere."""
    page = _write(made_graph(5, 30), tmp_path / "graph.html")
    outside_scripts = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r'(?:src|href)="(?!data:)', outside_scripts)
    assert "@import" not in outside_scripts
    assert "url(" not in outside_scripts


def test_hostile_texts_change_nothing_of_the_structure(tmp_path: Path) -> None:
    """A graph of hostile texts gives a page of the same elements as a harmless one."""
    harmless = _Structure(_write(made_graph(5, 30), tmp_path / "harmless.html"))
    hostile = _Structure(_write(hostile_graph(), tmp_path / "hostile.html"))
    assert hostile.tags == harmless.tags


def test_hostile_texts_arrive_as_they_are(tmp_path: Path) -> None:
    """The page's data gives back every label, whatever signs it is made of."""
    data = _data(_write(hostile_graph(), tmp_path / "graph.html"))
    labels = {row[data["nodes"]["columns"].index("label")] for row in data["nodes"]["rows"]}
    assert labels == set(HOSTILE)


def test_only_web_addresses_are_kept(tmp_path: Path) -> None:
    """A url that is not http or https never reaches the page as one."""
    data = _data(_write(hostile_graph(), tmp_path / "graph.html"))
    urls = [row[5].get("url") for row in data["nodes"]["rows"] if row[5]]
    assert urls
    assert all(url is None or url.startswith("https://") for url in urls)


def test_every_node_is_in_the_tables_and_few_are_drawn() -> None:
    """All papers and entities can be found; at most the wished number is drawn at first, of every kind."""
    graph = made_graph(340, 2000)
    data = page_data(graph)
    keys = {key for key, kind in graph.nodes(data="kind") if kind != "Result"}
    assert {row[0] for row in data["nodes"]["rows"]} == keys
    assert len(data["first"]["nodes"]) <= 320
    assert {node["group"] for node in data["first"]["nodes"]} == {"Paper", "Method", "Dataset", "Metric", "Task"}
    assert len(data["results"]["rows"]) == sum(kind == "Result" for _, kind in graph.nodes(data="kind"))


@pytest.mark.parametrize("shown", [-1, 0, 1501])
def test_as_many_as_can_be_read_are_drawn_at_first(shown: int) -> None:
    """None, or more than the page draws at all, is refused."""
    with pytest.raises(ExportError, match="from 1 to 1,500"):
        page_data(made_graph(5, 30), shown=shown)


def test_results_are_as_sure_as_all_they_say() -> None:
    """A result's confidence is its joint confidence, or, where it has none, that of its evidence."""
    graph = made_graph(5, 30)
    graph.nodes["result/0001/1"]["joint_confidence"] = 0.25
    results = page_data(graph)["results"]
    place = results["columns"].index("confidence")
    assert [row[place] for row in results["rows"]] == [0.25, 0.9, 0.9, 0.9, 0.9]


def test_drawn_nodes_are_tied() -> None:
    """What is drawn at first is connected to something else that is drawn, for nearly all of it."""
    first = page_data(made_graph(340, 2000))["first"]
    tied = {end for edge in first["edges"] for end in (edge["from"], edge["to"])}
    assert len(tied) >= 0.95 * len(first["nodes"])


def test_small_graph_is_drawn_whole() -> None:
    """A graph that fits is drawn with all its papers and entities."""
    data = page_data(made_graph(5, 30))
    assert len(data["first"]["nodes"]) == len(data["nodes"]["rows"])


def test_texts_are_stored_once() -> None:
    """A sentence that several edges rest on stands in the data once."""
    graph = made_graph(40, 200)
    rows = page_data(graph)["sentences"]["rows"]
    assert len({(row[1], row[2], row[3]) for row in rows}) == len(rows)


def test_too_large_a_graph_is_cut_and_says_so() -> None:
    """Beyond the most nodes a page can hold, the least connected are left out and counted."""
    graph = made_graph(40, 200)
    whole = page_data(graph)
    cut = page_data(graph, most=50)
    assert len(cut["nodes"]["rows"]) == 50
    assert cut["left_out"] == len(whole["nodes"]["rows"]) - 50
    assert cut["counts"] == whole["counts"]


@pytest.mark.parametrize("papers", [0, 1])
def test_graph_of_next_to_nothing(papers: int) -> None:
    """A graph without nodes, or of one paper without ties, gives a page all the same."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number in range(papers):
        graph.add_node(f"paper/{number}", kind="Paper", label="Alone", authors=[], url=None)
    assert "</html>" in render(page_data(graph))


def test_evidence_points_at_its_words() -> None:
    """Every piece of evidence of the graph can be cut out of its sentence by the offsets in the tables."""
    graph = made_graph(20, 100)
    data = page_data(graph)
    texts = {item["text"] for _, _, edge in graph.edges(data=True) for item in edge["evidence"]}
    cut = {data["sentences"]["rows"][sentence][0][start:end] for sentence, start, end, *_ in data["evidence"]["rows"]}
    assert cut == texts


@given(
    before=st.text(max_size=3000),
    words=st.text(min_size=1, max_size=50),
    after=st.text(max_size=3000),
    begin=st.integers(0, 10**6),
)
def test_words_are_marked_however_long_the_sentence(before: str, words: str, after: str, begin: int) -> None:
    """The excerpt of a sentence is of bounded length and its offsets cut out the words."""
    start = begin + len(before)
    sentence = before + words + after
    item = {"sentence": sentence, "sentence_start": begin, "start": start, "end": start + len(words), "text": words}
    text, place, first, last = _excerpt(item)
    assert text[first:last] == words
    assert place + first == start
    assert len(text) <= LONGEST_SENTENCE


def test_words_that_do_not_stand_there_are_not_marked() -> None:
    """Offsets that do not give the words back mark nothing rather than something else."""
    item = {"sentence": "A short one.", "sentence_start": 4, "start": 2, "end": 9, "text": "missing"}
    assert _excerpt(item) == ("A short one.", 4, 0, 0)
