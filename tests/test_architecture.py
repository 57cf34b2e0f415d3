"""Rules about the shape of the project that no linter checks: file sizes, paths of a machine, docstrings, light imports."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_FOLDERS = ("python", "rust", "tests", "benches", "scripts")
SOURCE_SUFFIXES = (".py", ".pyi", ".rs")
TEXT_SUFFIXES = (*SOURCE_SUFFIXES, ".md", ".toml", ".txt", ".yml", ".json", ".jsonl", ".html", ".svg")
GENERATED = {"target", "__pycache__"}
MAX_LINES = 500
MACHINE_PATH = re.compile(r"(?<![\w.~$}-])/(?:home|root|Users|tmp|var/tmp|work|workspace|mnt)/\w")


def files_under(root, folders, suffixes):
    """The files below some folders of ``root`` that a person wrote; never empty, so no check can pass by finding none."""
    found = [
        path
        for folder in folders
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in suffixes and path.is_file() and not GENERATED & set(path.relative_to(root).parts)
    ]
    assert found, f"no {suffixes} below {folders} of {root}"
    return found


def too_long(paths):
    return [path for path in paths if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES]


def machine_paths(paths):
    """``file:line: text`` of every absolute path that only one machine has."""
    return [
        f"{path}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]


def loaded_by(statement, names):
    """Which of the modules ``names`` are loaded in a fresh interpreter after a statement."""
    script = f"import sys\n{statement}\nprint(*sorted({set(names)!r} & set(sys.modules)))"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return finished.stdout.split()


def test_the_guards_scan_python_and_rust_in_every_source_folder():
    found = files_under(ROOT, SOURCE_FOLDERS, SOURCE_SUFFIXES)
    assert {path.suffix for path in found} == set(SOURCE_SUFFIXES)
    assert {path.relative_to(ROOT).parts[0] for path in found} == set(SOURCE_FOLDERS)


def test_no_source_file_has_more_than_500_lines():
    assert too_long(files_under(ROOT, SOURCE_FOLDERS, SOURCE_SUFFIXES)) == []


def test_a_file_of_501_lines_is_found(tmp_path):
    (tmp_path / "short.py").write_text("x = 1\n" * MAX_LINES)
    (tmp_path / "long.py").write_text("x = 1\n" * (MAX_LINES + 1))
    assert too_long(files_under(tmp_path, ["."], [".py"])) == [tmp_path / "long.py"]


def test_no_file_names_a_path_of_one_machine():
    folders = (*SOURCE_FOLDERS, "configs", "docs", "requirements", ".github", ".ci")
    pages = [path for path in ROOT.iterdir() if path.suffix in TEXT_SUFFIXES or path.name == "Makefile"]
    assert machine_paths([*pages, *files_under(ROOT, folders, TEXT_SUFFIXES), ROOT / ".ci" / "run"]) == []


@pytest.mark.parametrize("folder", ["home/me", "root/x", "tmp/x", "Users/me", "work/main"])
def test_a_path_of_one_machine_is_found(folder, tmp_path):
    (tmp_path / "page.md").write_text(f"a line\nsee /{folder}\n")
    assert machine_paths([tmp_path / "page.md"]) == [f"{tmp_path / 'page.md'}:2: see /{folder}"]


def test_every_package_folder_says_what_it_is_for():
    package = ROOT / "python" / "spice_fast"
    folders = {path.parent for path in package.rglob("*.py") if "__pycache__" not in path.parts}
    assert len(folders) > 10
    for folder in folders:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))), folder


def test_importing_the_package_loads_neither_numpy_nor_torch():
    assert loaded_by("import spice_fast", ["numpy", "torch", "pydantic", "spice_fast._core"]) == []


@pytest.mark.parametrize(
    "part", ["config", "observability", "corpus", "tasks", "answers", "rewards", "selfplay", "report", "cli"]
)
def test_everything_but_training_loads_without_torch(part):
    assert loaded_by(f"import spice_fast.{part}", ["torch", "transformers", "trl", "vllm"]) == []


def test_a_loaded_module_is_seen():
    assert loaded_by("import json", ["json", "torch"]) == ["json"]
