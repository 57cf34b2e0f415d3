"""Rewards and advantages as their formulas read, with exact fractions where the Rust crate sums exactly."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np


def bell(p, s):
    return math.exp(-((p - 0.5) ** 2) / (2 * s * s))


def r_zero_code(k, n, p, mode, share, p_open):
    return min(mode / n, 1 - mode / n) - share


FORMULAS = {  # of a valid task: k, K, p, how often the most common answer, the cluster's share, p with the passage
    "spice_variance": lambda k, n, p, *_: math.exp(-((p * (1 - p) - 0.25) ** 2) / (2 * 0.01)),
    "r_zero": lambda k, n, p, *_: 1 - 2 * abs(p - 0.5),
    "absolute_zero": lambda k, n, p, *_: 1 - p if 0 < k < n else 0.0,
    "threshold": lambda k, n, p, *_: float(0 < k < n),
    "r_zero_code": r_zero_code,
    "absolute_zero_code": lambda k, n, p, *_: 1 - p if 0 < k < n else -0.5,
    "spell_gaussian": lambda k, n, p, *_: bell(p, 1 / 6) if 0 < k < n else 0.0,
    "gaussian_p": lambda k, n, p, *_: bell(p, 0.15),
    "dr_zero": lambda k, n, p, *_: 0.5 + ((n - k) / (n - 1) if 0 < k < n else 0.0),
    "ssp_parabola": lambda k, n, p, *_: 4 * p * (1 - p) if 0 < k < n else 0.0,
    "plateau": lambda k, n, p, *_: max(0.0, 1 - max(0.4 - p, p - 0.6, 0.0) / 0.25),
    "darc_target": lambda k, n, p, *_: 1 - abs(p - 0.5) if k > 0 else -0.1,
    "open_book_gap": lambda k, n, p, mode, share, p_open: max(0.0, p_open - p),
}
PENALTIES = {  # gate, format
    "spice_variance": (-0.1, -0.1),
    "r_zero": (-1.0, -1.0),
    "absolute_zero": (-0.5, -1.0),
    "threshold": (-0.1, -0.1),
    "r_zero_code": (-1.0, -1.0),
    "absolute_zero_code": (-1.0, -1.0),
    "spell_gaussian": (-0.5, -1.0),
    "gaussian_p": (-0.1, -0.1),
    "dr_zero": (0.0, 0.0),
    "ssp_parabola": (0.0, 0.0),
    "plateau": (-0.1, -0.1),
    "darc_target": (-1.0, -1.0),
    "open_book_gap": (-0.1, -0.1),
}


def challenger_reward(name, k, n, refusal, chance=0.0, mode=0, share=0.0, k_open=0, n_open=1):
    """Refusal 0: a valid task; 1: it did not parse; 2: a gate refused it."""
    if refusal:
        gate, format_ = PENALTIES[name]
        return (format_ if refusal == 1 else gate) - (share if name == "r_zero_code" else 0.0)
    p, p_open = k / n, k_open / n_open
    if chance > 0:
        p, p_open = (max(0.0, (x - chance) / (1 - chance)) for x in (p, p_open))
        k = p * n
    return FORMULAS[name](k, n, p, mode, share, p_open)


def flag_of(own):
    return "empty" if not own else "single" if len(own) == 1 else "constant" if min(own) == max(own) else "ok"


def mean_of(own):
    return math.fsum(own) / len(own)


def over_tokens(values, lengths):
    """Mean and deviation over all tokens of some rows."""
    tokens = sum(lengths)
    mean = math.fsum(length * value for value, length in zip(values, lengths, strict=True)) / tokens
    squares = math.fsum(length * (value - mean) * (value - mean) for value, length in zip(values, lengths, strict=True))
    return mean, math.sqrt(squares / tokens + 1e-8)


def of_group(estimator, own, lengths, eps=1e-4):
    """From a reward to its advantage, for a group whose rewards differ."""
    n, mean = len(own), mean_of(own)
    if estimator in ("dr_grpo", "reinforce_pp_baseline"):
        return lambda r: r - mean
    if estimator == "grpo":
        std = math.sqrt(math.fsum((r - mean) ** 2 for r in own) / (n - 1))
        return lambda r: (r - mean) / (std + eps)
    if estimator == "rloo":
        return lambda r: n / (n - 1) * (r - mean)
    if estimator == "opo":
        baseline = math.fsum(length * r for r, length in zip(own, lengths, strict=True)) / sum(lengths)
        return lambda r: r - baseline
    if estimator == "max_rl":
        return lambda r: (r - mean) / mean if mean > 0 else 0.0
    mean, deviation = over_tokens(own, lengths)
    return lambda r: (r - mean) / deviation


def advantages(estimator, rewards, groups, roles, valid=None, lengths=None, baselines=(), decay=0.95):
    """Values (float32), flag names, how many valid rewards are NaN, and the baselines afterwards."""
    num = len(rewards)
    valid = [True] * num if valid is None else valid
    lengths = [1] * num if lengths is None else lengths
    by_role = estimator in ("reinforce_pp", "rae")
    keys = [(role, 0 if by_role else group) for role, group in zip(roles, groups, strict=True)]
    counts = [bool(ok) and not math.isnan(reward) for ok, reward in zip(valid, rewards, strict=True)]
    num_nan = sum(bool(ok) and math.isnan(reward) for ok, reward in zip(valid, rewards, strict=True))
    members = defaultdict(list)
    for row in range(num):
        if counts[row]:
            members[keys[row]].append(row)
    flags = [flag_of([rewards[i] for i in members[key]]) for key in keys]
    values = [0.0] * num
    after = list(baselines)
    if estimator == "rae":
        after += [0.0] * (max(roles, default=-1) + 1 - len(after))
        flags = ["empty" if flag == "empty" else "ok" for flag in flags]
        for row in range(num):
            if counts[row]:
                baseline = after[roles[row]]
                values[row] = rewards[row] - baseline
                after[roles[row]] = decay * baseline + (1 - decay) * rewards[row]
        return np.array(values, dtype=np.float32), flags, num_nan, after
    for own in members.values():
        if own and flags[own[0]] == "ok":
            advantage = of_group(estimator, [rewards[i] for i in own], [lengths[i] for i in own])
            for row in own:
                values[row] = advantage(rewards[row])
    if estimator == "reinforce_pp_baseline":
        for role in set(roles):
            own = [row for row in range(num) if counts[row] and roles[row] == role]
            if own:
                mean, deviation = over_tokens([values[i] for i in own], [lengths[i] for i in own])
                for row in own:
                    values[row] = (values[row] - mean) / deviation if flags[row] == "ok" else 0.0
    return np.array(values, dtype=np.float32), flags, num_nan, after


def dr_grpo(rewards, groups, roles, valid=None):
    """Values (float32), flag names, and how many valid rewards are NaN."""
    return advantages("dr_grpo", rewards, groups, roles, valid)[:3]
