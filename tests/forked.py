"""kg in a process of its own that loads little, and the shell of documents run with it.

Python, spaCy and the rules take longer to load than most commands take to run. A server, which every process of the
tests has once, loads them and the other libraries (``tests/preloaded.py``), and is forked for each command. All else is
as in a fresh process: what kg imports besides, arguments, streams, exit code, children. The order of sets is the same
for all commands of a server.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import shlex
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SECONDS = 600
"""The longest that a command may take."""


def run_forked(
    arguments: Sequence[str],
    *,
    cwd: Path,
    given: bytes = b"",
    warnings_are_errors: bool = False,
    killed_after: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run kg with these arguments in a folder, and give it something to read on standard input.

    ``killed_after`` are the seconds after which it is killed, if it has not ended by then.

    Raises:
        TimeoutError: the command does not end.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.preloaded"])
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("in", "out", "err")]
        for path in streams:
            path.write_bytes(given if path.name == "in" else b"")
        process = context.Process(target=_command, args=(list(arguments), cwd, streams, warnings_are_errors))
        process.start()
        process.join(SECONDS if killed_after is None else killed_after)
        ended = process.exitcode is not None
        process.kill()
        process.join()
        if not ended and killed_after is None:
            raise TimeoutError(shlex.join(arguments))
        code = process.exitcode
        assert code is not None
        return subprocess.CompletedProcess([*arguments], code, streams[1].read_bytes(), streams[2].read_bytes())


def _command(arguments: list[str], cwd: Path, streams: list[Path], warnings_are_errors: bool) -> None:  # noqa: FBT001
    """What the forked process does: its streams are the files, and it ends as kg does."""
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, mode, closefd=False), "utf-8")
        for number, mode in enumerate(("rb", "wb", "wb"))
    )
    sys.argv = ["kg", *arguments]
    os.chdir(cwd)
    if warnings_are_errors:
        warnings.simplefilter("error")
        os.environ["PYTHONWARNINGS"] = "error"  # for processes that it starts
    from kg.cli import main  # noqa: PLC0415 - as late as in a fresh process

    main(prog_name="kg")


def typed(
    code: str, *, cwd: Path, warnings_are_errors: bool = False, bash: Sequence[str] = ("-euo", "pipefail")
) -> Iterator[subprocess.CompletedProcess[bytes]]:
    """Do what lines of shell say, one after another: a line that only calls kg forked, any other with bash.

    ``bash`` are its options. What one line sets as a variable the next does not know.
    """
    commands = str(Path(sys.executable).parent)
    environment: dict[str, Any] = os.environ | {"PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    if warnings_are_errors:
        environment["PYTHONWARNINGS"] = "error"
    for line in [code] if "\\\n" in code else code.splitlines():
        words = _words(line)
        if words[:1] == ["kg"]:
            yield run_forked(words[1:], cwd=cwd, warnings_are_errors=warnings_are_errors)
        elif words:
            yield subprocess.run(
                ["bash", *bash, "-c", line],
                cwd=cwd,
                env=environment,
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )


def _words(line: str) -> list[str]:
    """The words of a line; of one that is more than a call of a command, ``bash`` and the line."""
    signs = "();<>|&"
    lexer = shlex.shlex(line, posix=True, punctuation_chars=signs)
    lexer.whitespace_split = True
    words = list(lexer)
    if set(line) & set("$`*~\\") or any(word and set(word) <= set(signs) for word in words):
        return ["bash", line]
    return words
