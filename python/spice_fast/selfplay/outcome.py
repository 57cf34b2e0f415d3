"""What a round leaves behind: its attempts with everything that happened to them, and the trajectories to train on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from spice_fast.records import Passage, Role, Task, TaskKind

if TYPE_CHECKING:
    from spice_fast.records import Refusal
    from spice_fast.rollouts.engine import Completion


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One Challenger response on one passage; filled in as the round goes on."""

    passage: Passage
    """What it was written from."""
    slot: int
    """Number of the passage in the round, 0 to B - 1, over all ranks."""
    number: int
    """Number of the attempt on its passage, 0 to N - 1."""
    kind: TaskKind
    """Kind of task that was asked for."""
    prompt_ids: list[int]
    """The Challenger's prompt."""
    completion: Completion
    """The Challenger's response."""
    text: str
    """The response as text."""
    result: Task | Refusal
    """The task in it, or why it is refused."""
    kept: bool = False
    """Whether it is one of the G attempts that are rewarded (T_C)."""
    open_book: list[bool] = field(default_factory=list)
    """Whether each of the M answers with the passage equals the gold; empty where nothing was asked."""
    open_book_tokens: list[int] = field(default_factory=list)
    """Their lengths in tokens."""
    shown: list[Task] = field(default_factory=list)
    """The task as each of the K answers was asked for it, its options perhaps in another order; empty unless kept and valid."""
    answer_prompt_ids: list[list[int]] = field(default_factory=list)
    """The Reasoner's prompt of each of the K answers; one list object where they are the same."""
    answers: list[Completion] = field(default_factory=list)
    """K answers; empty unless kept and valid."""
    answer_texts: list[str] = field(default_factory=list)
    """The answers as text."""
    verdicts: list[bool] = field(default_factory=list)
    """l_k: whether each answer equals the gold."""
    step_by_step: list[bool] = field(default_factory=list)
    """Whether each answer wrote anything before its box."""
    reward: float = 0.0
    """r_C, if kept."""
    advantage: float = 0.0
    """A_C, if kept."""
    trains_reasoner: bool = False
    """Whether its answers are the passage's T_R."""
    answer_advantages: list[float] = field(default_factory=list)
    """A_R of the K answers, if they are T_R."""

    @property
    def valid(self) -> bool:
        """Whether the response holds a task that no gate refused."""
        return isinstance(self.result, Task)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """One row of the update: tokens, who wrote them, and how much better than its group they did."""

    role: Role
    prompt_ids: list[int]
    completion: Completion
    advantage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of one rank."""

    index: int
    """Number of the round, from 0."""
    attempts: list[Attempt]
    """All attempts in passage order, kept or not."""
    trajectories: list[Trajectory]
    """What is trained: T_C of every passage, and T_R of every passage with a valid attempt."""
    baselines: tuple[float, ...] = ()
    """Rewards that the next round's advantages are measured against, by role, where the estimator keeps any (``rae``)."""


def by_passage(attempts: list[Attempt]) -> list[tuple[int, list[Attempt]]]:
    """Attempts of each passage, in passage order (they are sorted by it)."""
    return [(slot, list(group)) for slot, group in groupby(attempts, key=lambda attempt: attempt.slot)]
