"""Keep files: which documents of a corpus are kept. Nothing is rewritten to drop a document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.corpus.limits import check_number, first_beyond
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike

    from spice_fast.corpus.reader import Corpus


class Keep:
    """An open ``.keep`` file: one bit per document; frozen, picklable, and shared by threads.

    A sampler takes several, and draws the documents that every one keeps. Opening takes the same time for any number of
    documents. The bytes are written down in docs/format-keep.md.

    Args:
        path: the file.
        corpus: the corpus that it must belong to; None: any.

    Raises:
        MissingFileError: no such file.
        CorpusError: no keep file, a damaged one, one of a newer version, or of another corpus.
    """

    __slots__ = ("_core", "_path")

    def __init__(self, path: str | PathLike[str], corpus: Corpus | None = None) -> None:
        # From the root: who unpickles it may be in another folder.
        self._path = Path(path).absolute()
        self._core = _core.KeepFile.open(self._path, None if corpus is None else corpus._core)  # noqa: SLF001  # one core

    @classmethod
    def write(
        cls,
        path: str | PathLike[str],
        corpus: Corpus,
        documents: Sequence[int],
        *,
        made_by: object = None,
        overwrite: bool = False,
    ) -> Keep:
        """Writes a file that keeps some documents and drops the others; it appears whole or not at all.

        Args:
            path: the file, by custom with the ending ``.keep``.
            corpus: whose documents these are.
            documents: numbers of the documents to keep, in any order.
            made_by: what made it, for people: anything that is JSON.
            overwrite: replace an older file.

        Raises:
            IndexError: no such document.
            OutputExistsError: ``path`` exists and may not be overwritten.
            StorageError: the disk is full, or the folder not writable.
        """
        note = json.dumps(made_by, ensure_ascii=False)
        try:
            _core.KeepFile.write(Path(path), corpus._core, documents, note, overwrite)  # noqa: SLF001  # one core
        except OverflowError:
            raise corpus.no_such_document(first_beyond(documents)) from None
        return cls(path, corpus)

    @property
    def path(self) -> Path:
        """Its file, from the root."""
        return self._path

    @property
    def hash(self) -> str:
        """32 hexadecimal digits that stand for what is kept, whatever made the file."""
        return self._core.hash

    @property
    def corpus_hash(self) -> str:
        """Hash of the corpus that it belongs to."""
        return self._core.corpus_hash

    @property
    def made_by(self) -> object:
        """What made it, as the writer said it in JSON."""
        return json.loads(self._core.made_by)

    @property
    def num_documents(self) -> int:
        """Documents of the corpus, kept or not."""
        return self._core.num_documents

    def __len__(self) -> int:
        """Number of kept documents."""
        return self._core.num_kept

    def is_kept(self, index: int) -> bool:
        """Whether document ``index`` is kept.

        Raises:
            IndexError: no such document.
        """
        if not 0 <= index < self.num_documents:
            raise IndexError(f"document {index}: out of range; the corpus has {self.num_documents}, numbered from 0")
        return self._core.is_kept(index)

    def documents(self, first: int = 0, last: int | None = None) -> list[int]:
        """Numbers of the kept documents ``first`` to ``last`` (not included; None: all), counted among the kept ones.

        Raises:
            ConfigError: a number out of range.
        """
        last = len(self) if last is None else last
        check_number("first", first)
        check_number("last", last)
        return self._core.documents(first, last)

    def verify(self) -> None:
        """Compares the whole file with its checksums; opening looks at its head alone.

        Raises:
            CorpusError: a byte changed since the file was written.
        """
        self._core.verify()

    def __repr__(self) -> str:
        return f"Keep({str(self.path)!r})"

    def __reduce__(self) -> tuple[type[Keep], tuple[str]]:
        return Keep, (str(self.path),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """What a filter keeps, and what it could not compare."""

    keep: Keep
    """Documents that satisfy every comparison."""
    num_without_value: int
    """Documents without a value in one of the columns; they are dropped."""
    num_of_other_kind: int
    """Documents whose value is a text where the comparison has a number, or the other way round; they are dropped."""


def filter_documents(
    corpus: Corpus,
    where: Sequence[str],
    output: str | PathLike[str],
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Filtered:
    """Writes a keep file of the documents that satisfy every comparison.

    A comparison is a column, one of ``< <= = != >= >``, and a value: ``quality >= 0.5``, ``language = en``,
    ``num_bytes < 100000``. ``num_bytes`` is the length of a document's text; other columns are read once from the sources
    where they lie (keys of JSON lines, columns of Parquet files). A packed corpus carries ``id``, ``source``, ``url`` and
    ``license``; its hash is that of the same texts in place, so a keep file made there serves for both. Truth values
    are the texts ``true`` and ``false``.

    Args:
        corpus: whose documents these are.
        where: comparisons.
        output: the keep file.
        overwrite: replace an older file.
        progress: called about every 50 ms with documents looked at and documents to look at.

    Raises:
        ConfigError: no comparison, one that cannot be read, or a column that no document has.
        CorpusError: a source is gone or changed since the corpus was built.
        OutputExistsError: ``output`` exists and may not be overwritten.
    """
    if isinstance(where, str):
        raise ConfigError(f"where: the string {where!r}; expected a list of comparisons, such as [{where!r}]")
    note = json.dumps({"made_by": "filter", "where": list(where)}, ensure_ascii=False)
    _, num_without_value, num_of_other_kind = _core.filter_corpus(
        corpus._core,  # noqa: SLF001  # the faces of one core
        list(where),
        Path(output),
        note,
        overwrite,
        progress,
    )
    return Filtered(keep=Keep(output, corpus), num_without_value=num_without_value, num_of_other_kind=num_of_other_kind)
