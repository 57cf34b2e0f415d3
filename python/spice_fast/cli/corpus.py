"""``spice-fast corpus build | pack | stats | sample``."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter
from tqdm import tqdm

from spice_fast.corpus import Corpus, CorpusFacts, CorpusStats, Document, Sampler
from spice_fast.corpus import build as build_corpus
from spice_fast.corpus import pack as pack_corpus
from spice_fast.corpus.build import MIN_BYTES, TEXT_KEYS
from spice_fast.corpus.pack import SHARD_BYTES
from spice_fast.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

app = App(name="corpus")
MAX_SHOWN = 10
"""Skipped files that are named on the screen; skipped.json in the corpus names 10,000."""
DRAWN_TOGETHER = 256
"""Passages held in memory at a time, so that any number may be drawn."""
Json = Annotated[bool, Parameter(name="--json", negative=())]


@app.command
def build(
    inputs: list[Path],
    /,
    *,
    output: Path,
    text_key: tuple[str, ...] = TEXT_KEYS,
    min_bytes: int = MIN_BYTES,
    on_error: Literal["stop", "skip"] = "stop",
    overwrite: bool = False,
    threads: int | None = None,
    json_output: Json = False,
) -> None:
    """Build a corpus from files and folders, read in place.

    Parameters
    ----------
    inputs
        Folders and files: .txt .text .md .markdown .rst .jsonl .jsonl.gz .jsonl.zst .parquet.
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
    json_output
        Print one JSON object.
    """
    with _progress_bar() as bar:
        facts = build_corpus(
            inputs,
            output,
            text_keys=text_key,
            min_bytes=min_bytes,
            on_error=on_error,
            overwrite=overwrite,
            threads=threads,
            progress=_advance(bar),
        )
    _print_built(facts, output, json_output)


@app.command
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
        Folders, files and corpora: .txt .text .md .markdown .rst .jsonl .jsonl.gz .jsonl.zst .parquet.
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
    with _progress_bar() as bar:
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
            progress=_advance(bar),
        )
    _print_built(facts, output, json_output)


@app.command
def stats(corpus: Path, /, *, json_output: Json = False) -> None:
    """Say what a corpus is made of.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    json_output
        Print one JSON object.
    """
    found = Corpus.open(corpus).stats()
    if json_output:
        print(json.dumps(asdict(found), ensure_ascii=False))
    else:
        _print_facts(found)


@app.command
def sample(
    corpus: Path,
    /,
    *,
    first: int = 0,
    count: int = 1,
    seed: int = 0,
    passage_tokens: int | None = None,
    tokenizer: Path | None = None,
    passage_bytes: int | None = None,
    json_output: Json = False,
) -> None:
    """Draw passages: draws FIRST to FIRST + COUNT - 1 of a seed, the same on every machine.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    first
        Number of the first draw.
    count
        Number of draws.
    seed
        Seed of the order.
    passage_tokens
        Longest passage in tokens of the tokenizer.
    tokenizer
        A tokenizer.json, or a model folder that holds one.
    passage_bytes
        Longest passage in bytes, instead of tokens.
    json_output
        Print one JSON object a line.
    """
    if first < 0 or count < 1:
        raise ConfigError(f"--first {first} --count {count}: expected a first draw from 0 on, and at least one draw")
    opened = Corpus.open(corpus)
    sampler = Sampler(
        opened,
        seed=seed,
        passage_tokens=passage_tokens,
        tokenizer=tokenizer / "tokenizer.json" if tokenizer and tokenizer.is_dir() else tokenizer,
        passage_bytes=passage_bytes,
    )
    for start in range(first, first + count, DRAWN_TOGETHER):
        for passage in sampler.draw(range(start, min(start + DRAWN_TOGETHER, first + count))):
            where = _spot(opened.document(passage.document))
            if json_output:
                print(json.dumps(asdict(passage) | {"source": where}, ensure_ascii=False))
            else:
                tokens = "" if passage.num_tokens is None else f", {passage.num_tokens} tokens"
                print(f"--- draw {passage.draw}: {where}, bytes {passage.start} to {passage.end}{tokens}")
                print(passage.text)


def _print_built(facts: CorpusFacts, output: Path, json_output: bool) -> None:
    if json_output:
        print(json.dumps(asdict(facts), ensure_ascii=False))
    else:
        _print_facts(facts)
        print(f"hint: spice-fast corpus sample {output} --passage-bytes 2000", file=sys.stderr)


def _spot(document: Document) -> str:
    # A name that is not UTF-8 cannot be printed as it is.
    path = os.fsencode(document.path).decode(errors="replace")
    return path if document.ordinal is None else f"{path}:{document.ordinal}"


def _print_facts(facts: CorpusFacts) -> None:
    print(f"documents: {facts.num_documents:,}")
    print(f"text: {facts.num_bytes:,} bytes")
    for count in facts.formats:
        print(
            f"{count.format}: {count.num_documents:,} documents in {count.num_sources:,} files, {count.num_bytes:,} bytes"
        )
    if isinstance(facts, CorpusStats):
        lengths = ", ".join(f"{percent} %: {num_bytes:,}" for percent, num_bytes in facts.length_percentiles.items())
        print(f"bytes of a document by percentile: {lengths}")
    print(f"dropped as shorter than {facts.min_bytes} bytes or blank: {facts.num_short:,}")
    if facts.num_utf16 or facts.num_windows_1252:
        print(f"not UTF-8: {facts.num_utf16:,} files read as UTF-16, {facts.num_windows_1252:,} as windows-1252")
    print(f"skipped as unreadable: {facts.num_skipped:,}")
    for skipped in facts.skipped[:MAX_SHOWN]:
        print(f"  {skipped.place}: {skipped.reason}")
    if facts.num_skipped > MAX_SHOWN:
        print("  ... (more in skipped.json)")
    print(f"hash: {facts.hash}")


def _progress_bar() -> tqdm[Any]:
    return tqdm(
        unit="B", unit_scale=True, unit_divisor=1024, desc="reading", leave=False, disable=not sys.stderr.isatty()
    )


def _advance(bar: tqdm[Any]) -> Callable[[int, int], None]:
    def advance(done: int, total: int) -> None:
        bar.total = total or None
        bar.update(done - bar.n)

    return advance
