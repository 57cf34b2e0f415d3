import torch
from hypothesis import given
from hypothesis import strategies as st

from spice_fast.records import Role
from spice_fast.rollouts import Completion
from spice_fast.selfplay import Trajectory
from spice_fast.training.planner import plan_round, to_tensors


def trajectory(prompt, completion, advantage):
    tokens = Completion(token_ids=[7] * completion, logprobs=[-0.5] * completion)
    return Trajectory(role=Role.REASONER, prompt_ids=[5] * prompt, completion=tokens, advantage=advantage)


rows = st.lists(
    st.builds(trajectory, st.integers(1, 9), st.integers(1, 9), st.sampled_from([0.0, 0.5, -0.25])), max_size=40
)


@given(st.lists(rows, min_size=1, max_size=3), st.integers(1, 3), st.integers(1, 4))
def test_ranks_agree_on_row_counts_and_every_informative_row_is_there_once(ranks, updates, micro_batches):
    counts = []

    def collect(own):
        counts.append(own)
        return [own]

    for rank_rows in ranks:
        plan_round(rank_rows, seed=1, index=2, num_updates=updates, num_micro_batches=micro_batches, gather=collect)
    plans = [
        plan_round(r, seed=1, index=2, num_updates=updates, num_micro_batches=micro_batches, gather=lambda _: counts)
        for r in ranks
    ]
    assert all(len(plan) == updates * micro_batches for plan in plans)
    for batches in zip(*plans, strict=True):
        assert len({batch.num_rows for batch in batches}) == 1
        assert len({batch.advantage_scale for batch in batches}) == 1
    for rank_rows, plan in zip(ranks, plans, strict=True):
        planned = [row for batch in plan for row in batch.trajectories]
        assert sorted(map(id, planned)) == sorted(id(row) for row in rank_rows if row.advantage)


def test_the_normaliser_counts_rows_without_gradient_too():
    plan = plan_round(
        [trajectory(2, 3, 1.0), trajectory(2, 3, 0.0), trajectory(2, 3, 0.0), trajectory(2, 3, -1.0)],
        seed=0,
        index=0,
        num_updates=1,
        num_micro_batches=1,
        gather=lambda counts: [counts],
    )
    assert plan[0].num_rows == 2
    assert plan[0].advantage_scale == 2 * 1 * 1 / 4


def test_prompts_are_padded_on_the_left_and_completions_on_the_right():
    plan = plan_round(
        [trajectory(2, 3, 1.0), trajectory(4, 1, -1.0)],
        seed=0,
        index=0,
        num_updates=1,
        num_micro_batches=1,
        gather=lambda counts: [[3, 2], counts],
    )
    tensors = to_tensors(plan[0], pad_token_id=0, device=torch.device("cpu"))
    assert tensors["prompt_ids"].tolist() == [[0, 0, 5, 5], [5, 5, 5, 5], [0, 0, 0, 0]]
    assert tensors["prompt_mask"].tolist() == [[0, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 1]]
    assert tensors["completion_mask"].tolist() == [[1, 1, 1], [1, 0, 0], [0, 0, 0]]
    assert tensors["advantages"].tolist()[2] == 0.0
