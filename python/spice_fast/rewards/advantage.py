"""Rewards to advantages: what a row earned beyond its group, its role, or a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spice_fast import _core
from spice_fast.rewards.columns import integers

if TYPE_CHECKING:
    import numpy.typing as npt

FLAGS: tuple[str, ...] = ("ok", "empty", "single", "constant")
"""What is special about a row's group, by code: nothing; no reward counts; one counts; all are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """What an advantage estimator looks at."""

    needs_lengths: bool
    """Whether it weighs rows by their completion tokens."""
    is_global: bool
    """Whether rows of other groups move a row, so that it needs the rows of all ranks."""


ESTIMATORS: dict[str, Estimator] = {
    name: Estimator(needs_lengths=needs_lengths, is_global=is_global)
    for name, needs_lengths, is_global in _core.ESTIMATORS
}
"""All estimators by name; ``advantages`` has their formulas."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Advantages:
    """Advantages of all rows."""

    values: npt.NDArray[np.float32]
    """Shape [num_rows]; exactly 0 for rows left out and in groups that are not ``ok``."""
    flags: npt.NDArray[np.uint8]
    """Shape [num_rows]; what is special about each row's group, an index into ``FLAGS``."""
    num_nan: int
    """Rows that were left out because their reward is NaN; masked rows are not counted."""
    baselines: npt.NDArray[np.float64]
    """``rae``: the baseline of every role after the last row, to go on from; otherwise what was given."""


def advantages(
    estimator: str,
    rewards: npt.ArrayLike,
    groups: npt.ArrayLike,
    roles: npt.ArrayLike,
    valid: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    *,
    baselines: npt.ArrayLike = (),
    **parameters: float,
) -> Advantages:
    """The advantage of every row, computed in float64 and rounded once to float32.

    r is a row's reward, l its length; n, mean and std are its (role, group)'s; m and v are mean and variance over all
    tokens of the role.

    =======================  ===============================================================  ==========
    estimator                advantage                                                        parameters
    =======================  ===============================================================  ==========
    dr_grpo                  r - mean (Dr.GRPO)
    grpo                     (r - mean) / (std + eps), std over n - 1 (GRPO as in TRL)        eps 1e-4
    rloo                     n / (n - 1) (r - mean)
    reinforce_pp             (r - m) / sqrt(v + 1e-8) (REINFORCE++)
    reinforce_pp_baseline    d = r - mean, then (d - m) / sqrt(v + 1e-8), m and v those of d
    opo                      r - sum(l r) / sum(l) over the group (OPO)
    max_rl                   (r - mean) / mean, 0 where mean <= 0 (MaxRL)
    rae                      r - b of the role, then b = decay b + (1 - decay) r (SPIRAL)     decay 0.95
    =======================  ===============================================================  ==========

    A group whose rewards are all the same gets exactly 0, by comparison and not by a sum that might round, and so does a
    group of one. Sums are exact, so neither the order of the rows nor rows that are left out change a result. ``rae``
    alone takes the rows in the order given. For ``reinforce_pp`` and ``rae`` a role is one group, whatever ``groups`` says,
    and ``rae`` flags no group but an empty one.

    Args:
        estimator: one of ``ESTIMATORS``.
        rewards: float64 of shape [num_rows]. NaN leaves the row out.
        groups: group id of every row, any whole numbers in any order.
        roles: role of every row, 0 to 255; groups of different roles never mix.
        valid: False leaves the row out; None: all count.
        lengths: completion tokens of every row, at least 1, for the estimators that need them.
        baselines: ``rae``: b of roles 0, 1, ... to go on from, float64 of shape [num_roles]; 0 where there is none.
        **parameters: the estimator's parameters, where they are to differ from those above.

    Raises:
        ConfigError: an unknown estimator or parameter, a value that makes no sense, or lengths that are missing.
        ValueError: an infinite reward, or one beyond 1e30 in magnitude, or a length of 0, named by its row; columns of
            different length; an advantage beyond the range of float32.
    """
    values, flags, num_nan, after = _core.advantages(
        estimator,
        np.ascontiguousarray(rewards, np.float64),
        integers("groups", groups, np.int64),
        integers("roles", roles, np.uint8),
        None if valid is None else integers("valid", valid, np.bool_),
        None if lengths is None else integers("lengths", lengths, np.uint32),
        np.ascontiguousarray(baselines, np.float64),
        list(parameters.items()),
    )
    return Advantages(values=values, flags=flags, num_nan=num_nan, baselines=after)


def dr_grpo(
    rewards: npt.ArrayLike, groups: npt.ArrayLike, roles: npt.ArrayLike, valid: npt.ArrayLike | None = None
) -> Advantages:
    """Reward minus the mean of its (role, group), without a standard deviation (Dr.GRPO, arXiv 2503.20783).

    Advantages of a group of rewards in [-1, 1] sum to zero within n * 2**-24. Arguments and errors are those of
    ``advantages``.
    """
    return advantages("dr_grpo", rewards, groups, roles, valid)
