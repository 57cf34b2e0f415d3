"""Packs a corpus: reads every source once and writes its texts into shards of small compressed blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spice_fast import _core
from spice_fast.corpus.build import MIN_BYTES, TEXT_KEYS, CorpusFacts, check_keys, fields_of
from spice_fast.corpus.limits import check_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

SHARD_BYTES = 512 * 2**20
"""Text of a shard in bytes unless another size is named."""


def pack(
    inputs: Sequence[str | PathLike[str]],
    output: str | PathLike[str],
    *,
    text_keys: Sequence[str] = TEXT_KEYS,
    min_bytes: int = MIN_BYTES,
    on_error: Literal["stop", "skip"] = "stop",
    overwrite: bool = False,
    threads: int | None = None,
    codec: Literal["zstd", "raw"] = "zstd",
    shard_bytes: int = SHARD_BYTES,
    progress: Callable[[int, int], object] | None = None,
) -> CorpusFacts:
    """Packs files, folders and corpora into shards; they are a function of the inputs' names and contents, byte for byte.

    Reads what :func:`spice_fast.corpus.build` reads, and single frames or members of any length besides. The corpus appears
    whole or not at all. Stopped or killed after a first shard is finished, a later call with the same inputs and options goes
    on behind the last finished shard.

    Args:
        inputs: files, folders and corpora, in the order of their documents; names decide the order inside a folder.
        output: folder to make.
        text_keys: JSON keys or Parquet columns that may hold the text, best first.
        min_bytes: drop shorter documents; 0 keeps all that are not blank.
        on_error: ``stop`` at the first file or record that cannot be read, or ``skip`` it, name it and count it. Of a file
            that is damaged in its middle, what came before is kept.
        overwrite: replace an older corpus at ``output``.
        threads: at most this many; None: as many as the machine has. The result does not depend on it.
        codec: ``zstd`` blocks with a dictionary per shard, or ``raw`` text for random reading at the speed of memory.
        shard_bytes: text of a shard at most, unless a single document is longer.
        progress: called about every 50 ms with bytes read and bytes to read (0 until known).

    Raises:
        MissingFileError: an input is not there.
        OutputExistsError: ``output`` exists and is no corpus, may not be overwritten, or is being written by another process.
        DocumentError: something cannot be read, and ``on_error`` is ``stop``.
        CorpusError: no document is left, or a corpus among the inputs has changed.
        ConfigError: no inputs or no keys, or a number out of range.
        StorageError: the disk is full, or a folder is not writable.
    """
    check_keys(text_keys)
    check_number("min_bytes", min_bytes)
    check_number("threads", threads, first=1)
    check_number("shard_bytes", shard_bytes, first=2**16, last=2**31)
    facts = _core.pack_corpus(
        inputs, output, list(text_keys), min_bytes, on_error, overwrite, threads, codec, shard_bytes, progress
    )
    return CorpusFacts(**fields_of(facts))
