"""Lance beside our shards, in the rivals' environment: each case prepares and gives one round.

BENCH_CORPUS=folder of corpus.jsonl  BENCH_DATA=folder of formats   python benches/rivals/store_rivals.py CASE
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cold_files import delivered, drop
from measure import serve

CORPUS = Path(os.environ["BENCH_CORPUS"])
DATA = Path(os.environ["BENCH_DATA"])
DATASET = DATA / "lance" / "c.lance"
BATCH = 256
COLD = 400
SHARDS = 8


def random_ids(count, num_documents, seed=1):
    draw = random.Random(seed)
    return [draw.randrange(num_documents) for _ in range(count)]


def prepare():
    """Writes the data set with lance's own defaults, if it is not there."""
    import lance
    import pyarrow as pa

    if not DATASET.exists():
        with (CORPUS / "corpus.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        columns = {
            "id": pa.array([row["id"] for row in rows], pa.int64()),
            "source": pa.array([row["source"] for row in rows], pa.string()),
            "text": pa.array([row["text"] for row in rows], pa.large_string()),
        }
        lance.write_dataset(pa.table(columns), str(DATASET), max_rows_per_file=len(rows) // SHARDS + 1)
    return lambda: 1


def batches():
    """Random documents, 256 a call, as an Arrow table."""
    import lance

    dataset = lance.dataset(str(DATASET))
    ids = random_ids(20_000, dataset.count_rows())
    ids = [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]

    def one_round():
        return sum(dataset.take(batch, columns=["text"]).num_rows for batch in ids)

    one_round()
    return one_round


def cold():
    """Bytes that the disk delivers per document, one at a time, after the files were dropped from memory."""
    import lance

    seeds = iter(range(100, 200))

    def one_round():
        gc.collect()
        drop(DATASET)
        before = delivered()
        dataset = lance.dataset(str(DATASET))
        ids = random_ids(COLD, dataset.count_rows(), next(seeds))
        opened = delivered() - before
        texts = (dataset.take([index], columns=["text"]).column(0)[0].as_py() for index in ids)
        size = sum(len(text.encode()) for text in texts)
        return {"units": COLD, "open_bytes": opened, "disk_bytes": delivered() - before - opened, "text_bytes": size}

    return one_round


if __name__ == "__main__":
    serve({case.__name__: case for case in (prepare, batches, cold)})
