"""``spice-fast eval`` with the miniature's real model: greedy and sampled, resumed, beside a base, with vLLM."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from spice_fast.errors import ConfigError, ResumeError
from spice_fast.training.policy import BUILTIN_MODELS

CLI = [sys.executable, "-m", "spice_fast.cli", "eval"]
MINI = ["builtin:mini", "--max-new-tokens", "40", "--json"]


def command(*arguments):
    return [*CLI, *MINI, *(str(argument) for argument in arguments)]


def run(*arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    finished = subprocess.run(command(*arguments), env=environment, capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
    assert finished.returncode == 0, finished.stderr[-3000:]
    return json.loads(finished.stdout)


@pytest.fixture(scope="module")
def suite(mini_files, tmp_path_factory):
    path = tmp_path_factory.mktemp("suites") / "small.jsonl"
    path.write_text("".join(mini_files[1].read_text().splitlines(keepends=True)[::10]))
    return path


def asked(suite, **changes):
    from spice_fast.config import ModelConfig
    from spice_fast.training.evaluate import Evaluation

    model = ModelConfig(path=changes.pop("path", "builtin:mini"), dtype="float32", templates="mini")
    return Evaluation(model=model, suites=(suite,), max_new_tokens=40, **changes)


def test_answers_that_are_there_are_not_given_again(suite, tmp_path):
    from spice_fast.training.evaluate import answer_suites

    output = tmp_path / "r.jsonl"
    results = answer_suites(asked(suite), output)
    whole = output.read_text()
    # A mark in one answer shows that it was read and not made anew; the last line is cut as a kill would.
    marked = whole.replace('"num_tokens": [', '"num_tokens": [99', 1)
    output.write_text(marked[:-20])
    again = answer_suites(asked(suite), output)
    assert output.read_text() == marked
    assert again[0].num_tokens[0] > 99
    assert again[1:] == results[1:]


def test_other_weights_of_the_same_path_are_refused(suite, tmp_path):
    import torch
    from safetensors.torch import load_file, save_file

    from spice_fast.training.evaluate import answer_suites

    model = tmp_path / "model"
    shutil.copytree(BUILTIN_MODELS["builtin:mini"], model)
    answer_suites(asked(suite, path=str(model)), tmp_path / "r.jsonl")
    weights = load_file(model / "model.safetensors")
    save_file({name: value + torch.full_like(value, 1e-4) for name, value in weights.items()}, model / "model.safetensors",
              metadata={"format": "pt"})  # fmt: skip
    with pytest.raises(ResumeError, match=r"  weights: "):
        answer_suites(asked(suite, path=str(model)), tmp_path / "r.jsonl")


def test_several_greedy_answers_are_refused(suite):
    from spice_fast.training.evaluate import answer_suites

    with pytest.raises(ConfigError, match=r"4 greedy answers .*\nhint: add --temperature"):
        answer_suites(asked(suite, num_samples=4))


@pytest.mark.slow
def test_killed_and_called_again_it_gives_the_same_answers(suite, tmp_path):
    straight, killed = tmp_path / "straight.jsonl", tmp_path / "killed.jsonl"
    sampled = ["--suite", suite, "--samples", 200, "--temperature", "1.0"]
    whole = run(*sampled, "--output", straight)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command(*sampled, "--output", killed), env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    deadline = time.monotonic() + 240
    while not killed.exists() or killed.read_text().count("\n") < 2:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert killed.read_bytes() != straight.read_bytes()
    assert run(*sampled, "--output", killed) == whole
    assert killed.read_bytes() == straight.read_bytes()


@pytest.mark.slow
def test_a_base_is_a_model_or_a_file_of_an_earlier_eval(suite, tmp_path):
    sampled = run("--suite", suite, "--samples", "2", "--temperature", "1.0", "--base", "builtin:mini",
                  "--output", tmp_path / "r.jsonl")  # fmt: skip
    # The same model with the same seeds.
    assert sampled["lines"][0]["difference"]["mean"] == 0
    assert sampled["lines"][0]["difference"]["p"] == 1
    assert (tmp_path / "r-base.jsonl").exists()
    greedy = run("--suite", suite, "--base", tmp_path / "r-base.jsonl")
    difference = greedy["lines"][0]["difference"]
    assert difference["base"] == sampled["lines"][0]["accuracy"]
    assert difference["mean"] == pytest.approx(greedy["lines"][0]["accuracy"] - difference["base"])


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed")
def test_vllm_gives_the_greedy_answers_of_transformers(suite, tmp_path):
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    run("--suite", suite, "--output", ours)
    run("--suite", suite, "--output", theirs, "--engine", "vllm")
    rows = [[json.loads(line) for line in path.read_text().splitlines()[1:]] for path in (ours, theirs)]
    same = [a["answers"] == b["answers"] for a, b in zip(*rows, strict=True)]
    assert len(same) == 60
    assert sum(same) >= 57
