"""Several samplers as one, in exact proportions."""

from __future__ import annotations

import hashlib
import heapq
import math
from fractions import Fraction
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.limits import check_number
from spice_fast.corpus.stream import Drawable, out_of_range
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spice_fast.corpus.sampler import Sampler
    from spice_fast.corpus.stream import Columns

BLOCK_DRAWS = 4096
"""Draws in which every source has exactly its share."""
MAX_LENGTH = 2**63 - 1
"""Largest number that Python takes for a length."""


def resolve_shares(weights: Sequence[float | Fraction]) -> list[int]:
    """Places of each source in a block of 4,096 draws: at least one each, and as near to the weights as that allows.

    A weight is the decimal number that it is written as, and the arithmetic is exact: each source gets its quota
    ``4096 w / sum(w)`` rounded down, but at least 1. Places that are left over go one by one to the source that is furthest below
    its quota; places too many are taken one by one from the source that is furthest above (of equal ones, the first).

    Raises:
        ConfigError: no weights, more than 4,096, or one that is not a positive number.
    """
    if not 1 <= len(weights) <= BLOCK_DRAWS:
        raise ConfigError(f"{len(weights)} weights; expected 1 to {BLOCK_DRAWS}")
    for weight in weights:
        if not (math.isfinite(weight) and weight > 0):
            raise ConfigError(f"weight {weight}: expected a number above 0")
    exact = [weight if isinstance(weight, Fraction) else Fraction(repr(float(weight))) for weight in weights]
    total = sum(exact)
    quotas = [BLOCK_DRAWS * weight / total for weight in exact]
    shares = [max(1, math.floor(quota)) for quota in quotas]
    step = 1 if sum(shares) < BLOCK_DRAWS else -1
    # How far above its quota a source is, or below it, and its number.
    queue = [(step * (shares[source] - quota), source) for source, quota in enumerate(quotas) if shares[source] + step]
    heapq.heapify(queue)
    for _ in range(abs(BLOCK_DRAWS - sum(shares))):
        distance, source = heapq.heappop(queue)
        shares[source] += step
        if shares[source] + step:
            heapq.heappush(queue, (distance + 1, source))
    return shares


class Mix(Drawable):
    """Passages of several samplers in exact proportions, without any state but the number of the draw.

    Weights are resolved to multiples of 1/4,096 (``shares``). Every block of 4,096 draws from a multiple of 4,096 on has
    exactly ``shares[s]`` draws of sampler ``s``, in an order keyed by (seed, block). Each sampler draws each of its own numbers
    once, so it goes through its own epochs, each passage once in each. ``Passage.corpus`` is the number of the sampler.

    Args:
        samplers: the sources.
        weights: one for each, in any unit.
        seed: key of the order inside blocks.

    Raises:
        ConfigError: not one weight for each sampler, a weight that is not above 0, or budgets in different units.
    """

    __slots__ = ("_core", "_samplers", "_seed", "_shares", "_weights")

    def __init__(self, samplers: Sequence[Sampler], weights: Sequence[float | Fraction], *, seed: int) -> None:
        check_number("seed", seed)
        self._samplers, self._weights, self._seed = tuple(samplers), tuple(weights), seed
        if len(self._samplers) != len(self._weights):
            raise ConfigError(f"{len(self._weights)} weights for {len(self._samplers)} samplers; expected one for each")
        if len({sampler.counts_tokens for sampler in self._samplers}) > 1:
            raise ConfigError("a mix of budgets in tokens and in bytes; expected one unit for all samplers")
        self._shares = resolve_shares(self._weights)
        cores = [sampler._core for sampler in self._samplers]  # noqa: SLF001  # the faces of one core
        self._core = _core.PassageMix(cores, self._shares, seed)

    @property
    def samplers(self) -> tuple[Sampler, ...]:
        """The sources."""
        return self._samplers

    @property
    def shares(self) -> tuple[int, ...]:
        """Draws of each source in every 4,096."""
        return tuple(self._shares)

    @property
    def seed(self) -> int:
        """Key of the order inside blocks."""
        return self._seed

    @property
    def hash(self) -> str:
        """32 hexadecimal digits that stand for all that passages depend on: samplers, shares, seed."""
        return self._core.hash

    @property
    def corpus_hash(self) -> str:
        """32 hexadecimal digits that stand for the sources' corpora in their order."""
        hashes = "".join(sampler.corpus_hash for sampler in self._samplers)
        return hashlib.blake2b(hashes.encode(), digest_size=16).hexdigest()

    def __len__(self) -> int:
        """The fewest whole blocks of draws in which every passage of every source is drawn at least once, in draws.

        A mix has no epoch: its sources come to the end of theirs at different times.
        """
        return min(self._core.num_covering_draws, MAX_LENGTH)

    def __repr__(self) -> str:
        return f"Mix({list(self._samplers)!r}, {list(self._weights)!r}, seed={self._seed})"

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _make, (self._samplers, self._weights, self._seed)

    @property
    def counts_tokens(self) -> bool:
        """Whether the budgets are in tokens."""
        return self._samplers[0].counts_tokens

    def places(self, ks: Sequence[int]) -> list[tuple[int, int]]:
        """``(source, its own draw)`` of some draws, row i for ``ks[i]``.

        Raises:
            ConfigError: a draw is below 0 or not below 2**64.
        """
        try:
            return list(zip(*self._core.places(ks), strict=True))
        except OverflowError:
            raise out_of_range(ks) from None

    def columns(self, ks: Sequence[int], threads: int | None) -> tuple[Iterable[int], Columns]:
        """See :meth:`Drawable.columns`."""
        return self._core.draw(ks, threads)


def _make(samplers: Sequence[Sampler], weights: Sequence[float | Fraction], seed: int) -> Mix:
    return Mix(samplers, weights, seed=seed)
