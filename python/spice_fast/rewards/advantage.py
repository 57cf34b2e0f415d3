"""Rewards to advantages: what a row earned beyond its group."""

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Advantages:
    """Advantages of all rows."""

    values: npt.NDArray[np.float32]
    """Shape [num_rows]; exactly 0 for rows left out and in groups that are not ``ok``."""
    flags: npt.NDArray[np.uint8]
    """Shape [num_rows]; what is special about each row's group, an index into ``FLAGS``."""
    num_nan: int
    """Rows that were left out because their reward is NaN; masked rows are not counted."""


def dr_grpo(
    rewards: npt.ArrayLike, groups: npt.ArrayLike, roles: npt.ArrayLike, valid: npt.ArrayLike | None = None
) -> Advantages:
    """Reward minus the mean of its (role, group), without a standard deviation (Dr.GRPO, arXiv 2503.20783).

    A group whose rewards are all the same gets exactly 0, by comparison and not by a sum that might round. Other means
    are exact sums over counts, so neither the order of the rows nor rows that are left out change a result; advantages
    of a group of rewards in [-1, 1] sum to zero within n * 2**-24.

    Args:
        rewards: float64 of shape [num_rows]. NaN leaves the row out.
        groups: group id of every row, any whole numbers in any order.
        roles: role of every row, 0 to 255; groups of different roles never mix.
        valid: False leaves the row out; None: all count.

    Raises:
        ValueError: an infinite reward, or one beyond 1e30 in magnitude, named by its row; columns of different length.
    """
    values, flags, num_nan = _core.dr_grpo(
        np.ascontiguousarray(rewards, np.float64),
        integers("groups", groups, np.int64),
        integers("roles", roles, np.uint8),
        None if valid is None else integers("valid", valid, np.bool_),
    )
    return Advantages(values=values, flags=flags, num_nan=num_nan)
