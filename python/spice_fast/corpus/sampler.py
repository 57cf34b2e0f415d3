"""Which passage is drawn: a pure function of (seed, k)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.batches import BATCH_ROWS, PassageBatches
from spice_fast.corpus.frames import frame
from spice_fast.corpus.limits import MAX_NUMBER, MAX_TOKENS, check_number, first_beyond
from spice_fast.errors import ConfigError
from spice_fast.records import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    import polars as pl

    from spice_fast._core import ArrowBatch
    from spice_fast.corpus.reader import Corpus

READ_AHEAD = 256
"""Passages that an iterator draws together."""


class Sampler:
    """Draws passages of at most so many tokens or bytes, without any state but the number of the draw.

    A document has about one slot per passage length. An epoch visits every slot of the corpus once, in an order keyed by
    (seed, epoch); draw k is place ``k % len(sampler)`` of epoch ``k // len(sampler)``. So any rank of any world draws any
    k at any time, and a run is resumed by its number. A passage begins and ends at a paragraph, sentence, line or word,
    never inside a character.

    Args:
        corpus: where passages come from.
        seed: below 2**64.
        passage_tokens: longest passage in tokens of ``tokenizer``, counted without special tokens.
        tokenizer: a ``tokenizer.json``.
        passage_bytes: longest passage in bytes of UTF-8, instead of the two.

    Raises:
        ConfigError: no budget, two budgets, a budget of 0, a number out of range, or a file that is no tokenizer.
        MissingFileError: no such tokenizer.
        CorpusError: a source changed since the corpus was built.
    """

    __slots__ = ("_arguments", "_core", "_counts_tokens")

    def __init__(
        self,
        corpus: Corpus,
        *,
        seed: int,
        passage_tokens: int | None = None,
        tokenizer: str | PathLike[str] | None = None,
        passage_bytes: int | None = None,
    ) -> None:
        check_number("seed", seed)
        check_number("passage_tokens", passage_tokens, first=1, last=MAX_TOKENS)
        check_number("passage_bytes", passage_bytes, first=1)
        # From the root, like the corpus: who unpickles it may be in another folder.
        tokenizer = None if tokenizer is None else Path(tokenizer).absolute()
        self._arguments = (corpus, seed, passage_tokens, tokenizer, passage_bytes)
        self._counts_tokens = passage_tokens is not None
        reader = corpus._core  # noqa: SLF001  # the two faces of one core
        if passage_tokens is not None and tokenizer is not None and passage_bytes is None:
            self._core = _core.PassageSampler.with_tokens(reader, seed, passage_tokens, tokenizer)
        elif passage_bytes is not None and passage_tokens is None and tokenizer is None:
            self._core = _core.PassageSampler.with_bytes(reader, seed, passage_bytes)
        else:
            raise ConfigError("a sampler needs either passage_tokens and tokenizer, or passage_bytes")

    @property
    def hash(self) -> str:
        """32 hexadecimal digits that stand for all that passages depend on: corpus, seed, budget, tokenizer file."""
        return self._core.hash

    @property
    def bytes_per_token(self) -> float | None:
        """Bytes per token as measured on 64 documents; None for a budget in bytes."""
        return self._core.bytes_per_token

    def __len__(self) -> int:
        """Slots of the corpus: draws in an epoch."""
        return self._core.num_slots

    def __repr__(self) -> str:
        corpus, seed, passage_tokens, tokenizer, passage_bytes = self._arguments
        budget = (
            f"passage_tokens={passage_tokens}, tokenizer={str(tokenizer)!r}"
            if self._counts_tokens
            else f"passage_bytes={passage_bytes}"
        )
        return f"Sampler({corpus!r}, seed={seed}, {budget})"

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _make, self._arguments

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
            columns = self._core.draw(ks, threads)
        except OverflowError:
            raise ConfigError(f"draw {first_beyond(ks)}: out of range; expected 0 to {MAX_NUMBER}") from None
        rows = zip(ks, *columns, strict=True)
        return [
            Passage(
                draw=int(k),
                document=document,
                start=start,
                end=end,
                text=text,
                num_tokens=length if self._counts_tokens else None,
            )
            for k, document, start, end, length, text in rows
        ]

    def take(self, ks: Sequence[int], *, places: bool = False, threads: int | None = None) -> ArrowBatch:
        """The passages of some draws as one Arrow record batch, row i for ``ks[i]``.

        ``pyarrow.record_batch(batch)`` and ``polars.DataFrame(batch)`` take it without a copy. Columns as in
        :class:`~spice_fast.corpus.batches.PassageBatches`, errors as for :meth:`draw`.
        """
        check_number("threads", threads, first=1)
        try:
            return _core.take_passages(self._core, ks, places, threads)
        except OverflowError:
            raise ConfigError(f"draw {first_beyond(ks)}: out of range; expected 0 to {MAX_NUMBER}") from None

    def iterate(
        self,
        *,
        start: int = 0,
        stop: int | None = None,
        rank: int = 0,
        world: int = 1,
        threads: int | None = None,
    ) -> Iterator[Passage]:
        """One rank's share of the draws ``start`` to ``stop``: draws ``start + rank``, ``start + rank + world``, ...

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
        while draws:
            yield from self.draw(draws[:READ_AHEAD], threads=threads)
            draws = draws[READ_AHEAD:]

    def batches(
        self,
        *,
        start: int = 0,
        stop: int | None = None,
        rank: int = 0,
        world: int = 1,
        rows: int = BATCH_ROWS,
        places: bool = False,
        threads: int | None = None,
    ) -> PassageBatches:
        """The same share as :meth:`iterate` as Arrow record batches of ``rows`` passages; see there for columns.

        Raises:
            ConfigError: a number out of range.
        """
        check_number("rows", rows, first=1)
        check_number("threads", threads, first=1)
        draws = self.share(start=start, stop=stop, rank=rank, world=world)
        return PassageBatches(
            core=self._core,
            start=draws.start,
            stop=draws.stop,
            step=draws.step,
            rows=rows,
            places=places,
            threads=threads,
        )

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
        return range(min(start + rank, stop), stop, world)

    def to_polars(self, ks: Sequence[int], *, threads: int | None = None) -> pl.DataFrame:
        """The passages of some draws as a polars frame; columns as in :meth:`take`, errors as for :meth:`draw`.

        Raises:
            MissingDependencyError: polars is not installed.
        """
        return frame([self.take(ks, threads=threads)])


def _make(
    corpus: Corpus, seed: int, passage_tokens: int | None, tokenizer: Path | None, passage_bytes: int | None
) -> Sampler:
    return Sampler(corpus, seed=seed, passage_tokens=passage_tokens, tokenizer=tokenizer, passage_bytes=passage_bytes)
