"""Explorers that really run, each started once a session: a process of ``kg serve`` on a port of its own."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg.building import build_folder
from kg.catalogue.opening import open_catalogue
from kg.web.app import create_app
from tests.built import KG, example_files
from tests.material import ROOT
from tests.web.hostile import write_hostile


@contextmanager
def served(graph: Path) -> Iterator[str]:
    """The address of the explorer of a graph, without a slash at its end."""
    command = [*KG, "serve", str(graph), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            address = re.search(r"http://\S+(?=/)", said)
            assert address is not None, said
            yield address[0]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def examples_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph folder of the example papers."""
    folder = tmp_path_factory.mktemp("served") / "examples"
    build_folder(example_files(), folder, exports=["nquads"])
    return folder


@pytest.fixture(scope="session")
def examples_served(examples_folder: Path) -> Iterator[str]:
    """The explorer of the example papers."""
    with served(examples_folder) as address:
        yield address


@pytest.fixture(scope="session")
def explorer(examples_folder: Path) -> Iterator[TestClient]:
    """The explorer of the example papers in this process, for what needs no process of queries."""
    catalogue = open_catalogue(examples_folder)
    app = create_app(catalogue, graph_path=examples_folder)
    yield TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    catalogue.close()


@pytest.fixture(scope="session")
def hostile_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The explorer of papers whose every text is made to break it."""
    path = tmp_path_factory.mktemp("served") / "hostile.jsonl"
    write_hostile(path)
    with served(path) as address:
        yield address
