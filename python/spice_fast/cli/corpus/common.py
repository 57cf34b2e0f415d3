"""What the commands share: options, the progress bar, where a document comes from."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

from cyclopts import Parameter
from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spice_fast.corpus import Document

Json = Annotated[bool, Parameter(name="--json", negative=())]


class Advance(Protocol):
    """Moves a progress bar."""

    def __call__(self, done: int, total: int, num_documents: int | None = None, /) -> None:
        """Shows ``done`` of ``total`` bytes (0: not known yet) and, where it is counted, how many documents."""


@contextmanager
def progress_bar(verb: str, unit: str = "B") -> Iterator[Advance]:
    """A bar of bytes, rate, remaining time and documents on stderr; silent where that is no terminal.

    Args:
        verb: what goes on, such as ``reading``.
        unit: what is counted.
    """
    divisor = 1024 if unit == "B" else 1000
    with tqdm(
        unit=unit, unit_scale=True, unit_divisor=divisor, desc=verb, leave=False, disable=not sys.stderr.isatty()
    ) as bar:

        def advance(done: int, total: int, num_documents: int | None = None, /) -> None:
            bar.total = total or None
            if num_documents is not None:
                bar.set_postfix_str(f"{num_documents:,} documents", refresh=False)
            bar.update(done - bar.n)

        yield advance


def tokenizer_file(path: Path | None) -> Path | None:
    """A tokenizer.json: the path itself, or the one in the model folder that it names."""
    return path / "tokenizer.json" if path and path.is_dir() else path


def printable_place(document: Document) -> str:
    """``path`` or ``path:line`` of a document; a name that is not UTF-8 cannot be printed as it is."""
    path = os.fsencode(document.path).decode(errors="replace")
    return path if document.ordinal is None else f"{path}:{document.ordinal}"
