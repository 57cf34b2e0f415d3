"""What many tests need: the miniature's checkpoint, its corpus built once a session, and a quiet environment."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
from hypothesis import settings

from spice_fast.config import load_config

# The same examples on every run, so that a change breaks the suite or does not. To look for new ones: SPICE_FAST_EXPLORE=1.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("explore" if os.environ.get("SPICE_FAST_EXPLORE") else "same")


@pytest.fixture(scope="session")
def mini_files(tmp_path_factory):
    """A built miniature corpus and its held-out suite: ``(corpus, held_out)``."""
    from spice_fast.corpus import build
    from spice_fast.mini.corpus import write_documents, write_held_out

    folder = tmp_path_factory.mktemp("mini")
    write_documents(folder / "documents.jsonl", 200)
    write_held_out(folder / "held-out.jsonl")
    build([folder / "documents.jsonl"], folder / "corpus", min_bytes=0)
    return folder / "corpus", folder / "held-out.jsonl"


@pytest.fixture
def mini_config(mini_files):
    """Makes a small configuration of the miniature: ``mini_config("rounds=2", ...)``."""
    corpus, held_out = mini_files

    def make(*overrides, preset="mini/spice"):
        small = ["rounds=2", "passages_per_round=4", "challenger.group=4", "reasoner.rollouts=4"]
        paths = [f'corpus.path="{corpus}"', f'evaluation.suite="{held_out}"']
        return load_config(preset, [*small, *paths, *overrides])

    return make
