"""What the command line does with a user's mistakes: one clear line, exit code 2, nothing written."""

import subprocess
import sys

import pytest

CLI = [sys.executable, "-m", "spice_fast.cli"]


def run(*arguments, cwd):
    return subprocess.run([*CLI, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "challenger.gruop=4"], "unknown key `challenger.gruop`; did you mean `challenger.group`?"),
        (["--set", "rounds=0"], "`rounds` = 0: Input should be greater than 0"),
        (["--set", "report_to=wandb"], 'expected a list, such as ["wandb"]'),
        (["--set", "corpus.path=nowhere"], "nowhere: no such file or folder"),
        (["--set", "corpus.path=."], "cannot read its manifest.json"),
        (["--set", "evaluation.suite=nowhere.jsonl"], "no evaluation suite: nowhere.jsonl"),
        (["--set", "model.path=./nowhere"], "no model folder: ./nowhere"),
        (["--set", "model.templates=poems"], "no template set: poems"),
        (["--set", "reward.name=spice_varience"], 'unknown challenger reward: "spice_varience"; choose one of spice_'),
        (["--set", "challenger.frozen=true", "--engine", "vllm"], "challenger.frozen = true needs engine.name"),
        (["--resume"], "not a run folder"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
@pytest.mark.slow
def test_a_mistake_is_one_clear_line_and_nothing_is_written(arguments, message, mini_files, tmp_path):
    corpus, held_out = mini_files
    paths = ["--set", f"corpus.path={corpus}", "--set", f"evaluation.suite={held_out}"]
    finished = run("train", "mini/spice", "--output", "run", *paths, *arguments, cwd=tmp_path)
    assert finished.returncode == 2, finished.stderr
    assert finished.stderr.startswith("error: ")
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--suite", "nowhere.jsonl"], "no evaluation suite: nowhere.jsonl"),
        (["--suite", "bad.jsonl"], "bad.jsonl:2: expected an object like"),
        (["--suite", "good.jsonl", "--samples", "4"], "4 greedy answers are one answer 4 times"),
        (["--suite", "good.jsonl", "--samples", "0"], "--samples 0: expected 1 or more"),
        (["--suite", "good.jsonl", "--temperature", "-1"], "--temperature -1.0: expected 0 (greedy) or more"),
        (["--suite", "good.jsonl", "--base", "nowhere"], "no model folder: nowhere"),
        (["--suite", "good.jsonl", "--base", "good.jsonl"], "good.jsonl: not made by `spice-fast eval --output`"),
        (["--suite", "good.jsonl", "--output", "good.jsonl"], "good.jsonl: not made by `spice-fast eval --output`"),
        (["--suite", "good.jsonl", "--templates", "poems"], "no template set: poems"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.slow
def test_a_mistake_in_an_evaluation_is_one_clear_line(arguments, message, tmp_path):
    good = '{"question": "x", "answer": "y"}\n'
    (tmp_path / "good.jsonl").write_text(good)
    (tmp_path / "bad.jsonl").write_text(good + '{"question": "x"}\n')
    finished = run("eval", "builtin:mini", *arguments, cwd=tmp_path)
    assert finished.returncode == 2, finished.stderr
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
    assert finished.stdout == ""
    assert (tmp_path / "good.jsonl").read_text() == good


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "paper/qwen3-8b", "--zero", "0"], 1, "hint: the smallest change that fits: --zero 2"),
        (["train", "paper/qwen3-4b", "--gpu-memory", "1GiB"], 1, "hint: no single setting makes it fit"),
        (
            ["train", "paper/qwen3-4b", "--gpu-memory", "80"],
            2,
            "--gpu-memory 80: expected a size above 0 such as 80GiB",
        ),
        (["train", "paper/qwen3-4b", "--world", "0"], 2, "--world 0: expected 1 or more"),
        (["train", "paper/qwen3-4b", "--set", "model.path=a/b"], 2, "model.path = a/b: its shape is not known"),
        (["train", "paper/qwen3-4b", "--overlay", "overlay/mcq"], 2, "did you mean `overlay/mcq-only`?"),
    ],
    ids=lambda value: " ".join(value[1:]) if isinstance(value, list) else "",
)
@pytest.mark.slow
def test_a_dry_run_writes_nothing_and_says_what_does_not_fit(arguments, code, message, tmp_path):
    finished = run(*arguments, "--dry-run", cwd=tmp_path)
    assert finished.returncode == code, finished.stderr
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
    assert ("GiB on each GPU" in finished.stdout) == (code == 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_dry_run_that_fits_says_so(tmp_path):
    finished = run("train", "paper/qwen3-4b", "--overlay", "overlay/threshold-reward", "--dry-run", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.endswith("fits: 80GiB on each of 8 GPUs with ZeRO-2\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_cross_play_of_what_is_no_run_says_so(tmp_path):
    finished = run("crossplay", "nowhere", cwd=tmp_path)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "not a run folder: nowhere" in finished.stderr
    finished = run("crossplay", "nowhere", "--passages", "0", cwd=tmp_path)
    assert "--passages 0: expected 1 or more" in finished.stderr


def test_an_unknown_preset_names_the_nearest(tmp_path):
    finished = run("train", "mini/spise", cwd=tmp_path)
    assert finished.returncode == 2
    assert finished.stderr == "error: no configuration file or preset: mini/spise\nhint: did you mean `mini/spice`?\n"


def test_a_reader_that_has_seen_enough_is_no_error(mini_files, tmp_path):
    command = [*CLI, "corpus", "sample", str(mini_files[0]), "--passage-bytes", "200", "--count", "20000"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("--- draw 0")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=60) == 1
