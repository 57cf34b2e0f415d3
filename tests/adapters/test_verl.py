"""``compute_score`` called by verl's own reward managers, found through verl's own configuration."""

import asyncio

import pytest

pytest.importorskip("verl", reason="verl is not in this environment; run make test-adapters")

import numpy as np
import torch
from omegaconf import OmegaConf
from verl import DataProto
from verl.trainer.ppo.reward import get_custom_reward_fn, load_reward_manager
from verl.workers.reward_manager import get_reward_manager_cls

from random_model import train_tokenizer

CASES = [
    (r"the area is \boxed{\frac{1}{2}}", "0.5", {}, 1.0),
    (r"the area is \boxed{0.6}", "0.5", {}, 0.0),
    ("the area is 0.5", "0.5", {}, 0.0),
    (r"so it is \boxed{(B) blue}", "B", {"kind": "mcq", "choices": ["red", "blue"]}, 1.0),
    (r"so it is \boxed{(B) red}", "B", {"kind": "mcq", "choices": ["red", "blue"]}, 0.0),
    (r"\boxed{x^2-1}", "(x-1)(x+1)", {"kind": "expression", "index": 5}, 1.0),
    (r"\boxed{5}", "5 km", {}, 1.0),
]
PROMPT = "What is it?"


def config(manager, **reward_kwargs):
    """The part of verl's configuration that names the reward function."""
    function = {
        "path": "pkg://spice_fast.answers.adapters",
        "name": "compute_score",
        "reward_kwargs": reward_kwargs,
    }
    return OmegaConf.create(
        {
            "reward": {
                "custom_reward_function": function,
                "reward_manager": {"source": "register", "name": manager},
                "reward_kwargs": {},
            },
            "data": {"reward_fn_key": "data_source"},
        }
    )


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer([text for text, *_ in CASES] + [PROMPT], 400)


@pytest.fixture
def batch(tokenizer):
    """The cases as verl holds them after a rollout: prompts padded on the left, responses on the right."""
    prompt = tokenizer.encode(PROMPT)
    responses = [tokenizer.encode(text) for text, *_ in CASES]
    width = max(map(len, responses))
    pad = tokenizer.pad_token_id
    return DataProto.from_dict(
        tensors={
            "prompts": torch.tensor([[pad, *prompt]] * len(CASES)),
            "responses": torch.tensor([ids + [pad] * (width - len(ids)) for ids in responses]),
            "attention_mask": torch.tensor(
                [[0] + [1] * (len(prompt) + len(ids)) + [0] * (width - len(ids)) for ids in responses]
            ),
        },
        non_tensors={
            "data_source": np.array(["exam"] * len(CASES), dtype=object),
            "reward_model": np.array([{"style": "rule", "ground_truth": gold} for _, gold, *_ in CASES], dtype=object),
            "extra_info": np.array([dict(extra) for _, _, extra, _ in CASES], dtype=object),
        },
    )


@pytest.mark.parametrize("manager", ["naive", "dapo"])
def test_the_reward_loop_scores_every_response(tokenizer, batch, manager):
    async def scores():
        loaded = load_reward_manager(config(manager), tokenizer)
        return [await loaded.run_single(batch[row : row + 1]) for row in range(len(batch))]

    results = asyncio.run(scores())
    assert [result["reward_score"] for result in results] == [score for *_, score in CASES]
    assert [result["reward_extra_info"]["acc"] for result in results] == [score for *_, score in CASES]


def test_the_synchronous_manager_puts_the_score_on_the_last_token(tokenizer, batch):
    manager = get_reward_manager_cls("naive")(
        tokenizer, num_examine=0, compute_score=get_custom_reward_fn(config("naive")), compute_score_timeout=5
    )
    rewards = manager(batch)
    lengths = batch.batch["attention_mask"][:, batch.batch["prompts"].shape[1] :].sum(dim=1)
    assert rewards.sum(dim=1).tolist() == [score for *_, score in CASES]
    assert rewards[torch.arange(len(CASES)), lengths - 1].tolist() == [score for *_, score in CASES]


def test_the_configuration_chooses_the_policy():
    score = get_custom_reward_fn(config("naive", policy="strict"))
    row = {"data_source": "exam", "ground_truth": "5 km", "extra_info": {}}
    assert score(solution_str=r"\boxed{5}", **row) == 0.0
    assert score(solution_str=r"\boxed{5 km}", **row) == 1.0


def test_the_keywords_of_a_deployed_reward_model_do_no_harm():
    score = get_custom_reward_fn(config("naive"))
    row = {"data_source": "exam", "ground_truth": "5", "solution_str": r"\boxed{5}", "extra_info": {}}
    assert score(**row, reward_router_address="localhost:1", reward_model_tokenizer=None) == 1.0
