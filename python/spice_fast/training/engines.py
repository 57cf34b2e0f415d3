"""The engine that a configuration asks for, over weights that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.training.policy import stop_tokens
from spice_fast.training.transformers_engine import TransformersEngine

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from spice_fast.config import RunConfig
    from spice_fast.rollouts import RolloutEngine


def build_engine(
    config: RunConfig, weights: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, model_path: str
) -> RolloutEngine:
    """An engine that samples ``weights``.

    Args:
        config: names the engine and its limits.
        weights: the model to sample, unwrapped; read at every ``sync`` or at every token, as the engine does it.
        tokenizer: says what ends a completion and what pads.
        model_path: folder or hub name of a model of the same shape, where vLLM reads its configuration.

    Raises:
        MissingDependencyError: vLLM is asked for and not installed.
        EngineError: vLLM cannot run this model.
    """
    eos_token_ids = stop_tokens(weights.generation_config, tokenizer)
    if config.engine.name == "vllm":
        from spice_fast.training.vllm_engine import VllmEngine

        return VllmEngine(
            model_path=model_path,
            model=weights,
            max_model_len=config.max_sequence_tokens,
            dtype=config.model.dtype,
            eos_token_ids=eos_token_ids,
            gpu_memory_utilization=config.engine.gpu_memory_utilization,
        )
    return TransformersEngine(
        weights,
        eos_token_ids=eos_token_ids,
        pad_token_id=tokenizer.pad_token_id,
        max_batch_tokens=config.engine.max_batch_tokens,
    )
