"""A task as each rollout shows it: options in an order of their own, so that a liking for a letter is not taken for knowledge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spice_fast.answers import shuffle_options
from spice_fast.selfplay.seeds import Purpose, seed_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spice_fast.config import RunConfig
    from spice_fast.records import Task


def shown_tasks(config: RunConfig, task: Task, purpose: Purpose, place: tuple[int, ...], count: int) -> list[Task]:
    """The task as ``count`` rollouts show it: options shuffled and the gold's letter moved along.

    An answer to what was shown is right as it would be to the task, so nothing has to be mapped back to grade it. Without options, or
    with ``reasoner.shuffle_options`` off, every rollout shows the task itself.

    Args:
        config: the run's.
        task: as the Challenger wrote it.
        purpose: of the shuffles' seeds.
        place: round, passage and attempt.
        count: rollouts.
    """
    if not config.reasoner.shuffle_options or not task.choices:
        return [task] * count
    shuffles = [shuffle_options(task.choices, seed_of(config.seed, purpose, *place, k)) for k in range(count)]
    return [replace(task, choices=each.choices, gold=each.shown_letter(task.gold)) for each in shuffles]


def render_each(tasks: Sequence[Task], render: Callable[[Task], list[int]]) -> list[list[int]]:
    """A prompt for each task; equal tasks share one list object, so that an engine can share the prefix."""
    prompts = {task: render(task) for task in dict.fromkeys(tasks)}
    return [prompts[task] for task in tasks]
