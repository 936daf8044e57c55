"""Work that a Dask cluster does, or any executor: what comes out is what one process gives."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.building import build_folder
from kg.cluster import cluster_executor
from kg.errors import KgError
from kg.storage import Folder, storage_at
from kg.updating import add_to_folder
from tests.built import contents, example_files
from tests.object_store import Bucket, ObjectServer
from tests.test_cli import invoke

NAMES = ("Harbor", "Lantern", "Willow", "Copper", "Comet", "Pebble", "Raven", "Thistle")
WRITTEN = ("turtle", "nquads")
PAPERS = 32
"""In a shard, so that a few papers are several."""
ADDRESS = re.compile(r"Scheduler at:\s+(tcp://\S+)")


class Cluster:
    """A scheduler and its workers, each a process of its own as on machines of their own."""

    def __init__(self, place: Path, workers: int, environment: Mapping[str, str] | None = None) -> None:
        self._place = place
        self._environment = {**os.environ, **(environment or {})}
        self._log = place / "scheduler.log"
        self._started: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self._told_address()
        self.workers = [self.start_worker() for _ in range(workers)]

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start one more."""
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        place = self._place / f"{what}-{len(self._started)}"
        place.mkdir()
        with (self._place / f"{what}.log").open("ab") as log:
            command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
            self._started.append(subprocess.Popen(command, cwd=place, env=self._environment, stdout=log, stderr=log))
        return self._started[-1]

    def _told_address(self) -> str:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._log.exists() and (found := ADDRESS.search(self._log.read_text())):
                return found[1]
            time.sleep(0.05)
        raise AssertionError(self._log.read_text())

    def end(self) -> None:
        """End all processes."""
        for process in reversed(self._started):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, object_server: ObjectServer) -> Iterator[Cluster]:
    """Two workers, who find the objects of a server."""
    found = Cluster(tmp_path_factory.mktemp("cluster"), workers=2, environment=object_server.environment)
    yield found
    found.end()


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The examples, and papers for several shards beside."""
    path = tmp_path_factory.mktemp("sources") / "papers.jsonl"
    papers = [
        {
            "id": f"p{number}",
            "title": f"{NAMES[number % 8]}Net {number % 13} for leaf counting",
            "abstract": f"We propose {NAMES[number % 8]}Net, which reaches {50 + number % 40}.{number % 10}% accuracy "
            f"on {NAMES[number % 5]}-{number % 7}, better than {NAMES[number % 3]}Former.",
        }
        for number in range(6 * PAPERS + 8)
    ]
    path.write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    return [*example_files(), str(path)]


@pytest.fixture(scope="module")
def alone(sources: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process builds."""
    target = tmp_path_factory.mktemp("alone") / "g"
    build_folder(sources, target, exports=WRITTEN, store=False)
    return target


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.shards.PAPERS", PAPERS)
    monkeypatch.setattr("kg.assembling._PAPERS", PAPERS)


def test_a_cluster_writes_the_same_bytes(
    cluster: Cluster, sources: list[str], alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers in other folders write what one process does and leave nothing else, even where one of them is lost.

    What the lost one was at is done by another.
    """
    lost: list[int] = []

    def tell(what: str, done: int, _total: int | None) -> None:
        if what == "extracting" and done and not lost:
            cluster.workers[0].send_signal(signal.SIGKILL)
            lost.append(done)

    monkeypatch.chdir(tmp_path)
    build_folder(sources[:2], "g", exports=WRITTEN, store=False, scheduler=cluster.address)
    add_to_folder("g", sources[2:], scheduler=cluster.address, on_progress=tell)
    assert lost
    assert contents(tmp_path / "g") == contents(alone)
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def test_workers_that_leave_what_they_make_in_an_object_store(
    *,
    cluster: Cluster,
    object_server: ObjectServer,
    bucket: Bucket,
    sources: list[str],
    alone: Path,
    tmp_path: Path,
) -> None:
    """Workers need not see the graph folder then; the bytes are the same, and nothing is left there in the end.

    Shards of a build that was broken off are, and are taken over by the next.
    """

    def tell(what: str, _done: int, _total: int | None) -> None:
        if what == "resolving names":
            raise KeyboardInterrupt

    asked: dict[str, Any] = {"scheduler": cluster.address, "storage": f"{bucket.url}/a/b/"}
    target = tmp_path / "g"
    with pytest.raises(KeyboardInterrupt):
        build_folder(sources, target, exports=WRITTEN, store=False, on_progress=tell, **asked)
    shards = bucket.contents()
    assert len(shards) == 8
    assert all(name.startswith("a/b/") and shard.startswith(b"PAR1") for name, shard in shards.items())
    build_folder(sources, target, exports=WRITTEN, store=False, **asked)
    assert contents(target) == contents(alone)
    written = [request for request in object_server.requests if request.startswith("PUT") and "parquet" in request]
    assert len(written) == len(shards)
    assert bucket.contents() == {}
    assert list(tmp_path.iterdir()) == [target]


def test_papers_that_are_added_by_way_of_an_object_store(
    cluster: Cluster, bucket: Bucket, sources: list[str], alone: Path, tmp_path: Path
) -> None:
    """Adding papers leaves as little."""
    build_folder(sources[:2], tmp_path / "g", exports=WRITTEN, store=False)
    add_to_folder(tmp_path / "g", sources[2:], scheduler=cluster.address, storage=bucket.url)
    assert contents(tmp_path / "g") == contents(alone)
    assert bucket.contents() == {}


def test_commands_that_ask_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    """What is asked for by a command is done by the cluster."""
    sources = example_files()
    asked = (*sources, "-q", "--scheduler", cluster.address)
    assert invoke("build", *asked, "-o", str(tmp_path / "g"), "--export", "turtle", "--no-store").exit_code == 0
    assert invoke("extract", *asked, "-o", str(tmp_path / "e.jsonl")).exit_code == 0
    expected = b"".join(map(kg.extraction_line, kg.extract(kg.read_papers(sources).papers)))
    assert (tmp_path / "e.jsonl").read_bytes() == expected
    assert (tmp_path / "g" / "extractions.jsonl").read_bytes() == expected


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "no-such-thing://here"])
def test_nobody_at_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """An address where no scheduler is, or that is none, is said in one line, and nothing is written."""
    monkeypatch.setattr("kg.cluster._SECONDS", 1)
    done = invoke("build", *example_files(), "-o", str(tmp_path / "g"), "--scheduler", address)
    assert (done.exit_code, done.stderr) == (
        1,
        f"kg: no Dask scheduler answers at {address}; start one: dask scheduler\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Dask is not installed, it is said how to."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(KgError, match=r"pip install 'kg-papers\[cluster\]'"), cluster_executor("tcp://127.0.0.1:9"):
        pass


def test_workers_that_are_not_fit(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers with another version of kg, or who do not see the folder, are refused, and it is said what to do."""
    with cluster_executor(cluster.address) as executor:
        assert executor.threads >= 1
        executor.check(Folder(tmp_path), None)
        with pytest.raises(KgError, match=r"workers do not see memory://here; put .* name some by --storage$"):
            executor.check(storage_at("memory://here"), None)  # another one in each process
        with monkeypatch.context() as patch:
            patch.setattr("kg.cluster.__version__", "0.0.1")
            with pytest.raises(KgError, match=r"worker tcp://\S+ has kg \S+, not 0\.0\.1; install the same there"):
                executor.check(Folder(tmp_path), None)
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_that_is_lost(sources: list[str], tmp_path: Path) -> None:
    """Where the scheduler is killed, one line says so, nothing waits for it, and nothing half-written is left."""
    place = tmp_path / "cluster"
    place.mkdir()
    cluster = Cluster(place, workers=1)

    def tell(what: str, done: int, _total: int | None) -> None:
        if what == "extracting" and done:
            cluster.end()

    try:
        with pytest.raises(KgError, match="is gone; what was extracted is kept"):
            build_folder(sources, tmp_path / "g", scheduler=cluster.address, on_progress=tell)
    finally:
        cluster.end()
    assert not (tmp_path / "g").exists()


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor(kind: str, alone: Path, sources: list[str]) -> None:
    """Threads of one process, or somebody's own processes, extract what one process does, in the order given."""
    chosen: Executor = ThreadPoolExecutor(3) if kind == "threads" else ProcessPoolExecutor(2, get_context("spawn"))
    papers = kg.read_papers(sources).papers[:200]
    with chosen as executor:
        found = kg.extract(papers, executor=executor, workers=2)
        lines = b"".join(map(kg.extraction_line, found))
        assert executor.submit(len, "abc").result() == 3  # it is left running
    assert (alone / "extractions.jsonl").read_bytes().startswith(lines)
    assert lines.count(b"\n") == len(papers)
