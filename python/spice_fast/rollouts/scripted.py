"""An engine that answers by a script instead of a model: for tests, and for measuring everything but the model."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from spice_fast.rollouts.engine import Completion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager


class ScriptedEngine:
    """Completions are a function of (prompt, seed); every token has log-probability zero."""

    def __init__(self, script: Callable[[list[int], int], list[int]]) -> None:
        self._script = script
        self.requests: list[tuple[list[int], int]] = []
        """All prompts and seeds so far, in order."""

    def sync(self, version: int) -> None:
        """A script has no weights."""

    def session(self) -> AbstractContextManager[None]:
        """A script is always awake."""
        return nullcontext()

    def generate(
        self, prompts: Sequence[list[int]], seeds: Sequence[int], *, max_new_tokens: int, temperature: float
    ) -> list[Completion]:
        """See :class:`spice_fast.rollouts.engine.RolloutEngine`; the script decides the tokens, whatever the temperature."""
        del temperature
        self.requests += zip(prompts, seeds, strict=True)
        written = [self._script(prompt, seed)[:max_new_tokens] for prompt, seed in zip(prompts, seeds, strict=True)]
        return [Completion(token_ids=tokens, logprobs=[0.0] * len(tokens)) for tokens in written]
