"""What a task earns the Challenger and what an answer earns the Reasoner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spice_fast import _core
from spice_fast.rewards.columns import integers

if TYPE_CHECKING:
    import numpy.typing as npt

REWARDS: tuple[str, ...] = tuple(_core.CHALLENGER_REWARDS)
"""Names of all Challenger rewards; ``challenger_rewards`` has their formulas."""


def challenger_rewards(
    name: str,
    num_correct: npt.ArrayLike,
    num_answers: npt.ArrayLike,
    refusal: npt.ArrayLike,
    *,
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
    ====================  ========================================================  =======================  ============

    The variance of the verdicts is the population variance p(1-p): with the sample variance the peak would leave 1/2.

    Args:
        name: one of ``REWARDS``.
        num_correct: k of every attempt, whole numbers of shape [num_attempts].
        num_answers: K of every attempt.
        refusal: 0 for a valid task, 1 for a response that did not parse, 2 for a task that a gate refused. The counts of
            a refused attempt are not looked at.
        gate_penalty: reward of refusal 2; None: the reward's own, the first of the last column.
        format_penalty: reward of refusal 1; None: the reward's own.
        **parameters: the reward's parameters, where they are to differ from those above.

    Raises:
        ConfigError: an unknown name or parameter, or a value that makes no sense.
        ValueError: k > K, or K = 0 for a valid task, named by its row; columns of different length.
    """
    return _core.challenger_rewards(
        name,
        integers("num_correct", num_correct, np.uint32),
        integers("num_answers", num_answers, np.uint32),
        integers("refusal", refusal, np.uint8),
        gate_penalty=gate_penalty,
        format_penalty=format_penalty,
        parameters=list(parameters.items()),
    )


def reasoner_rewards(equivalent: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """One for a right answer and zero for any other (SPICE, eq. 2), float64 of shape [num_answers].

    Raises:
        ValueError: anything but booleans.
    """
    return _core.reasoner_rewards(integers("equivalent", equivalent, np.bool_))
