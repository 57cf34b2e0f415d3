"""``spice-fast corpus sample``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from spice_fast.cli.corpus.common import Json, printable_place, tokenizer_file
from spice_fast.corpus import Corpus, Sampler
from spice_fast.errors import ConfigError

DRAWN_TOGETHER = 256
"""Passages held in memory at a time, so that any number may be drawn."""


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
    whole_documents: bool = False,
    keep: tuple[Path, ...] = (),
    locality: int | None = None,
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
    whole_documents
        Whole documents instead of passages.
    keep
        A .keep file: only what it keeps is drawn; repeat it for several.
    locality
        Draw from windows of 32 stretches of so many neighbouring passages. Default: from everywhere.
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
        tokenizer=tokenizer_file(tokenizer),
        passage_bytes=passage_bytes,
        whole_documents=whole_documents,
        keep=keep,
        locality=locality,
    )
    for start in range(first, first + count, DRAWN_TOGETHER):
        for passage in sampler.draw(range(start, min(start + DRAWN_TOGETHER, first + count))):
            where = printable_place(opened.document(passage.document))
            if json_output:
                print(json.dumps(asdict(passage) | {"source": where}, ensure_ascii=False))
            else:
                tokens = "" if passage.num_tokens is None else f", {passage.num_tokens} tokens"
                print(f"--- draw {passage.draw}: {where}, bytes {passage.start} to {passage.end}{tokens}")
                print(passage.text)
