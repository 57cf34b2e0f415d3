"""Does the engine sample the trainer's weights? Compares the log-probabilities that both give to the same tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from spice_fast.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from spice_fast.rollouts.engine import Completion

TOLERANCES = {torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}
"""Largest mean difference that rounding explains, by the coarser of the two number types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Absolute differences between the engine's and the trainer's log-probabilities, in nats."""

    mean: float
    max: float
    num_tokens: int


def check_drift(
    model: PreTrainedModel,
    prompts: Sequence[list[int]],
    completions: Sequence[Completion],
    *,
    temperature: float,
    dtype: torch.dtype,
) -> Drift:
    """How far the engine that wrote ``completions`` is from ``model``; any engine, any model.

    The verdict is on the mean: stale weights move nearly all tokens, while rounding in half precision moves single
    improbable ones far. In bfloat16 that leaves the drift of a few small updates below the threshold; it finds weights
    that were never pushed, layers left behind, a wrong temperature or shifted rows.

    Args:
        model: the trainer's model; left in the mode it was in.
        prompts: token ids of each prompt, not empty; no padding is involved.
        completions: what the engine answered to each.
        temperature: the sampling temperature of ``completions`` (0: greedy, log-probabilities at temperature 1).
        dtype: the coarser of the engine's and the trainer's number types.

    Raises:
        EngineError: the mean difference is above ``TOLERANCES[dtype]``, or not a number.
    """
    was_training = model.training
    model.train(False)
    try:
        differences = torch.cat(
            [
                _differences(model, prompt, completion, temperature)
                for prompt, completion in zip(prompts, completions, strict=True)
            ]
        )
    finally:
        model.train(was_training)
    drift = Drift(mean=differences.mean().item(), max=differences.max().item(), num_tokens=len(differences))
    if not drift.mean <= TOLERANCES[dtype]:
        raise EngineError(
            f"the engine does not sample the trainer's weights: log-probabilities of {drift.num_tokens} tokens differ by "
            f"{drift.mean:.1e} in the mean ({drift.max:.1e} at most), expected {TOLERANCES[dtype]:.0e} at most in {dtype}\n"
            "hint: call sync() after every update; if it was called, this engine keeps stale copies of some weights of this "
            "model: set engine.name = transformers"
        )
    return drift


@torch.no_grad()
def _differences(model: PreTrainedModel, prompt: list[int], completion: Completion, temperature: float) -> torch.Tensor:
    """Absolute differences [num_completion_tokens] of one row."""
    num_tokens = len(completion.token_ids)
    tokens = torch.tensor([prompt + completion.token_ids], device=model.device)
    logits = model(input_ids=tokens, use_cache=False, logits_to_keep=num_tokens + 1).logits[0, :-1]
    own = torch.log_softmax(logits.float() / (temperature or 1.0), dim=-1)
    own = own.gather(1, tokens[0, -num_tokens:, None])[:, 0]
    return (own.cpu() - torch.tensor(completion.logprobs)).abs()
