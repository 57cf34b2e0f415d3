"""Which passage is drawn: a pure function of (seed, k)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from spice_fast import _core
from spice_fast.corpus.batches import BATCH_ROWS, PassageBatches
from spice_fast.corpus.frames import frame
from spice_fast.corpus.keep import Keep
from spice_fast.corpus.limits import MAX_NUMBER, MAX_TOKENS, check_number
from spice_fast.corpus.stream import Drawable, out_of_range
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

    import polars as pl

    from spice_fast._core import ArrowBatch
    from spice_fast.corpus.reader import Corpus
    from spice_fast.corpus.stream import Columns

WINDOW = 32
"""Stretches of a window where only their length is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well an order shuffles: what a reader of consecutive draws sees."""

    mix: float
    """Mean distance between neighbours in the order, in slots, over what uniform numbers have; 1 is a global shuffle."""
    near: float
    """Share of neighbours within 1 % of the corpus of each other; uniform numbers have 0.02."""
    num_pairs: int
    """Neighbours that were looked at."""


class Sampler(Drawable):
    """Draws passages of at most so many tokens or bytes, without any state but the number of the draw.

    A document has about one slot per passage length. An epoch visits every slot of the kept documents once, in an order
    keyed by (seed, epoch); draw k is place ``k % len(sampler)`` of epoch ``k // len(sampler)``. So any rank of any world
    draws any k at any time, and a run is resumed by its number. A passage begins and ends at a paragraph, sentence, line or
    word, never inside a character.

    Args:
        corpus: where passages come from.
        seed: below 2**64.
        passage_tokens: longest passage in tokens of ``tokenizer``, counted without special tokens.
        tokenizer: a ``tokenizer.json``.
        passage_bytes: longest passage in bytes of UTF-8, instead of the two.
        whole_documents: every document is one passage, instead of the three.
        keep: ``.keep`` files; a document is drawn when every one keeps it.
        locality: None for the global order. ``(stretch, window)`` for stores that read neighbours together: the corpus is cut
            into stretches of so many neighbouring slots, and so many stretches from all over it are drawn together, their
            slots shuffled, before the next ones; a reader that holds one window reads every stretch once. A number
            alone is the stretch, with windows of 32. ``quality()`` tells what that costs.

    Raises:
        ConfigError: no budget, two budgets, a budget of 0, a number out of range, or a file that is no tokenizer.
        MissingFileError: no such tokenizer or keep file.
        CorpusError: a source changed since the corpus was built, or a keep file is of another corpus, or nothing is kept.
    """

    __slots__ = ("_arguments", "_core")

    def __init__(
        self,
        corpus: Corpus,
        *,
        seed: int,
        passage_tokens: int | None = None,
        tokenizer: str | PathLike[str] | None = None,
        passage_bytes: int | None = None,
        whole_documents: bool = False,
        keep: Sequence[str | PathLike[str] | Keep] = (),
        locality: int | tuple[int, int] | None = None,
    ) -> None:
        check_number("seed", seed)
        check_number("passage_tokens", passage_tokens, first=1, last=MAX_TOKENS)
        check_number("passage_bytes", passage_bytes, first=1)
        if isinstance(keep, (str, PurePath, Keep)):
            raise ConfigError(f"keep: {keep!r}; expected a list of files, such as [{keep!r}]")
        # From the root, like the corpus: who unpickles it may be in another folder.
        keeps = [keep.path if isinstance(keep, Keep) else Path(keep).absolute() for keep in keep]
        tokenizer = None if tokenizer is None else Path(tokenizer).absolute()
        if isinstance(locality, int):
            locality = (locality, WINDOW)
        for number in locality or ():
            check_number("locality", number, first=1)
        arguments: dict[str, Any] = {
            "corpus": corpus,
            "seed": seed,
            "passage_tokens": passage_tokens,
            "tokenizer": None if tokenizer is None else str(tokenizer),
            "passage_bytes": passage_bytes,
            "whole_documents": whole_documents,
            "keep": [str(path) for path in keeps],
            "locality": locality,
        }
        self._arguments = {name: value for name, value in arguments.items() if name == "seed" or value}
        reader = corpus._core  # noqa: SLF001  # the two faces of one core
        budgets = passage_tokens is not None or tokenizer is not None, passage_bytes is not None, whole_documents
        if budgets.count(True) != 1 or (passage_tokens is None) != (tokenizer is None):
            raise ConfigError(
                "a sampler needs either passage_tokens and tokenizer, or passage_bytes, or whole_documents"
            )
        if passage_tokens is not None and tokenizer is not None:
            self._core = _core.PassageSampler.with_tokens(reader, seed, passage_tokens, tokenizer, keeps, locality)
        else:
            longest = MAX_NUMBER if passage_bytes is None else passage_bytes
            self._core = _core.PassageSampler.with_bytes(reader, seed, longest, keeps, locality)

    @property
    def corpus(self) -> Corpus:
        """Where passages come from."""
        corpus: Corpus = self._arguments["corpus"]
        return corpus

    @property
    def seed(self) -> int:
        """Key of the order."""
        return int(self._arguments["seed"])

    @property
    def hash(self) -> str:
        """32 hexadecimal digits that stand for all that passages depend on: corpus, seed and every other argument."""
        return self._core.hash

    @property
    def corpus_hash(self) -> str:
        """Hash of the corpus."""
        return self.corpus.hash

    @property
    def bytes_per_token(self) -> float | None:
        """Bytes per token as measured on 64 documents; None for a budget in bytes."""
        return self._core.bytes_per_token

    def __len__(self) -> int:
        """Slots of the kept documents: draws in an epoch."""
        return self._core.num_slots

    def __repr__(self) -> str:
        corpus, *others = self._arguments.items()
        return ", ".join([f"Sampler({corpus[1]!r}", *(f"{name}={value!r}" for name, value in others)]) + ")"

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _make, (self._arguments,)

    def quality(self) -> Quality:
        """How well the order shuffles, judged by epoch 0 and at most 262,144 pairs of neighbours."""
        mix, near, num_pairs = self._core.quality()
        return Quality(mix=mix, near=near, num_pairs=num_pairs)

    def places(self, ks: Sequence[int]) -> list[tuple[int, int, int]]:
        """``(document, start, end)`` of the slots of some draws, row i for ``ks[i]``, without a look at any text.

        Passages are cut from slots at boundaries of the text, so they begin up to a quarter of a slot behind ``start``.

        Raises:
            ConfigError: a draw is below 0 or not below 2**64.
        """
        try:
            return self._core.places(ks)
        except OverflowError:
            raise out_of_range(ks) from None

    @property
    def counts_tokens(self) -> bool:
        """Whether the budget is in tokens."""
        return "passage_tokens" in self._arguments

    def columns(self, ks: Sequence[int], threads: int | None) -> tuple[Iterable[int], Columns]:
        """See :meth:`Drawable.columns`."""
        return repeat(0, len(ks)), self._core.draw(ks, threads)

    def take(self, ks: Sequence[int], *, places: bool = False, threads: int | None = None) -> ArrowBatch:
        """The passages of some draws as one Arrow record batch, row i for ``ks[i]``.

        ``pyarrow.record_batch(batch)`` and ``polars.DataFrame(batch)`` take it without a copy. Columns as in
        :class:`~spice_fast.corpus.batches.PassageBatches`, errors as for :meth:`draw`.
        """
        check_number("threads", threads, first=1)
        try:
            return _core.take_passages(self._core, ks, places, threads)
        except OverflowError:
            raise out_of_range(ks) from None

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

    def to_polars(self, ks: Sequence[int], *, threads: int | None = None) -> pl.DataFrame:
        """The passages of some draws as a polars frame; columns as in :meth:`take`, errors as for :meth:`draw`.

        Raises:
            MissingDependencyError: polars is not installed.
        """
        return frame([self.take(ks, threads=threads)])


def _make(arguments: dict[str, Any]) -> Sampler:
    return Sampler(arguments["corpus"], **{name: value for name, value in arguments.items() if name != "corpus"})
