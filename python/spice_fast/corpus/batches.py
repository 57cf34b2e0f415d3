"""Documents and passages as Arrow record batches, one after another: what pyarrow, polars and others take without a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spice_fast import _core

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spice_fast._core import ArrowBatch, CorpusReader, PassageSampler

BATCH_ROWS = 1024
"""Rows of a record batch unless another number is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentBatches:
    """Documents in order, as record batches that are read when they are asked for; every loop begins anew.

    Columns: ``document`` (uint64), ``text`` (large_string); and with ``places``: ``path`` (large_string: the file that it was read
    from), ``ordinal`` (uint32: line or row in it counted from 1; null for a file that is one document), and what its record
    says under ``id``, ``source``, ``url``, ``license`` (large_string, null where it says nothing).

    Loop over it, or hand it to who takes an Arrow stream: ``pyarrow.table(batches)``, ``polars.DataFrame(batches)``,
    ``pyarrow.RecordBatchReader.from_stream(batches)``. Whoever reads the stream raises errors of its own class with our message.
    """

    core: CorpusReader
    """The corpus."""
    start: int
    """First document."""
    stop: int
    """One past the last one."""
    rows: int
    """Documents of a batch, at most; a batch also ends before it would hold 32 MiB of text."""
    places: bool
    """Whether to say where the documents come from."""
    threads: int | None
    """Threads that read, at most."""

    def __iter__(self) -> Iterator[ArrowBatch]:
        start = self.start
        while start < self.stop:
            end = self.core.batch_end(start, self.stop, self.rows)
            yield _core.take_documents(self.core, range(start, end), self.places, self.threads)
            start = end

    def __arrow_c_schema__(self) -> object:
        return _core.take_documents(self.core, (), self.places, 1).__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return _core.stream_documents(
            self.core, self.start, self.stop, self.rows, self.places, self.threads, requested_schema
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageBatches:
    """Passages in the order of their draws, as record batches that are read when they are asked for; every loop begins anew.

    Columns: ``draw``, ``document``, ``start``, ``end`` (uint64, as in :class:`~spice_fast.records.Passage`), ``num_tokens`` (uint64; null
    for a budget in bytes), ``text`` (large_string); and with ``places`` those of :class:`DocumentBatches`, which also says who
    takes them.
    """

    core: PassageSampler
    """The sampler."""
    start: int
    """First draw."""
    stop: int
    """No draw from here on."""
    step: int
    """From one draw to the next."""
    rows: int
    """Passages of a batch, at most."""
    places: bool
    """Whether to say where the documents come from."""
    threads: int | None
    """Threads that read, at most."""

    def __iter__(self) -> Iterator[ArrowBatch]:
        draws = range(self.start, self.stop, self.step)
        for first in range(0, _length(draws), self.rows):
            yield _core.take_passages(self.core, draws[first : first + self.rows], self.places, self.threads)

    def __arrow_c_schema__(self) -> object:
        return _core.take_passages(self.core, (), self.places, 1).__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return _core.stream_passages(
            self.core, self.start, self.stop, self.step, self.rows, self.places, self.threads, requested_schema
        )


def _length(numbers: range) -> int:
    """``len``, which refuses lengths from 2**63 on."""
    return max(0, -(-(numbers.stop - numbers.start) // numbers.step))
