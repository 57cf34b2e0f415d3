"""``spice-fast corpus verify``."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from spice_fast.cli.corpus.common import Json, progress_bar
from spice_fast.corpus import verify as verify_corpus


def verify(corpus: Path, /, *, threads: int | None = None, json_output: Json = False) -> None:
    """Look at every byte of a corpus and name what is damaged; exits with 1 if anything is.

    Parameters
    ----------
    corpus
        Folder that `corpus build` or `corpus pack` wrote.
    threads
        Threads at most. Default: all cores.
    json_output
        Print one JSON object.
    """
    with progress_bar("verifying") as advance:
        found = verify_corpus(corpus, threads=threads, progress=advance)
    if json_output:
        print(json.dumps(asdict(found) | {"is_intact": not found.damage}, default=str, ensure_ascii=False))
    else:
        print(f"documents: {found.num_documents:,}")
        print(f"text: {found.num_bytes:,} bytes")
        print(f"damage: {len(found.damage):,}")
        for one in found.damage:
            path = os.fsencode(one.path).decode(errors="replace")
            documents = "" if one.first_document is None else f", documents {one.first_document} to {one.last_document}"
            print(f"  {path}: {one.reason}{documents}")
    if found.damage:
        sys.exit(1)
