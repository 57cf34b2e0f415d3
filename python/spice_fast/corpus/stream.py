"""Batches of passages for one rank of a world, and the 64 bytes that they go on from."""

from __future__ import annotations

import hashlib
import struct
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from spice_fast.corpus.limits import MAX_NUMBER, check_number, first_beyond
from spice_fast.errors import ConfigError, ResumeError
from spice_fast.records import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Columns: TypeAlias = tuple[list[int], list[int], list[int], list[int], list[str]]
"""Documents, first bytes, ends, lengths in the budget's unit, and texts."""
MAGIC = b"SPICEST1"
STATE = struct.Struct("<8sQQ16s16s")
CHECK_BYTES = 8
READ_AHEAD = 256
"""Passages that an iterator draws together, at most; it begins with fewer, so that the first one comes soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a stream is: all that it takes to go on, on any number of ranks."""

    seed: int
    """Seed of the sampler or mix."""
    draw: int
    """The next draw of the global sequence."""
    corpus_hash: str
    """Hash of the corpus, or of a mix's corpora."""
    config_hash: str
    """Hash of the sampler or mix: budget, tokenizer, filters, locality, shares."""

    def to_bytes(self) -> bytes:
        """64 bytes: ``SPICEST1``, seed and draw (little-endian), the two hashes, and blake2b-64 of what stands before."""
        hashes = bytes.fromhex(self.corpus_hash), bytes.fromhex(self.config_hash)
        body = STATE.pack(MAGIC, self.seed, self.draw, *hashes)
        return body + _checksum(body)

    @classmethod
    def from_bytes(cls, state: bytes) -> State:
        """The state that ``to_bytes`` wrote.

        Raises:
            ResumeError: other bytes, or damaged ones.
        """
        body, checksum = state[: STATE.size], state[STATE.size :]
        if len(state) != STATE.size + CHECK_BYTES or not body.startswith(MAGIC) or checksum != _checksum(body):
            raise ResumeError(f"{len(state)} bytes that are no state; expected the 64 bytes of state(), unchanged")
        _, seed, draw, corpus_hash, config_hash = STATE.unpack(body)
        return cls(seed=seed, draw=draw, corpus_hash=corpus_hash.hex(), config_hash=config_hash.hex())


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=CHECK_BYTES).digest()


class Drawable(ABC):
    """What samplers and mixes have in common: passages by number, and streams of them."""

    __slots__ = ()

    @property
    @abstractmethod
    def seed(self) -> int:
        """Key of the order."""

    @property
    @abstractmethod
    def hash(self) -> str:
        """32 hexadecimal digits that stand for all that passages depend on."""

    @property
    @abstractmethod
    def corpus_hash(self) -> str:
        """32 hexadecimal digits that stand for the texts."""

    @property
    @abstractmethod
    def counts_tokens(self) -> bool:
        """Whether the budget is in tokens."""

    @abstractmethod
    def __len__(self) -> int:
        """Draws of an epoch."""

    @abstractmethod
    def columns(self, ks: Sequence[int], threads: int | None) -> tuple[Iterable[int], Columns]:
        """Numbers of corpora and the core's columns of some draws, row i for ``ks[i]``; OverflowError beyond its numbers."""

    def draw(self, ks: Sequence[int], *, threads: int | None = None) -> list[Passage]:
        """The passages of some draws, row i for ``ks[i]``; any order, any numbers from 0.

        Args:
            ks: numbers of the draws.
            threads: at most this many; None: as many as the machine has. The passages do not depend on it.

        Raises:
            CorpusError: a source is gone or changed since the corpus was built.
            ConfigError: a draw is below 0 or not below 2**64, or ``threads`` is below 1.
        """
        check_number("threads", threads, first=1)
        try:
            corpora, columns = self.columns(ks, threads)
        except OverflowError:
            raise out_of_range(ks) from None
        return [
            Passage(
                draw=int(k),
                corpus=corpus,
                document=document,
                start=start,
                end=end,
                text=text,
                num_tokens=length if self.counts_tokens else None,
            )
            for k, corpus, document, start, end, length, text in zip(ks, corpora, *columns, strict=True)
        ]

    def iterate(
        self,
        *,
        start: int = 0,
        stop: int | None = None,
        rank: int = 0,
        world: int = 1,
        threads: int | None = None,
    ) -> Iterator[Passage]:
        """One rank's share of the draws ``start`` to ``stop``: the draws k with ``k % world == rank``.

        The whole state is a number: who has taken n passages goes on with ``start + n * world``, in any world.

        Args:
            start: first draw of all ranks.
            stop: no draw from here on; None: the end of the epoch in which ``start`` lies.
            rank: which share, below ``world``.
            world: number of shares.
            threads: at most this many; None: as many as the machine has.

        Raises:
            ConfigError: a number out of range.
            CorpusError: a source is gone or changed since the corpus was built.
        """
        draws = self.share(start=start, stop=stop, rank=rank, world=world)
        together = 8
        while draws:
            yield from self.draw(draws[:together], threads=threads)
            draws = draws[together:]
            together = min(2 * together, READ_AHEAD)

    def share(self, *, start: int = 0, stop: int | None = None, rank: int = 0, world: int = 1) -> range:
        """Numbers of the draws that are one rank's share, as :meth:`iterate` says.

        Raises:
            ConfigError: a number out of range.
        """
        check_number("start", start)
        check_number("stop", stop, first=start)
        check_number("world", world, first=1)
        check_number("rank", rank, last=world - 1)
        if stop is None:
            stop = min((start // len(self) + 1) * len(self), MAX_NUMBER)
        return range(min(start + (rank - start) % world, stop), stop, world)

    def state(self, draw: int) -> bytes:
        """64 bytes from which :meth:`stream` goes on with draw ``draw``.

        Raises:
            ConfigError: the draw is below 0 or not below 2**64.
        """
        check_number("draw", draw)
        state = State(seed=self.seed, draw=draw, corpus_hash=self.corpus_hash, config_hash=self.hash)
        return state.to_bytes()

    def resume(self, state: bytes) -> int:
        """The draw that a state says is next.

        Raises:
            ResumeError: no state, or one of another corpus, seed or configuration: both values are shown.
        """
        found = State.from_bytes(state)
        ours = State.from_bytes(self.state(found.draw))
        for name in ("corpus_hash", "seed", "config_hash"):
            was, now = getattr(found, name), getattr(ours, name)
            if was != now:
                raise ResumeError(
                    f"the state is of {name.replace('_', ' ')} {was}, and this is {now}; "
                    "resume with the corpus, seed and settings that it was saved with"
                )
        return found.draw

    def stream(
        self,
        *,
        batch_size: int,
        rank: int = 0,
        world: int = 1,
        start: int | bytes = 0,
        end: int | None = None,
        threads: int | None = None,
    ) -> Stream:
        """Batches for one rank of a world.

        Args:
            batch_size: passages of one batch of one rank.
            rank: takes the draws k with ``k % world == rank``.
            world: number of ranks; all must use the same batch size.
            start: first draw of all ranks together, or a state to resume from.
            end: the first draw that is not made; None: go on through epoch after epoch.
            threads: threads of each batch at most; None: as many as the machine has.

        Raises:
            ConfigError: a number out of range.
            ResumeError: a state of something else.
        """
        first = self.resume(start) if isinstance(start, bytes) else start
        return Stream(self, batch_size=batch_size, rank=rank, world=world, first=first, end=end, threads=threads)


def out_of_range(ks: Sequence[int]) -> ConfigError:
    """What to raise for numbers of draws that the core does not take."""
    return ConfigError(f"draw {first_beyond(ks)}: out of range; expected 0 to {MAX_NUMBER}")


class Stream:
    """An iterator over batches of one rank; made by :meth:`Drawable.stream`.

    A step of ``world`` ranks draws the next ``world * batch_size`` numbers of one global sequence, and rank r takes those that
    are r modulo ``world``. So what was drawn is always a beginning of that sequence, and a state of one world goes on in another.
    """

    __slots__ = ("_batch_size", "_draw", "_end", "_rank", "_source", "_threads", "_world")

    def __init__(
        self,
        source: Drawable,
        *,
        batch_size: int,
        rank: int,
        world: int,
        first: int,
        end: int | None,
        threads: int | None,
    ) -> None:
        check_number("batch_size", batch_size, first=1)
        check_number("world", world, first=1)
        check_number("start", first)
        check_number("end", end)
        if not 0 <= rank < world:
            raise ConfigError(f"rank: {rank}; expected 0 to {world - 1}, below the world size {world}")
        self._source, self._threads = source, threads
        self._batch_size, self._rank, self._world = batch_size, rank, world
        self._draw, self._end = first, MAX_NUMBER if end is None else end

    def state(self) -> bytes:
        """64 bytes from which any number of ranks go on, the same on every rank after the same number of batches."""
        return self._source.state(min(self._draw, self._end))

    def __iter__(self) -> Iterator[list[Passage]]:
        return self

    def __next__(self) -> list[Passage]:
        if self._draw >= self._end:
            raise StopIteration
        end = min(self._draw + self._world * self._batch_size, self._end)
        ks = range(self._draw + (self._rank - self._draw) % self._world, end, self._world)
        batch = self._source.draw(ks, threads=self._threads)
        self._draw = end
        return batch
