"""Bytes of GPU memory that a rank needs: in the update, and while the engine writes.

What is counted is what PyTorch, TRL and the engines here hold; a reserve stands for what nobody can count (CUDA's context,
communication buffers, fragmentation). Parameters and optimizer states are exact; activations are those of transformers'
Llama and Qwen layers with fused attention, tensor by tensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from spice_fast.config import RunConfig
    from spice_fast.dryrun.shapes import ModelShape

GIB = 2**30
RESERVE_BYTES = 3 * GIB
FLOAT32 = 4
TILE_TOKENS, TILE_WORDS = 4096, 32768
"""TRL computes log-probabilities in tiles of so many tokens and words of the vocabulary; logits are never whole."""
SAMPLING_BYTES_PER_WORD = 24
"""In-process engine, next-token scores of a row: logits, log-probabilities and their copy in float32, sums in float64."""

Zero = Literal[0, 2, 3]
"""Stage of ZeRO: 0 none, 2 gradients and optimizer states divided over the ranks, 3 parameters too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes on each GPU."""

    parameters: int
    gradients: int
    optimizer: int
    activations: int
    """Of one forward-backward pass over the longest rows."""
    log_probs: int
    """The output layer's tiles, and its gradients in float32."""
    engine: int
    """vLLM: all that it is given. In process: key-value cache and next-token scores."""
    kv_tokens: int
    """Tokens that the key-value cache holds."""

    @property
    def update(self) -> int:
        """At the height of the update; vLLM sleeps then."""
        states = self.parameters + self.gradients + self.optimizer
        return states + self.activations + self.log_probs + RESERVE_BYTES

    @property
    def rollouts(self) -> int:
        """While the engine writes; there are no gradients then."""
        return self.parameters + self.optimizer + self.engine + RESERVE_BYTES

    @property
    def peak(self) -> int:
        """The larger of the two."""
        return max(self.update, self.rollouts)


def memory_of(shape: ModelShape, config: RunConfig, *, rows: int, world: int, zero: Zero, gpu_bytes: int) -> Memory:
    """What each of ``world`` GPUs of ``gpu_bytes`` needs; ``rows``: trajectories in one forward-backward pass."""
    size = bytes_of(config)
    new_tokens = rows * max(config.challenger.max_new_tokens, config.reasoner.max_new_tokens)
    engine, kv_tokens = _engine(shape, config, gpu_bytes)
    whole = shape.num_parameters * size
    return Memory(
        parameters=ceil(whole / world) if zero == 3 else whole,
        gradients=_gradients(whole, world, zero),
        optimizer=optimizer_bytes(shape, size, world=world, zero=zero),
        activations=activation_bytes(
            shape, rows, config.max_sequence_tokens, size, checkpointing=config.update.gradient_checkpointing
        ),
        log_probs=log_prob_bytes(shape, new_tokens, size),
        engine=engine,
        kv_tokens=kv_tokens,
    )


def bytes_of(config: RunConfig) -> int:
    """Bytes of one weight."""
    return 2 if config.model.dtype == "bfloat16" else 4


def optimizer_bytes(shape: ModelShape, size: int, *, world: int, zero: Zero) -> int:
    """AdamW's states: two moments in the type of the weights, and a step counter a tensor; exact without ZeRO.

    ZeRO keeps the moments in float32, and beside half-precision weights a copy of them in float32, divided over the ranks.
    """
    if zero == 0:
        return 2 * shape.num_parameters * size + FLOAT32 * shape.num_tensors
    return ceil((2 + (size < FLOAT32)) * FLOAT32 * shape.num_parameters / world)


def _gradients(whole: int, world: int, zero: Zero) -> int:
    if zero:
        return ceil(whole / world)
    # Data parallelism sums gradients in buckets beside them.
    return whole * (2 if world > 1 else 1)


def activation_bytes(shape: ModelShape, rows: int, length: int, size: int, *, checkpointing: bool) -> int:
    """What autograd keeps of the decoder for ``rows`` sequences of ``length`` tokens, ``size`` bytes a value.

    With checkpointing the input of every layer, and one layer whole while it is computed again.
    """
    num_tokens = rows * length
    # Rows of unequal length make a padding mask, which fused attention keeps as numbers for every layer.
    mask = rows * length**2 * size if rows > 1 else 0
    layer = num_tokens * layer_bytes(shape, size) + mask
    last_norm = num_tokens * (FLOAT32 + 2 * size) * shape.hidden_size
    if checkpointing:
        return num_tokens * shape.num_layers * shape.hidden_size * size + layer + last_norm
    return shape.num_layers * layer + last_norm


def layer_bytes(shape: ModelShape, size: int) -> int:
    """What autograd keeps of one layer for one token."""

    def norm(width: int, num_groups: int) -> int:
        # Its input in float32, one inverse root a group, and the normalised values in the type of the weights.
        return (FLOAT32 + size) * width + FLOAT32 * num_groups

    query, key = shape.query_size, shape.kv_size
    norms = 2 * (norm(shape.hidden_size, 1) + size * shape.hidden_size)
    if shape.qk_norm:
        norms += norm(query + key, shape.num_heads + shape.num_kv_heads)
    # Queries, keys and values; keys and values again for every head where a padding mask asks for it; output and its log-sum.
    attention = size * (query + 2 * key) + size * query + FLOAT32 * shape.num_heads
    if shape.num_kv_heads < shape.num_heads:
        attention += size * 2 * query - size * 2 * key
    # Gate, its activation, the other branch, their product.
    return norms + attention + size * 4 * shape.intermediate_size


def log_prob_bytes(shape: ModelShape, num_new_tokens: int, size: int) -> int:
    """One tile of logits, and in the backward pass the gradients of output layer and hidden states in float32."""
    tile = min(num_new_tokens, TILE_TOKENS) * min(shape.vocab_size, TILE_WORDS) * size
    return tile + FLOAT32 * shape.hidden_size * (shape.vocab_size + num_new_tokens)


def kv_bytes_per_token(shape: ModelShape, size: int) -> int:
    """Keys and values of all layers for one token."""
    return 2 * shape.num_layers * shape.kv_size * size


def _engine(shape: ModelShape, config: RunConfig, gpu_bytes: int) -> tuple[int, int]:
    """Bytes of the engine, and tokens in its cache."""
    size = bytes_of(config)
    per_token = kv_bytes_per_token(shape, size)
    if config.engine.name == "vllm":
        given = int(config.engine.gpu_memory_utilization * gpu_bytes)
        return given, max(0, given - shape.num_parameters * size) // per_token
    tokens = max(config.engine.max_batch_tokens, config.max_sequence_tokens)
    rows = tokens // (
        config.corpus.passage_tokens + max(config.challenger.max_new_tokens, config.reasoner.max_new_tokens)
    )
    # Dropping finished rows copies the cache once.
    return 2 * tokens * per_token + max(1, rows) * shape.vocab_size * SAMPLING_BYTES_PER_WORD, tokens
