"""From a round's ragged trajectories to the padded micro-batches that TRL's loss reads.

Two rules make ragged data exact without touching the loss (KL coefficient 0, no entropy bonus):

1. Micro-batch j has the same number of rows on every rank: short ranks append one-token filler rows of mask 0.
2. TRL's ``dr_grpo`` divides by (rows of the micro-batch) x L_max x (micro-batches per update) and averages over ranks.
   Scaling the advantages by ``rows x micro_batches x world / N`` turns that into exactly ``1 / (N x L_max)``, where N
   counts the trajectories of the update over all ranks, those of zero advantage too. These count but are not forwarded:
   they have no gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from spice_fast.selfplay.seeds import Purpose, generator

if TYPE_CHECKING:
    from collections.abc import Callable

    from spice_fast.selfplay import Trajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroBatch:
    """One forward-backward pass of one rank, before it becomes tensors."""

    trajectories: list[Trajectory]
    """Rows with a non-zero advantage."""
    num_rows: int
    """Rows of the padded batch, the same on every rank: filler rows make up the difference."""
    advantage_scale: float
    """What turns the loss's own normaliser into 1 / (N x L_max)."""


def plan_round(
    trajectories: list[Trajectory],
    *,
    seed: int,
    index: int,
    num_updates: int,
    num_micro_batches: int,
    gather: Callable[[list[int]], list[list[int]]],
) -> list[MicroBatch]:
    """``num_updates x num_micro_batches`` micro-batches in the order in which the trainer asks for them.

    Args:
        trajectories: this rank's rows of the round.
        seed: the run's seed; with the round it shuffles roles and passages over the updates.
        index: number of the round.
        num_updates: U, optimizer steps per round.
        num_micro_batches: forward-backward passes per optimizer step.
        gather: gives every rank's list, in rank order, from this rank's; called once.
    """
    order = list(range(len(trajectories)))
    generator(seed, Purpose.MINIBATCHES, index).shuffle(order)
    updates = [[trajectories[i] for i in part] for part in np.array_split(np.array(order, dtype=np.int64), num_updates)]
    chunks = [chunk for update in updates for chunk in _split_by_length(update, num_micro_batches)]
    counts = np.array(gather([len(chunk) for chunk in chunks] + [len(update) for update in updates]))  # [world, ...]
    rows = np.maximum(1, counts[:, : len(chunks)].max(axis=0))
    totals = counts[:, len(chunks) :].sum(axis=0)
    world = len(counts)
    return [
        MicroBatch(
            trajectories=chunk,
            num_rows=int(rows[j]),
            advantage_scale=float(rows[j]) * num_micro_batches * world / max(1, int(totals[j // num_micro_batches])),
        )
        for j, chunk in enumerate(chunks)
    ]


def _split_by_length(update: list[Trajectory], parts: int) -> list[list[Trajectory]]:
    """The rows that have a gradient, shortest first, in ``parts`` near-equal runs: rows of like length pad little."""
    live = sorted(
        (row for row in update if row.advantage != 0.0),
        key=lambda row: (len(row.prompt_ids) + len(row.completion.token_ids), len(row.prompt_ids)),
    )
    return [[live[i] for i in part] for part in np.array_split(np.arange(len(live)), parts)]


def to_tensors(batch: MicroBatch, *, pad_token_id: int, device: torch.device) -> dict[str, torch.Tensor]:
    """Prompts padded on the left, completions on the right, with masks, token log-probabilities and scaled advantages.

    Shapes: ``prompt_*`` [num_rows, P], ``completion_*`` and ``sampling_per_token_logps`` [num_rows, T],
    ``advantages`` [num_rows].
    """
    filler = batch.num_rows - len(batch.trajectories)
    prompts = [row.prompt_ids for row in batch.trajectories] + [[pad_token_id]] * filler
    completions = [row.completion.token_ids for row in batch.trajectories] + [[pad_token_id]] * filler
    logprobs = [row.completion.logprobs for row in batch.trajectories] + [[0.0]] * filler
    live = [1] * len(batch.trajectories) + [0] * filler
    advantages = [row.advantage * batch.advantage_scale for row in batch.trajectories] + [0.0] * filler
    width, length = max(map(len, prompts)), max(map(len, completions))
    tensors = {
        "prompt_ids": torch.full((batch.num_rows, width), pad_token_id),
        "prompt_mask": torch.zeros((batch.num_rows, width), dtype=torch.long),
        "completion_ids": torch.full((batch.num_rows, length), pad_token_id),
        "completion_mask": torch.zeros((batch.num_rows, length), dtype=torch.long),
        "sampling_per_token_logps": torch.zeros((batch.num_rows, length)),
        "advantages": torch.tensor(advantages, dtype=torch.float32),
    }
    for i, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
        tensors["prompt_ids"][i, width - len(prompt) :] = torch.tensor(prompt)
        tensors["prompt_mask"][i, width - len(prompt) :] = 1
        tensors["completion_ids"][i, : len(completion)] = torch.tensor(completion)
        tensors["completion_mask"][i, : len(completion)] = live[i]
        tensors["sampling_per_token_logps"][i, : len(completion)] = torch.tensor(logprobs[i])
    return {name: tensor.to(device) for name, tensor in tensors.items()}
