"""How many of a task's answers agree with each other, whatever the gold says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from spice_fast.answers.grader import Grader

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from spice_fast.records import Task

LETTERS = "ABCD"


def num_agreeing(tasks: Sequence[Task], answers: Sequence[Sequence[str]]) -> npt.NDArray[np.uint32]:
    """How often the most common answer of every task was given; uint32 of shape [num_tasks].

    Two answers are the same where the grader says so with one of them as the gold. That is no equivalence relation (roundings
    and conventions reach further in one direction), so classes are made greedily: answers that are the same text are one,
    the most frequent text, or the first of equally frequent ones, is the gold of the first class, the most frequent of those
    that are left that of the next, and so on. An ``mcq``'s classes are its letters. A response that marks no answer agrees
    with none, not even with another such one. At most one batch is graded for each different answer of a task.

    Args:
        tasks: the tasks; their golds are not looked at.
        answers: the Reasoner's responses to each.
    """
    grader = Grader(policy="training")
    waiting = [_texts(grader, responses) for responses in answers]
    largest = [0] * len(tasks)
    for letter in LETTERS:
        asked = [i for i, task in enumerate(tasks) if task.choices and waiting[i]]
        _take_class(grader, tasks, waiting, largest, dict.fromkeys(asked, letter))
    while asked := [i for i, task in enumerate(tasks) if not task.choices and waiting[i]]:
        golds = {i: max(waiting[i], key=waiting[i].__getitem__) for i in asked}
        # A text is its own class even where the grader cannot read it.
        firsts = {i: waiting[i].pop(gold) for i, gold in golds.items()}
        _take_class(grader, tasks, waiting, largest, golds, firsts)
    return np.array(largest, dtype=np.uint32)


def _texts(grader: Grader, responses: Sequence[str]) -> Counter[str]:
    """The answers that the responses mark, with how often each was given, in order of first appearance."""
    found = (grader.extract(response) for response in responses)
    return Counter(extraction.answer for extraction in found if extraction is not None and extraction.answer)


def _take_class(
    grader: Grader,
    tasks: Sequence[Task],
    waiting: list[Counter[str]],
    largest: list[int],
    golds: dict[int, str],
    firsts: dict[int, int] | None = None,
) -> None:
    """Takes from ``waiting`` what is the same as the gold of its task, and keeps the size of the largest class."""
    rows = [(i, text) for i in golds for text in waiting[i]]
    verdicts = grader.check_batch(
        [golds[i] for i, _ in rows],
        [text for _, text in rows],
        kinds=[tasks[i].kind for i, _ in rows],
        choices=[tasks[i].choices or None for i, _ in rows],
        mode="answer",
    )
    sizes = dict(firsts or dict.fromkeys(golds, 0))
    for (i, text), same in zip(rows, verdicts.equivalent.tolist(), strict=True):
        if same:
            sizes[i] += waiting[i].pop(text)
    for i, size in sizes.items():
        largest[i] = max(largest[i], size)
