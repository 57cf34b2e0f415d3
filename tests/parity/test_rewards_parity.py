"""Rewards and advantages from Rust are those of the formulas."""

from __future__ import annotations

import naive_rewards
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spice_fast.rewards import FLAGS, REWARDS, challenger_rewards, dr_grpo

counts = st.integers(1, 64).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.just(n), st.sampled_from([0, 0, 0, 1, 2]))
)


@pytest.mark.parametrize("name", REWARDS)
@settings(max_examples=30, deadline=None)
@given(rows=st.lists(counts, max_size=20))
def test_challenger_rewards_are_their_formulas(name, rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    expected = [naive_rewards.challenger_reward(name, *row) for row in rows]
    np.testing.assert_allclose(challenger_rewards(name, *columns), expected, rtol=1e-14, atol=1e-16)


rewards = st.one_of(
    st.floats(-1, 1),
    st.sampled_from([0.0, 1.0, -0.0, 0.1, 0.1 + 2**-56, float("nan")]),
    st.floats(-1e30, 1e30),
    st.floats(-1e-300, 1e-300),
)
groups = st.one_of(st.integers(0, 3), st.sampled_from([-(2**63), 2**63 - 1]))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(rewards, groups, st.integers(0, 2), st.booleans()), max_size=60), st.booleans())
def test_advantages_are_equal_to_the_last_bit(rows, masked):
    reward, group, role, valid = ([row[i] for row in rows] for i in range(4))
    valid = valid if masked else None
    found = dr_grpo(reward, np.array(group, dtype=np.int64), role, valid)
    values, flags, num_nan = naive_rewards.dr_grpo(reward, group, role, valid)
    np.testing.assert_array_equal(found.values, values)
    assert [FLAGS[flag] for flag in found.flags] == flags
    assert found.num_nan == num_nan
