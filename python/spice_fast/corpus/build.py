"""Makes a corpus: reads every source once and writes where its documents are. The texts stay where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from spice_fast import _core
from spice_fast.corpus.limits import check_number
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

TEXT_KEYS = ("text", "orig_doc")
"""JSON keys and Parquet columns that hold the text unless others are named: the usual one, and SPICE's."""
MIN_BYTES = 600
"""Shorter documents are dropped unless another limit is named: about 150 tokens of English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatCount:
    """How much of a corpus lies in one format."""

    format: str
    """``text``, ``jsonl``, ``jsonl.gz``, ``jsonl.zst``, ``parquet`` or ``spk``."""
    num_sources: int
    """Files."""
    num_documents: int
    """Documents in them."""
    num_bytes: int
    """Their text in bytes of UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file or record that could not be read."""

    place: str
    """``path`` or ``path:line``."""
    reason: str
    """What was found there, and what would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusFacts:
    """What a corpus is made of."""

    hash: str
    """32 hexadecimal digits that stand for all texts and their order, wherever the files lie."""
    num_documents: int
    """Documents."""
    num_bytes: int
    """Their text in bytes of UTF-8."""
    num_sources: int
    """Files that hold at least one of them."""
    num_short: int
    """Documents that were dropped as blank or shorter than ``min_bytes``."""
    num_skipped: int
    """Files and records that could not be read."""
    num_utf16: int
    """Text files that were read as UTF-16."""
    num_windows_1252: int
    """Text files that are not UTF-8 and were read as windows-1252."""
    formats: tuple[FormatCount, ...]
    """The same by format."""
    text_keys: tuple[str, ...]
    """Keys and columns that may hold the text, best first."""
    min_bytes: int
    """The limit below which documents were dropped."""
    skipped: tuple[Skipped, ...]
    """What could not be read, the first 10,000."""


def build(
    inputs: Sequence[str | PathLike[str]],
    output: str | PathLike[str],
    *,
    text_keys: Sequence[str] = TEXT_KEYS,
    min_bytes: int = MIN_BYTES,
    on_error: Literal["stop", "skip"] = "stop",
    overwrite: bool = False,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> CorpusFacts:
    """Builds a corpus from files and folders; a function of their names and contents, byte for byte.

    Reads ``.txt .text .md .markdown .rst`` (one document a file), ``.jsonl .jsonl.gz .jsonl.zst`` (one a line),
    ``.parquet`` (one a row) and ``.spk`` shards, folders recursively. The result appears whole or not at all, whatever stops the build.

    Args:
        inputs: files and folders, in the order of their documents; names decide the order inside a folder.
        output: folder to make.
        text_keys: JSON keys or Parquet columns that may hold the text, best first.
        min_bytes: drop shorter documents; 0 keeps all that are not blank.
        on_error: ``stop`` at the first file or record that cannot be read, or ``skip`` it, name it and count it.
        overwrite: replace an older corpus at ``output``.
        threads: at most this many; None: as many as the machine has. The result does not depend on it.
        progress: called about every 50 ms with bytes read and bytes to read (0 until known).

    Raises:
        MissingFileError: an input is not there.
        OutputExistsError: ``output`` exists and is no corpus, may not be overwritten, or is being written by another process.
        DocumentError: something cannot be read, and ``on_error`` is ``stop``.
        CorpusError: no document is left.
        ConfigError: no inputs or no keys, or a number out of range.
        StorageError: the disk is full, or a folder is not writable.
    """
    check_keys(text_keys)
    check_number("min_bytes", min_bytes)
    check_number("threads", threads, first=1)
    facts = _core.build_corpus(inputs, output, list(text_keys), min_bytes, on_error, overwrite, threads, progress)
    return CorpusFacts(**fields_of(facts))


def build_synthetic(
    num_documents: int,
    output: str | PathLike[str],
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> CorpusFacts:
    """Writes the catalogue of a corpus without texts, of 10 kB a document on average, as if packed in shards of 1 GiB.

    Samplers open it and say which document and bytes a draw is (``Sampler.places``): what a corpus of that size costs
    here, before there is one. To read a text is an error. About 2 bytes of disk a document.

    Args:
        num_documents: at least 1.
        output: folder to make.
        overwrite: replace an older corpus at ``output``.
        progress: called about every 50 ms with documents written and documents to write.

    Raises:
        ConfigError: no documents.
        OutputExistsError: ``output`` exists and is no corpus, or may not be overwritten.
        StorageError: the disk is full, or the folder is not writable.
    """
    check_number("num_documents", num_documents, first=1)
    return CorpusFacts(**fields_of(_core.build_synthetic(num_documents, output, overwrite, progress)))


def check_keys(text_keys: Sequence[str]) -> None:
    """Refuses a single string, which is a sequence of strings as well.

    Raises:
        ConfigError: says what was meant.
    """
    if isinstance(text_keys, str):
        raise ConfigError(f"text_keys: the string {text_keys!r}; expected a list of keys, such as [{text_keys!r}]")


def fields_of(facts: dict[str, Any]) -> dict[str, Any]:
    """The fields of :class:`CorpusFacts` from what the core says."""
    return facts | {
        "formats": tuple(
            FormatCount(format=name, num_sources=sources, num_documents=documents, num_bytes=num_bytes)
            for name, sources, documents, num_bytes in facts["formats"]
        ),
        "text_keys": tuple(facts["text_keys"]),
        "skipped": tuple(Skipped(place=place, reason=reason) for place, reason in facts["skipped"]),
    }
