"""Plays the runs of `plan.py`, two at a time, one thread each, and keeps their curves.

A seed's SPICE run comes first and has 200 rounds; every other run of the seed may write as many tokens as it did.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from evidence.plan import CONDITIONS, SPICE, Condition
from spice_fast.config import load_config
from spice_fast.mini.corpus import FOLDER, with_mini_files
from spice_fast.mini.levels import write_levels
from spice_fast.observability import RunFolder
from spice_fast.report import Curves, read_curves

RUNS = FOLDER / "evidence"
KEPT = Path("docs/evidence/runs")
MOST_ROUNDS = 1000
"""Tokens end a run long before; a run of nothing but refusals writes few."""
METRICS = (
    "round",
    "attempts",
    "valid",
    "refused",
    "challenger_reward",
    "pass_rate",
    "trained_pass_rate",
    "step_by_step",
    "informative_rows",
    "generated_tokens",
)


def folder_of(condition: Condition, seed: int) -> Path:
    """Where a run lies."""
    return RUNS / f"{condition.name}-seed{seed}"


def kept_of(condition: Condition, seed: int) -> Path:
    """Where its curves are kept."""
    return KEPT / f"{condition.name}-seed{seed}.json"


def tokens_of(path: Path) -> int:
    """What a run wrote in all."""
    return sum(row["generated_tokens"] for row in json.loads(path.read_text(encoding="utf-8"))["metrics"])


def play_all(seeds: tuple[int, ...] | None, names: tuple[str, ...] | None, rounds: int) -> None:
    """Every run whose curves are not kept yet; a run that was stopped goes on from its last checkpoint."""
    with_mini_files(load_config("mini/spice"))
    KEPT.mkdir(parents=True, exist_ok=True)
    chosen = [
        (condition, seed)
        for condition in CONDITIONS
        for seed in condition.seeds
        if (names is None or condition.name in names) and (seeds is None or seed in seeds)
    ]
    with ThreadPoolExecutor(max_workers=2) as pool:
        first: dict[int, Future[None]] = {}
        for seed in dict.fromkeys(seed for _, seed in chosen):
            first[seed] = pool.submit(_play, SPICE, seed, rounds, None)
        # The pool works in order, so a seed's SPICE run has begun before anything waits for it.
        jobs = [
            pool.submit(_play, condition, seed, rounds, first[seed]) for condition, seed in chosen if condition != SPICE
        ]
        for job in [*first.values(), *jobs]:
            job.result()


def _play(condition: Condition, seed: int, rounds: int, spice: Future[None] | None) -> None:
    if spice is not None:
        spice.result()
    kept = kept_of(condition, seed)
    if kept.exists():
        return
    settings = [f"seed={seed}", *condition.settings]
    if condition == SPICE:
        settings += [f"rounds={rounds}", "events.keep_answers=trained"]
    else:
        budget = tokens_of(kept_of(SPICE, seed)) * condition.budgets
        settings += [f"rounds={MOST_ROUNDS}", f"max_generated_tokens={budget}"]
        settings += ["events.keep_answers=none", "checkpoint.milestones=0"]
    run = folder_of(condition, seed)
    command = [sys.executable, "-m", "spice_fast.cli", "train", condition.preset, "--output", str(run)]
    for setting in settings:
        command += ["--set", setting]
    if (run / "config.json").exists():
        command.append("--resume")
    run.parent.mkdir(parents=True, exist_ok=True)
    with run.with_suffix(".log").open("a", encoding="utf-8") as log:
        subprocess.run(command, check=True, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"})
    write_levels(RunFolder(run))
    curves = _short(read_curves(run).renamed(condition.name))
    temporary = kept.with_suffix(".tmp")
    temporary.write_text(curves.to_json() + "\n", encoding="utf-8")
    temporary.replace(kept)
    before, after = (curves.evaluations[place]["accuracy"] for place in (0, -1))
    print(f"{condition.name}, seed {seed}: held-out {before:.3f} -> {after:.3f}", flush=True)


def _short(curves: Curves) -> Curves:
    """What the page shows of a run, in four digits."""

    def rounded(value: object) -> object:
        return round(value, 4) if isinstance(value, float) else value

    return replace(
        curves,
        metrics=[{name: rounded(row[name]) for name in METRICS} for row in curves.metrics],
        evaluations=[{name: rounded(value) for name, value in row.items()} for row in curves.evaluations],
        levels=[{name: rounded(value) for name, value in row.items()} for row in curves.levels],
    )
