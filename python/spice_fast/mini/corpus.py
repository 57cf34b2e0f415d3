"""The miniature's documents and held-out tasks as files: ordinary inputs of ``corpus build`` and of an evaluation."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from spice_fast.mini.world import draw_document, held_out_chains, state

if TYPE_CHECKING:
    from pathlib import Path

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
    """A suite of fresh chains that no document states, 150 of each length; the category is the number of unknown cells."""
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
