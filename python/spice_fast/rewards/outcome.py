"""What a task earns the Challenger and what an answer earns the Reasoner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spice_fast import _core
from spice_fast.rewards.columns import integers

if TYPE_CHECKING:
    import numpy.typing as npt

REWARDS: dict[str, tuple[str, ...]] = {name: tuple(columns) for name, columns in _core.CHALLENGER_REWARDS}
"""Names of all Challenger rewards, each with the columns that it needs; ``challenger_rewards`` has their formulas."""
COLUMNS: dict[str, type[np.uint32 | np.float64]] = {
    "num_correct": np.uint32,
    "num_answers": np.uint32,
    "chance": np.float64,
    "num_mode": np.uint32,
    "cluster_share": np.float64,
    "num_correct_open": np.uint32,
    "num_answers_open": np.uint32,
}
"""Columns that a reward may be made of besides the refusals, with their types."""


def challenger_rewards(
    name: str,
    num_correct: npt.ArrayLike | None,
    num_answers: npt.ArrayLike | None,
    refusal: npt.ArrayLike,
    *,
    chance: npt.ArrayLike | None = None,
    num_mode: npt.ArrayLike | None = None,
    cluster_share: npt.ArrayLike | None = None,
    num_correct_open: npt.ArrayLike | None = None,
    num_answers_open: npt.ArrayLike | None = None,
    gate_penalty: float | None = None,
    format_penalty: float | None = None,
    **parameters: float,
) -> npt.NDArray[np.float64]:
    """The reward of every attempt, float64 of shape [num_attempts].

    k of K answers are right, p = k / K; "inside" means 0 < k < K.

    ====================  ========================================================  =======================  ============
    name                  reward of a valid task                                    parameters               gate, format
    ====================  ========================================================  =======================  ============
    spice_variance        exp(-(p(1-p) - target)^2 / (2 width)); SPICE, eq. 1       target 0.25, width 0.01  -0.1, -0.1
    r_zero                1 - 2 abs(p - 1/2)                                                                 -1, -1
    absolute_zero         1 - p inside, else 0                                                               -0.5, -1
    threshold             1 inside, else 0; SPICE, figure 7                                                  -0.1, -0.1
    absolute_zero_code    1 - p inside, else -0.5                                                            -1, -1
    spell_gaussian        exp(-(p - 1/2)^2 / (2 s^2)) inside, else 0                s 1/6                    -0.5, -1
    gaussian_p            exp(-(p - 1/2)^2 / (2 s^2))                               s 0.15                   -0.1, -0.1
    dr_zero               format_weight, and (K-k)/(K-1) more inside                format_weight 0.5        0, 0
    ssp_parabola          4 (left + p)(right - p) inside, else 0                    left 0, right 1          0, 0
    plateau               1 on [lo, hi], falling to 0 over ramp                     lo 0.4, hi 0.6,          -0.1, -0.1
                                                                                    ramp 0.25
    darc_target           1 - abs(p - tau), but -0.1 at k = 0                       tau 0.5                  -1, -1
    r_zero_code           min(q, 1 - q) - cluster share, q = num_mode / K                                    -1, -1, less
                                                                                                             the share
    open_book_gap         max(0, p with the passage - p without)                                             -0.1, -0.1
    ====================  ========================================================  =======================  ============

    The variance of the verdicts is the population variance p(1-p): with the sample variance the peak would leave 1/2.

    Args:
        name: one of ``REWARDS``, which says what columns it needs; all columns have shape [num_attempts].
        num_correct: k of every attempt, whole numbers. Where agreement with the most common answer is to be paid,
            ``num_mode``.
        num_answers: K of every attempt.
        refusal: 0 for a valid task, 1 for a response that did not parse, 2 for a task that a gate refused. The counts of
            a refused attempt are not looked at.
        chance: chance of guessing right, in [0, 1); p becomes max(0, (p - c) / (1 - c)) and k becomes p K. None: none.
        num_mode: how often the most common of an attempt's K answers was given.
        cluster_share: share of the batch whose questions are like the attempt's, in [0, 1]; see ``cluster_shares``.
        num_correct_open: right answers of a Reasoner that saw the passage.
        num_answers_open: how many such answers there are.
        gate_penalty: reward of refusal 2; None: the reward's own, the first of the last column.
        format_penalty: reward of refusal 1; None: the reward's own.
        **parameters: the reward's parameters, where they are to differ from those above.

    Raises:
        ConfigError: an unknown name or parameter, a value that makes no sense, or a column of ``REWARDS[name]`` that is
            missing.
        ValueError: k > K, K = 0 for a valid task, or a share out of range, named by its row; columns of different length.
    """
    return _core.challenger_rewards(
        name,
        integers("refusal", refusal, np.uint8),
        num_correct=_counts("num_correct", num_correct),
        num_answers=_counts("num_answers", num_answers),
        chance=_shares(chance),
        num_mode=_counts("num_mode", num_mode),
        cluster_share=_shares(cluster_share),
        num_correct_open=_counts("num_correct_open", num_correct_open),
        num_answers_open=_counts("num_answers_open", num_answers_open),
        gate_penalty=gate_penalty,
        format_penalty=format_penalty,
        parameters=list(parameters.items()),
    )


def _counts(name: str, column: npt.ArrayLike | None) -> npt.NDArray[np.uint32] | None:
    return None if column is None else integers(name, column, np.uint32)


def _shares(column: npt.ArrayLike | None) -> npt.NDArray[np.float64] | None:
    return None if column is None else np.ascontiguousarray(column, np.float64)


def reasoner_rewards(equivalent: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """One for a right answer and zero for any other (SPICE, eq. 2), float64 of shape [num_answers].

    Raises:
        ValueError: anything but booleans.
    """
    return _core.reasoner_rewards(integers("equivalent", equivalent, np.bool_))
