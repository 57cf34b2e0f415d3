import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spice_fast.selfplay.seeds import Purpose, seed_of
from spice_fast.selfplay.subsample import keep_ratio, num_valid_kept


@pytest.mark.parametrize(
    ("num_attempts", "num_valid", "kept"),
    [(8, 0, 0), (8, 8, 8), (8, 3, 3), (16, 8, 4), (32, 1, 1), (32, 31, 7), (16, 1, 1), (24, 4, 1), (24, 5, 2)],
)
def test_the_ratio_is_rounded_half_up_and_both_classes_stay(num_attempts, num_valid, kept):
    assert num_valid_kept(8, num_attempts, num_valid) == kept


@given(st.integers(2, 12), st.data())
def test_the_kept_ratio_is_within_one_of_the_attempts(group, data):
    waves = data.draw(st.integers(1, 20))
    valid = data.draw(st.lists(st.booleans(), min_size=group * waves, max_size=group * waves))
    kept = keep_ratio(valid, group, random.Random(0))
    assert len(kept) == group
    assert all(a < b for a, b in pairwise(kept))
    assert abs(sum(valid[i] for i in kept) / group - sum(valid) / len(valid)) <= 1 / group
    if any(valid):
        assert any(valid[i] for i in kept)


def test_seeds_differ_by_place_and_purpose():
    seeds = {seed_of(1, purpose, i, j) for purpose in Purpose for i in range(10) for j in range(10)}
    assert len(seeds) == len(Purpose) * 100
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_seeds_are_the_same_everywhere():
    assert seed_of(1, Purpose.REASONER, 2, 3, 4, 5) == 6174614062793083457
