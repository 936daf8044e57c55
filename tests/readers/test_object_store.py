"""Sources in an object store (S3), on a server on this machine."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fsspec
import pandas as pd
import pytest
import zstandard

import kg
from kg.model import Paper, Skipped
from kg.readers import read
from tests.built import run
from tests.material import DATA, EXAMPLES
from tests.object_store import Bucket, ObjectServer

LINES = [f'{{"id": "{number}", "title": "Paper {number} on {"leaves " * 300}"}}\n'.encode() for number in range(1, 200)]
SAMPLES = ("acl.xml", "bibliography.bib", "openalex.jsonl", "papers.jsonl", "references.ris", "scopus.csv")


def read_all(*sources: str) -> tuple[list[Paper], list[str]]:
    """The papers of some sources, and what was skipped and why."""
    skipped: list[Skipped] = []
    papers = list(read(*sources, on_skip=skipped.append))
    return papers, [str(one) for one in skipped]


def keys(bucket: Bucket, source: str) -> list[str]:
    """The keys of the objects that are read for a source in a bucket, each of which holds a paper."""
    papers, skipped = read_all(f"{bucket.url}{source}")
    assert skipped == []
    return [paper.sources[0].file.removeprefix(f"{bucket.url}/") for paper in papers]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files of many formats, packed in many ways, some in folders and with names of any letters."""
    place = tmp_path / "papers"
    examples = (EXAMPLES / "abstracts.jsonl").read_bytes()
    (place / "Über uns").mkdir(parents=True)
    for name in SAMPLES:
        shutil.copy(DATA / name, place / name)
    lines = examples.splitlines(keepends=True)
    (place / "a.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[:5])))
    (place / "Über uns" / "論文 +%20#&=@ [1].zst").write_bytes(zstandard.compress(b"".join(lines[5:9])))
    with zipfile.ZipFile(place / "b.zip", "w") as archive:
        archive.writestr("c/d.jsonl", b"".join(lines[9:12]))
    table = pd.DataFrame([json.loads(line) for line in lines[12:20]])
    table[["id", "title", "abstract"]].to_parquet(place / "Über uns" / "table.parquet")
    (place / "empty.json").touch()
    return place


def test_what_is_read_is_what_is_read_from_a_disk(folder: Path, bucket: Bucket) -> None:
    """A folder of any formats gives the same papers in the same order, with the same extractions, but for its URL."""
    for path in folder.rglob("*"):
        if path.is_file():
            bucket.put(f"papers/{path.relative_to(folder)}", path.read_bytes())
    papers, skipped = read_all(f"{bucket.url}/papers/")
    here, skipped_here = read_all(str(folder))

    def named(paper: Paper) -> Paper:
        sources = [replace(one, file=one.file.replace(str(folder), f"{bucket.url}/papers")) for one in paper.sources]
        return replace(paper, sources=tuple(sources))

    assert papers == list(map(named, here))
    assert skipped == [one.replace(str(folder), f"{bucket.url}/papers") for one in skipped_here]
    assert len({paper.sources[0].file for paper in papers}) == len(SAMPLES) + 4
    extractions = [kg.extraction_line(one) for one in kg.extract(papers[:10])]
    expected = [kg.extraction_line(replace(one, paper=named(one.paper))) for one in kg.extract(here[:10])]
    assert extractions == expected


def test_a_graph_of_urls(bucket: Bucket, tmp_path: Path) -> None:
    """A graph folder notes the URLs that it was built from, by which papers are taken out again."""
    lines = (EXAMPLES / "abstracts.jsonl").read_bytes().splitlines(keepends=True)
    one = bucket.put("one.jsonl.gz", gzip.compress(b"".join(lines[:4])))
    two = bucket.put("more/two.jsonl", b"".join(lines[4:6]))
    kg.build_folder([one, f"{bucket.url}/more"], tmp_path / "g", exports=["turtle"], store=False)
    assert [file["file"] for file in json.loads((tmp_path / "g" / "manifest.json").read_bytes())["inputs"]] == [
        two,
        one,
    ]
    kg.remove_from_folder(tmp_path / "g", sources=[two])
    assert len((tmp_path / "g" / "extractions.jsonl").read_bytes().splitlines()) == 4


def test_what_kg_wrote_is_left_out(bucket: Bucket, tmp_path: Path) -> None:
    """Of a graph folder that was copied into a bucket nothing is read but what kg did not write, or what is named."""
    kg.build_folder([EXAMPLES / "abstracts.jsonl"], tmp_path / "g", exports=["turtle"])
    (tmp_path / "g" / "mine.jsonl").write_bytes(LINES[0])
    for path in (tmp_path / "g").rglob("*"):
        if path.is_file():
            bucket.put(f"g/{path.relative_to(tmp_path / 'g')}", path.read_bytes())
    found = kg.read_papers([f"{bucket.url}/g"])
    assert (found.files, found.skipped) == ((f"{bucket.url}/g/mine.jsonl",), ())
    named = f"{bucket.url}/g/extractions.jsonl"
    assert kg.read_papers([named]).files == (named,)


def test_a_file_that_is_named_needs_no_listing(bucket: Bucket, object_server: ObjectServer) -> None:
    """Who may read an object, but not list the bucket, can read it: nothing but the object is asked for."""
    url = bucket.put("a.jsonl", LINES[0])
    before = len(object_server.requests)
    assert len(read_all(url)[0]) == 1
    asked = {request.rpartition("/")[2] for request in object_server.requests[before:]}
    assert asked == {"a.jsonl"}


def test_what_a_folder_stands_for(bucket: Bucket) -> None:
    """All below it, files before folders, with or without a slash; not hidden ones, nor marks that consoles leave."""
    for key in ("dir/b.jsonl", "dir/a/c.jsonl", "dir/a/.hidden", "dir/.git/x", "both", "both/x", "dirt"):
        bucket.put(key, LINES[0])
    for key in ("dir/", "dir/a/", "nothing/"):
        bucket.put(key, b"")
    assert keys(bucket, "/dir") == keys(bucket, "/dir/") == ["dir/b.jsonl", "dir/a/c.jsonl"]
    assert keys(bucket, "") == keys(bucket, "/") == ["both", "dirt", "both/x", "dir/b.jsonl", "dir/a/c.jsonl"]
    bucket.put("twice//a.jsonl", LINES[0])
    assert keys(bucket, "/twice") == ["twice//a.jsonl"]
    assert (keys(bucket, "/both"), keys(bucket, "/both/")) == (["both"], ["both/x"])
    reason = "a folder with no file in it (hidden files are left out)"
    assert read_all(f"{bucket.url}/nothing/") == ([], [f"{bucket.url}/nothing/: {reason}"])


def test_what_a_pattern_stands_for(bucket: Bucket) -> None:
    """All that fits, folders with what is below them, hidden files left out; a key that is called so is itself."""
    for key in ("d=1/a.jsonl", "d=1/b.csv.jsonl", "d=2/x/c.jsonl", "d=2/.hidden", "e1.jsonl", "e[1].jsonl", "e?.jsonl"):
        bucket.put(key, LINES[0])
    assert keys(bucket, "/d=*") == keys(bucket, "/d=*/**") == ["d=1/a.jsonl", "d=1/b.csv.jsonl", "d=2/x/c.jsonl"]
    assert keys(bucket, "/d=?/*.csv.jsonl") == ["d=1/b.csv.jsonl"]
    assert (keys(bucket, "/e[1].jsonl"), keys(bucket, "/e?.jsonl")) == (["e[1].jsonl"], ["e?.jsonl"])
    assert keys(bucket, "/e[12].jsonl") == ["e1.jsonl"]


def test_what_is_not_there_is_named(bucket: Bucket) -> None:
    """An object, a folder or a bucket that does not exist is named, and the next source is read."""
    missing = {
        f"{bucket.url}/a.jsonl": "cannot be opened (No such file or directory)",
        f"{bucket.url}/a/": "cannot be opened (No such file or directory)",
        f"{bucket.url}/*.jsonl": "nothing fits (hidden files are left out)",
        bucket.url: "a folder with no file in it (hidden files are left out)",
        "s3://no-such-bucket": "cannot be opened (Not Found)",
        "s3://no-such-bucket/a.jsonl": "cannot be opened (The specified bucket does not exist)",
        "s3://no-such-bucket/*": "nothing fits (hidden files are left out)",
        "s3://": "cannot be opened (Cannot traverse all of S3)",
    }
    _, skipped = read_all(*missing)
    assert skipped == [f"{url}: {reason}" for url, reason in missing.items()]
    url = bucket.put("b.jsonl", LINES[0])
    assert [paper.id for paper in read_all("s3://no-such-bucket/a", url)[0]] == ["1"]


def test_what_others_have_written_since_is_seen(bucket: Bucket) -> None:
    """A bucket is listed anew each time: files that are new or longer are read whole."""
    bucket.put("dir/a.jsonl", LINES[0])
    assert len(read_all(f"{bucket.url}/dir/")[0]) == 1
    bucket.put("dir/a.jsonl", b"".join(LINES[:3]))
    assert len(read_all(f"{bucket.url}/dir/a.jsonl")[0]) == 3
    bucket.put("dir/b.jsonl", LINES[3])
    assert len(read_all(f"{bucket.url}/dir/")[0]) == 4


def test_without_credentials(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, forget_clients: Callable[[], None]
) -> None:
    """Without credentials it is said how public buckets are read, and so they are; what is not public stays so."""
    public, private = bucket.put("public", LINES[0], ACL="public-read"), bucket.put("private", LINES[0])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    forget_clients()
    reason = "Unable to locate credentials; for a public bucket set FSSPEC_S3_ANON=true"
    assert read_all(public) == ([], [f"{public}: cannot be opened ({reason})"])
    monkeypatch.setitem(fsspec.config.conf, "s3", {"anon": True})  # which fsspec makes of the variable when it starts
    forget_clients()
    papers, skipped = read_all(public, private)
    assert ([paper.id for paper in papers], skipped) == (["1"], [f"{private}: cannot be opened (Forbidden)"])


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_servers_are_named_as_others_name_them(
    name: str,
    object_server: ObjectServer,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    forget_clients: Callable[[], None],
) -> None:
    """The variables of Amazon's own tools lead to any server."""
    url = bucket.put("a.jsonl", LINES[0])
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    monkeypatch.setenv(name, object_server.address)
    forget_clients()
    assert [paper.id for paper in read_all(url)[0]] == ["1"]


def test_a_command_that_is_told_all_in_variables_of_fsspec(
    object_server: ObjectServer,
    bucket: Bucket,
    tmp_path: Path,
) -> None:
    """Fsspec takes any of its settings from variables: kg extract finds server and credentials there."""
    url = bucket.put("a.jsonl", LINES[0])
    others = {name: "" for name in bucket.environment if name.endswith(("URL_S3", "_KEY", "_KEY_ID"))}
    told = {
        "FSSPEC_S3_ENDPOINT_URL": object_server.address,
        "FSSPEC_S3_KEY": "test",
        "FSSPEC_S3_SECRET": "test",
    }
    done = run("extract", url, "-o", tmp_path / "e.jsonl", "-q", **{**bucket.environment, **others, **told})
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads((tmp_path / "e.jsonl").read_bytes())["sources"] == [{"file": url, "record": 1}]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients fetch little at a time and ask once."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setitem(fsspec.config.conf, "s3", {"default_block_size": 2**16})


@pytest.mark.usefixtures("impatient", "object_server")
def test_a_server_that_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forget_clients: Callable[[], None]
) -> None:
    """What was read before it went goes through, the half line does not, and the break is named, as is what follows."""
    server = ObjectServer(tmp_path)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    forget_clients()
    new = server.new_bucket()
    urls = [new.put("a.jsonl", b"".join(LINES)), new.put("b.jsonl", LINES[0])]
    skipped: list[Skipped] = []
    papers = read(*urls, on_skip=skipped.append)
    ids = [next(papers).id]
    server.end()
    ids += [paper.id for paper in papers]
    forget_clients()
    assert 20 < len(ids) < len(LINES)
    assert ids == [str(number) for number in range(1, len(ids) + 1)]
    address = server.address + new.url.removeprefix("s3:/")
    assert [str(one) for one in skipped] == [
        f'{urls[0]}: cannot be read to its end (Could not connect to the endpoint URL: "{address}/a.jsonl")',
        f'{urls[1]}: cannot be opened (Could not connect to the endpoint URL: "{address}/b.jsonl")',
    ]


def test_other_processes_write_there(bucket: Bucket, tmp_path: Path) -> None:
    """A process with the environment of a bucket writes into it, and every bucket begins empty."""
    assert bucket.contents() == {}
    program = f"import fsspec\nwith fsspec.open('{bucket.url}/a/b', 'wb') as file: file.write(b'seen')"
    subprocess.run([sys.executable, "-c", program], env=bucket.environment, cwd=tmp_path, check=True)
    assert bucket.contents() == {"a/b": b"seen"}
