"""Answers against the golds of the tasks as they were shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.answers import Grader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.answers import Verdicts
    from spice_fast.records import Task


def grade_answers(tasks: Sequence[Task], texts: Sequence[str]) -> Verdicts:
    """Verdicts in one batch; row i says whether text i answers task i."""
    return Grader(policy="training").check_batch(
        [task.gold for task in tasks],
        texts,
        kinds=[task.kind for task in tasks],
        choices=[task.choices or None for task in tasks],
    )
