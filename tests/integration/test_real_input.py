"""Real documents, the paper's prompts and a random model: nothing it writes is a task, and nothing is learned from that."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from spice_fast.observability import RunFolder, read_events, read_rows

ROOT = Path(__file__).parent.parent.parent


def call(*command):
    result = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, timeout=400, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout


@pytest.mark.slow
def test_a_random_model_writes_no_task_and_its_weights_do_not_change(tmp_path):
    documents = Path(os.__file__).parent  # the standard library and what is installed beside it
    corpus, model, run = tmp_path / "corpus", tmp_path / "model", tmp_path / "run"
    call("-m", "spice_fast.cli", "corpus", "build", documents, "--output", corpus, "--on-error", "skip")
    call(ROOT / "scripts" / "random_model.py", corpus, model, "--vocabulary", 1024)
    settings = [
        "rounds=3", "passages_per_round=2", "model.dtype=float32", f"model.path={model}", f"corpus.path={corpus}",
        "corpus.passage_tokens=1500", "challenger.max_waves=1", "challenger.max_new_tokens=32",
        "reasoner.max_new_tokens=32", "update.updates_per_round=2", "update.micro_batches=2", "engine.name=transformers",
    ]  # fmt: skip
    sets = [part for setting in settings for part in ("--set", setting)]
    call("-m", "spice_fast.cli", "train", "paper/qwen3-4b", "--output", run, *sets)

    folder = RunFolder(run)
    rows = read_rows(folder.metrics)
    assert [row["valid"] for row in rows] == [0, 0, 0]
    assert all(sum(row["refused"].values()) == row["attempts"] == 16 for row in rows)
    assert all(event["reason"] for event in read_events(folder.events_of(0)))
    before, after = load_file(model / "model.safetensors"), load_file(folder.model / "model.safetensors")
    assert all(before[name].equal(after[name]) for name in before)
    gc.collect()
