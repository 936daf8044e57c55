"""How exporters are found, and how one writes a file."""

from __future__ import annotations

import os
import re
import threading
import zipfile
from pathlib import Path
from typing import Any, cast

import networkx as nx
import pytest

from kg import exporting
from kg.errors import ExportError
from kg.exporting import ZIP, Exporter, export, exporter, exporter_options, exporters
from kg.graph import build_graph
from tests.samples import samples

EXPORTER_MODULE = """
class Broken:
    name, description, suffix, media_type = "broken", "Fails half-way", ".txt", "text/plain"

    def __call__(self, graph, path, *, depth=1):
        path.write_text("half")
        raise OSError(28, "No space left on device")

broken = Broken()
"""
ENTRY_POINTS = """
[kg.exporters]
broken = broken_exporter:broken
gone = no_such_module:exporter
"""


@pytest.fixture(name="others")
def install_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with an exporter that fails half-way, and one whose module is missing."""
    site = tmp_path / "site"
    info = site / "others-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (site / "broken_exporter.py").write_text(EXPORTER_MODULE)
    monkeypatch.syspath_prepend(str(site))


def test_own_exporters_are_found() -> None:
    """The formats of kg are found through their entry points, and say what they are."""
    found = exporters()
    assert {"graphml", "turtle"} <= set(found)
    assert list(found) == sorted(found)
    for name, one in found.items():
        assert one.name == name
        assert one.description
        assert one.suffix.startswith(".")
        assert "/" in one.media_type


@pytest.mark.usefixtures("others")
def test_an_exporter_that_cannot_be_loaded(caplog: pytest.LogCaptureFixture) -> None:
    """It does not keep the others from being found; asking for it says what is wrong."""
    found = exporters()
    assert "broken" in found
    assert "gone" not in found
    assert "No module named 'no_such_module'" in caplog.text
    with pytest.raises(ExportError, match=re.escape("exporter 'gone' (no_such_module:exporter) cannot be loaded")):
        exporter("gone")


def test_unknown_exporter(tmp_path: Path) -> None:
    """The error names the nearest one and all there are."""
    with pytest.raises(
        ExportError, match=r"no exporter is named 'turtel'; did you mean 'turtle'\? there are: .*graphml"
    ):
        export(build_graph(samples()), "turtel", tmp_path / "graph.ttl")
    with pytest.raises(ExportError, match=r"no exporter is named 'xyz'; there are: "):
        exporter("xyz")


def test_options_of_exporters() -> None:
    """Every option has a default that says of what type it is, and is described where the exporter is."""
    assert exporter_options(exporter("graphml")) == {}
    assert exporter_options(exporter("gexf")) == {"time": True}
    for one in exporters().values():
        described = " ".join(
            text for kind in type(one).__mro__ for text in (kind.__doc__, kind.__call__.__doc__) if text
        )
        for option, default in exporter_options(one).items():
            assert isinstance(default, bool | int | float | str)
            assert f"``{option}``" in described


def test_any_other_options() -> None:
    """An exporter of somebody else may take options that it does not name."""

    class Foreign:
        def __call__(self, _graph: object, _path: Path, *, depth: int = 1, **more: str) -> None:
            """Write nothing."""

    assert exporter_options(cast("Exporter", Foreign())) == {"depth": 1, "**more": None}


def test_archives_are_unpacked_into_folders(tmp_path: Path) -> None:
    """A folder that is there, or a name that ends like one, gets the files of an archive; others stay."""
    graph = build_graph(samples())
    export(graph, "csv", f"{tmp_path}/new/tables/")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "mine.txt").write_text("mine")
    export(graph, "csv", tmp_path / "old")
    export(graph, "csv", tmp_path / "graph.zip")
    with zipfile.ZipFile(tmp_path / "graph.zip") as files:
        packed = {name: files.read(name) for name in files.namelist()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "new" / "tables").iterdir()} == packed
    assert {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()} == {**packed, "mine.txt": b"mine"}
    with pytest.raises(ExportError, match=r"cannot write .*graph\.zip/: File exists"):
        export(graph, "csv", f"{tmp_path}/graph.zip/")


def test_archives_hold_files_without_folders(tmp_path: Path) -> None:
    """What is a ZIP file says so, and all that is in it lies side by side."""
    archives = {name for name, one in exporters().items() if one.media_type == ZIP}
    assert archives == {name for name, one in exporters().items() if one.suffix.endswith(".zip")} == {"csv", "parquet"}
    for name in archives:
        export(build_graph(samples()), name, tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as files:
            assert files.testzip() is None
            assert all(Path(member).name == member for member in files.namelist())


def test_unknown_option(tmp_path: Path) -> None:
    """An option that an exporter does not have is refused before anything is written."""
    graph = build_graph(samples())
    with pytest.raises(ExportError, match="exporter 'turtle' has no option 'bass'; there are: base, evidence"):
        export(graph, "turtle", tmp_path / "graph.ttl", bass="https://example.org/")
    with pytest.raises(ExportError, match="exporter 'graphml' has no option 'base'; it has none"):
        export(graph, "graphml", tmp_path / "graph.graphml", base="https://example.org/")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("others")
def test_old_file_stays_whole(tmp_path: Path) -> None:
    """Where writing fails half-way the old file is as it was, and nothing is left beside it."""
    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / "graph.txt"
    target.write_text("old")
    with pytest.raises(ExportError, match=re.escape(f"cannot write {target}: No space left on device")):
        export(build_graph([]), "broken", target)
    assert target.read_text() == "old"
    assert list(folder.iterdir()) == [target]


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """A folder that is missing, or in the file's place, is one line that names the file."""
    with pytest.raises(ExportError, match=r"cannot write .*missing/graph\.ttl: No such file or directory"):
        export(build_graph([]), "turtle", tmp_path / "missing" / "graph.ttl")
    (tmp_path / "taken").mkdir()
    with pytest.raises(ExportError, match=r"cannot write .*taken: Is a directory"):
        export(build_graph([]), "turtle", tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_links_and_modes(tmp_path: Path) -> None:
    """A link keeps pointing to the file that is replaced, and a new file can be read by whom the user lets."""
    (tmp_path / "real.ttl").write_text("old")
    (tmp_path / "link.ttl").symlink_to("real.ttl")
    export(build_graph([]), "turtle", tmp_path / "link.ttl")
    assert (tmp_path / "link.ttl").is_symlink()
    assert "@prefix" in (tmp_path / "real.ttl").read_text()
    umask = os.umask(0o022)
    os.umask(umask)
    export(build_graph([]), "turtle", tmp_path / "new.ttl")
    assert (tmp_path / "new.ttl").stat().st_mode & 0o777 == 0o666 & ~umask


def test_pipes_are_written_to(tmp_path: Path) -> None:
    """What is no ordinary file is written to, not replaced."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    export(build_graph(samples()), "turtle", pipe)
    reader.join(timeout=30)
    assert "kgo:introduces" in got[0]
    assert pipe.is_fifo()


def test_exporters_do_not_change_the_graph(tmp_path: Path) -> None:
    """A graph is the same after it was exported in every format."""

    def contents(graph: nx.MultiDiGraph[str]) -> tuple[Any, ...]:
        return dict(graph.graph), list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))

    graph = build_graph(samples())
    for name, one in exporters().items():
        export(graph, name, tmp_path / f"graph{one.suffix}")
        assert contents(graph) == contents(build_graph(samples()))


def test_group_is_the_documented_one() -> None:
    """Others register their exporters under this name."""
    assert exporting.GROUP == "kg.exporters"
