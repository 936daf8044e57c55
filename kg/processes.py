"""Work shared among processes: batches go out, and what comes of them comes back in the order of the batches."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import active_children, get_context
from typing import Final, TypeVar

from kg.errors import KgError

BATCH_SIZE: Final = 64
_FEW: Final = 1000
Item = TypeVar("Item")
Found = TypeVar("Found")


def batches(items: Iterable[Item], size: int = BATCH_SIZE) -> Iterator[list[Item]]:
    """The items, ``size`` at a time, in their order."""
    remaining = iter(items)
    return iter(lambda: list(islice(remaining, size)), [])


def workers_for(workers: int | None, papers: int) -> int:
    """So many processes; where it is not said how many, one for each core, and one for fewer than 1,000 papers."""
    if workers is not None:
        return workers
    return 1 if papers < _FEW else len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def in_batches(
    work: Callable[[list[Item]], Found],
    items: Iterable[Item],
    *,
    workers: int,
    size: int = BATCH_SIZE,
    executor: Executor | None = None,
    alone: int = 1,
) -> Iterator[Found]:
    """What ``work`` makes of the items, ``size`` at a time, in their order, by so many processes (one: this one).

    Where there are no more than ``alone`` batches, this process does them. ``executor`` is another one to do the work,
    for ``workers`` at a time; it is left running. Only some batches more than these are ever waiting, so memory does
    not grow with the items. ``work`` and what it makes must be of the kind that can be pickled where there are several.
    Raises KgError where a process is killed.
    """
    given = batches(items, size)
    if executor is None:
        # these this process has done before another one has started
        first = list(islice(given, alone + 1 if workers > 1 else 0))
        given = chain(first, given)
        if len(first) <= alone:
            yield from map(work, given)
            return
    others = set(active_children())
    chosen = executor or ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield from _in_order(chosen, work, given, 2 * workers)
    except BrokenProcessPool as error:
        # the pool ends its processes, but for one that was starting when another was lost: for that it waits for ever
        for process in set(active_children()) - others if executor is None else ():
            process.kill()
        raise KgError("a process was ended from outside (memory?); try again with fewer workers") from error
    finally:
        if executor is None:
            chosen.shutdown(cancel_futures=True)


def _in_order(
    executor: Executor, work: Callable[[list[Item]], Found], given: Iterable[list[Item]], most: int
) -> Iterator[Found]:
    """The results of an executor in the order of the batches, of which at most so many wait."""
    pending: deque[Future[Found]] = deque()
    try:
        for batch in given:
            with _interrupts_held():  # the processes start here
                pending.append(executor.submit(work, batch))
            if len(pending) > most:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes that start meanwhile never hear of an interrupt (Ctrl-C), which is for this one to handle."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's garbage collector from looking for cycles for a while.

    Where very many objects are made that live for a moment and stand in no cycles, it finds nothing, but goes through
    all that is in memory again and again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
