"""What both adaptors share: a passage as torch collates it, and this process's place among the ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import torch.distributed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.corpus.stream import Drawable


class Row(TypedDict, total=False):
    """A passage as a dictionary; torch collates numbers to tensors and texts to lists."""

    draw: int
    corpus: int
    document: int
    start: int
    end: int
    text: str
    num_tokens: int
    """Only where the budget is in tokens: torch cannot collate None."""


def rows(sampler: Drawable, draws: Sequence[int]) -> list[Row]:
    """The passages of some draws, read on one thread: the loader's workers are the parallelism."""
    found = []
    for passage in sampler.draw(draws, threads=1):
        row = Row(
            draw=passage.draw,
            corpus=passage.corpus,
            document=passage.document,
            start=passage.start,
            end=passage.end,
            text=passage.text,
        )
        if passage.num_tokens is not None:
            row["num_tokens"] = passage.num_tokens
        found.append(row)
    return found


def place_in_world(rank: int | None, world: int | None) -> tuple[int, int]:
    """Rank and world as named, else as ``torch.distributed`` says, else 0 of 1."""
    initialised = torch.distributed.is_available() and torch.distributed.is_initialized()
    if rank is None:
        rank = torch.distributed.get_rank() if initialised else 0
    if world is None:
        world = torch.distributed.get_world_size() if initialised else 1
    return rank, world
