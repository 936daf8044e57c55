"""What is in the tree is in the wheel, under kg and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import PurePosixPath

import pytest

from tests.material import ROOT

PLACES = {"kg": "kg", "rules": "kg/rules", "exports": "kg/exports"}


def tracked() -> list[PurePosixPath]:
    """The files that git knows, as they stand in the checkout; skips the test where this is no checkout."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("needs a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [PurePosixPath(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy of the files that git knows, so that nothing left lying about gets in."""
    pytest.importorskip("build")
    pytest.importorskip("setuptools", minversion="77")
    tree = tmp_path_factory.mktemp("tree")
    for name in tracked():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    out = tree / "dist"
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(tree)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    (path,) = out.glob("*.whl")
    return zipfile.ZipFile(path)


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    """A file of the wheel's metadata."""
    (path,) = (path for path in wheel.namelist() if path.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def test_wheel_holds_the_tree(wheel: zipfile.ZipFile) -> None:
    """Every file of kg, rules and exports that git knows is in the wheel under kg, with its bytes, and nothing else."""
    wanted = {
        f"{PLACES[name.parts[0]]}/{PurePosixPath(*name.parts[1:])}": ROOT / name
        for name in tracked()
        if name.parts[0] in PLACES
    }
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert found - set(wanted) == set(), "in the wheel, but not in the tree"
    assert set(wanted) - found == set(), "in the tree, but not in the wheel: see package-data in pyproject.toml"
    assert [name for name, path in wanted.items() if wheel.read(name) != path.read_bytes()] == []


def test_wheel_installs_only_kg(wheel: zipfile.ZipFile) -> None:
    """Site-packages gets one folder, kg, and the metadata beside it."""
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"kg", "kg_papers"}


def test_entry_points_name_what_is_there(wheel: zipfile.ZipFile) -> None:
    """The command, the spaCy factories and the exporters are declared, each in a module that the wheel holds."""
    declared = ConfigParser(delimiters=("=",))
    declared.optionxform = str  # type: ignore[method-assign, assignment]
    declared.read_string(metadata(wheel, "entry_points.txt"))
    assert {"console_scripts", "spacy_factories", "kg.exporters"} <= set(declared.sections())
    modules = [value.split(":")[0].strip() for group in declared.sections() for value in declared[group].values()]
    files = set(wheel.namelist())
    assert [name for name in modules if f"{name.replace('.', '/')}.py" not in files] == []


def test_licence_and_types(wheel: zipfile.ZipFile) -> None:
    """The licence is in the metadata, and the package says that it is typed."""
    assert metadata(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text("utf-8")
    assert "kg/py.typed" in wheel.namelist()


def test_readme_is_the_description(wheel: zipfile.ZipFile) -> None:
    """The package index shows the README."""
    assert (ROOT / "README.md").read_text("utf-8").strip() in metadata(wheel, "METADATA")
