"""The shape of a dense Llama- or Qwen-like model, and how many parameters that makes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from spice_fast.errors import ConfigError
from spice_fast.training.policy import model_folder

MODEL_TYPES = ("llama", "qwen2", "qwen3")
"""What the formulas hold for: grouped-query attention, gated MLP, RMS norms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """Sizes of a decoder."""

    hidden_size: int
    intermediate_size: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    vocab_size: int
    max_positions: int
    """Longest sequence in tokens."""
    tied_embeddings: bool
    """Whether the output layer is the embedding."""
    qk_norm: bool
    """Whether queries and keys have norms of their own (Qwen3)."""
    qkv_bias: bool = False
    """Whether queries, keys and values have biases (Qwen2)."""

    @property
    def query_size(self) -> int:
        """Width of all queries."""
        return self.num_heads * self.head_dim

    @property
    def kv_size(self) -> int:
        """Width of all keys, and of all values."""
        return self.num_kv_heads * self.head_dim

    @property
    def num_parameters(self) -> int:
        """All parameters, exactly."""
        attention = self.hidden_size * (2 * self.query_size + 2 * self.kv_size)
        attention += (self.query_size + 2 * self.kv_size) * self.qkv_bias + 2 * self.head_dim * self.qk_norm
        layer = attention + 3 * self.hidden_size * self.intermediate_size + 2 * self.hidden_size
        embeddings = self.vocab_size * self.hidden_size * (1 if self.tied_embeddings else 2)
        return self.num_layers * layer + embeddings + self.hidden_size

    @property
    def num_tensors(self) -> int:
        """Parameter tensors, each with a step counter in the optimizer."""
        return self.num_layers * (9 + 2 * self.qk_norm + 3 * self.qkv_bias) + (2 if self.tied_embeddings else 3)


def shape_of(path: str) -> ModelShape:
    """The shape of a configured model: from its folder's config.json, or from the table of known names.

    Raises:
        MissingFileError: it looks like a folder and there is none.
        ConfigError: neither a folder nor a known name, or a kind of model that the formulas do not hold for.
    """
    folder = model_folder(path)
    if Path(folder).is_dir():
        from transformers import AutoConfig

        return _from_config(AutoConfig.from_pretrained(folder), path)
    known = _known_shapes()
    if path not in known:
        raise ConfigError(
            f"model.path = {path}: its shape is not known; expected a model folder with config.json, or one of "
            f"{', '.join(known)}\nhint: download the model and give its folder"
        )
    return known[path]


@cache
def _known_shapes() -> dict[str, ModelShape]:
    table = (resources.files("spice_fast.dryrun") / "shapes.toml").read_text(encoding="utf-8")
    return {name: ModelShape(**values) for name, values in tomllib.loads(table).items()}


def _from_config(config: Any, path: str) -> ModelShape:
    if config.model_type not in MODEL_TYPES:
        raise ConfigError(
            f"model.path = {path}: cannot say what a model of type {config.model_type} needs; expected "
            f"{', '.join(MODEL_TYPES)}"
        )
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return ModelShape(
        hidden_size=config.hidden_size,
        intermediate_size=config.intermediate_size,
        num_layers=config.num_hidden_layers,
        num_heads=config.num_attention_heads,
        num_kv_heads=config.num_key_value_heads,
        head_dim=head_dim,
        vocab_size=config.vocab_size,
        max_positions=config.max_position_embeddings,
        tied_embeddings=config.tie_word_embeddings,
        qk_norm=config.model_type == "qwen3",
        qkv_bias=config.model_type == "qwen2",
    )
