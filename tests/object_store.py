"""A server of objects (S3) on this machine, and buckets in it that kg, fsspec and other processes read and write.

The server is moto's, in a process of its own. Whoever has the environment variables that come with a bucket finds it
by its URL: this process in a test that asks for ``bucket``, and every process that is started with them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import fsspec
import pytest

_PROGRAM: Final = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
sys.stdin.read()  # which ends when whoever started this is gone
"""
_REQUEST: Final = re.compile(r'"(?:\x1b\[\d+m)*([A-Z]+ \S+) HTTP')


class ObjectServer:
    """A server that holds objects in memory, at an address such as ``http://127.0.0.1:40123``.

    ``place`` is a folder for its log.
    """

    def __init__(self, place: Path) -> None:
        self._log = place / "object-server.log"
        self._numbers = count(1)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        assert self.address, self._log.read_text()
        self._system = fsspec.filesystem(
            "s3",
            endpoint_url=self.address,
            key="test",
            secret="test",  # noqa: S106 - any will do
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    @property
    def environment(self) -> dict[str, str]:
        """What a process must have in its environment to find ``s3://`` here, whatever its user has set up."""
        return {
            "AWS_ENDPOINT_URL_S3": self.address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def requests(self) -> list[str]:
        """What the server was asked so far, such as ``GET /bucket-1/papers.jsonl``."""
        return _REQUEST.findall(self._log.read_text("utf-8"))

    def new_bucket(self) -> Bucket:
        """An empty bucket with a name that none had before."""
        name = f"bucket-{next(self._numbers)}"
        self._system.mkdir(name)
        return Bucket(f"s3://{name}", self.environment, self._system)

    def end(self) -> None:
        """End the server at once."""
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket: its URL (``s3://bucket-1``), the environment in which it is found, and fsspec's system to look into it.

    The system needs no environment, and sees what other processes write.
    """

    url: str
    environment: dict[str, str]
    system: Any

    def put(self, key: str, data: bytes, **options: Any) -> str:
        """Put an object there, with options of S3; returns its URL."""
        url = f"{self.url}/{key}"
        self.system.pipe_file(url, data, **options)
        return url

    def contents(self) -> dict[str, bytes]:
        """Every object with its bytes, by its key."""
        return {file.partition("/")[2]: self.system.cat_file(file) for file in self.system.find(self.url)}


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    """A server for all tests; what shares it asks for new buckets."""
    for package in ("flask_cors", "moto", "s3fs"):
        pytest.importorskip(package, reason=f"needs the Python package {package}")
    server = ObjectServer(tmp_path_factory.mktemp("objects"))
    yield server
    server.end()


@pytest.fixture
def bucket(object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A new bucket, which this process and those that inherit its environment find by its URL."""
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    new = object_server.new_bucket()
    yield new
    new.system.rm(new.url, recursive=True)


@pytest.fixture
def forget_clients() -> Iterator[Callable[[], None]]:
    """A function to be called when a test has changed the environment: clients keep that in which they were made."""
    forget: Callable[[], None] = fsspec.get_filesystem_class("s3").clear_instance_cache
    forget()
    yield forget
    forget()
