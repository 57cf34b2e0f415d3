"""From answers to advantages: verdicts, rewards, the task that trains the Reasoner, advantages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.answers import shows_work
from spice_fast.records import Role
from spice_fast.rewards import ESTIMATORS, advantages
from spice_fast.selfplay.columns import reward_columns
from spice_fast.selfplay.grading import grade_answers
from spice_fast.selfplay.outcome import Attempt, Trajectory, by_passage
from spice_fast.selfplay.seeds import Purpose, generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.config import RunConfig
    from spice_fast.rewards import Reward
    from spice_fast.selfplay.columns import Gather


def grade(attempts: list[Attempt]) -> None:
    """l_k = 1 where answer k equals the gold; all answers of the round in one batch."""
    rows = [
        (attempt, task, text)
        for attempt in attempts
        for task, text in zip(attempt.shown, attempt.answer_texts, strict=True)
    ]
    verdicts = grade_answers([task for _, task, _ in rows], [text for _, _, text in rows])
    starts = verdicts.start.tolist()
    for (attempt, _, text), right, boxed, start in zip(
        rows, verdicts.equivalent.tolist(), verdicts.has_box.tolist(), starts, strict=True
    ):
        attempt.verdicts.append(right)
        attempt.step_by_step.append(boxed and shows_work(text, start))


def reward_tasks(config: RunConfig, reward: Reward, attempts: list[Attempt], gather: Gather) -> None:
    """r_C of every kept attempt, from how many of its K answers were right (equation 1 by default)."""
    kept = [attempt for attempt in attempts if attempt.kept]
    rewards = reward.function(reward_columns(config, reward, kept, gather))
    for attempt, earned in zip(kept, rewards.tolist(), strict=True):
        attempt.reward = earned


def choose_trained_tasks(config: RunConfig, index: int, attempts: list[Attempt]) -> None:
    """T_R: the answers of one random valid attempt per passage, the very rollouts that gave its reward."""
    for slot, group in by_passage(attempts):
        answered = [attempt for attempt in group if attempt.answers]
        if answered:
            generator(config.seed, Purpose.TRAINED_TASK, index, slot).choice(answered).trains_reasoner = True


def center(
    config: RunConfig, index: int, attempts: list[Attempt], gather: Gather, baselines: Sequence[float]
) -> tuple[float, ...]:
    """A from r per role: by default r - mean of its group, without a standard deviation (Dr.GRPO).

    Args:
        config: names the estimator.
        index: number of the round.
        attempts: this rank's attempts, rewarded.
        gather: asked where an estimator looks beyond groups, so that the ranks do not change what it sees.
        baselines: what ``rae`` goes on from.

    Returns:
        The baselines after this round.
    """
    estimator = ESTIMATORS[config.advantage.estimator]
    kept = [attempt for attempt in attempts if attempt.kept]
    trained = [attempt for attempt in attempts if attempt.trains_reasoner]
    # Role, group and place in it; reward; tokens.
    own = [((0, a.slot, a.number), a.reward, len(a.completion.token_ids)) for a in kept] + [
        ((1, a.slot, k), float(right), len(answer.token_ids))
        for a in trained
        for k, (right, answer) in enumerate(zip(a.verdicts, a.answers, strict=True))
    ]
    rows = sorted(row for rank in gather(own) for row in rank) if estimator.is_global else own
    found = advantages(
        config.advantage.estimator,
        [reward for _, reward, _ in rows],
        groups=[slot for (_, slot, _), _, _ in rows],
        roles=[role for (role, _, _), _, _ in rows],
        lengths=[length for _, _, length in rows],
        baselines=baselines,
        **config.advantage.parameters,
    )
    advantage_at = dict(zip((place for place, _, _ in rows), found.values.tolist(), strict=True))
    for attempt in kept:
        attempt.advantage = advantage_at[0, attempt.slot, attempt.number]
    for attempt in trained:
        attempt.answer_advantages = [advantage_at[1, attempt.slot, k] for k in range(len(attempt.verdicts))]
    if config.advantage.permute:
        _permute(config, index, kept, trained)
    return tuple(found.baselines.tolist())


def trajectories(config: RunConfig, attempts: list[Attempt]) -> list[Trajectory]:
    """The rows of the update: T_C, unless the Challenger is frozen, and T_R."""
    challenger = [
        Trajectory(role=Role.CHALLENGER, prompt_ids=a.prompt_ids, completion=a.completion, advantage=a.advantage)
        for a in attempts
        if a.kept and not config.challenger.frozen
    ]
    reasoner = [
        Trajectory(role=Role.REASONER, prompt_ids=prompt_ids, completion=answer, advantage=advantage)
        for a in attempts
        if a.trains_reasoner
        for prompt_ids, answer, advantage in zip(a.answer_prompt_ids, a.answers, a.answer_advantages, strict=True)
    ]
    return challenger + reasoner


def _permute(config: RunConfig, index: int, kept: list[Attempt], trained: list[Attempt]) -> None:
    """Control experiment: the same advantages, dealt to the wrong rows of their group."""
    for slot, group in by_passage(kept):
        shuffled = [attempt.advantage for attempt in group]
        generator(config.seed, Purpose.PERMUTATION, index, slot, 0).shuffle(shuffled)
        for attempt, advantage in zip(group, shuffled, strict=True):
            attempt.advantage = advantage
    for attempt in trained:
        generator(config.seed, Purpose.PERMUTATION, index, attempt.slot, 1).shuffle(attempt.answer_advantages)
