"""``spice-fast corpus export``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from spice_fast.cli.corpus.common import Json, progress_bar
from spice_fast.corpus import Corpus
from spice_fast.corpus import export as export_corpus
from spice_fast.corpus.export import FILE_BYTES


def export(
    corpus: Path,
    /,
    *,
    output: Path,
    file_bytes: int = FILE_BYTES,
    threads: int | None = None,
    json_output: Json = False,
) -> None:
    """Write a corpus as Parquet files; called again after a stop, it writes what is missing.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    output
        Folder of the files.
    file_bytes
        Text of a file in bytes, at most.
    threads
        Threads that read, at most. Default: all cores.
    json_output
        Print one JSON object.
    """
    with progress_bar("writing") as advance:
        written = export_corpus(Corpus.open(corpus), output, file_bytes=file_bytes, threads=threads, progress=advance)
    if json_output:
        print(json.dumps(asdict(written) | {"files": [str(file) for file in written.files]}, ensure_ascii=False))
        return
    for file in written.files:
        print(file)
    resumed = f", {written.num_resumed} of them written before" if written.num_resumed else ""
    print(f"{written.num_documents:,} documents in {len(written.files)} files{resumed}", file=sys.stderr)
