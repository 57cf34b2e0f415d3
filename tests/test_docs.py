"""What the pages promise: README's Python runs, its commands and links exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spice_fast.corpus import build

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def test_the_readme_has_snippets():
    assert len(SNIPPETS) >= 3


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_every_python_snippet_of_the_readme_runs(snippet, mini_files, tmp_path):
    (tmp_path / "rivers.txt").write_text(
        "The rivers of France are many. The Loire is the longest of these rivers. " * 20
    )
    build([mini_files[0].parent / "documents.jsonl", tmp_path / "rivers.txt"], tmp_path / "corpus", min_bytes=0)
    (tmp_path / "model").mkdir()
    tokenizer = ROOT / "python" / "spice_fast" / "mini" / "checkpoint" / "tokenizer.json"
    shutil.copy(tokenizer, tmp_path / "model" / "tokenizer.json")
    result = subprocess.run([sys.executable, "-c", snippet], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_every_subcommand_of_the_readme_exists():
    commands = sorted(set(re.findall(r"^\$ spice-fast (\w+(?: (?:build|stats|sample|export))?)", README, re.MULTILINE)))
    assert "corpus build" in commands
    for command in commands:
        arguments = [sys.executable, "-m", "spice_fast.cli", *command.split(), "--help"]
        result = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert result.returncode == 0, (command, result.stderr)
        assert "Usage" in result.stdout


def test_every_make_target_of_the_pages_exists():
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {t for page in PAGES for t in re.findall(r"`make ([a-z-]+)", page.read_text())}
    assert {"demo", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
