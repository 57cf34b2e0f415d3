"""Which G of the N attempts on a passage are rewarded: a sample that keeps the ratio of valid to invalid ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence


def num_valid_kept(group: int, num_attempts: int, num_valid: int) -> int:
    """How many of the G kept attempts are valid: G V / N rounded half up, in integers.

    Both classes stay represented where both exist, so that the group's advantage tells them apart.
    """
    kept = (2 * group * num_valid + num_attempts) // (2 * num_attempts)
    return max(1, min(group - 1, kept)) if 0 < num_valid < num_attempts else kept


def keep_ratio(valid: Sequence[bool], group: int, rng: random.Random) -> list[int]:
    """Indices of the kept attempts, ascending; all of them when there are exactly ``group``.

    Args:
        valid: one flag per attempt, at least ``group`` of them.
        group: G.
        rng: chooses inside each class.
    """
    ones = [index for index, flag in enumerate(valid) if flag]
    zeros = [index for index, flag in enumerate(valid) if not flag]
    kept = num_valid_kept(group, len(valid), len(ones))
    return sorted(rng.sample(ones, kept) + rng.sample(zeros, group - kept))
