"""Reads what a fuzzer makes of the samples, format by format, and stops at the first input that does harm.

    python benchmarks/fuzz.py [--seconds 30] [--format openalex ...] [--keep FOLDER]

Each format is read for so many seconds by a process of its own, in which atheris (libFuzzer) changes the samples of
tests/data in the ways that lead to code not yet seen. Harm is an exception, a paper that cannot be written and read
back as it was, an input of a few KB that takes longer than ten seconds, or more than 2 GB of memory. The input that
did it is kept in FOLDER. Needs atheris, for which there are wheels for Linux: pip install 'kg-papers[fuzz]'.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SAMPLES = ROOT / "tests" / "data"
_EXECUTED = re.compile(r"Done (\d+) runs in (\d+) second")
_COVERED = re.compile(r"cov: (\d+)")
_LONGEST_INPUT = 20_000
_TIMEOUT_SECONDS = 10
_MEMORY_MB = 2_048


def fuzz(name: str | None, arguments: list[str]) -> None:
    """Read one format (None: whatever kg takes the input for) in this process until libFuzzer ends it."""
    import atheris  # noqa: PLC0415 - not where only the formats are listed

    with atheris.instrument_imports(include=["kg.readers"]):
        from kg.model import Skipped, paper_to_json  # noqa: PLC0415 - instrumented
        from kg.readers import read  # noqa: PLC0415

    def one_input(data: bytes) -> None:
        skipped: list[Skipped] = []
        papers = list(read(io.BytesIO(data), format=name, on_skip=skipped.append))
        if not papers and not skipped and name != "openalex":
            raise AssertionError("neither a paper nor a reason")
        for paper in papers:
            written = json.dumps(paper_to_json(paper), ensure_ascii=False).encode()
            (back,) = read(io.BytesIO(written), format="jsonl", strict=True)
            if back != paper:
                raise AssertionError(f"{back}\nis not\n{paper}")
        for one in skipped:
            if "\n" in str(one):
                raise AssertionError(f"a reason of several lines: {one}")

    atheris.Setup(["fuzz", *arguments], one_input)
    atheris.Fuzz()


def run(name: str, seconds: int, keep: Path) -> tuple[bool, str]:
    """Fuzz one format in a process of its own: whether it did no harm, and one line about it."""
    with tempfile.TemporaryDirectory() as seeds:
        for path in SAMPLES.iterdir():
            if path.is_file():
                Path(seeds, path.name).write_bytes(path.read_bytes()[:_LONGEST_INPUT])
        options = {
            "max_total_time": seconds,
            "timeout": _TIMEOUT_SECONDS,
            "rss_limit_mb": _MEMORY_MB,
            "max_len": _LONGEST_INPUT,
            "seed": 1,
            "artifact_prefix": f"{keep}/{name}-",
        }
        command = [
            sys.executable,
            __file__,
            "--one",
            name,
            *(f"-{key}={value}" for key, value in options.items()),
            seeds,
        ]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    executed = _EXECUTED.search(done.stderr)
    covered = _COVERED.findall(done.stderr)
    if done.returncode or executed is None:
        return False, f"{name:<18} HARM, input in {keep}\n" + "\n".join(
            [*done.stdout.splitlines()[-20:], done.stderr.splitlines()[-1]]
        )
    return (
        True,
        f"{name:<18} {int(executed[1]):>9,} inputs in {executed[2]} s, {covered[-1] if covered else '?'} places",
    )


def main() -> int:
    """Fuzz every format that is asked for, and say how it went."""
    from kg.readers import formats  # noqa: PLC0415 - in a process that fuzzes they are instrumented first

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = ["any", *(form.name for form in formats())]
    parser.add_argument("--seconds", type=int, default=30, help="for each format (default: 30)")
    parser.add_argument("--format", action="append", choices=names, help="this one alone; may be repeated")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()), help="where harmful inputs are kept")
    options = parser.parse_args()
    harmless = True
    for name in options.format or names:
        fine, line = run(name, options.seconds, options.keep)
        harmless &= fine
        print(line, flush=True)
    return 0 if harmless else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        fuzz(None if sys.argv[2] == "any" else sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
