"""Writes a corpus as Parquet files that any reader understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.limits import check_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from pathlib import Path

    from spice_fast.corpus.reader import Corpus

FILE_BYTES = 512 * 2**20
"""Text of a file in bytes unless another size is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export has written."""

    files: tuple[Path, ...]
    """The files in order of their documents."""
    num_resumed: int
    """Files of them that an earlier call had written."""
    num_documents: int
    """Documents in all of them."""


def export(
    corpus: Corpus,
    output: str | PathLike[str],
    *,
    file_bytes: int = FILE_BYTES,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Export:
    """Writes all documents in order as ``part-00000.parquet`` and so on, zstd level 3; the same corpus gives the same bytes.

    Columns: ``document`` (uint64), ``path``, ``ordinal`` (uint32), ``id``, ``source``, ``url``, ``license``, ``text``; they mean what
    they mean in :class:`~spice_fast.corpus.batches.DocumentBatches`. A file appears whole or not at all; stopped or killed, a later
    call with the same corpus and size writes only what is missing.

    Args:
        corpus: what to write.
        output: folder to make, or one that an earlier call began. One export at a time may write to it.
        file_bytes: text of a file at most, unless a single document is longer.
        threads: at most this many that read; None: as many as the machine has. The result does not depend on it.
        progress: called about every 50 ms with bytes of text written and to write.

    Raises:
        OutputExistsError: ``output`` holds something else, or another corpus's export.
        CorpusError: a source is gone or changed since the corpus was built.
        StorageError: the disk is full, or the folder is not writable.
        ConfigError: a number out of range.
    """
    check_number("file_bytes", file_bytes, first=1)
    check_number("threads", threads, first=1)
    core = corpus._core  # noqa: SLF001  # the two faces of one core
    files, num_resumed, num_documents = _core.export_corpus(core, output, file_bytes, threads, progress)
    return Export(files=tuple(files), num_resumed=num_resumed, num_documents=num_documents)
