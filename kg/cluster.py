"""Work shared among the machines of a Dask cluster: its workers as an executor, and whether they can do the work.

Dask (M. Rocklin, "Dask: Parallel Computation with Blocked Algorithms and Task Scheduling", SciPy 2015) sends tasks to
workers on any number of machines and does those of a lost worker again elsewhere. What kg has them do leaves files in a
storage (:mod:`kg.storage`), which all must see. Dask is optional: ``pip install 'kg-papers[cluster]'``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from kg._version import __version__
from kg.errors import KgError
from kg.rulebook import Rulebook
from kg.storage import Storage

if TYPE_CHECKING:
    from distributed import Client

_SECONDS: Final = 5
"""How long a scheduler may take to answer, and the first worker to be there."""
_MARK: Final = "seen-by-workers"
Found = TypeVar("Found")


class ClusterExecutor(Executor):
    """The workers of a Dask cluster as an executor; ``threads`` is how many tasks they do at the same time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.threads = sum(client.nthreads().values())

    def submit(self, fn: Callable[..., Found], /, *args: Any, **kwargs: Any) -> Future[Found]:
        """Have a worker call a function that can be pickled."""
        found: Future[Found] = Future()

        def take(task: Any) -> None:
            if found.set_running_or_notify_cancel():
                try:
                    found.set_result(task.result())
                except BaseException as error:  # noqa: BLE001 - of the worker, or of a connection that is gone
                    found.set_exception(error)

        # Dask's own executor waits for ever where the scheduler is gone
        task = self._client.submit(fn, *args, pure=False, **kwargs)
        task.add_done_callback(take)
        found.add_done_callback(lambda future: task.cancel() if future.cancelled() else None)
        return found

    def check(self, storage: Storage | None, rules: Path | str | None) -> None:
        """Raise KgError where a worker has another version of kg, Python, spaCy or rules, or does not see a storage."""
        token = uuid4().hex
        mark = f"{_MARK}-{token}"
        try:
            if storage is not None:
                storage.write(mark, token.encode())
            told = self._client.run(_look, storage, token, _absolute(rules), on_error="return")
            if storage is not None:
                storage.remove(mark)
        except OSError as error:
            raise KgError(f"cannot write into {storage}: {error.strerror or error}") from error
        expected = _look(None, token, _absolute(rules))
        for worker, seen in sorted(told.items()):
            if isinstance(seen, BaseException):
                said = f"{type(seen).__name__}: {seen}".partition("\n")[0]
                raise KgError(f"worker {worker} cannot run kg ({said}); install kg-papers {__version__} there")
            for what, ours in expected.versions.items():
                if seen.versions[what] != ours:
                    raise KgError(
                        f"worker {worker} has {what} {seen.versions[what]}, not {ours}; install the same there"
                    )
            if not seen.sees:
                raise KgError(
                    f"workers do not see {storage}; put the graph folder on storage that all share, or name some by "
                    "--storage"
                )
            if seen.rules != expected.rules:
                raise KgError(f"worker {worker} has other rules; put those of --rules on storage that all share")


@dataclass(frozen=True, slots=True)
class _Look:
    """What a worker finds where it is: versions by name, whether it sees a file, and the hash of the rules."""

    versions: dict[str, str]
    sees: bool
    rules: str


def _look(storage: Storage | None, token: str, rules: str | None) -> _Look:
    sees = storage is None
    if storage is not None:
        with suppress(OSError, KgError):
            sees = storage.read(f"{_MARK}-{token}") == token.encode()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return _Look({"kg": __version__, "Python": python, "spaCy": version("spacy")}, sees, _hash(rules))


def _hash(rules: str | None) -> str:
    try:
        return Rulebook.load(None if rules is None else Path(rules)).hash
    except KgError:
        return "none"


def _absolute(rules: Path | str | None) -> str | None:
    return None if rules is None else os.path.abspath(rules)  # noqa: PTH100 - links stay as they were given


@contextmanager
def cluster_executor(address: str) -> Iterator[ClusterExecutor]:
    """The workers of the cluster whose scheduler is at an address such as ``tcp://host:8786``.

    Raises KgError where Dask is not installed, nobody answers at the address, there are no workers, the scheduler goes
    away, or several workers die of the same task.
    """
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415 - few need it, and it takes a second to load
        from distributed.comm import CommClosedError  # noqa: PLC0415 - as above
    except ImportError as error:
        raise KgError("a cluster needs Dask; pip install 'kg-papers[cluster]'") from error
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado"}:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said in one line
    try:
        with ThreadPoolExecutor(1) as thread:  # for there may be a loop in this one, as in a notebook
            thread.submit(asyncio.run, _reach(address)).result()
    except Exception as error:  # whatever else may be at the address, and answer
        raise KgError(f"no Dask scheduler answers at {address}; start one: dask scheduler") from error
    with Client(address, timeout=_SECONDS, set_as_default=False) as client:
        try:
            client.wait_for_workers(1, timeout=_SECONDS)
        except OSError as error:
            raise KgError(
                f"the scheduler at {address} has no workers; start some: dask worker {address} --nthreads 1"
            ) from error
        try:
            yield ClusterExecutor(client)
        except KilledWorker as error:
            raise KgError("several workers were lost with the same papers (memory?); give each more memory") from error
        except (CancelledError, CommClosedError) as error:
            raise KgError(f"the scheduler at {address} is gone; what was extracted is kept: run it again") from error


async def _reach(address: str) -> None:
    """Raise an error where no part of Dask answers: a client would go on trying, and complain later."""
    from distributed.core import connect  # noqa: PLC0415 - as above

    comm = await connect(address, timeout=_SECONDS)
    await comm.close()


@contextmanager
def shared_work(
    scheduler: str | None, executor: Executor | None, workers: int | None
) -> Iterator[tuple[Executor | None, int | None]]:
    """What does the work, and how many tasks at a time: a cluster where there is one, else what is given.

    Raises what :func:`cluster_executor` raises.
    """
    if scheduler is None:
        yield executor, workers
        return
    with cluster_executor(scheduler) as cluster:
        yield cluster, cluster.threads


def check_workers(
    executor: Executor | None, *, storage: Storage | None = None, rules: Path | str | None = None
) -> None:
    """Raise KgError where workers of a cluster are not fit for the work; other executors are taken as they are."""
    if isinstance(executor, ClusterExecutor):
        executor.check(storage, rules)
