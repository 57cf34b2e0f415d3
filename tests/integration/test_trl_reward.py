"""The grader as a reward function of a real ``GRPOTrainer``: what TRL logs is what the grader says."""

import itertools
import json

import pytest

from spice_fast.answers import Grader
from spice_fast.answers.adapters import trl_reward

NUM_QUESTIONS, GENERATIONS, STEPS = 8, 4, 2


def questions(held_out, *, conversational):
    """Held-out tasks of the miniature as TRL's data sets hold them; one in eight has no gold."""
    with held_out.open(encoding="utf-8") as file:
        tasks = [json.loads(line) for line in itertools.islice(file, NUM_QUESTIONS)]
    texts = [f"<reasoner> {task['question']} <go>" for task in tasks]
    return [
        {
            "prompt": [{"role": "user", "content": text}] if conversational else text,
            "solution": None if row == 3 else task["answer"],
            "kind": task["kind"],
        }
        for row, (text, task) in enumerate(zip(texts, tasks, strict=True))
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # what TRL and torch warn of is theirs
@pytest.mark.parametrize("conversational", [False, True], ids=["plain", "conversational"])
def test_grpo_logs_the_rewards_that_the_grader_gives(mini_files, tmp_path, conversational):
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    from spice_fast.mini.checkpoint import CHECKPOINT

    seen = []

    def as_graded_by_hand(completions, **columns):
        texts = [completion[-1]["content"] if conversational else completion for completion in completions]
        rewards = [
            None if gold is None else float(Grader().check(gold, text, kind).equivalent is True)
            for gold, text, kind in zip(columns["solution"], texts, columns["kind"], strict=True)
        ]
        seen.append(rewards)
        return rewards

    trainer = GRPOTrainer(
        model=str(CHECKPOINT),
        reward_funcs=[trl_reward(gold_column="solution"), as_graded_by_hand],
        train_dataset=Dataset.from_list(questions(mini_files[1], conversational=conversational)),
        args=GRPOConfig(
            output_dir=str(tmp_path),
            per_device_train_batch_size=NUM_QUESTIONS * GENERATIONS,
            num_generations=GENERATIONS,
            max_completion_length=40,
            max_steps=STEPS,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            seed=1,
        ),
    )
    trainer.train()

    logged = [log for log in trainer.state.log_history if "rewards/equivalence_reward/mean" in log]
    assert len(logged) == len(seen) == STEPS
    for log, rewards in zip(logged, seen, strict=True):
        graded = [reward for reward in rewards if reward is not None]
        assert len(graded) == (NUM_QUESTIONS - 1) * GENERATIONS
        assert 0 < sum(graded) < len(graded), "a test of rewards needs both"
        assert log["rewards/equivalence_reward/mean"] == pytest.approx(sum(graded) / len(graded))
        assert log["rewards/equivalence_reward/mean"] == log["rewards/as_graded_by_hand/mean"]
        assert log["rewards/equivalence_reward/std"] == log["rewards/as_graded_by_hand/std"]
