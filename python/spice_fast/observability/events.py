"""Events: one zstd-compressed JSONL file a round, written under a temporary name and renamed, without any clock inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_COMPRESSION_LEVEL = 3


def write_events(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes one round's rows; the file appears whole or not at all. Equal rows give equal bytes."""
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
    body = "".join(encoder.encode(row) + "\n" for row in rows)
    temporary = path.with_name(path.name + ".tmp")
    # Lone surrogates cannot be UTF-8; a tokenizer never decodes to one, a document could.
    temporary.write_bytes(zstandard.compress(body.encode("utf-8", "surrogatepass"), _COMPRESSION_LEVEL))
    temporary.replace(path)


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of one round."""
    body = zstandard.decompress(path.read_bytes()).decode("utf-8", "surrogatepass")
    return (json.loads(line) for line in body.split("\n") if line)
