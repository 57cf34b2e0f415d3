"""The in-process engine: the trainer's own transformers model, sampled token by token over its key-value cache."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from spice_fast.rollouts.engine import Completion
from spice_fast.training.kv_cache import reserve_cache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import DynamicCache, PreTrainedModel

SHARE_LEFT_TO_COMPACT = 0.75
"""Finished rows are dropped from the batch once at most this share of it is unfinished."""


class TransformersEngine:
    """Samples the very weights that are trained, so there is nothing to sync.

    Each request draws its tokens from a random stream of its own (inverse transform of one uniform number per token), so
    a completion depends on its seed and not on its neighbours in the batch, up to floating point. Equal prompts are
    read once and their cache is shared out; finished rows leave the batch. transformers' own ``generate`` does neither
    and draws the whole batch from one global generator.
    """

    def __init__(
        self, model: PreTrainedModel, *, eos_token_ids: Sequence[int], pad_token_id: int, max_batch_tokens: int
    ) -> None:
        self._model = model
        self._eos_token_ids = torch.tensor(list(eos_token_ids), device=model.device)
        self._pad_token_id = pad_token_id
        self._max_batch_tokens = max_batch_tokens

    def sync(self, version: int) -> None:
        """Nothing to do: the engine samples the trainer's own parameters."""

    @contextmanager
    def session(self) -> Iterator[None]:
        """Puts the model into evaluation mode, and back into what it was."""
        was_training = self._model.training
        self._model.eval()
        try:
            yield
        finally:
            self._model.train(was_training)

    def generate(
        self, prompts: Sequence[list[int]], seeds: Sequence[int], *, max_new_tokens: int, temperature: float
    ) -> list[Completion]:
        """See :class:`spice_fast.rollouts.engine.RolloutEngine`; batches hold requests of similar prompt length."""
        completions: dict[int, Completion] = {}
        order = sorted(range(len(prompts)), key=lambda i: (len(prompts[i]), prompts[i]))
        for rows in self._batches(order, prompts, max_new_tokens):
            batch = self._generate_batch(
                [prompts[i] for i in rows], [seeds[i] for i in rows], max_new_tokens, temperature
            )
            completions |= dict(zip(rows, batch, strict=True))
        return [completions[i] for i in range(len(prompts))]

    def _batches(self, order: list[int], prompts: Sequence[list[int]], max_new_tokens: int) -> Iterator[list[int]]:
        """Runs of ``order`` whose padded size stays within the token budget; at least one row each."""
        rows: list[int] = []
        for i in order:
            if rows and (len(rows) + 1) * (len(prompts[i]) + max_new_tokens) > self._max_batch_tokens:
                yield rows
                rows = []
            rows.append(i)
        if rows:
            yield rows

    @torch.no_grad()
    def _generate_batch(
        self, prompts: list[list[int]], seeds: list[int], max_new_tokens: int, temperature: float
    ) -> list[Completion]:
        device = self._model.device
        # [num_rows, max_new_tokens], each row a stream of its own
        uniform = torch.from_numpy(
            np.stack([np.random.Generator(np.random.Philox(key=seed)).random(max_new_tokens) for seed in seeds])
        ).to(device)
        logits, cache, mask = self._read_prompts(prompts, max_new_tokens)
        rows = torch.arange(len(prompts), device=device)  # which requests the batch still holds
        tokens = torch.zeros((len(prompts), max_new_tokens), dtype=torch.long, device=device)
        logprobs = torch.zeros((len(prompts), max_new_tokens), device=device)
        lengths = torch.full((len(prompts),), max_new_tokens, device=device)
        finished = torch.zeros(len(prompts), dtype=torch.bool, device=device)
        for step in range(max_new_tokens):
            chosen, chosen_logprobs = _sample(logits, uniform[rows, step], temperature)
            alive = rows[~finished]
            tokens[alive, step] = chosen[~finished]
            logprobs[alive, step] = chosen_logprobs[~finished]
            ended = ~finished & torch.isin(chosen, self._eos_token_ids.to(device))
            lengths[rows[ended]] = step + 1
            finished = finished | ended
            num_left = int((~finished).sum())
            if num_left == 0 or step + 1 == max_new_tokens:
                break
            if num_left <= SHARE_LEFT_TO_COMPACT * len(rows):
                keep = torch.nonzero(~finished)[:, 0]
                cache.batch_select_indices(keep)
                rows, mask, chosen, finished = rows[keep], mask[keep], chosen[keep], finished[keep]
            mask = torch.cat([mask, torch.ones_like(mask[:, :1])], dim=1)
            output = self._model(
                input_ids=chosen[:, None],
                attention_mask=mask,
                position_ids=mask.sum(dim=1, keepdim=True) - 1,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            logits = output.logits[:, -1]
        return [
            Completion(token_ids=row[:length], logprobs=row_logprobs[:length])
            for row, row_logprobs, length in zip(tokens.tolist(), logprobs.tolist(), lengths.tolist(), strict=True)
        ]

    def _read_prompts(
        self, prompts: list[list[int]], max_new_tokens: int
    ) -> tuple[torch.Tensor, DynamicCache, torch.Tensor]:
        """Next-token logits [num_rows, vocabulary], cache and mask [num_rows, width]; each distinct prompt is read once."""
        distinct = sorted({tuple(prompt) for prompt in prompts})
        width = max(map(len, distinct))
        input_ids = torch.full((len(distinct), width), self._pad_token_id)
        mask = torch.zeros_like(input_ids)
        for row, prompt in enumerate(distinct):
            input_ids[row, width - len(prompt) :] = torch.tensor(prompt)
            mask[row, width - len(prompt) :] = 1
        mask = mask.to(self._model.device)
        cache = reserve_cache(self._model.config, width + max_new_tokens)
        output = self._model(
            input_ids=input_ids.to(self._model.device),
            attention_mask=mask,
            position_ids=(mask.cumsum(dim=1) - 1).clamp(min=0),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        place = {prompt: row for row, prompt in enumerate(distinct)}
        rows = torch.tensor([place[tuple(prompt)] for prompt in prompts], device=self._model.device)
        cache.batch_select_indices(rows)
        return output.logits[:, -1][rows], cache, mask[rows]


def _sample(logits: torch.Tensor, uniform: torch.Tensor, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Chosen tokens [num_rows] and their log-probabilities, from logits [num_rows, vocabulary] and uniforms [num_rows]."""
    logprobs = torch.log_softmax(logits.float() / (temperature or 1.0), dim=-1)
    if temperature == 0:
        chosen = logprobs.argmax(dim=-1, keepdim=True)
    else:
        cumulative = logprobs.exp().double().cumsum(dim=-1)
        # Scaled by the total, so that rounding never leaves the draw beyond the last token.
        chosen = torch.searchsorted(cumulative, uniform[:, None] * cumulative[:, -1:], right=True)
        chosen = chosen.clamp(max=logits.shape[1] - 1)
    return chosen[:, 0], logprobs.gather(1, chosen)[:, 0]
