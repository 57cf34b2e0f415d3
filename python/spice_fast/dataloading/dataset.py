"""Map-style: an epoch of passages by number, already in shuffled order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.utils.data import Dataset

from spice_fast.dataloading.rows import Row, place_in_world, rows

if TYPE_CHECKING:
    from spice_fast.corpus.stream import Drawable


class PassageDataset(Dataset[Row]):
    """One rank's share of one epoch: the draws k of the epoch with ``k % world == rank``, in order.

    The order is the sampler's, so give it to ``DataLoader`` with ``shuffle=False`` and without a ``DistributedSampler``. Whole batches
    are drawn in one call. It is picklable and may be forked. Every rank has the same length: of an epoch that the world
    does not divide, the last ``len(sampler) % world`` passages are left out.

    Args:
        sampler: what draws the passages: a Sampler or a Mix.
        epoch: which epoch.
        rank: which share; None: what ``torch.distributed`` says, or 0.
        world: number of shares; None: what ``torch.distributed`` says, or 1.

    Raises:
        ConfigError: a number out of range.
    """

    def __init__(self, sampler: Drawable, *, epoch: int = 0, rank: int | None = None, world: int | None = None) -> None:
        rank, world = place_in_world(rank, world)
        self.sampler = sampler
        first = epoch * len(sampler)
        whole = len(sampler) // world * world if world > 0 else 0
        self.draws = sampler.share(start=first, stop=first + whole, rank=rank, world=world)

    def __len__(self) -> int:
        """Passages of this rank."""
        return len(self.draws)

    def __getitem__(self, index: int) -> Row:
        """The passage of item ``index``."""
        return rows(self.sampler, [self.draws[index]])[0]

    def __getitems__(self, indices: list[int]) -> list[Row]:
        """Several at once: what ``DataLoader`` asks for."""
        return rows(self.sampler, [self.draws[index] for index in indices])
