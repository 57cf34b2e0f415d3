"""``spice-fast corpus pack``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from spice_fast.cli.corpus.build import print_built
from spice_fast.cli.corpus.common import Json, progress_bar
from spice_fast.corpus import pack as pack_corpus
from spice_fast.corpus.build import MIN_BYTES, TEXT_KEYS
from spice_fast.corpus.pack import SHARD_BYTES


def pack(
    inputs: list[Path],
    /,
    *,
    output: Path,
    text_key: tuple[str, ...] = TEXT_KEYS,
    min_bytes: int = MIN_BYTES,
    on_error: Literal["stop", "skip"] = "stop",
    overwrite: bool = False,
    threads: int | None = None,
    codec: Literal["zstd", "raw"] = "zstd",
    shard_bytes: int = SHARD_BYTES,
    json_output: Json = False,
) -> None:
    """Pack files, folders and corpora into shards: read once, then drawn from without the sources.

    Stopped or killed, it goes on behind the last finished shard when called again.

    Parameters
    ----------
    inputs
        Folders, files, corpora and s3:// prefixes: .txt .text .md .markdown .rst .jsonl .jsonl.gz .jsonl.zst .parquet.
    output
        Folder of the corpus.
    text_key
        JSON key or Parquet column that may hold the text; repeat it for several, best first.
    min_bytes
        Drop shorter documents.
    on_error
        What to do with a file or record that cannot be read: stop, or skip and count it.
    overwrite
        Replace an older corpus.
    threads
        Threads at most. Default: all cores.
    codec
        Compressed blocks, or raw text for random reading at the speed of memory.
    shard_bytes
        Text of a shard in bytes.
    json_output
        Print one JSON object.
    """
    with progress_bar("reading") as advance:
        facts = pack_corpus(
            inputs,
            output,
            text_keys=text_key,
            min_bytes=min_bytes,
            on_error=on_error,
            overwrite=overwrite,
            threads=threads,
            codec=codec,
            shard_bytes=shard_bytes,
            progress=advance,
        )
    print_built(facts, output, json_output=json_output)
