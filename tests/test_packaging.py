"""What is shipped: presets, templates and the miniature are inside the package, in a checkout, a wheel and a source distribution."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata, resources
from pathlib import Path

import pytest

import spice_fast

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "python" / "spice_fast"
MAX_WHEEL_BYTES = 25 * 2**20
NOT_SHIPPED = {".so", ".pyc"}


def package_files():
    """Every file of the package as ``spice_fast/...``, through the link to the presets, without what a build or a run leaves."""
    return {
        f"spice_fast/{path.relative_to(PACKAGE).as_posix()}"
        for folder in (PACKAGE, PACKAGE / "configs")  # `rglob` does not follow a link, but starts at one
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED
    }


def maturin(*arguments):
    """Runs maturin with the profile that `make setup` built, so that little is left to compile."""
    command = [Path(sys.executable).with_name("maturin"), *arguments]
    finished = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def requirements():
    lines = (ROOT / "requirements" / "cpu.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_presets_of_the_repository_are_inside_the_package():
    presets = {path.relative_to(ROOT / "configs") for path in (ROOT / "configs").rglob("*.toml")}
    assert presets
    inside = Path(str(resources.files("spice_fast") / "configs"))
    assert {path.relative_to(inside) for path in inside.rglob("*.toml")} == presets


def test_the_package_has_one_version():
    rust = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]["version"]
    assert spice_fast.__version__ == rust == metadata.version("spice-fast")


def test_every_requirement_is_frozen_to_one_version():
    names = [re.fullmatch(r"([A-Za-z0-9._-]+)==[^\s;@*]+", line) for line in requirements()]
    assert len(names) > 100
    assert all(names), [line for line, name in zip(requirements(), names, strict=True) if not name]


def test_the_frozen_environment_holds_what_the_package_asks_for():
    frozen = dict(line.lower().split("==") for line in requirements())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["train"]]
    names = {re.split(r"[<>=\[]", line)[0] for line in asked} - {"spice-fast"}
    assert {"numpy", "torch"} <= names <= set(frozen)


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_fits(tmp_path):
    maturin("build", "--release", "--quiet", "--out", str(tmp_path))
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert package_files() - names == set()
    assert {"spice_fast/_core.abi3.so", "spice_fast/configs/mini/spice.toml", "spice_fast/py.typed"} <= names
    assert "-abi3-" in wheel.name
    assert wheel.stat().st_size <= MAX_WHEEL_BYTES


@pytest.mark.slow
def test_the_source_distribution_holds_what_a_build_needs(tmp_path):
    maturin("sdist", "--out", str(tmp_path))
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        names = {name.split("/", 1)[1] for name in source.getnames()}
    assert {f"python/{name}" for name in package_files()} - names == set()
    assert {"Cargo.toml", "Cargo.lock", "pyproject.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"} <= names
    crates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "rust").glob("*/src/**/*.rs")}
    assert crates
    assert crates - names == set()
