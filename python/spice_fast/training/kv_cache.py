"""A key-value cache whose room is reserved once: transformers' own copies everything at every token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

if TYPE_CHECKING:
    import torch


class ReservedLayer(DynamicLayer):  # type: ignore[misc]  # transformers' base class is untyped
    """A dynamic layer that writes into a buffer of fixed capacity; keys and values are views of what is filled."""

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self._capacity = capacity
        self._buffers: list[torch.Tensor] = []

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: object, **__: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Appends states [rows, heads, tokens, head_dim] and gives all of them so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            rows, heads, _tokens, head_dim = key_states.shape
            self._buffers = [key_states.new_empty((rows, heads, self._capacity, head_dim)) for _ in range(2)]
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        for buffer, states in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, start:end] = states
        self.keys, self.values = (buffer[:, :, :end] for buffer in self._buffers)
        return self.keys, self.values

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keeps (or repeats) rows."""
        end = self.get_seq_length()
        self._buffers = [buffer[indices] for buffer in self._buffers]
        self.keys, self.values = (buffer[:, :, :end] for buffer in self._buffers)


def reserve_cache(model_config: object, capacity: int) -> DynamicCache:
    """A cache for ``capacity`` tokens; models with other than plain attention layers get transformers' own."""
    cache = DynamicCache(config=model_config)
    if all(type(layer) is DynamicLayer for layer in cache.layers):
        cache.layers = [ReservedLayer(capacity) for _ in cache.layers]
    return cache
