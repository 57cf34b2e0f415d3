"""Kill -9 in mid-round, resume, and compare with the run that was never stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from safetensors.torch import load_file

from spice_fast.observability import RunFolder, read_events, read_rows
from spice_fast.training.policy import BUILTIN_MODELS


def command(folder, mini_files, *extra, rounds=6):
    corpus, held_out = mini_files
    overrides = [
        f"rounds={rounds}",
        "passages_per_round=4",
        "challenger.group=4",
        "reasoner.rollouts=4",
        "checkpoint.every=2",
        "evaluation.every=3",
        f"corpus.path={corpus}",
        f"evaluation.suite={held_out}",
    ]
    settings = [part for override in overrides for part in ("--set", override)]
    return [sys.executable, "-m", "spice_fast.cli", "train", "mini/spice", "--output", str(folder), *settings, *extra]


def run(*arguments, **options):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        command(*arguments, **options), env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]


def contents(folder):
    run_folder = RunFolder(folder)
    events = {path.name: list(read_events(path)) for path in sorted(run_folder.events.iterdir())}
    return events, read_rows(run_folder.metrics), read_rows(run_folder.evaluations)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ["dr_grpo", "rae"])  # rae keeps baselines from round to round
def test_a_killed_and_resumed_run_is_bit_identical(mini_files, tmp_path, estimator):
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    setting = ("--set", f"advantage.estimator={estimator}")
    run(straight, mini_files, *setting)

    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command(killed, mini_files, *setting), env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 240
    # Round 3 (the fourth) is under way once the third's events are there; the last checkpoint is then two rounds old.
    while not RunFolder(killed).events_of(2).exists():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (killed / "model").exists()

    run(killed, mini_files, *setting, "--resume")
    assert contents(killed) == contents(straight)
    before, after = (load_file(folder / "model" / "model.safetensors") for folder in (straight, killed))
    assert before.keys() == after.keys()
    assert all(before[name].equal(after[name]) for name in before)


@pytest.mark.slow
def test_a_finished_run_goes_on_when_given_more_rounds(mini_files, tmp_path):
    straight, extended = tmp_path / "straight", tmp_path / "extended"
    run(straight, mini_files, rounds=4)
    run(extended, mini_files, rounds=2)
    run(extended, mini_files, "--resume", rounds=4)
    assert contents(extended)[0] == contents(straight)[0]


@pytest.mark.slow
def test_what_does_not_fit_the_run_is_refused_and_nothing_is_lost(mini_files, tmp_path):
    folder = tmp_path / "run"
    run(folder, mini_files, rounds=2)
    before = contents(folder)
    for override, named in (("seed=5", "seed"), ("corpus.passage_tokens=32", "corpus.passage_tokens")):
        result = subprocess.run(
            command(folder, mini_files, "--resume", "--set", override),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == 2
        assert f"  {named}: " in result.stderr
        assert "Traceback" not in result.stderr
    again = subprocess.run(command(folder, mini_files), capture_output=True, text=True, timeout=120, check=False)
    assert again.returncode == 2
    assert "not empty" in again.stderr
    assert "--resume" in again.stderr
    assert contents(folder) == before


@pytest.mark.slow
def test_a_run_folder_holds_what_it_promises(mini_files, tmp_path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = RunFolder(tmp_path / "run")
    run(folder.path, mini_files, rounds=3)
    facts = json.loads((folder.path / "run.json").read_text())
    assert facts["world_size"] == 1
    assert facts["versions"]["trl"].startswith("1.")
    assert [row["round"] for row in read_rows(folder.metrics)] == [0, 1, 2]
    assert [row["round"] for row in read_rows(folder.evaluations)] == [0, 3]
    assert [path.name for path in folder.complete_checkpoints()] == ["checkpoint-2", "checkpoint-3"]
    assert AutoModelForCausalLM.from_pretrained(folder.model).num_parameters() > 0
    assert AutoTokenizer.from_pretrained(folder.model).chat_template
    row = next(row for row in read_events(folder.events_of(0)) if row["valid"])
    assert {"draw", "document", "question", "gold", "verdicts", "reward", "advantage", "answers"} <= row.keys()


@pytest.mark.slow
def test_another_tokenizer_is_refused(mini_files, tmp_path):
    model, folder = tmp_path / "model", tmp_path / "run"
    shutil.copytree(BUILTIN_MODELS["builtin:mini"], model)
    path = ["--set", f"model.path={model}"]
    run(folder, mini_files, *path, rounds=1)
    before = contents(folder)
    tokenizer = json.loads((model / "tokenizer.json").read_text())
    words = tokenizer["model"]["vocab"]
    words["ink"], words["jewel"] = words["jewel"], words["ink"]
    (model / "tokenizer.json").write_text(json.dumps(tokenizer))
    resumed = subprocess.run(
        command(folder, mini_files, *path, "--resume", rounds=2),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert resumed.returncode == 2
    assert "  tokenizer_hash: " in resumed.stderr
    assert contents(folder) == before
