"""``spice-fast corpus dedup | decontaminate``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast.cli.corpus.common import Json, progress_bar
from spice_fast.corpus import Benchmark, Corpus, FilterReport
from spice_fast.corpus import decontaminate as decontaminate_corpus
from spice_fast.corpus import dedup as dedup_corpus
from spice_fast.corpus.build import TEXT_KEYS
from spice_fast.corpus.filter import RUN_WORDS, SIMILARITY

if TYPE_CHECKING:
    from collections.abc import Callable


def dedup(
    corpus: Path,
    /,
    *,
    output: Path,
    similarity: float = SIMILARITY,
    exact_only: bool = False,
    overwrite: bool = False,
    threads: int | None = None,
    json_output: Json = False,
) -> None:
    """Find copies; of each group the first document is kept. Writes dedup.keep, and dedup.jsonl with the reasons.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    output
        Folder for the results; a run that was stopped goes on from what lies there.
    similarity
        Share of runs of five words in common from which on documents are copies.
    exact_only
        Only documents whose texts are equal byte for byte.
    overwrite
        Replace the results of an older run.
    threads
        Threads at most. Default: all cores.
    json_output
        Print one JSON object.
    """
    limit = None if exact_only else similarity
    _run(
        lambda progress: dedup_corpus(
            Corpus.open(corpus), output, similarity=limit, threads=threads, overwrite=overwrite, progress=progress
        ),
        json_output=json_output,
    )


def decontaminate(
    corpus: Path,
    /,
    *,
    benchmark: list[Path],
    output: Path,
    text_key: tuple[str, ...] = TEXT_KEYS,
    run_words: int = RUN_WORDS,
    overwrite: bool = False,
    threads: int | None = None,
    json_output: Json = False,
) -> None:
    """Find documents that hold a piece of a benchmark. Writes decontaminate.keep, and decontaminate.jsonl with the reasons.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    benchmark
        Files or folders of the benchmark: JSONL, Parquet, text; repeat it for several.
    output
        Folder for the results; a run that was stopped goes on from what lies there.
    text_key
        JSON key or Parquet column of the benchmark that may hold the text; repeat it for several, best first.
    run_words
        Words in a row that count as a piece.
    overwrite
        Replace the results of an older run.
    threads
        Threads at most. Default: all cores.
    json_output
        Print one JSON object.
    """
    runs = Benchmark.read(benchmark, text_keys=text_key, run_words=run_words)
    if runs.num_short:
        print(
            f"benchmark: {runs.num_short:,} of {len(runs):,} items have fewer than {run_words} words", file=sys.stderr
        )
    _run(
        lambda progress: decontaminate_corpus(
            Corpus.open(corpus), output, runs, threads=threads, overwrite=overwrite, progress=progress
        ),
        json_output=json_output,
    )


def _run(work: Callable[[Callable[[int, int], None]], FilterReport], *, json_output: bool) -> None:
    with progress_bar("reading") as advance:
        report = work(advance)
    if json_output:
        print(json.dumps(asdict(report) | {"keep": str(report.keep), "reasons": str(report.reasons)}))
        return
    print(f"documents: {report.num_documents:,}")
    print(f"kept: {report.num_kept:,}")
    dropped = report.num_documents - report.num_kept
    print(f"left out: {dropped:,} with {report.num_dropped_bytes:,} bytes, {report.num_exact:,} of them exact copies")
    print(f"keep file: {report.keep}")
    print(f"reasons: {report.reasons}")
    print(f"hint: spice-fast corpus sample CORPUS --keep {report.keep} --passage-bytes 2000", file=sys.stderr)
