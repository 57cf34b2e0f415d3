"""An open corpus: documents by number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.batches import BATCH_ROWS, DocumentBatches
from spice_fast.corpus.build import CorpusFacts, fields_of
from spice_fast.corpus.frames import frame
from spice_fast.corpus.limits import check_number, first_beyond

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    import polars as pl

    from spice_fast._core import ArrowBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusStats(CorpusFacts):
    """What a corpus is made of, and how long its documents are."""

    length_percentiles: dict[int, int]
    """Bytes of text by percent of the documents (nearest rank): 0, 1, 5, 25, 50, 75, 95, 99, 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Where a document comes from."""

    path: Path
    """Its file, where it is now."""
    ordinal: int | None
    """Line or row in it, counted from 1; None for a file that is one document."""
    format: str
    """How the file holds it, such as ``jsonl.gz``."""
    num_bytes: int
    """Its text in bytes of UTF-8."""


class Corpus:
    """Documents by number, read where they lie; frozen, picklable, and shared by threads."""

    __slots__ = ("_core",)

    def __init__(self, folder: str | PathLike[str]) -> None:
        self._core = _core.CorpusReader(folder)

    @classmethod
    def open(cls, folder: str | PathLike[str]) -> Corpus:
        """The corpus that ``build`` wrote to a folder; takes the same time for any number of documents.

        Raises:
            MissingFileError: no such folder.
            CorpusError: it holds no corpus, a damaged one, or one of a newer format.
        """
        return cls(folder)

    @property
    def folder(self) -> Path:
        """Its folder, from the root."""
        return self._core.folder

    @property
    def hash(self) -> str:
        """32 hexadecimal digits that stand for all texts and their order."""
        return self._core.hash

    @property
    def num_bytes(self) -> int:
        """Text of all documents in bytes of UTF-8."""
        return self._core.num_bytes

    def __len__(self) -> int:
        """Number of documents."""
        return self._core.num_documents

    def __repr__(self) -> str:
        return f"Corpus({str(self.folder)!r})"

    def __reduce__(self) -> tuple[type[Corpus], tuple[str]]:
        return Corpus, (str(self.folder),)

    def read(self, indices: Sequence[int], *, threads: int | None = None) -> list[str]:
        """The texts of some documents, row i for ``indices[i]``; any order, repetitions allowed.

        Raises:
            IndexError: no such document.
            CorpusError: its source is gone or changed since the corpus was built.
            ConfigError: ``threads`` is below 1.
        """
        check_number("threads", threads, first=1)
        try:
            return self._core.read(indices, threads)
        except OverflowError:
            raise self.no_such_document(first_beyond(indices)) from None

    def take(self, indices: Sequence[int], *, threads: int | None = None) -> ArrowBatch:
        """Some documents as one Arrow record batch, row i for ``indices[i]``; any order, repetitions allowed.

        The fastest way to many texts: they are written straight into one buffer, which ``pyarrow.record_batch(batch)`` and
        ``polars.DataFrame(batch)`` take without a copy. Columns as in :class:`~spice_fast.corpus.batches.DocumentBatches`.

        Raises:
            IndexError: no such document.
            CorpusError: its source is gone or changed since the corpus was built.
            ConfigError: ``threads`` is below 1.
        """
        check_number("threads", threads, first=1)
        try:
            return _core.take_documents(self._core, indices, threads)
        except OverflowError:
            raise self.no_such_document(first_beyond(indices)) from None

    def batches(
        self, *, start: int = 0, stop: int | None = None, rows: int = BATCH_ROWS, threads: int | None = None
    ) -> DocumentBatches:
        """The documents ``start`` to ``stop`` in order as Arrow record batches; see there for columns and who takes them.

        Args:
            start: first document.
            stop: one past the last one; None: all.
            rows: documents of a batch, at most.
            threads: at most this many; None: as many as the machine has.

        Raises:
            ConfigError: a number out of range.
        """
        check_number("start", start, last=len(self))
        check_number("stop", stop, first=start, last=len(self))
        check_number("rows", rows, first=1)
        check_number("threads", threads, first=1)
        stop = len(self) if stop is None else stop
        return DocumentBatches(core=self._core, start=start, stop=stop, rows=rows, threads=threads)

    def __arrow_c_schema__(self) -> object:
        return self.batches().__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """All documents in order: ``pyarrow.RecordBatchReader.from_stream(corpus)`` reads them batch by batch."""
        return self.batches().__arrow_c_stream__(requested_schema)

    def to_polars(self, indices: Sequence[int] | None = None, *, threads: int | None = None) -> pl.DataFrame:
        """Some documents, or all of them, as a polars frame; columns as in :meth:`take`. All of them must fit into memory.

        Raises:
            IndexError: no such document.
            CorpusError: a source is gone or changed since the corpus was built.
            MissingDependencyError: polars is not installed.
        """
        return frame(self.batches(threads=threads) if indices is None else [self.take(indices, threads=threads)])

    def document(self, index: int) -> Document:
        """Where document ``index`` comes from.

        Raises:
            IndexError: no such document.
        """
        try:
            path, ordinal, format_, num_bytes = self._core.document(index)
        except OverflowError:
            raise self.no_such_document(index) from None
        return Document(path=Path(path), ordinal=ordinal, format=format_, num_bytes=num_bytes)

    def no_such_document(self, index: int | None) -> IndexError:
        """What to raise for a document number out of range."""
        # Python would count -1 from the end; here numbers stand in records and logs, where that would hide a mistake.
        return IndexError(f"document {index}: out of range; the corpus has {len(self)}, numbered from 0")

    def stats(self) -> CorpusStats:
        """Counts, lengths and what was skipped; looks at every document's length, but reads no text."""
        facts, percentiles = self._core.stats()
        return CorpusStats(**fields_of(facts), length_percentiles=dict(percentiles))
