"""Cuts whole documents into chunks: at most so many characters, bytes or tokens, at the best boundary below that."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from spice_fast import _core
from spice_fast.corpus.limits import MAX_TOKENS, check_number
from spice_fast.corpus.reader import Corpus
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    import numpy as np
    import numpy.typing as npt

    Unit = Literal["characters", "bytes", "tokens"]


class TokenCounter:
    """An open ``tokenizer.json``: counts and names tokens as the tokenizers library does, without special tokens.

    Byte-level byte-pair encoders (GPT-2, Llama 3, Qwen 2 to 3) are encoded here, some twenty times as fast; any other kind,
    and a text that holds special tokens, is left to the library.

    Raises:
        MissingFileError: no such file.
        ConfigError: it is no tokenizer.
    """

    __slots__ = ("_core", "path")

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path).absolute()
        self._core = _core.TokenCounter(self.path)

    @property
    def is_fast(self) -> bool:
        """Whether it is of a kind that is encoded here."""
        return self._core.is_fast

    def encode(self, texts: Sequence[str]) -> list[npt.NDArray[np.uint32]]:
        """Token ids of each text."""
        ids, offsets = self._core.encode(texts)
        return [ids[first:last] for first, last in pairwise(offsets)]

    def __repr__(self) -> str:
        return f"TokenCounter({str(self.path)!r})"

    def __reduce__(self) -> tuple[type[TokenCounter], tuple[Path]]:
        return TokenCounter, (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunks:
    """Chunks of one or more documents, in their order: columns of equal length, one row a chunk."""

    document: npt.NDArray[np.uint64]
    """Number of the chunk's document."""
    start: npt.NDArray[np.uint64]
    """Its first byte in the document's UTF-8 text: in ASCII, its first character."""
    end: npt.NDArray[np.uint64]
    """One past its last byte. The document's next chunk begins here."""
    num_tokens: npt.NDArray[np.uint32] | None
    """Tokens of the chunk alone; None unless the limit was in tokens."""

    def __len__(self) -> int:
        return len(self.document)

    def texts(self, source: str | Sequence[str] | Corpus) -> Iterator[str]:
        """The chunks themselves, cut out of what they were made from."""
        number, encoded = None, b""
        for document, start, end in zip(self.document.tolist(), self.start.tolist(), self.end.tolist(), strict=True):
            if document != number:
                number, encoded = document, _text(source, document).encode()
            yield encoded[start:end].decode()


def chunk(
    source: str | Sequence[str] | Corpus,
    *,
    max_chars: int | None = None,
    max_bytes: int | None = None,
    max_tokens: int | None = None,
    tokenizer: str | PathLike[str] | TokenCounter | None = None,
    documents: Sequence[int] | None = None,
    threads: int | None = None,
) -> Chunks:
    """Chunks of a text, of several, or of a corpus, each as long as the limit allows but for the search for its end.

    A chunk is the longest beginning of the rest that keeps the limit, cut back to the best boundary in its last quarter:
    before a paragraph, a line, a sentence, a word. So chunks follow each other without a gap, never exceed the limit, and
    never end inside a character. The time is linear in the documents' lengths.

    Args:
        source: one text (document 0), several (numbered from 0), or an open corpus.
        max_chars: limit in characters, what ``len`` counts.
        max_bytes: limit in bytes of UTF-8, instead; at least 4.
        max_tokens: limit in tokens of ``tokenizer``, instead; counted in the chunk alone, without special tokens.
        tokenizer: a ``tokenizer.json``, or one that is open.
        documents: numbers of the corpus's documents to cut; None: all.
        threads: at most this many; None: as many as the machine has. The chunks do not depend on it.

    Raises:
        ConfigError: no limit or two, a limit out of range or below the tokens of one character, no tokenizer.
        MissingFileError: no such tokenizer.
        CorpusError: a source is gone or changed since the corpus was built.
        IndexError: no such document.
    """
    check_number("threads", threads, first=1)
    size = unit_of(max_chars, max_bytes, max_tokens)
    if size is None or (max_tokens is None) != (tokenizer is None):
        raise ConfigError("chunks need one of max_chars, max_bytes, or max_tokens and tokenizer")
    if not isinstance(tokenizer, TokenCounter | None):
        tokenizer = TokenCounter(tokenizer)
    counter = None if tokenizer is None else tokenizer._core  # noqa: SLF001  # the two faces of one core
    unit, most = size
    columns: tuple[Any, ...]
    if isinstance(source, Corpus):
        numbers = range(len(source)) if documents is None else documents
        columns = _core.chunk_corpus(source._core, numbers, unit, most, counter, threads)  # noqa: SLF001
    elif documents is None:
        texts = [source] if isinstance(source, str) else source
        columns = _core.chunk_texts(texts, unit, most, counter, threads)
    else:
        raise ConfigError("documents: given with texts; expected a corpus, whose documents are numbered")
    document, start, end, num_tokens = columns
    return Chunks(document=document, start=start, end=end, num_tokens=num_tokens)


def unit_of(max_chars: int | None, max_bytes: int | None, max_tokens: int | None) -> tuple[Unit, int] | None:
    """The unit of the one limit that is given, and the limit; None for no limit.

    Raises:
        ConfigError: there are two, or it is out of range.
    """
    check_number("max_chars", max_chars, first=1)
    check_number("max_bytes", max_bytes, first=4)
    check_number("max_tokens", max_tokens, first=1, last=MAX_TOKENS)
    limits: list[tuple[Unit, int | None]] = [("characters", max_chars), ("bytes", max_bytes), ("tokens", max_tokens)]
    given = [(unit, most) for unit, most in limits if most is not None]
    if len(given) > 1:
        raise ConfigError("two limits of a chunk; expected one of max_chars, max_bytes and max_tokens")
    return given[0] if given else None


def _text(source: str | Sequence[str] | Corpus, document: int) -> str:
    if isinstance(source, Corpus):
        return source.read([document])[0]
    return source if isinstance(source, str) else source[document]
