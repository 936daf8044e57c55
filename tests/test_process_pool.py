"""Processes that wait for queries: limits of time, memory and number, and that none is left over."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.errors import BusyError, GraphError, ProcessError, QueryError, TimeLimitError
from kg.graph import build_graph
from kg.process_pool import ProcessPool
from kg.querying import QueryPool
from kg.store import namespaces, write_store
from tests.samples import samples

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LARGE = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a kgo:Paper }"
SECONDS = 60


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store."""
    folder = tmp_path_factory.mktemp("pool") / "store"
    write_store(build_graph(samples()), folder)
    return folder


@pytest.fixture
def pool(store: Path) -> Iterator[QueryPool]:
    """Two processes on it, and room for nobody else."""
    with QueryPool(store, namespaces(), workers=2, waiting=0, memory=600) as opened:
        yield opened


def holding(store: Path) -> list[int]:
    """The processes that hold a store open, where /proc tells; zombies hold nothing."""
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            files = [str(file.readlink()) for file in (process / "fd").iterdir()]
        except OSError:
            continue
        if int(process.name) != os.getpid() and any(file.startswith(f"{store}/") for file in files):
            found.append(int(process.name))
    return found


def zombies() -> list[int]:
    """The children of this process that ended, and that nobody has waited for."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (process / "stat").read_text().rpartition(") ")[2].split()[:2]
        except OSError:
            continue
        if state == "Z" and int(parent) == os.getpid():
            found.append(int(process.name))
    return found


def test_a_process_answers_again_and_again(pool: QueryPool, store: Path) -> None:
    """What was started once answers every query, mistakes among them."""
    first = pool.query(COUNT, seconds=SECONDS)
    (process,) = holding(store)
    with pytest.raises(QueryError, match="line 1, column"):
        pool.query("SELECT", seconds=SECONDS)
    assert pool.query(COUNT, seconds=SECONDS) == first
    assert holding(store) == [process]


def test_time_ends_a_query_and_not_the_pool(pool: QueryPool, store: Path) -> None:
    """When its time is over a query's process is gone, and the next query is answered by another."""
    before = pool.query(COUNT, seconds=SECONDS)
    with pytest.raises(TimeLimitError, match=r"the query was ended after 0\.5 s"):
        pool.query(ENDLESS, seconds=0.5)
    assert holding(store) == []
    assert pool.query(COUNT, seconds=SECONDS) == before
    assert zombies() == []


def test_memory_ends_a_query_and_not_the_pool(pool: QueryPool) -> None:
    """A query that would fill the memory dies, and the next one is answered."""
    with pytest.raises(ProcessError, match=r"its process ended with code -\d+ \(memory, or ORDER BY"):
        pool.query(LARGE, seconds=SECONDS)
    assert pool.query(COUNT, seconds=SECONDS).kind == "rows"


def test_so_many_at_once(pool: QueryPool, store: Path) -> None:
    """Where all processes are busy and nobody may wait, a query is refused at once; later it is answered."""
    with ThreadPoolExecutor(2) as threads:
        busy = [threads.submit(pool.query, ENDLESS, seconds=3) for _ in range(2)]
        until = time.monotonic() + SECONDS
        while len(holding(store)) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        with pytest.raises(BusyError, match="too many ask at once; send the query again in a while"):
            pool.query(COUNT, seconds=SECONDS)
        assert all(isinstance(one.exception(), TimeLimitError) for one in busy)
    assert pool.query(COUNT, seconds=SECONDS).kind == "rows"


def test_others_wait_for_their_turn(store: Path) -> None:
    """Queries of many threads are all answered, though one process answers them one after the other."""
    with QueryPool(store, namespaces(), workers=1, waiting=20) as pool, ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: pool.query(COUNT, seconds=SECONDS), range(20)))
    assert len({answer.content for answer in answers}) == 1


def test_waiting_ends(store: Path) -> None:
    """Nobody waits longer than a query may take."""
    with QueryPool(store, namespaces(), workers=1, waiting=1) as pool, ThreadPoolExecutor(1) as threads:
        busy = threads.submit(pool.query, ENDLESS, seconds=SECONDS)
        until = time.monotonic() + SECONDS
        while not holding(store) and time.monotonic() < until:
            time.sleep(0.02)
        with pytest.raises(BusyError, match=r"no process was free in 0\.2 s"):
            pool.query(COUNT, seconds=0.2)
        pool.close()
        assert isinstance(busy.exception(SECONDS), ProcessError)


def test_closing_ends_all(store: Path) -> None:
    """When a pool is closed no process is left, not even one that was busy, and nothing is answered any more."""
    with QueryPool(store, namespaces(), workers=2) as pool:
        pool.start()
        pool.query(COUNT, seconds=SECONDS)
        assert holding(store)
    assert holding(store) == []
    assert zombies() == []
    with pytest.raises(BusyError):
        pool.query(COUNT, seconds=1)


def test_a_started_pool_stays_complete(store: Path) -> None:
    """Where processes were told to start, one that is ended is replaced before anybody asks."""
    with QueryPool(store, namespaces(), workers=1) as pool:
        pool.start()
        with pytest.raises(TimeLimitError):
            pool.query(ENDLESS, seconds=2)
        until = time.monotonic() + SECONDS
        while not holding(store) and time.monotonic() < until:
            time.sleep(0.02)
        assert len(holding(store)) == 1


def test_no_store(tmp_path: Path) -> None:
    """Where there is no store, every query says so."""
    with QueryPool(tmp_path / "none", namespaces()) as pool:
        for _ in range(2):
            with pytest.raises(GraphError, match="is no store that can be read"):
                pool.query(COUNT, seconds=SECONDS)


def test_no_such_module() -> None:
    """A process that never starts is an error, not an endless wait."""
    with ProcessPool("kg.nowhere", {}, what="question") as pool, pytest.raises(ProcessError, match="ended with code 1"):
        pool.ask({}, SECONDS)
