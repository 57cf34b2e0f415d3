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

from spice_fast.config import load_config
from spice_fast.observability import RunFolder, read_events, read_rows
from spice_fast.training.policy import BUILTIN_MODELS

UPDATES = load_config("mini/spice").update.updates_per_round
"""Checkpoints are named after optimizer steps."""


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
    # The preset keeps four milestones of its six rounds, and the starting weights.
    kept = [f"milestones/round-{rounds:06d}" for rounds in (0, 1, 3, 4, 6)]
    assert sorted(path.name for path in (killed / "milestones").iterdir()) == [name.split("/")[1] for name in kept]
    for name in ("model", *kept):
        before, after = (load_file(folder / name / "model.safetensors") for folder in (straight, killed))
        assert before.keys() == after.keys()
        assert all(before[parameter].equal(after[parameter]) for parameter in before)


MEMORY = [
    part
    for override in (
        "challenger.gates=['grounded','memory','answerability']",
        "challenger.max_waves=2",
        "gates.answerability.votes=2",
        # Ten documents, read again every second round, so that questions come back; more of them than are remembered.
        "gates.memory.capacity=12",
    )
    for part in ("--set", override)
]


@pytest.mark.slow
def test_the_memory_of_questions_survives_a_kill(mini_files, tmp_path):
    from spice_fast.corpus import build
    from spice_fast.mini.corpus import write_documents

    write_documents(tmp_path / "few.jsonl", 10)
    build([tmp_path / "few.jsonl"], tmp_path / "few", min_bytes=0)
    few = (tmp_path / "few", mini_files[1])
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    run(straight, few, *MEMORY)

    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command(killed, few, *MEMORY), env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 240
    while not RunFolder(killed).events_of(2).exists():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()

    run(killed, few, *MEMORY, "--resume")
    assert contents(killed) == contents(straight)
    # The memory had an effect after the kill, and forgot something: otherwise nothing was tested.
    metrics = read_rows(RunFolder(straight).metrics)
    assert sum(row["refused"].get("repeated", 0) for row in metrics[3:]) > 0
    assert metrics[-1]["memory_questions"] == 12
    states = [RunFolder(folder).checkpoint_of(6 * UPDATES) / "question-memory.bin" for folder in (straight, killed)]
    assert states[0].read_bytes() == states[1].read_bytes()
    before, after = (load_file(folder / "model" / "model.safetensors") for folder in (straight, killed))
    assert all(before[name].equal(after[name]) for name in before)


@pytest.mark.slow
def test_two_ranks_remember_what_both_accepted(mini_files, tmp_path):
    from spice_fast.config import MemoryConfig
    from spice_fast.tasks import QuestionMemory

    gates = ["--set", "challenger.gates=['memory']"]
    started = command(tmp_path / "run", mini_files, *gates, rounds=2)
    module = started.index("-m")
    started[module:module] = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run(started, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr[-3000:]

    folder, memory = RunFolder(tmp_path / "run"), QuestionMemory(MemoryConfig())
    for index in range(2):
        rows = list(read_events(folder.events_of(index)))
        assert {row["passage"] for row in rows} == {0, 1, 2, 3}
        memory.remember([(row["question"], row["choices"]) for row in rows if row["valid"]])
    assert memory.num_questions > 0
    assert folder.question_memory(folder.checkpoint_of(2 * UPDATES)) == memory.to_bytes()


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
    assert [path.name for path in folder.complete_checkpoints()] == [
        f"checkpoint-{rounds * UPDATES}" for rounds in (2, 3)
    ]
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


@pytest.mark.slow
def test_a_run_ends_with_its_tokens_and_goes_on_with_more(mini_files, tmp_path):
    straight, stopped = tmp_path / "straight", tmp_path / "stopped"
    run(straight, mini_files, rounds=4)
    tokens = [row["generated_tokens"] for row in read_rows(RunFolder(straight).metrics)]
    limit = ["--set", f"max_generated_tokens={tokens[0] + tokens[1]}"]

    run(stopped, mini_files, *limit, rounds=50)
    assert len(read_rows(RunFolder(stopped).metrics)) == 2
    assert [row["round"] for row in read_rows(RunFolder(stopped).evaluations)] == [0, 2]
    written = (stopped / "model" / "model.safetensors").read_bytes()
    shutil.rmtree(stopped / "model")
    run(stopped, mini_files, *limit, "--resume", rounds=50)
    assert (stopped / "model" / "model.safetensors").read_bytes() == written
    assert len(read_rows(RunFolder(stopped).metrics)) == 2

    run(stopped, mini_files, "--resume", rounds=4)
    assert contents(stopped)[1] == contents(straight)[1]
