"""From answers to advantages: verdicts, rewards, the task that trains the Reasoner, group-centred advantages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.answers import shows_work
from spice_fast.records import RefusalClass, Role, Task
from spice_fast.rewards import challenger_rewards, dr_grpo
from spice_fast.selfplay.grading import grade_answers
from spice_fast.selfplay.outcome import Attempt, Trajectory, by_passage
from spice_fast.selfplay.seeds import Purpose, generator

if TYPE_CHECKING:
    from spice_fast.config import RunConfig

REFUSAL_CODES = {RefusalClass.FORMAT: 1, RefusalClass.GATE: 2}


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


def reward_tasks(config: RunConfig, attempts: list[Attempt]) -> None:
    """r_C of every kept attempt, from how many of its K answers were right (equation 1 by default)."""
    kept = [attempt for attempt in attempts if attempt.kept]
    rewards = challenger_rewards(
        config.reward.name,
        [sum(attempt.verdicts) for attempt in kept],
        [len(attempt.verdicts) for attempt in kept],
        [0 if isinstance(attempt.result, Task) else REFUSAL_CODES[attempt.result.refusal_class] for attempt in kept],
        gate_penalty=config.reward.gate_penalty,
        format_penalty=config.reward.format_penalty,
    )
    for attempt, reward in zip(kept, rewards.tolist(), strict=True):
        attempt.reward = reward


def choose_trained_tasks(config: RunConfig, index: int, attempts: list[Attempt]) -> None:
    """T_R: the answers of one random valid attempt per passage, the very rollouts that gave its reward."""
    for slot, group in by_passage(attempts):
        answered = [attempt for attempt in group if attempt.answers]
        if answered:
            generator(config.seed, Purpose.TRAINED_TASK, index, slot).choice(answered).trains_reasoner = True


def center(config: RunConfig, index: int, attempts: list[Attempt]) -> None:
    """A = r - mean of its group, per role and without a standard deviation (Dr.GRPO)."""
    kept = [attempt for attempt in attempts if attempt.kept]
    trained = [attempt for attempt in attempts if attempt.trains_reasoner]
    answers = [(attempt, float(right)) for attempt in trained for right in attempt.verdicts]
    advantages = dr_grpo(
        [attempt.reward for attempt in kept] + [right for _, right in answers],
        groups=[attempt.slot for attempt in kept] + [attempt.slot for attempt, _ in answers],
        roles=[0] * len(kept) + [1] * len(answers),
    ).values.tolist()
    for attempt, advantage in zip(kept, advantages, strict=False):
        attempt.advantage = advantage
    for (attempt, _), advantage in zip(answers, advantages[len(kept) :], strict=True):
        attempt.answer_advantages.append(advantage)
    if config.advantage.permute:
        _permute(config, index, kept, trained)


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
