"""The unit of work on a large corpus: a range of its documents in, files and a manifest out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.chunking import TokenCounter, unit_of
from spice_fast.corpus.filter import SHARD_DOCUMENTS
from spice_fast.corpus.limits import check_number
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from spice_fast.corpus.filter import Benchmark
    from spice_fast.corpus.reader import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardConfig:
    """What to make of documents; at least one of the three."""

    max_chars: int | None = None
    """Chunks of at most so many characters (``*.chunks``)."""
    max_bytes: int | None = None
    """Chunks of at most so many bytes, instead."""
    max_tokens: int | None = None
    """Chunks of at most so many tokens of ``tokenizer``, instead."""
    tokenizer: str | PathLike[str] | TokenCounter | None = None
    """A ``tokenizer.json``, or one that is open."""
    fingerprints: bool = False
    """What tells copies: hashes of the texts and their MinHash signatures (``*.fingerprints``)."""
    benchmark: Benchmark | None = None
    """What documents must not share pieces with (``*.matches.jsonl``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardFile:
    """A file that was made."""

    path: Path
    """Where it is."""
    num_bytes: int
    """Its length."""
    hash: str
    """xxh3-128 of its bytes, 32 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardManifest:
    """What was made of a range of documents."""

    documents: range
    """Their numbers."""
    config: str
    """Hash of the configuration, of a benchmark's items and a tokenizer's file as well."""
    outputs: tuple[ShardFile, ...]
    """The files."""


def shard_ranges(num_documents: int, shard_documents: int = SHARD_DOCUMENTS) -> Iterator[range]:
    """The ranges of so many documents that a corpus is divided into."""
    check_number("shard_documents", shard_documents, first=1)
    for first in range(0, num_documents, shard_documents):
        yield range(first, min(first + shard_documents, num_documents))


def process_shard(
    corpus: Corpus,
    documents: range,
    config: ShardConfig,
    output: str | PathLike[str],
    *,
    threads: int | None = None,
) -> ShardManifest:
    """Makes of a range of documents what ``config`` asks for, in the folder ``output``, unless it is there already.

    The files are a function of the corpus, the range and the configuration, byte for byte. The manifest is written last:
    work that was killed has none and is done again, work whose manifest fits is not. So any pool of processes may run it.

    Raises:
        ConfigError: nothing is asked for, a limit is out of range, or the range is empty or beyond the corpus.
        CorpusError: a source is gone or changed.
    """
    check_number("threads", threads, first=1)
    size = unit_of(config.max_chars, config.max_bytes, config.max_tokens)
    if size is None and not config.fingerprints and config.benchmark is None:
        raise ConfigError("a shard needs chunks, fingerprints or a benchmark to look for")
    if documents.step != 1:
        raise ConfigError(f"documents: a range of step {documents.step}; expected 1")
    if (config.max_tokens is None) != (config.tokenizer is None):
        raise ConfigError("chunks of tokens need max_tokens and tokenizer")
    tokenizer = config.tokenizer
    if not isinstance(tokenizer, TokenCounter | None):
        tokenizer = TokenCounter(tokenizer)
    hash_, outputs = _core.process_shard(
        corpus._core,  # noqa: SLF001  # the two faces of one core
        documents.start,
        documents.stop,
        output,
        size,
        None if tokenizer is None else tokenizer._core,  # noqa: SLF001  # (the same)
        config.fingerprints,
        None if config.benchmark is None else config.benchmark._core,  # noqa: SLF001  # (the same)
        threads,
    )
    files = [ShardFile(path=Path(output) / name, num_bytes=length, hash=digest) for name, length, digest in outputs]
    return ShardManifest(documents=documents, config=hash_, outputs=tuple(files))
