"""Looks at everything that a corpus is made of, and names what is no longer as it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.limits import check_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something that is not as it was when the corpus was made."""

    path: Path
    """The file."""
    first_document: int | None
    """First document that it concerns; None where that is not known."""
    last_document: int | None
    """Last one."""
    reason: str
    """What is wrong; in the corpus's own files with part and range of bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What :func:`verify` found."""

    num_documents: int
    """Documents of the corpus."""
    num_bytes: int
    """Their text in bytes of UTF-8."""
    damage: tuple[Damage, ...]
    """Everything that is damaged, in the order of the documents; empty if nothing is."""


def verify(
    folder: str | PathLike[str],
    *,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Verification:
    """Reads every byte of a corpus's own files and shards, and every document that is read in place.

    In place, what lies between documents is not looked at.

    Args:
        folder: what ``build`` or ``pack`` wrote.
        threads: at most this many; None: as many as the machine has.
        progress: called about every 50 ms with bytes read and bytes to read.

    Raises:
        MissingFileError: no such folder.
        CorpusError: it holds no corpus, or manifest or the catalogue's header are damaged.
        ConfigError: ``threads`` is below 1.
    """
    check_number("threads", threads, first=1)
    num_documents, num_bytes, found = _core.verify_corpus(folder, threads, progress)
    damage = tuple(
        Damage(
            path=Path(path),
            first_document=documents[0] if documents else None,
            last_document=documents[1] if documents else None,
            reason=reason,
        )
        for path, documents, reason in found
    )
    return Verification(num_documents=num_documents, num_bytes=num_bytes, damage=damage)
