"""Rewards and advantages as their formulas read, with exact fractions where the Rust crate sums exactly."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np


def bell(p, s):
    return math.exp(-((p - 0.5) ** 2) / (2 * s * s))


FORMULAS = {
    "spice_variance": lambda k, n, p: math.exp(-((p * (1 - p) - 0.25) ** 2) / (2 * 0.01)),
    "r_zero": lambda k, n, p: 1 - 2 * abs(p - 0.5),
    "absolute_zero": lambda k, n, p: 1 - p if 0 < k < n else 0.0,
    "threshold": lambda k, n, p: float(0 < k < n),
    "absolute_zero_code": lambda k, n, p: 1 - p if 0 < k < n else -0.5,
    "spell_gaussian": lambda k, n, p: bell(p, 1 / 6) if 0 < k < n else 0.0,
    "gaussian_p": lambda k, n, p: bell(p, 0.15),
    "dr_zero": lambda k, n, p: 0.5 + ((n - k) / (n - 1) if 0 < k < n else 0.0),
    "ssp_parabola": lambda k, n, p: 4 * p * (1 - p) if 0 < k < n else 0.0,
    "plateau": lambda k, n, p: max(0.0, 1 - max(0.4 - p, p - 0.6, 0.0) / 0.25),
    "darc_target": lambda k, n, p: 1 - abs(p - 0.5) if k > 0 else -0.1,
}
PENALTIES = {  # gate, format
    "spice_variance": (-0.1, -0.1),
    "r_zero": (-1.0, -1.0),
    "absolute_zero": (-0.5, -1.0),
    "threshold": (-0.1, -0.1),
    "absolute_zero_code": (-1.0, -1.0),
    "spell_gaussian": (-0.5, -1.0),
    "gaussian_p": (-0.1, -0.1),
    "dr_zero": (0.0, 0.0),
    "ssp_parabola": (0.0, 0.0),
    "plateau": (-0.1, -0.1),
    "darc_target": (-1.0, -1.0),
}


def challenger_reward(name, num_correct, num_answers, refusal):
    """Refusal 0: a valid task; 1: it did not parse; 2: a gate refused it."""
    if refusal:
        gate, format_ = PENALTIES[name]
        return format_ if refusal == 1 else gate
    return FORMULAS[name](num_correct, num_answers, num_correct / num_answers)


def dr_grpo(rewards, groups, roles, valid=None):
    """Values (float32), flag names, and how many valid rewards are NaN."""
    valid = [True] * len(rewards) if valid is None else valid
    members = defaultdict(list)
    for row, key in enumerate(zip(roles, groups, strict=True)):
        if valid[row] and not math.isnan(rewards[row]):
            members[key].append(rewards[row])
    values, flags = [], []
    for row, key in enumerate(zip(roles, groups, strict=True)):
        own = members[key]
        flag = "empty" if not own else "single" if len(own) == 1 else "constant" if min(own) == max(own) else "ok"
        counts = flag == "ok" and valid[row] and not math.isnan(rewards[row])
        values.append(np.float32(rewards[row] - math.fsum(own) / len(own)) if counts else np.float32(0))
        flags.append(flag)
    num_nan = sum(bool(ok) and math.isnan(reward) for ok, reward in zip(valid, rewards, strict=True))
    return np.array(values, dtype=np.float32), flags, num_nan
