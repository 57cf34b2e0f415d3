"""``memory``: a question of an earlier round, or nearly the same one, is not paid for twice.

Only earlier rounds count, so that what a round refuses does not depend on ranks or on the order of its attempts. A round's accepted
questions are taken in when it is over, the same on every rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.tasks.gates.candidate import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.config import MemoryConfig
    from spice_fast.records import Refusal
    from spice_fast.tasks.gates.candidate import Candidate


class QuestionMemory:
    """Questions of earlier rounds, 68 bytes each; beyond the capacity the oldest are forgotten."""

    def __init__(self, settings: MemoryConfig) -> None:
        self._core = _core.QuestionMemory(settings.capacity, settings.similarity)

    @property
    def num_rounds(self) -> int:
        """Rounds taken in so far."""
        return self._core.num_rounds

    @property
    def num_questions(self) -> int:
        """Questions remembered."""
        return self._core.num_questions

    @property
    def num_bytes(self) -> int:
        """Size of what is remembered."""
        return self._core.num_bytes

    def remember(self, questions: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Takes in the next round's accepted questions, each with its options; their order does not matter."""
        self._core.remember([_text(question, choices) for question, choices in questions], None)

    def __call__(self, candidates: Sequence[Candidate]) -> list[Refusal | None]:
        """Refuses with ``repeated``; the detail names the earlier round."""
        texts = [_text(candidate.task.question, candidate.task.choices) for candidate in candidates]
        return [
            None if found is None else refusal("repeated", f"round {found[0]}, similarity {found[1]:.2f}")
            for found in self._core.find(texts, None)
        ]

    def to_bytes(self) -> bytes:
        """The whole state: what a checkpoint holds."""
        return self._core.to_bytes()

    def restore(self, state: bytes) -> None:
        """Takes over a saved state.

        Raises:
            ConfigError: the bytes are damaged, or of a larger memory.
        """
        self._core.restore(state)


def _text(question: str, choices: Sequence[str]) -> str:
    """A stem such as "Which statement is true?" is no question without its options; their order does not matter."""
    return "\n".join([question, *sorted(choices)])
