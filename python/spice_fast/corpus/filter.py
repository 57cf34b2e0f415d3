"""Which documents to leave out: copies, and pieces of benchmarks. Nothing is rewritten; the result is a keep file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.build import TEXT_KEYS
from spice_fast.corpus.keep import Keep
from spice_fast.corpus.limits import check_number
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    import numpy as np
    import numpy.typing as npt

    from spice_fast.corpus.reader import Corpus

RUN_WORDS = 13
"""Words in a row that a document must not share with a benchmark, as GPT-3's report counts."""
SIMILARITY = 0.8
"""Share of runs of five words in common from which on two documents are copies of each other."""
SHARD_DOCUMENTS = 16_384
"""Documents worked on together: a killed run begins again with those it was at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterReport:
    """What a filter found."""

    keep: Path
    """The keep file: give it to a sampler."""
    reasons: Path
    """Of every document that is left out: where it is, why, its partner, and the piece that both have. JSON lines."""
    num_documents: int
    """Documents looked at."""
    num_kept: int
    """Documents that are kept."""
    num_exact: int
    """Of the others, those whose text equals a kept one's byte for byte."""
    num_dropped_bytes: int
    """Text of those that are left out, in bytes of UTF-8."""

    def open(self, corpus: Corpus) -> Keep:
        """The keep file, open."""
        return Keep(self.keep, corpus)


class Benchmark:
    """Texts that must not be trained on, and every run of words in them.

    A word is a run of letters, numbers and ``_`` in lower case, so punctuation and line breaks do not hide a piece. Items
    of fewer words than a run cannot be found; ``num_short`` counts them.

    Raises:
        ConfigError: ``run_words`` is below 1.
    """

    __slots__ = ("_core",)

    def __init__(self, texts: Sequence[str], *, run_words: int = RUN_WORDS) -> None:
        check_number("run_words", run_words, first=1, last=1_000)
        self._core = _core.BenchmarkRuns.from_texts(list(texts), run_words)

    @classmethod
    def read(
        cls,
        paths: Sequence[str | PathLike[str]],
        *,
        text_keys: Sequence[str] = TEXT_KEYS,
        run_words: int = RUN_WORDS,
    ) -> Benchmark:
        """From JSONL, Parquet and text files, compressed or not.

        Args:
            paths: files and folders.
            text_keys: JSON keys or Parquet columns that may hold an item's text, best first.
            run_words: words in a row that count as a piece.

        Raises:
            MissingFileError: a file is not there.
            DocumentError: a file or record cannot be read, or has none of the keys.
            ConfigError: ``run_words`` is below 1.
        """
        check_number("run_words", run_words, first=1, last=1_000)
        benchmark = cls.__new__(cls)
        benchmark._core = _core.BenchmarkRuns.from_files(paths, list(text_keys), run_words)  # noqa: SLF001  # its own
        return benchmark

    def __len__(self) -> int:
        """Items."""
        return self._core.num_items

    @property
    def num_short(self) -> int:
        """Items of too few words to be found."""
        return self._core.num_short

    @property
    def num_runs(self) -> int:
        """Different runs of words."""
        return self._core.num_runs

    @property
    def hash(self) -> str:
        """Stands for all items, their order, and the number of words in a run."""
        return self._core.hash

    def find_questions(self, questions: Sequence[str], *, threads: int | None = None) -> list[str | None]:
        """Where the benchmark item is that each question is of (``path:line``), None where there is none.

        A question is an item's if they share a run of words. One of fewer words is, if it has all the words of an item, in
        their order, and no other.
        """
        check_number("threads", threads, first=1)
        return self._core.find_questions(questions, threads)

    def find(self, texts: Sequence[str], *, threads: int | None = None) -> list[tuple[int, int, int, int]]:
        """Of texts that share a run with an item: number of the text, first byte, end, number of the item."""
        check_number("threads", threads, first=1)
        return list(zip(*(column.tolist() for column in self._core.find(texts, threads)), strict=True))


def dedup(
    corpus: Corpus,
    output: str | PathLike[str],
    *,
    similarity: float | None = SIMILARITY,
    shard_documents: int = SHARD_DOCUMENTS,
    threads: int | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> FilterReport:
    """Finds copies; of each group the first document is kept.

    Documents are copies if their texts are equal, or if they share at least ``similarity`` of their runs of five words
    (Jaccard, estimated with 128 MinHash values; 99 % of pairs at the limit are found). Copies of copies are copies.

    Args:
        corpus: whose documents.
        output: folder for ``dedup.keep``, ``dedup.jsonl`` and what was found of ranges of documents. A run that was
            stopped, or killed, goes on from there.
        similarity: from 0 to 1; None: equal texts alone.
        shard_documents: documents in a range.
        threads: at most this many; None: as many as the machine has. The result does not depend on it.
        overwrite: replace the keep file of an older run.
        progress: called about every 50 ms with bytes of text read and to read.

    Raises:
        OutputExistsError: ``output`` holds a keep file already.
        CorpusError: a source is gone or changed.
        ConfigError: ``similarity`` is not between 0 and 1.
    """
    check_number("threads", threads, first=1)
    check_number("shard_documents", shard_documents, first=1)
    if similarity is not None and not 0 <= similarity <= 1:
        raise ConfigError(f"similarity: {similarity}; expected 0 to 1")
    core = corpus._core  # noqa: SLF001  # the two faces of one core
    found = _core.dedup(core, output, similarity, shard_documents, threads, overwrite, progress)
    return _report(Path(output), "dedup", found)


def decontaminate(
    corpus: Corpus,
    output: str | PathLike[str],
    benchmark: Benchmark,
    *,
    shard_documents: int = SHARD_DOCUMENTS,
    threads: int | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> FilterReport:
    """Finds documents that hold a piece of a benchmark; the others are kept.

    Args:
        corpus: whose documents.
        output: folder for ``decontaminate.keep``, ``decontaminate.jsonl`` and what was found of ranges of documents. A
            run that was stopped, or killed, goes on from there.
        benchmark: what must not be in them.
        shard_documents: documents in a range.
        threads: at most this many; None: as many as the machine has. The result does not depend on it.
        overwrite: replace the keep file of an older run.
        progress: called about every 50 ms with bytes of text read and to read.

    Raises:
        OutputExistsError: ``output`` holds a keep file already.
        CorpusError: a source is gone or changed.
    """
    check_number("threads", threads, first=1)
    check_number("shard_documents", shard_documents, first=1)
    core, runs = corpus._core, benchmark._core  # noqa: SLF001  # the two faces of one core
    found = _core.decontaminate(core, output, runs, shard_documents, threads, overwrite, progress)
    return _report(Path(output), "decontaminate", found)


def minhash(texts: Sequence[str], *, threads: int | None = None) -> npt.NDArray[np.uint32]:
    """MinHash signatures over runs of five words: ``[num_texts, 128]``. Equal values estimate the share in common."""
    check_number("threads", threads, first=1)
    return _core.minhash(texts, threads)


def _report(folder: Path, name: str, found: tuple[int, int, int, int]) -> FilterReport:
    num_documents, num_kept, num_exact, num_dropped_bytes = found
    return FilterReport(
        keep=folder / f"{name}.keep",
        reasons=folder / f"{name}.jsonl",
        num_documents=num_documents,
        num_kept=num_kept,
        num_exact=num_exact,
        num_dropped_bytes=num_dropped_bytes,
    )
