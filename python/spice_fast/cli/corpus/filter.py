"""``spice-fast corpus filter``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from spice_fast.cli.corpus.common import Json, progress_bar
from spice_fast.corpus import Corpus, filter_documents


def filter_(
    corpus: Path,
    /,
    *,
    where: Annotated[list[str], Parameter(name="--where", negative=())],
    output: Path,
    overwrite: bool = False,
    json_output: Json = False,
) -> None:
    """Write a .keep file of the documents that satisfy every comparison.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    where
        Column, one of < <= = != >= >, and value, such as 'quality >= 0.5' or 'language = en'; repeat it for several.
        `num_bytes` is a document's length.
    output
        The .keep file.
    overwrite
        Replace an older file.
    json_output
        Print one JSON object.
    """
    opened = Corpus.open(corpus)
    with progress_bar("filtering", unit="documents") as advance:
        filtered = filter_documents(opened, where, output, overwrite=overwrite, progress=advance)
    keep = filtered.keep
    if json_output:
        facts = {
            "num_kept": len(keep),
            "num_documents": keep.num_documents,
            "num_without_value": filtered.num_without_value,
            "num_of_other_kind": filtered.num_of_other_kind,
            "hash": keep.hash,
        }
        print(json.dumps(facts))
        return
    print(f"kept: {len(keep):,} of {keep.num_documents:,} documents")
    print(f"dropped without a value: {filtered.num_without_value:,}")
    print(f"dropped as of another kind: {filtered.num_of_other_kind:,}")
    print(f"hash: {keep.hash}")
    print(f"hint: spice-fast corpus sample {corpus} --keep {output} --passage-bytes 2000", file=sys.stderr)
