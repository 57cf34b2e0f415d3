"""The compiled core: flat arrays and lists across the border; its typed faces are the packages beside this file."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

__version__: str

# -- answers ----------------------------------------------------------------------------------------------------------

RULES: list[tuple[str, bool | None, str]]
REASONS: list[str]

def parse_tasks(
    responses: Sequence[str], kinds: Sequence[str]
) -> list[str | tuple[str, str, list[str], list[str]]]: ...
def parse_task_kinds(responses: Sequence[str]) -> list[str | None]: ...
def check_batch(
    golds: Sequence[str],
    responses: Sequence[str],
    kinds: Sequence[str] | None,
    choices: Sequence[Sequence[str] | None] | None,
    policy: str,
    mode: str,
    threads: int | None,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.int64]]: ...
def extract(text: str, policy: str) -> tuple[int, int, Literal["box", "answer_tag", "hashes"]] | None: ...

# -- rewards ----------------------------------------------------------------------------------------------------------

CHALLENGER_REWARDS: list[str]

def challenger_rewards(
    name: str,
    num_correct: npt.NDArray[np.uint32],
    num_answers: npt.NDArray[np.uint32],
    refusal: npt.NDArray[np.uint8],
    *,
    gate_penalty: float | None,
    format_penalty: float | None,
    parameters: Sequence[tuple[str, float]],
) -> npt.NDArray[np.float64]: ...
def reasoner_rewards(equivalent: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]: ...
def dr_grpo(
    rewards: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64],
    roles: npt.NDArray[np.uint8],
    valid: npt.NDArray[np.bool_] | None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8], int]: ...
