"""Rewards and advantages from Rust are those of the formulas."""

from __future__ import annotations

import naive_rewards
import naive_similarity
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spice_fast.rewards import ESTIMATORS, FLAGS, REWARDS, advantages, challenger_rewards, cluster_shares

NAMES = ("num_correct", "num_answers", "refusal", "chance", "num_mode", "cluster_share")
OPEN = ("num_correct_open", "num_answers_open")


def of(total):
    return st.integers(0, total)


attempts = st.tuples(st.integers(1, 64), st.integers(1, 9)).flatmap(
    lambda n: st.tuples(
        of(n[0]),
        st.just(n[0]),
        st.sampled_from([0, 0, 0, 1, 2]),
        st.sampled_from([0.0, 0.25, 0.5]),
        of(n[0]),
        st.floats(0, 1),
        of(n[1]),
        st.just(n[1]),
    )
)


@pytest.mark.parametrize("name", REWARDS)
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(attempts, max_size=20))
def test_challenger_rewards_are_their_formulas(name, rows):
    columns = dict(zip(NAMES + OPEN, zip(*rows, strict=True) if rows else [[]] * 8, strict=True))
    expected = [naive_rewards.challenger_reward(name, *row) for row in rows]
    np.testing.assert_allclose(challenger_rewards(name, **columns), expected, rtol=1e-14, atol=1e-15)


rewards = st.one_of(
    st.floats(-1, 1),
    st.sampled_from([0.0, 1.0, -0.0, 0.1, 0.1 + 2**-56, 1000.25, float("nan")]),
    st.floats(-1e6, 1e6),
    st.floats(-1e-300, 1e-300),
)
groups = st.one_of(st.integers(0, 3), st.sampled_from([-(2**63), 2**63 - 1]))
rows_of_any_order = st.lists(
    st.tuples(rewards, groups, st.integers(0, 2), st.integers(1, 5000), st.booleans()), max_size=60
)


@pytest.mark.parametrize("in_order", [False, True])
@pytest.mark.parametrize("estimator", ESTIMATORS)
@settings(max_examples=80, deadline=None)
@given(rows_of_any_order, st.booleans())
def test_advantages_are_equal_to_the_last_bit(estimator, in_order, rows, masked):
    if in_order:
        rows = sorted(rows, key=lambda row: (row[2], row[1]))
    reward, group, role, length, valid = ([row[i] for row in rows] for i in range(5))
    arguments = (reward, np.array(group, dtype=np.int64), role, valid if masked else None, length)
    values, flags, num_nan, after = naive_rewards.advantages(estimator, *arguments, baselines=[0.5])
    if not np.isfinite(values).all():
        with pytest.raises(ValueError, match="more than a float32 can hold"):
            advantages(estimator, *arguments, baselines=[0.5])
        return
    found = advantages(estimator, *arguments, baselines=[0.5])
    np.testing.assert_array_equal(found.values, values)
    assert [FLAGS[flag] for flag in found.flags] == flags
    assert found.num_nan == num_nan
    assert found.baselines.tolist() == after


words = st.sampled_from("what is the sum of two and three apples , then ?".split())
texts = st.lists(st.lists(words, max_size=12).map(" ".join), max_size=14)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_shares_of_clusters_are_those_of_the_definition(batch):
    assert cluster_shares(batch).tolist() == naive_similarity.cluster_shares(batch)
