"""``spice-fast corpus build | stats``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from spice_fast.cli.corpus.common import Json, progress_bar
from spice_fast.corpus import Corpus, CorpusFacts, CorpusStats, Sampler
from spice_fast.corpus import build as build_corpus
from spice_fast.corpus.build import MIN_BYTES, TEXT_KEYS

MAX_SHOWN = 10
"""Skipped files that are named on the screen; skipped.json in the corpus names 10,000."""


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
    with progress_bar("reading") as advance:
        facts = build_corpus(
            inputs,
            output,
            text_keys=text_key,
            min_bytes=min_bytes,
            on_error=on_error,
            overwrite=overwrite,
            threads=threads,
            progress=advance,
        )
    print_built(facts, output, json_output=json_output)


def stats(corpus: Path, /, *, locality: int | None = None, json_output: Json = False) -> None:
    """Say what a corpus is made of, and how well its documents are shuffled.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    locality
        Judge the order in windows of 32 stretches of so many neighbouring documents. Default: the global order.
    json_output
        Print one JSON object.
    """
    opened = Corpus.open(corpus)
    found = opened.stats()
    quality = Sampler(opened, seed=0, whole_documents=True, locality=locality).quality()
    if json_output:
        print(json.dumps(asdict(found) | {"shuffle": asdict(quality)}, ensure_ascii=False))
        return
    _print_facts(found)
    print(
        f"shuffle: mix {quality.mix:.3f}, near {quality.near:.4f} (uniform: 1, 0.02), {quality.num_pairs:,} neighbours"
    )


def print_built(facts: CorpusFacts, output: Path, *, json_output: bool) -> None:
    """Says what a corpus that was just made holds."""
    if json_output:
        print(json.dumps(asdict(facts), ensure_ascii=False))
    else:
        _print_facts(facts)
        print(f"hint: spice-fast corpus sample {output} --passage-bytes 2000", file=sys.stderr)


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
