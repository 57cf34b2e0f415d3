"""The only file that names private symbols of TRL and vLLM, each with the reason why it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def keep_vllm_weights_loadable() -> None:
    """Makes vLLM's linear layers on a CPU compute with their live parameters; call before an engine is built.

    vLLM hands each weight to oneDNN, AMX or zentorch, which keep a packed copy: of most layers the parameter is then
    dropped (``load_weights`` fails), of the output layer it stays, but the packed copy is what computes (stale
    after every sync, silently). Plain ``torch`` linear layers have no copy; at sizes that a CPU can train they are as fast.
    """
    from vllm.model_executor.layers import utils

    def use_live_weight(layer: Any, *, remove_weight: bool) -> None:  # noqa: ARG001  # vLLM's signature
        layer.cpu_linear = torch.nn.functional.linear

    utils.dispatch_cpu_unquantized_gemm = use_live_weight
