"""Answers a suite once per task and counts what is right, per category too."""

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
    """What became of one held-out task."""

    category: str
    right: bool
    boxed: bool
    """Whether the response held a boxed answer."""
    step_by_step: bool
    """Whether it wrote anything before the box."""
    text: str


def evaluate(
    suite: Sequence[HeldOutTask],
    *,
    engine: RolloutEngine,
    prompts: Prompts,
    decode: Callable[[list[list[int]]], list[str]],
    max_new_tokens: int,
    temperature: float,
    seed: int,
    first: int = 0,
    stride: int = 1,
) -> list[Score]:
    """One answer to each task ``first, first + stride, ...``; the same seeds at every call, so that calls compare pairwise."""
    numbers = range(first, len(suite), stride)
    own = [suite[i] for i in numbers]
    with engine.session():
        completions = engine.generate(
            [prompts.reasoner(held_out.task) for held_out in own],
            [seed_of(seed, Purpose.EVALUATION, i) for i in numbers],
            max_new_tokens=max_new_tokens,
            temperature=temperature,
        )
    texts = decode([completion.token_ids for completion in completions])
    verdicts = Grader(policy="training").check_batch(
        [held_out.task.gold for held_out in own],
        texts,
        kinds=[held_out.task.kind for held_out in own],
        choices=[held_out.task.choices or None for held_out in own],
    )
    return [
        Score(
            category=held_out.category,
            right=right,
            boxed=boxed,
            step_by_step=boxed and shows_work(text, start),
            text=text,
        )
        for held_out, text, right, boxed, start in zip(
            own, texts, verdicts.equivalent.tolist(), verdicts.has_box.tolist(), verdicts.start.tolist(), strict=True
        )
    ]
