"""What a person sees of kg at a terminal: failures in one line, a progress bar, names as a shell takes them."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import click

from kg.errors import KgError
from kg.model import Skipped

DONE_WITH_ERROR: Final = 1
DONE_WITH_SKIPS: Final = 3
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
TERMINATED: Final = 143
STANDARD_STREAM: Final = "-"
TRACEBACK: Final = "KG_TRACEBACK"

OnProgress: TypeAlias = Callable[[str, int, "int | None"], None]
OnSkip: TypeAlias = Callable[[Skipped], None]


class Commands(click.Group):
    """Commands whose every failure is one line on standard error and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; end the process with a message and a code where it fails."""
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, ValueError):  # a character that a terminal cannot show is no error
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        try:
            with _clean_termination():
                super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            _fail("stopped; nothing was left half-written", INTERRUPTED)
        except BrokenPipeError:
            _discard_output()
            sys.exit(PIPE_CLOSED)
        except KgError as error:
            _fail(str(error), DONE_WITH_ERROR)
        except OSError as error:
            _discard_output()
            place = "standard output: " if error.filename is None else f"{os.fsdecode(error.filename)}: "
            _fail(f"{place}{error.strerror or error}", DONE_WITH_ERROR)
        except Exception as error:  # noqa: BLE001 - what a user sees of a mistake of ours
            if os.environ.get(TRACEBACK):
                traceback.print_exc()
            _fail(
                f"{type(error).__name__}: {error} - this should not happen; "
                f"set {TRACEBACK}=1 to see where it did, and please report it",
                DONE_WITH_ERROR,
            )


@contextmanager
def _clean_termination() -> Iterator[None]:
    """Let a process that is told to end (kill, timeout, docker stop) clear away what it was writing."""
    try:
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    except ValueError:  # only the main thread hears signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def count_of(number: int, noun: str) -> str:
    """A number and what it counts: "1 paper", "1,200 papers"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shown(path: Path) -> str:
    """A path as a shell takes it."""
    return shlex.quote(_in_one_line(str(path)))


def _in_one_line(message: str) -> str:
    """A message without line breaks and signs that command a terminal, which a file's name may hold."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in message)


def _fail(message: str, code: int) -> NoReturn:
    with suppress(OSError):
        click.echo(f"kg: {_in_one_line(message)}", err=True)
    sys.exit(code)


def _discard_output() -> None:
    """Send what is still to be printed to nowhere, so that Python does not stumble over it when it ends."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def mention_terminal(sources: tuple[str, ...]) -> None:
    """Say that a person has to type, where standard input is a terminal and a source."""
    if STANDARD_STREAM in sources and sys.stdin is not None and sys.stdin.isatty():
        click.echo("kg: reading standard input; end it with Ctrl-D", err=True)


def _name_skipped(skipped: Skipped) -> None:
    click.echo(f"kg: skipped {_in_one_line(str(skipped))}", err=True)


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[tuple[OnProgress, OnSkip]]:
    """Two functions to call: one moves a progress bar, if standard error is a terminal; one names what was skipped."""
    if not shown or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _what, _done, _total: None, _name_skipped
        return

    from rich.console import Console  # noqa: PLC0415 - kg --help need not wait for it
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:24}"),
        BarColumn(),
        TextColumn("{task.fields[count]:>15}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                for task in progress.tasks:
                    progress.update(task.id, total=task.completed or 1, completed=task.completed or 1)
                    progress.stop_task(task.id)
                tasks[what] = progress.add_task(what, total=total, count="")
            count = f"{done:,} / {total:,}" if total else f"{done:,}" if done else ""
            progress.update(tasks[what], completed=done, total=total, count=count)

        def skip(skipped: Skipped) -> None:
            console.print(
                f"kg: skipped {_in_one_line(str(skipped))}", markup=False, highlight=False, soft_wrap=True, emoji=False
            )

        yield tell, skip
