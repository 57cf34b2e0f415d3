"""The columns of a round's attempts that its reward is made of; only those that it needs are worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spice_fast.answers import num_agreeing
from spice_fast.errors import ConfigError
from spice_fast.records import RefusalClass, Task
from spice_fast.rewards import Reward, cluster_shares, resolve_reward

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from spice_fast.config import RunConfig
    from spice_fast.selfplay.outcome import Attempt

    Gather = Callable[[list[Any]], list[list[Any]]]
    """Gives every rank's list, in rank order, from this rank's; every rank calls it."""

REFUSAL_CODES = {RefusalClass.FORMAT: 1, RefusalClass.GATE: 2}
RUN_COLUMNS = ("num_correct", "num_answers", "chance", "num_mode", "cluster_share")
"""The columns that every round gives."""
OPEN_BOOK_COLUMNS = ("num_correct_open", "num_answers_open")
"""Those that a round with the gate ``answerability`` gives besides: right votes with the passage, and all."""


def round_reward(config: RunConfig) -> Reward:
    """The reward of the configuration, if a round can give what it needs.

    Raises:
        ConfigError: no such reward, parameter or function; a column that no round gives; a correction for chance of a
            reward that has no pass rate.
    """
    settings = config.reward
    reward = resolve_reward(
        settings.name,
        settings.parameters,
        gate_penalty=settings.gate_penalty,
        format_penalty=settings.format_penalty,
    )
    has_votes = "answerability" in config.challenger.gates
    given = RUN_COLUMNS + (OPEN_BOOK_COLUMNS if has_votes else ())
    missing = [column for column in reward.columns if column not in given]
    if missing:
        can_have = set(missing) <= set(OPEN_BOOK_COLUMNS)
        raise ConfigError(
            f"reward.name = {settings.name!r} needs {' and '.join(missing)}, which a round does not give\n"
            + (
                "hint: add `answerability` to challenger.gates, whose votes these are"
                if can_have
                else f"hint: a round gives {', '.join(given)}; choose another reward"
            )
        )
    if config.reasoner.shuffle_options and ("num_mode" in reward.columns or settings.pass_rate == "mode"):
        raise ConfigError(
            "reasoner.shuffle_options = true shows every answer other letters, so the most common letter says nothing: "
            f"reward.name = {settings.name!r} counts it\nhint: set reasoner.shuffle_options = false"
        )
    corrects = "chance" in reward.columns if ":" in settings.name else "num_correct" in reward.columns
    if settings.chance_corrected and not corrects:
        raise ConfigError(
            f"reward.chance_corrected = true, but reward.name = {settings.name!r} has no pass rate to correct"
            + (" (a function of yours takes the column `chance`)" if ":" in settings.name else "")
        )
    return reward


def reward_columns(
    config: RunConfig, reward: Reward, kept: list[Attempt], gather: Gather
) -> dict[str, npt.NDArray[Any]]:
    """What ``reward`` needs of the kept attempts, by name and each of shape [num_kept]; ``refusal`` always."""
    needed = set(reward.columns) | ({"chance"} if config.reward.chance_corrected else set())
    pays_agreement = config.reward.pass_rate == "mode"
    if pays_agreement and "num_correct" in needed:
        needed.add("num_mode")
    columns: dict[str, npt.NDArray[Any]] = {"refusal": np.array([_refusal(attempt) for attempt in kept], np.uint8)}
    if "num_answers" in needed:
        columns["num_answers"] = np.array([len(attempt.verdicts) for attempt in kept], np.uint32)
    if "chance" in needed:
        columns["chance"] = np.array([_chance(attempt) for attempt in kept], np.float64)
    if "num_mode" in needed:
        columns["num_mode"] = _num_mode(kept)
    if "num_correct" in needed:
        right = np.array([sum(attempt.verdicts) for attempt in kept], np.uint32)
        columns["num_correct"] = columns["num_mode"] if pays_agreement else right
    if "num_correct_open" in needed:
        columns["num_correct_open"] = np.array([sum(_votes(attempt)) for attempt in kept], np.uint32)
    if "num_answers_open" in needed:
        columns["num_answers_open"] = np.array([len(_votes(attempt)) for attempt in kept], np.uint32)
    if "cluster_share" in needed:
        columns["cluster_share"] = _cluster_share(kept, gather)
    return columns


def _refusal(attempt: Attempt) -> int:
    return 0 if isinstance(attempt.result, Task) else REFUSAL_CODES[attempt.result.refusal_class]


def _votes(attempt: Attempt) -> list[bool]:
    """A task that the votes refused counts as any refused one: with nothing."""
    return attempt.open_book if attempt.valid else []


def _chance(attempt: Attempt) -> float:
    """Of guessing right: one in the number of choices; nothing else can be guessed."""
    return 1 / len(attempt.result.choices) if isinstance(attempt.result, Task) and attempt.result.choices else 0.0


def _num_mode(kept: list[Attempt]) -> npt.NDArray[np.uint32]:
    answered = [(row, attempt.result) for row, attempt in enumerate(kept) if isinstance(attempt.result, Task)]
    column = np.zeros(len(kept), np.uint32)
    texts = [kept[row].answer_texts for row, _ in answered]
    column[[row for row, _ in answered]] = num_agreeing([task for _, task in answered], texts)
    return column


def _cluster_share(kept: list[Attempt], gather: Gather) -> npt.NDArray[np.float64]:
    """Among the kept attempts of all ranks; refused ones ask nothing, and so all alike."""
    own = [
        ((attempt.slot, attempt.number), attempt.result.question if isinstance(attempt.result, Task) else "")
        for attempt in kept
    ]
    questions = dict(sorted(row for rank in gather(own) for row in rank))
    shares = dict(zip(questions, cluster_shares(list(questions.values())).tolist(), strict=True))
    return np.array([shares[place] for place, _ in own], np.float64)
