"""The miniature's documents and held-out tasks as files: ordinary inputs of ``corpus build`` and of an evaluation.

The presets name them ``builtin:mini``: they are made on first use, below the current folder.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast.corpus import build
from spice_fast.mini.world import draw_document, held_out_chains, state

if TYPE_CHECKING:
    from spice_fast.config import RunConfig

BUILTIN = "builtin:mini"
FOLDER = Path("runs/mini")
DOCUMENTS, HELD_OUT, CORPUS = FOLDER / "documents.jsonl", FOLDER / "held-out.jsonl", FOLDER / "corpus"
NUM_DOCUMENTS = 20_000
DOCUMENT_SEED = 7


def write_documents(path: Path, num_documents: int = NUM_DOCUMENTS) -> None:
    """A JSONL file with one generated document a line under the key ``text``."""
    rng = random.Random(DOCUMENT_SEED)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(num_documents):
            file.write(json.dumps({"text": state(draw_document(rng))}) + "\n")


def write_held_out(path: Path) -> None:
    """A suite of fresh chains that no document states, 200 of each length; the category is the number of unknown cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for chain in held_out_chains():
            row = {
                "question": chain.question,
                "answer": str(chain.total),
                "kind": "integer",
                "category": f"{min(chain.num_unknown_cells, 2)}{'+' if chain.num_unknown_cells >= 2 else ''} unknown cells",
            }
            file.write(json.dumps(row) + "\n")


def with_mini_files(config: RunConfig) -> RunConfig:
    """The configuration with real paths in place of ``builtin:mini``; makes what is missing of these files."""
    if BUILTIN in {source.path for source in (config.corpus, *config.corpus.also)}:
        if not CORPUS.exists():
            write_documents(DOCUMENTS)
            build([DOCUMENTS], CORPUS, min_bytes=0)
        also = tuple(source.model_copy(update={"path": _real_path(source.path)}) for source in config.corpus.also)
        corpus = config.corpus.model_copy(update={"path": _real_path(config.corpus.path), "also": also})
        config = config.model_copy(update={"corpus": corpus})
    if config.evaluation.suite == BUILTIN:
        if not HELD_OUT.exists():
            write_held_out(HELD_OUT)
        config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"suite": str(HELD_OUT)})})
    return config


def _real_path(path: str) -> str:
    return str(CORPUS) if path == BUILTIN else path
