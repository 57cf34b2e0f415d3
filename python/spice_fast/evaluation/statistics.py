"""How sure an accuracy is, and a difference of two: intervals and p-values over tasks, exact where that is possible."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Z_95 = 1.959964
"""Quantile of the normal distribution for intervals of 95 %."""
NUM_RESAMPLES = 10_000


def wilson_interval(mean: float, num_tasks: int) -> tuple[float, float]:
    """95 % interval of an accuracy over ``num_tasks`` independent tasks (Wilson's score interval).

    Holds at 0 and 1, where the bootstrap has no width. With several answers a task it is on the safe side: the variance of
    anything in [0, 1] is at most that of a coin with the same mean.
    """
    spread = Z_95 * math.sqrt(mean * (1 - mean) / num_tasks + (Z_95 / (2 * num_tasks)) ** 2)
    scale = 1 + Z_95**2 / num_tasks
    center = mean + Z_95**2 / (2 * num_tasks)
    return max(0.0, (center - spread) / scale), min(1.0, (center + spread) / scale)


def paired_bootstrap(differences: npt.ArrayLike, seed: int) -> tuple[float, float]:
    """95 % percentile interval of the mean difference, from 10,000 resamples of the tasks.

    Tasks with equal differences are interchangeable, so a resample is one multinomial draw of how often each value occurs:
    the same distribution as drawing tasks one by one, at a cost that does not grow with their number.

    Args:
        differences: one a task, shape [num_tasks].
        seed: the same seed gives the same interval.
    """
    values, counts = np.unique(np.asarray(differences, np.float64), return_counts=True)
    num_tasks = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(num_tasks, counts / num_tasks, size=NUM_RESAMPLES)
    low, high = np.quantile(drawn @ values / num_tasks, [0.025, 0.975])
    return float(low), float(high)


def sign_flip_p(differences: npt.ArrayLike) -> float:
    """Two-sided p-value that the mean difference is 0: the share of all sign patterns with a sum at least as far from 0.

    Under the hypothesis each task's difference is as likely in either direction. All 2^n patterns are counted exactly, by the
    distribution of their sum. With one greedy answer a task this is the sign test on the tasks where the two differ
    (McNemar's exact test).

    Args:
        differences: whole numbers, one a task: right answers more than the base has, of the same number of answers.
    """
    whole = np.asarray(differences, np.int64)
    magnitudes = np.abs(whole[whole != 0])
    if not len(magnitudes):
        return 1.0
    reach = int(magnitudes.sum())
    # chance[reach + s]: probability that the signs drawn so far sum to s.
    chance = np.zeros(2 * reach + 1)
    chance[reach] = 1.0
    for magnitude in magnitudes.tolist():
        halves = chance / 2
        chance = np.roll(halves, magnitude) + np.roll(halves, -magnitude)
    extreme = np.abs(np.arange(-reach, reach + 1)) >= abs(int(whole.sum()))
    return min(1.0, float(chance[extreme].sum()))
