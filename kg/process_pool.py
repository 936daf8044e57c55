"""Processes that wait for questions: what cannot be told to stop is asked in one, which can be ended from outside.

Each process is ``python -m MODULE``, whose ``main`` calls :func:`serve`. The first line on its standard input is JSON
with its settings, every other one a question; each answer is a line of JSON, which says in ``size`` how many bytes
follow it. A process that is ended, or dies, is replaced by a new one.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import IO, Final, Self, TypeAlias

from kg import errors
from kg.errors import BusyError, KgError, ProcessError, TimeLimitError
from kg.model import JsonObject

Told: TypeAlias = tuple[JsonObject, bytes]
"""What an answer says of itself, and its bytes."""

WORKERS: Final = 2
WAITING: Final = 8
_GRACE: Final = 5.0
"""Seconds after which a process that nobody ended ends itself: whoever asked it is gone."""


class ProcessPool:
    """So many processes of one module, each with one question at a time, and a queue before them.

    ``settings`` is what each process is told when it starts; ``what`` names a question in messages, ``why`` says why a
    process may die of one. Processes start when they are needed, or when told to. Questions may come from any thread;
    one that finds ``waiting`` others before it is refused. Closing ends all processes, whatever they do.
    """

    def __init__(
        self,
        module: str,
        settings: JsonObject,
        *,
        what: str,
        why: str = "memory?",
        workers: int = WORKERS,
        waiting: int = WAITING,
    ) -> None:
        self._module = module
        self._settings = settings
        self._what = what
        self._why = why
        self._workers = workers
        self._most_waiting = waiting
        self._changed = threading.Condition()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._waiting = 0
        self._is_warm = False
        self._closed = False

    def start(self) -> None:
        """Start the processes, so that every question finds one ready; returns at once."""
        with self._changed:
            self._is_warm = True
            while not self._closed and len(self._all) < self._workers:
                self._add()

    def ask(self, question: JsonObject, seconds: float) -> Told:
        """The answer to a question.

        Raises TimeLimitError where it takes longer than so many seconds from when a process takes it up, BusyError
        where no process is free in that time or too many questions wait, ProcessError where it dies, and the KgError
        that it tells of.
        """
        worker = self._taken(seconds)
        try:
            said, content = worker.ask(question, seconds)
        finally:
            self._give_back(worker)
        if "error" in said:
            raise getattr(errors, said["error_type"])(said["error"])
        return said, content

    def close(self) -> None:
        """End all processes; questions that are being answered fail."""
        with self._changed:
            self._closed = True
            workers = list(self._all)
            self._all.clear()
            self._idle.clear()
            self._changed.notify_all()
        for worker in workers:
            worker.end()

    def _taken(self, seconds: float) -> _Worker:
        with self._changed:
            if not self._idle and len(self._all) < self._workers and not self._closed:
                self._add()
            if not self._idle:
                if self._waiting >= self._most_waiting:
                    raise BusyError(f"too many ask at once; send the {self._what} again in a while")
                self._waiting += 1
                try:
                    self._changed.wait_for(self._has_room, seconds)
                finally:
                    self._waiting -= 1
                if self._has_room() and not self._idle and not self._closed:
                    self._add()
            if not self._idle:
                raise BusyError(f"no process was free in {seconds:g} s; send the {self._what} again in a while")
            return self._idle.pop()

    def _has_room(self) -> bool:
        return bool(self._idle) or len(self._all) < self._workers or self._closed

    def _give_back(self, worker: _Worker) -> None:
        """Let others have a process; where it is of no more use, a new one."""
        if not worker.usable:
            worker.end()
        with self._changed:
            if self._closed:
                return
            if worker.usable:
                self._idle.append(worker)
            else:
                self._all.discard(worker)
                if self._is_warm:
                    self._add()
            self._changed.notify()

    def _add(self) -> None:
        worker = _Worker(self._module, self._settings, self._what, self._why)
        self._all.add(worker)
        self._idle.append(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Worker:
    """One process and the pipes to it; it is usable as long as it has answered whatever it was asked."""

    def __init__(self, module: str, settings: JsonObject, what: str, why: str) -> None:
        self._what = what
        self._why = why
        self._timing = threading.Lock()
        self._is_late = False
        self.usable = True
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "RUST_BACKTRACE": "0",  # one line tells enough
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                # Ctrl-C is for the process that asks, which then ends this one
                process_group=None if sys.platform == "win32" else 0,
            )
        except OSError as error:
            raise ProcessError(f"cannot start a process: {error.strerror or error}") from error
        with contextlib.suppress(OSError):  # where it died at once, the first question tells
            self._send(settings)

    def ask(self, question: JsonObject, seconds: float) -> Told:
        """The answer to a question; ProcessError (TimeLimitError) where there is none (in so many seconds)."""
        self.usable = self._is_late = False
        timer = threading.Timer(seconds, self._end_late)
        timer.daemon = True
        timer.start()
        try:
            self._send({**question, "seconds": seconds})
            answer = self._received()
        except (OSError, EOFError, ValueError) as error:
            if self._is_late:
                raise TimeLimitError(f"the {self._what} was ended after {seconds:g} s") from error
            self._process.kill()
            code = self._process.wait()
            raise ProcessError(
                f"the {self._what} was not answered: its process ended with code {code} ({self._why})"
            ) from error
        finally:
            timer.cancel()
        with self._timing:
            self.usable = not self._is_late
        return answer

    def end(self) -> None:
        """End the process, and wait until the system has forgotten it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                _there(pipe).close()

    def _end_late(self) -> None:
        with self._timing:
            if not self.usable:  # else the answer was just in time
                self._is_late = True
                self._process.kill()

    def _send(self, line: JsonObject) -> None:
        stdin = _there(self._process.stdin)
        stdin.write(json.dumps(line).encode() + b"\n")
        stdin.flush()

    def _received(self) -> Told:
        stdout = _there(self._process.stdout)
        said: JsonObject = json.loads(stdout.readline())
        content = stdout.read(said["size"])
        if len(content) < said["size"]:
            raise EOFError
        return said, content


def serve(start: Callable[[JsonObject], Callable[[JsonObject], Told]]) -> None:
    """Answer questions on standard input until it ends; ``start`` makes of the settings what answers.

    A KgError becomes an answer with ``error`` (its text) and ``error_type`` (its class); one of ``start`` becomes the
    answer to every question. Where the system has timers, the process ends itself when a question takes far longer
    than its ``seconds``, so that none runs on when whoever asked has died.
    """
    questions, out = sys.stdin.buffer, sys.stdout.buffer
    failed: KgError | None = None
    answer: Callable[[JsonObject], Told] | None = None
    try:
        answer = start(json.loads(questions.readline() or b"{}"))
    except KgError as error:
        failed = error
    for line in questions:
        question = json.loads(line)
        _end_after(question["seconds"] + _GRACE)
        try:
            if answer is None:
                raise failed or ProcessError("the process has not started")
            said, content = answer(question)
        except KgError as error:
            said, content = {"error": str(error), "error_type": type(error).__name__}, b""
        _end_after(0)
        out.write(json.dumps({**said, "size": len(content)}).encode() + b"\n")
        out.write(content)
        out.flush()


def _end_after(seconds: float) -> None:
    """Have the system end this process after so many seconds; 0 takes that back."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe that was asked for, and so is there."""
    if pipe is None:
        raise OSError("no pipe")
    return pipe
