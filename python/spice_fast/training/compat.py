"""The only file that names private symbols of TRL and vLLM, each with the reason why it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from trl import GRPOTrainer


def token_logprobs(trainer: GRPOTrainer, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Log-probabilities [rows, tokens] of the completions, by the trainer's own forward pass.

    TRL's helper is the one its loss uses, so the ratio of the first update of a round is 1 to the last bit.
    """
    logprobs, _, _ = trainer._get_per_token_logps_and_entropies(
        trainer.model,
        torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1),
        torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], dim=1),
        inputs["completion_ids"].shape[1],
    )
    result: torch.Tensor = logprobs
    return result
