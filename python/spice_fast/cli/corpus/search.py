"""``spice-fast corpus index | search``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from spice_fast.cli.corpus.common import Json, printable_place, progress_bar
from spice_fast.corpus import Corpus, SearchIndex
from spice_fast.corpus.search import MEMORY_BYTES
from spice_fast.errors import ConfigError


def index(
    corpus: Path,
    /,
    *,
    folder: Path | None = None,
    positions: bool = False,
    memory_mb: int = MEMORY_BYTES >> 20,
    threads: int | None = None,
    json_output: Json = False,
) -> None:
    """Build the index that `corpus search` reads, or what is missing of it.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    folder
        Folder of the index. Default: beside the corpus, under its name and `.index`.
    positions
        Keep the places of words too, for phrases in double quotes; about three times as large.
    memory_mb
        Memory of all threads together in MiB.
    threads
        Threads at most. Default: all cores.
    json_output
        Print one JSON object.
    """
    opened = Corpus.open(corpus)
    with progress_bar("indexing") as advance:
        SearchIndex.build(
            opened,
            folder,
            positions=positions,
            memory_bytes=memory_mb << 20,
            threads=threads,
            progress=advance,
        )
    if json_output:
        print(json.dumps({"num_documents": len(opened), "num_bytes": opened.num_bytes, "positions": positions}))
    else:
        print(f"documents: {len(opened):,}")
        print(f"hint: spice-fast corpus search {corpus} 'WORDS'", file=sys.stderr)


def search(
    corpus: Path,
    query: str | None = None,
    /,
    *,
    like: int | None = None,
    limit: int = 10,
    folder: Path | None = None,
    keep: Path | None = None,
    keep_limit: int | None = None,
    overwrite: bool = False,
    json_output: Json = False,
) -> None:
    """Find the best documents for a query (BM25); builds the index the first time.

    Parameters
    ----------
    corpus
        Folder that `corpus build` wrote.
    query
        Words, any of which will do: +word must be there, -word must not.
    like
        Number of a document: find those most like it, instead of a query.
    limit
        Documents shown.
    folder
        Folder of the index. Default: beside the corpus, under its name and `.index`.
    keep
        Also write a keep file of the documents that match, to draw from them alone.
    keep_limit
        Keep the best so many. Default: all that match.
    overwrite
        Replace an older keep file.
    json_output
        Print one JSON object a line.
    """
    if (query is None) == (like is None) or (keep is not None and query is None):
        raise ConfigError("search needs a query or --like, and --keep a query")
    opened = Corpus.open(corpus)
    place = Path(f"{opened.folder}.index") if folder is None else folder
    if (place / "index.json").exists():
        found = SearchIndex(opened, folder)
    else:
        with progress_bar("indexing") as advance:
            found = SearchIndex.build(opened, folder, progress=advance)
    hits = found.search(query, limit=limit) if query is not None else found.like(like or 0, limit=limit)
    for hit in hits:
        where = printable_place(opened.document(hit.document))
        text = found.snippet(hit.document, query or "").text
        if json_output:
            line = {"document": hit.document, "score": hit.score, "place": where, "snippet": text}
            print(json.dumps(line, ensure_ascii=False))
        else:
            print(f"--- document {hit.document}, score {hit.score:.2f}: {where}")
            print(" ".join(text.split()))
    if keep is not None and query is not None:
        kept = found.keep(query, keep, limit=keep_limit, overwrite=overwrite)
        print(f"keep file: {keep}, {len(kept):,} documents", file=sys.stderr)
