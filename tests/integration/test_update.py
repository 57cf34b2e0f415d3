"""One update of SpiceTrainer against a Dr.GRPO gradient written by hand, on one rank and on two."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "update_script.py"


def run_script(mini_files, tmp_path, *overrides, ranks=1):
    corpus, _ = mini_files
    arguments = [str(corpus), str(tmp_path / "out"), *overrides]
    command = [sys.executable, str(SCRIPT), *arguments]
    if ranks > 1:
        command = [
            sys.executable,
            "-m",
            "torch.distributed.run",
            "--standalone",
            f"--nproc_per_node={ranks}",
            str(SCRIPT),
        ]
        command += arguments
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(SCRIPT.parent.parent)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


@pytest.mark.slow
@pytest.mark.parametrize("updates", [1, 2])
def test_the_gradient_equals_the_hand_written_one(mini_files, tmp_path, updates):
    # A high rate, so that the second update of a round is clipped somewhere.
    steps = run_script(mini_files, tmp_path, f"update.updates_per_round={updates}", "update.learning_rate=2e-3")
    assert len(steps) == 2 * updates
    for step in steps:
        assert step["relative_error"] < 1e-5, step
        assert step["gradient_norm"] > 0
    assert {role for step in steps for role in step["roles"]} == {"challenger", "reasoner"}


@pytest.mark.slow
def test_two_ranks_with_unequal_rows_give_the_same_gradient(mini_files, tmp_path):
    # Three passages on two ranks: two for one, one for the other.
    steps = run_script(mini_files, tmp_path, "passages_per_round=3", ranks=2)
    for step in steps:
        assert step["world"] == 2
        assert step["rows_per_rank"][0] != step["rows_per_rank"][1]
        assert step["relative_error"] < 1e-5, step


@pytest.mark.slow
def test_zero_advantages_leave_the_weights_bit_identical(mini_files, tmp_path):
    # No document is 1,000 statements long: nothing is grounded, every attempt earns the same penalty.
    steps = run_script(mini_files, tmp_path, "challenger.max_new_tokens=3")
    for step in steps:
        assert step["gradient_norm"] == 0.0
        assert step["weights_changed"] is False
