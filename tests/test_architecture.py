"""Rules of the project as a whole, each checked on files that are known to be there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = [
    path
    for folder in ("python", "rust", "tests", "benches", "scripts")
    for pattern in ("*.py", "*.pyi", "*.rs")
    for path in (ROOT / folder).rglob(pattern)
]
PACKAGES = sorted(path for path in (ROOT / "python" / "spice_fast").iterdir() if (path / "__init__.py").exists())


def test_the_guards_find_the_code():
    assert len(CODE) > 80
    assert {"corpus", "tasks", "selfplay", "training", "cli"} <= {path.name for path in PACKAGES}


def test_no_file_is_over_500_lines():
    assert {str(path): n for path in CODE if (n := len(path.read_text().splitlines())) > 500} == {}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_package_says_what_it_is(package):
    assert (package / "__init__.py").read_text().startswith('"""')


def test_importing_the_package_loads_neither_numpy_nor_torch():
    script = "import sys, spice_fast; print([m for m in ('numpy', 'torch', 'pydantic') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["corpus", "answers", "rewards", "tasks", "selfplay", "report", "cli"])
def test_what_needs_no_trainer_loads_none(module):
    script = f"import sys, spice_fast.{module}; print([m for m in ('torch', 'transformers', 'trl', 'vllm') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_no_machine_is_named():
    suspicious = ("/home/", "/root/", "/work/", "/Users/")
    found = [
        (str(path), word)
        for path in [*CODE, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("Makefile")]
        if path != Path(__file__)
        for word in suspicious
        if word in path.read_text()
    ]
    assert found == []
