"""``kg serve`` as a person starts and ends it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from kg.extraction import extract
from kg.folder import write_extractions
from kg.reading import read_papers
from tests.built import KG, example_files, run
from tests.material import ROOT


@pytest.fixture(scope="module")
def extractions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as kg extract writes it."""
    path = tmp_path_factory.mktemp("serve") / "few papers.jsonl"
    write_extractions(extract(read_papers(example_files()[1:]).papers), path)
    return path


@contextmanager
def started(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves, and the line that it prints."""
    command = [*KG, "serve", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **streams) as process:  # type: ignore[call-overload]
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def test_serves_until_it_is_interrupted(extractions: Path) -> None:
    """One line says where the explorer is; it is there; Ctrl-C ends it, and no word of what happened inside."""
    with started(extractions, "--port", "0") as (process, said):
        assert said.startswith(f"'{extractions}' is at http://127.0.0.1:")
        address = said.split(" is at ")[1].split()[0]
        with urlopen(address, timeout=60) as answer:  # noqa: S310 - our own server
            assert b"few papers" in answer.read()
        process.send_signal(signal.SIGINT)
        said_last = process.communicate(timeout=60)
        assert process.returncode == 130
        assert said_last == ("", "kg: stopped; nothing was left half-written\n")
    assert not extractions.with_name("catalogue.sqlite").exists()


def test_port_in_use_is_named(extractions: Path) -> None:
    """Where another program listens, one line says so, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("serve", extractions, "--port", str(port))
    assert done.returncode == 1
    assert done.stdout == b""
    said = done.stderr.decode()
    assert said.startswith(f"kg: cannot listen at 127.0.0.1, port {port}: ")
    assert "--port" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - refused
def test_others_are_let_in_on_purpose_only(extractions: Path, host: str) -> None:
    """An address that others reach needs the name by which they come."""
    done = run("serve", extractions, "--host", host, "--port", "0")
    assert done.returncode == 2
    assert b"--allow-host" in done.stderr


def test_others_come_by_the_name_allowed(extractions: Path) -> None:
    """With a name, the explorer warns, and answers those that use it."""
    arguments = ("--host", "0.0.0.0", "--port", "0", "--allow-host", "localhost")  # noqa: S104 - as above
    with started(extractions, *arguments) as (process, said):
        address = said.split(" is at ")[1].split()[0]
        assert address.startswith("http://localhost:")
        with urlopen(address, timeout=60) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
        process.terminate()
        assert "can read the graph" in process.communicate(timeout=60)[1]


@pytest.mark.parametrize("name", ["nothing.jsonl", "."])
def test_what_is_no_graph_is_refused(tmp_path: Path, name: str) -> None:
    """Where there is no graph, one line says how to make one."""
    done = run("serve", tmp_path / name, "--port", "0")
    assert done.returncode == 1
    assert done.stderr.startswith(b"kg: ")
    assert b"kg build" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_help_starts_without_the_web() -> None:
    """What serves is loaded only to serve."""
    code = "import sys, kg.cli; print(*{'fastapi', 'uvicorn', 'jinja2', 'starlette'} & set(sys.modules))"
    done = subprocess.run([KG[0], "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
