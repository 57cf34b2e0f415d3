"""``answerability``: whoever has the passage before them must come to the gold; otherwise the task is a guess or an error.

The gate that generates: the current policy answers every task that passed the other gates M times *with* the passage. That is what
tells a hard task (few right without the passage, most with it) from one that nobody can answer and everybody can guess.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from spice_fast.records import Task
from spice_fast.selfplay.grading import grade_answers
from spice_fast.selfplay.options import render_each, shown_tasks
from spice_fast.selfplay.seeds import Purpose, seed_of
from spice_fast.tasks import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from spice_fast.config import RunConfig
    from spice_fast.rollouts.engine import Completion
    from spice_fast.selfplay.outcome import Attempt
    from spice_fast.tasks import Prompts


def ask_with_passage(
    config: RunConfig,
    index: int,
    attempts: list[Attempt],
    prompts: Prompts,
    answer: Callable[[list[list[int]], list[int]], tuple[list[Completion], list[str]]],
) -> None:
    """Fills in ``open_book`` of valid attempts, and refuses with ``unanswerable`` those whose gold too few votes reproduce.

    Args:
        config: the run's; `gates.answerability` says how many votes.
        index: number of the round.
        attempts: of one wave; those that are refused already stay as they are.
        prompts: makes the prompts.
        answer: the current policy: completions and their texts for prompts and seeds.
    """
    settings = config.gates.answerability
    asked = [attempt for attempt in attempts if attempt.valid]
    shown: list[Task] = []
    rendered: list[list[int]] = []
    seeds: list[int] = []
    for attempt in asked:
        assert isinstance(attempt.result, Task)
        place = (index, attempt.slot, attempt.number)
        tasks = shown_tasks(config, attempt.result, Purpose.OPEN_BOOK_OPTIONS, place, settings.votes)
        shown += tasks
        rendered += render_each(tasks, partial(prompts.open_book, passage=attempt.passage.text))
        seeds += [seed_of(config.seed, Purpose.OPEN_BOOK, *place, vote) for vote in range(settings.votes)]
    completions, texts = answer(rendered, seeds)
    right = grade_answers(shown, texts).equivalent.tolist()
    for i, attempt in enumerate(asked):
        own = slice(i * settings.votes, (i + 1) * settings.votes)
        attempt.open_book = right[own]
        attempt.open_book_tokens = [len(completion.token_ids) for completion in completions[own]]
        num_right = sum(attempt.open_book)
        if num_right < settings.min_share * settings.votes:
            attempt.result = refusal("unanswerable", f"{num_right} of {settings.votes} votes reach the gold")
