"""What self-play asks of an engine: completions for prompts, each request with a seed of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the policy wrote for one request."""

    token_ids: list[int]
    """Sampled token ids, the end-of-sequence token included where it was sampled; never empty."""
    logprobs: list[float]
    """Log-probability of each sampled token under the policy that sampled it, at the sampling temperature."""
    text: str | None = None
    """What a served model wrote; None: what the token ids decode to."""


class RolloutEngine(Protocol):
    """A policy that can be sampled. Row i of the result answers request i, whatever the batching inside."""

    def sync(self, version: int) -> None:
        """Takes over the trainer's weights; ``version`` is the number of optimizer steps they have had."""

    def session(self) -> AbstractContextManager[None]:
        """Keeps the engine awake over several ``generate`` calls (both phases of a round)."""

    def generate(
        self, prompts: Sequence[list[int]], seeds: Sequence[int], *, max_new_tokens: int, temperature: float
    ) -> list[Completion]:
        """One completion per request.

        Args:
            prompts: token ids of each prompt. Attempts on one passage repeat the same list object, so that an engine
                can share the prefix.
            seeds: one seed per request, below 2**63: a completion depends on (weights, prompt, seed) and on nothing else
                of the batch, up to floating point.
            max_new_tokens: longest completion in tokens.
            temperature: 0 is greedy; otherwise plain sampling from the whole vocabulary.
        """
