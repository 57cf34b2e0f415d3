"""Advantages of a million rewards in a hundred thousand groups, beside numpy and torch: time, error, and constant groups.

One process, one thread, CPU time, rounds in turn; groups lie one behind the other, Challenger's first, as a round gives them. The numpy
rivals compute the bare formula (no flags, no NaN, no check of anything), each both ways, by `np.add.reduceat` and by
`np.bincount`; the quicker one counts. torch sums by `index_add_`. The error is the largest distance to exact fractions over
the first 300 groups. Writes the table of docs/performance.md.

    python benches/bench_rewards.py [--rows 1000000] [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from fractions import Fraction
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from measure import PAGE, conditions

from spice_fast.rewards import ESTIMATORS, advantages

torch.set_num_threads(1)
BAR = 0.3
EPS, WHITE_EPS = 1e-4, 1e-8
BY_GROUP = ("dr_grpo", "grpo", "rloo", "opo", "max_rl")
NUM_CHECKED = 300


class Batch:
    """Rewards as SPICE pays them, in groups of ten."""

    def __init__(self, num_rows):
        rng = np.random.default_rng(0)
        self.rewards = rng.choice([-0.1, 0.0439, 0.3720, 0.8226, 0.9879, 1.0], num_rows)
        self.groups = np.arange(num_rows) // 10
        self.roles = (np.arange(num_rows) >= num_rows // 2).astype(np.uint8)
        self.lengths = rng.integers(1, 4096, num_rows).astype(np.uint32)

    def halves(self):
        """The two roles' rows."""
        middle = len(self.rewards) // 2
        return slice(0, middle), slice(middle, None)


class Reduceat:
    """Sums of groups that lie one behind the other."""

    def __init__(self, groups):
        self.starts = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
        self.counts = np.diff(np.append(self.starts, len(groups)))

    def sums(self, terms):
        return np.add.reduceat(terms, self.starts)

    def spread(self, of_group):
        return np.repeat(of_group, self.counts)


class Bincount:
    """Sums by group number."""

    def __init__(self, groups):
        self.groups, self.counts = groups, np.bincount(groups)

    def sums(self, terms):
        return np.bincount(self.groups, terms)

    def spread(self, of_group):
        return of_group[self.groups]


def of_groups(estimator, summing, rewards, lengths):
    """The bare formula of an estimator that looks at groups alone, as well as we can write it."""
    counts = summing.counts
    if estimator == "opo":
        baseline = summing.sums(lengths * rewards) / summing.sums(lengths.astype(np.float64))
        return rewards - summing.spread(baseline)
    mean = summing.sums(rewards) / counts
    centered = rewards - summing.spread(mean)
    if estimator == "grpo":
        deviation = np.sqrt(summing.sums(centered * centered) / (counts - 1))
        centered *= summing.spread(1 / (deviation + EPS))
    elif estimator == "rloo":
        centered *= summing.spread(counts / (counts - 1))
    elif estimator == "max_rl":
        with np.errstate(divide="ignore"):
            centered *= summing.spread(np.where(mean > 0, 1 / mean, 0.0))
    return centered


def whitened(values, lengths):
    weights = lengths.astype(np.float64)
    tokens = weights.sum()
    centered = values - weights @ values / tokens
    centered *= 1 / np.sqrt(weights @ (centered * centered) / tokens + WHITE_EPS)
    return centered


def of_numpy(estimator, batch, summing):
    """float32 advantages."""
    if estimator in BY_GROUP:
        return of_groups(estimator, summing(batch.groups), batch.rewards, batch.lengths).astype(np.float32)
    values = batch.rewards
    if estimator == "reinforce_pp_baseline":
        values = of_groups("dr_grpo", summing(batch.groups), batch.rewards, batch.lengths)
    return np.concatenate([whitened(values[role], batch.lengths[role]).astype(np.float32) for role in batch.halves()])


def of_torch(estimator, batch):
    """float32 advantages in float32, as trainers compute them; None where that is not written."""
    if estimator not in ("dr_grpo", "grpo", "rloo"):
        return None
    rewards, groups = torch.from_numpy(batch.rewards).float(), torch.from_numpy(batch.groups)
    counts = torch.bincount(groups).float()
    sums = lambda terms: torch.zeros(len(counts)).index_add_(0, groups, terms)  # noqa: E731
    centered = rewards - (sums(rewards) / counts)[groups]
    if estimator == "grpo":
        return centered / ((sums(centered**2) / (counts - 1)).sqrt() + EPS)[groups]
    return centered * (counts / (counts - 1))[groups] if estimator == "rloo" else centered


def of_us(estimator, batch):
    lengths = batch.lengths if ESTIMATORS[estimator].needs_lengths else None
    return advantages(estimator, batch.rewards, batch.groups, batch.roles, lengths=lengths).values


def largest_error(found, batch):
    """Distance of ``dr_grpo`` to exact fractions."""
    worst = Fraction(0)
    for group in range(NUM_CHECKED):
        own = [Fraction(float(reward)) for reward in batch.rewards[group * 10 : group * 10 + 10]]
        mean = sum(own) / len(own)
        for reward, value in zip(own, found[group * 10 : group * 10 + 10], strict=True):
            worst = max(worst, abs(Fraction(float(value)) - (reward - mean)))
    return float(worst)


def of_constant_groups():
    """Largest magnitude that a constant float32 group gets from the formulas of trainers, and from ours."""
    worst = dict.fromkeys(("eps 1e-8 (oat)", "eps 1e-6 (verl)", "eps 1e-4 (TRL)", "ours"), 0.0)
    for reward in np.linspace(-1, 1, 401, dtype=np.float32):
        for num in (3, 5, 7, 8, 10, 16):
            own = torch.full((num,), float(reward))
            for eps, key in zip((1e-8, 1e-6, 1e-4), worst, strict=False):
                worst[key] = max(worst[key], float(((own - own.mean()) / (own.std() + eps)).abs().max()))
            mine = advantages("grpo", own.numpy(), [0] * num, [0] * num).values
            worst["ours"] = max(worst["ours"], float(np.abs(mine).max()))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-page", action="store_true", help="print only")
    options = parser.parse_args()
    batch = Batch(options.rows)
    lines = [
        "| estimator | ours, CPU ms | numpy, CPU ms | torch, CPU ms | ours / numpy | bar |",
        "|---|---|---|---|---|---|",
    ]
    for estimator in ESTIMATORS:
        sides = {"ours": lambda e=estimator: of_us(e, batch)}
        if estimator != "rae":  # its recurrence has no numpy form but a loop
            sides["reduceat"] = lambda e=estimator: of_numpy(e, batch, Reduceat)
            sides["bincount"] = lambda e=estimator: of_numpy(e, batch, Bincount)
        if of_torch(estimator, batch) is not None:
            sides["torch"] = lambda e=estimator: of_torch(e, batch)
        times = {side: [] for side in sides}
        for _ in range(options.rounds):
            for side, call in sides.items():
                start = time.thread_time()
                call()
                times[side].append(1000 * (time.thread_time() - start))
        median = {side: statistics.median(own) for side, own in times.items()}
        rivals = {side: median[side] for side in ("reduceat", "bincount") if side in median}
        cells = [estimator, f"{median['ours']:.1f}"]
        if rivals:
            best = min(rivals, key=rivals.__getitem__)
            np.testing.assert_allclose(sides["ours"](), sides[best](), rtol=1e-4, atol=1e-4)
            ratio = median["ours"] / rivals[best]
            cells += [f"{rivals[best]:.1f} ({best})", f"{median['torch']:.1f}" if "torch" in median else ""]
            cells += [f"{ratio:.2f}", f"{BAR}: {'met' if ratio <= BAR else '**missed**'}"]
        else:
            cells += ["", "", "", ""]
        lines.append("| " + " | ".join(cells) + " |")
        print(lines[-1], file=sys.stderr, flush=True)
    errors = {
        "ours": largest_error(of_us("dr_grpo", batch), batch),
        "numpy": largest_error(of_numpy("dr_grpo", batch, Reduceat), batch),
        "torch": largest_error(of_torch("dr_grpo", batch).numpy(), batch),
    }
    lines += [
        "",
        "Largest error of `dr_grpo`: " + ", ".join(f"{side} {error:.1e}" for side, error in errors.items()) + ".",
    ]
    constant = ", ".join(f"{side} {value:.2g}" for side, value in of_constant_groups().items())
    lines += [f"Largest advantage of a constant float32 group under `grpo`: {constant}."]
    text = (
        f"{conditions().partition('; medians')[0]}; medians of {options.rounds}, rounds in turn, one thread.\n\n"
        + "\n".join(lines)
    )
    print(text)
    if not options.no_page:
        begin, end = "<!-- rewards: begin -->", "<!-- rewards: end -->"
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
        PAGE.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
