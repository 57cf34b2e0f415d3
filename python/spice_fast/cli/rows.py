"""Rows to grade, read and written one at a time: JSON Lines of any size, plain or compressed."""

from __future__ import annotations

import gzip
import json
import os
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import zstandard

from spice_fast.errors import ConfigError, DocumentError, MissingFileError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tqdm import tqdm

STDIN = Path("-")
READ_BYTES = 1 << 20
"""Compressed bytes in memory at a time."""
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file."""

    line: int
    """Its number, from 1."""
    gold: str
    """The right answer as text."""
    answer: str
    """The answer as text; empty where it is null."""
    fields: dict[str, Any]
    """All that the line holds."""


def name_of(file: Path) -> str:
    """How messages call a file."""
    return "standard input" if file == STDIN else str(file)


def read_rows(file: Path, gold_key: str, answer_key: str, bar: tqdm[Any]) -> Iterator[Row]:
    """The rows of a file, or of standard input for ``-``; blank lines are passed over.

    Args:
        file: JSON Lines; compressed where its name ends in .gz or .zst.
        gold_key: key of the gold: a text, number or truth value.
        answer_key: key of the answer: the same, or null.
        bar: moves with the bytes read from the file.

    Raises:
        MissingFileError: there is no such file.
        StorageError: it cannot be read.
        DocumentError: a line is no JSON object or lacks a key, or the compressed file is damaged; names the line.
    """
    number = 0
    try:
        with _raw(file) as raw:
            counts = raw.seekable()
            bar.total = os.fstat(raw.fileno()).st_size if counts else None
            for number, line in enumerate(_decompressed(raw, file), start=1):
                if counts:
                    bar.update(raw.tell() - bar.n)
                if not line.isspace():
                    # Some editors begin a file with a byte order mark.
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
                    yield _row(text, number, f"{name_of(file)}:{number}", gold_key, answer_key)
    except _DAMAGED as error:
        raise DocumentError(f"{name_of(file)}: damaged after line {number}: {error}") from error
    except FileNotFoundError as error:
        raise MissingFileError(f"{name_of(file)}: no such file") from error
    except OSError as error:
        raise StorageError(f"{name_of(file)}: cannot be read: {error.strerror}") from error


def write_rows(rows: Iterable[dict[str, object]], output: Path | None) -> None:
    """Writes rows as JSON Lines to a file, compressed as its name says, or to standard output.

    The file appears when the last row is written: what fails leaves an older one as it was.

    Raises:
        StorageError: the file cannot be written.
    """
    if output is None:
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with _created(part, output) as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        part.replace(output)
    except OSError as error:
        if isinstance(error, (MissingFileError, StorageError)):
            raise
        raise StorageError(f"{output}: cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _raw(file: Path) -> Iterator[BinaryIO]:
    if file == STDIN:
        yield sys.stdin.buffer
        return
    with file.open("rb") as raw:
        yield raw


def _decompressed(raw: BinaryIO, file: Path) -> Iterable[bytes]:
    """The lines of a file; of JSON Lines these end in a line feed and nothing else."""
    match file.suffix:
        case ".gz":
            return gzip.open(raw, "rb")
        case ".zst":
            return _zstandard_lines(raw)
        case _:
            return raw


def _zstandard_lines(raw: BinaryIO) -> Iterator[bytes]:
    """The lines of all frames; the library's own reader takes a file that was cut off for a whole one."""
    frame, rest = None, b""
    while chunk := raw.read(READ_BYTES):
        while chunk:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            *lines, rest = (rest + frame.decompress(chunk)).split(b"\n")
            yield from (line + b"\n" for line in lines)
            chunk = frame.unused_data
            if frame.eof:
                frame = None
    if frame is not None:
        raise EOFError("the file ends in the middle of a frame")
    if rest:
        yield rest


@contextmanager
def _created(part: Path, output: Path) -> Iterator[BinaryIO | gzip.GzipFile]:
    with part.open("wb") as raw:
        match output.suffix:
            case ".gz":
                with gzip.open(raw, "wb") as file:
                    yield file
            case ".zst":
                with zstandard.open(raw, "wb", closefd=False) as file:
                    yield file
            case _:
                yield raw


def _row(text: str, number: int, where: str, gold_key: str, answer_key: str) -> Row:
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError(f"{where}: expected a JSON object, found none: {error.msg}") from error
    if not isinstance(fields, dict):
        raise DocumentError(f"{where}: expected a JSON object, found {type(fields).__name__}")
    for key, flag in ((gold_key, "--gold-key"), (answer_key, "--answer-key")):
        if key not in fields:
            raise ConfigError(f"{where}: found no {key!r} among {', '.join(fields)}; name the key with {flag}")
    answer = fields[answer_key]
    return Row(
        line=number,
        gold=_text(fields[gold_key], where, gold_key),
        answer="" if answer is None else _text(answer, where, answer_key),
        fields=fields,
    )


def _text(value: object, where: str, key: str) -> str:
    """A value as the text that stands for it: numbers and truth values as JSON writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return json.dumps(value)
    raise DocumentError(f"{where}: expected a text or number under {key!r}, found {type(value).__name__}")
