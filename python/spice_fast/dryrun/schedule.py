"""How many of everything a run makes: in the worst case, and in the middle under two assumptions that are said."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, comb
from typing import TYPE_CHECKING

from spice_fast.selfplay.subsample import num_valid_kept

if TYPE_CHECKING:
    from spice_fast.config import RunConfig

VALID_SHARE = 0.5
"""Assumed: share of attempts that are valid tasks, each on its own."""
LENGTH_SHARE = 0.25
"""Assumed: mean length of a response as a share of its limit."""
TASK_TYPE_TOKENS = 64
"""Assumed: length of the answer to the task-type prompt, one short object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of one round."""

    waves: float
    """Waves of attempts on a passage."""
    task_types: float
    """Answers to the task-type prompt."""
    attempts: float
    answers: float
    rollouts: float
    """Everything that an engine generates."""
    trajectories: float
    """Rows of the update."""
    generated_tokens: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Of a run."""

    rounds: int
    passages: int
    """B: passages of a round."""
    updates: int
    """Optimizer steps of a round."""
    rows_per_pass: int
    """Largest number of trajectories in one forward-backward pass of one rank."""
    expected: Counts
    worst: Counts
    """An upper bound of each figure by itself: a passage with many attempts keeps few valid ones to be answered."""


def schedule_of(config: RunConfig, world: int) -> Schedule:
    """Counts of a run on ``world`` ranks."""
    passages = config.passages_per_round
    expected, worst = _expected(config), _worst(config)
    passes = world * config.update.updates_per_round * config.update.micro_batches
    return Schedule(
        rounds=config.rounds,
        passages=passages,
        updates=config.update.updates_per_round,
        rows_per_pass=ceil(worst.trajectories / passes),
        expected=expected,
        worst=worst,
    )


def _task_types(config: RunConfig) -> int:
    asks = config.challenger.use_corpus and len(config.challenger.task_kinds) > 1
    return config.passages_per_round if asks else 0


def _expected(config: RunConfig) -> Counts:
    group, waves = config.challenger.group, config.challenger.max_waves
    passages = config.passages_per_round
    fails = (1 - VALID_SHARE) ** group
    num_waves = sum(fails**wave for wave in range(waves))
    # Over the wave that ends it and the number of valid attempts in that wave.
    kept = sum(
        fails**wave
        * comb(group, valid)
        * VALID_SHARE**valid
        * (1 - VALID_SHARE) ** (group - valid)
        * num_valid_kept(group, group * (wave + 1), valid)
        for wave in range(waves)
        for valid in range(1, group + 1)
    )
    attempts, answers = passages * group * num_waves, passages * config.reasoner.rollouts * kept
    solved = 1 - fails**waves
    trained = 0 if config.challenger.frozen else group
    return Counts(
        waves=num_waves,
        task_types=_task_types(config),
        attempts=attempts,
        answers=answers,
        rollouts=_task_types(config) + attempts + answers,
        trajectories=passages * (trained + config.reasoner.rollouts * solved),
        generated_tokens=_task_types(config) * TASK_TYPE_TOKENS
        + LENGTH_SHARE * attempts * config.challenger.max_new_tokens
        + LENGTH_SHARE * answers * config.reasoner.max_new_tokens,
    )


def _worst(config: RunConfig) -> Counts:
    """A passage costs most when its last wave is all valid; which wave that is, is tried out."""
    group, rollouts = config.challenger.group, config.reasoner.rollouts
    passages = config.passages_per_round
    endings = [
        (group * wave, rollouts * num_valid_kept(group, group * wave, group))
        for wave in range(1, config.challenger.max_waves + 1)
    ]
    write, answer = config.challenger.max_new_tokens, config.reasoner.max_new_tokens
    task_types = _task_types(config)
    trained = 0 if config.challenger.frozen else group
    return Counts(
        waves=config.challenger.max_waves,
        task_types=task_types,
        attempts=passages * max(attempts for attempts, _ in endings),
        answers=passages * max(answers for _, answers in endings),
        rollouts=passages * max(attempts + answers for attempts, answers in endings) + task_types,
        trajectories=passages * (trained + rollouts),
        generated_tokens=passages * max(attempts * write + answers * answer for attempts, answers in endings)
        + task_types * write,
    )
