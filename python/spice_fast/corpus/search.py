"""Full-text search over a corpus: the best documents for a query, a keep file of them, and documents like another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spice_fast import _core
from spice_fast.corpus.keep import Keep
from spice_fast.corpus.limits import check_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from spice_fast.corpus.reader import Corpus

MEMORY_BYTES = 512 << 20
"""Memory of a build, all threads together, unless another limit is named."""


class Hit(NamedTuple):
    """A document that was found. A tuple: ten of any other record take longer to make than to find."""

    document: int
    """Its number."""
    score: float
    """BM25 over all documents; comparable within one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """The piece of a document that a query is about."""

    start: int
    """First byte in the document's UTF-8 text."""
    end: int
    """One past the last."""
    text: str
    """The piece."""


class SearchIndex:
    """An open index of a corpus: BM25 over words in lower case. Texts are not in it; they are read from the corpus.

    Args:
        corpus: the corpus.
        folder: where the index lies; None: beside the corpus, under its name and ``.index``.

    Raises:
        CorpusError: no complete index there, a damaged one, or one of another corpus.
    """

    __slots__ = ("_arguments", "_core", "_corpus")

    def __init__(self, corpus: Corpus, folder: str | PathLike[str] | None = None) -> None:
        folder = None if folder is None else Path(folder).absolute()
        self._corpus = corpus
        self._core = _core.SearchIndex(corpus._core, folder)  # noqa: SLF001  # the two faces of one core
        self._arguments = (corpus, folder)

    @classmethod
    def build(
        cls,
        corpus: Corpus,
        folder: str | PathLike[str] | None = None,
        *,
        positions: bool = False,
        memory_bytes: int = MEMORY_BYTES,
        threads: int | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> SearchIndex:
        """Builds the index, or what is missing of it, and opens it.

        Args:
            corpus: the corpus.
            folder: where to; None: beside the corpus, under its name and ``.index``.
            positions: keep the places of words too, for phrases in double quotes; about three times as large.
            memory_bytes: memory of all threads together, at least 16 MiB; with ``threads`` it decides into how many parts
                documents are divided. A killed build goes on with the first part that is missing.
            threads: at most this many; None: as many as the machine has.
            progress: called about every 50 ms with bytes of text read and to read.

        Raises:
            CorpusError: a source is gone or changed, or the folder holds an index of another corpus.
            ConfigError: too little memory.
        """
        check_number("threads", threads, first=1)
        core = corpus._core  # noqa: SLF001  # the two faces of one core
        _core.build_index(core, folder, positions, memory_bytes, threads, progress)
        return cls(corpus, folder)

    @property
    def has_positions(self) -> bool:
        """Whether phrases can be searched."""
        return self._core.has_positions

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        """The best documents for a query, the best first; of equal scores the first in the corpus.

        A query is words, any of which will do: ``+word`` must be there, ``-word`` must not, ``(a OR b) AND c``; phrases
        in double quotes need positions.

        Raises:
            ConfigError: the query cannot be read, or ``limit`` is below 1.
        """
        check_number("limit", limit, first=1)
        return list(map(Hit._make, self._core.search(query, limit)))

    def like(self, text: str | int, *, limit: int = 10) -> list[Hit]:
        """The documents most like a text, or like document ``text`` (which then comes first), by its most telling words."""
        check_number("limit", limit, first=1)
        if isinstance(text, int):
            (text,) = self._corpus.read([text])
        return list(map(Hit._make, self._core.like(text, limit)))

    def snippet(self, document: int, query: str) -> Snippet:
        """The piece of a document that has the most of a query's words; its beginning if it has none."""
        start, end, text = self._core.snippet(document, query)
        return Snippet(start=start, end=end, text=text)

    def keep(self, query: str, path: str | PathLike[str], *, limit: int | None = None, overwrite: bool = False) -> Keep:
        """A keep file of the documents that a query is about: give it to a sampler to draw from them alone.

        Args:
            query: as for ``search``.
            path: the file.
            limit: keep the best so many; None: all that match.
            overwrite: replace an older file.

        Raises:
            OutputExistsError: ``path`` exists.
            ConfigError: the query cannot be read.
        """
        check_number("limit", limit, first=1)
        self._core.keep(query, limit, path, overwrite)
        return Keep(path, self._corpus)

    def __repr__(self) -> str:
        corpus, folder = self._arguments
        return f"SearchIndex({corpus!r}, {None if folder is None else str(folder)!r})"

    def __reduce__(self) -> tuple[type[SearchIndex], tuple[Corpus, Path | None]]:
        return SearchIndex, self._arguments
