"""Answers tasks of a suite once or several times and says what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spice_fast.answers import Grader, shows_work
from spice_fast.selfplay.seeds import Purpose, seed_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spice_fast.evaluation.suite import HeldOutTask
    from spice_fast.rollouts.engine import RolloutEngine
    from spice_fast.tasks import Prompts


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What became of one answer to a held-out task."""

    category: str
    right: bool
    boxed: bool
    """Whether the response held a boxed answer."""
    step_by_step: bool
    """Whether it wrote anything before the box."""
    text: str
    num_tokens: int = 0
    """Length of the response in tokens."""


def evaluate(
    suite: Sequence[HeldOutTask],
    *,
    engine: RolloutEngine,
    prompts: Prompts,
    decode: Callable[[list[list[int]]], list[str]],
    max_new_tokens: int,
    temperature: float,
    seed: int,
    numbers: Sequence[int] | None = None,
    num_samples: int = 1,
) -> list[Score]:
    """``num_samples`` answers to each chosen task, one task's after the other's.

    Seeds depend on the task's place in ``suite`` and the number of the sample alone, so that calls compare pairwise and
    it does not matter which tasks are answered together.

    Args:
        suite: all tasks.
        engine: what answers.
        prompts: makes the Reasoner's prompt of a task.
        decode: token ids to texts.
        max_new_tokens: longest answer in tokens.
        temperature: 0 is greedy.
        seed: with it sampled answers differ.
        numbers: places in ``suite`` of the tasks to answer; None: all.
        num_samples: answers to each task.
    """
    own = [(i, k) for i in (range(len(suite)) if numbers is None else numbers) for k in range(num_samples)]
    rendered = {i: prompts.reasoner(suite[i].task) for i in dict.fromkeys(i for i, _ in own)}
    with engine.session():
        completions = engine.generate(
            [rendered[i] for i, _ in own],
            # A first answer's seed names no sample: one answer a task is the common case and came first.
            [seed_of(seed, Purpose.EVALUATION, i, *((k,) if k else ())) for i, k in own],
            max_new_tokens=max_new_tokens,
            temperature=temperature,
        )
    texts = decode([completion.token_ids for completion in completions])
    tasks = [suite[i].task for i, _ in own]
    verdicts = Grader(policy="training").check_batch(
        [task.gold for task in tasks],
        texts,
        kinds=[task.kind for task in tasks],
        choices=[task.choices or None for task in tasks],
    )
    return [
        Score(
            category=suite[i].category,
            right=right,
            boxed=boxed,
            step_by_step=boxed and shows_work(text, start),
            text=text,
            num_tokens=len(completion.token_ids),
        )
        for (i, _), text, completion, right, boxed, start in zip(
            own,
            texts,
            completions,
            verdicts.equivalent.tolist(),
            verdicts.has_box.tolist(),
            verdicts.start.tolist(),
            strict=True,
        )
    ]
