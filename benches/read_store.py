"""Our side of `bench_store.py`, and plain zstd beside it: each case prepares and gives one round.

BENCH_CORPUS=folder of corpus.jsonl  BENCH_DATA=folder of formats   python benches/read_store.py CASE
"""

from __future__ import annotations

import gc
import os
import random
import shutil
from pathlib import Path

from cold_files import delivered, drop
from measure import serve

from spice_fast.corpus import Corpus, build, pack

CORPUS = Path(os.environ["BENCH_CORPUS"])
DATA = Path(os.environ["BENCH_DATA"])
BATCH = 256
COLD = 400


def random_ids(count, num_documents, seed=1):
    """The same documents for every side: uniform, with repetitions."""
    draw = random.Random(seed)
    return [draw.randrange(num_documents) for _ in range(count)]


def batches_of(numbers, rows=BATCH):
    return [numbers[first : first + rows] for first in range(0, len(numbers), rows)]


def prepare():
    """Packs the corpus, and indexes it in place; what is there stays."""
    source = [CORPUS / "corpus.jsonl"]
    if not (DATA / "in_place").exists():
        build(source, DATA / "in_place", min_bytes=0)
    for codec in ("raw", "zstd"):
        if not (DATA / codec).exists():
            pack(source, DATA / codec, min_bytes=0, codec=codec)
    return lambda: 1


def packing():
    """JSONL to shards on one thread: parsing, hashing, compressing, writing; bytes of the JSONL are the units."""
    source, output = CORPUS / "corpus.jsonl", DATA / "bench_pack"

    def one_round():
        pack([source], output, min_bytes=0, threads=1, overwrite=True)
        return source.stat().st_size

    one_round()
    return one_round


def zstd():
    """The same bytes through plain zstd at level 3, file to file."""
    import zstandard

    source, output = CORPUS / "corpus.jsonl", DATA / "bench_plain.zst"

    def one_round():
        with source.open("rb") as read, output.open("wb") as write:
            zstandard.ZstdCompressor(level=3).copy_stream(read, write)
            write.flush()
            os.fsync(write.fileno())
        return source.stat().st_size

    one_round()
    return one_round


def batches():
    """Random documents of compressed shards as Arrow record batches, 256 a call."""
    import pyarrow as pa

    corpus = Corpus.open(DATA / "zstd")
    ids = batches_of(random_ids(20_000, len(corpus)))

    def one_round():
        return sum(pa.record_batch(corpus.take(batch, threads=1)).num_rows for batch in ids)

    one_round()
    return one_round


def strings():
    """The same as Python strings."""
    corpus = Corpus.open(DATA / "zstd")
    ids = batches_of(random_ids(20_000, len(corpus)))

    def one_round():
        return sum(len(corpus.read(batch, threads=1)) for batch in ids)

    one_round()
    return one_round


def windowed():
    """Documents of random windows of 64 neighbours: what the sampler's locality dial asks for."""
    corpus = Corpus.open(DATA / "zstd")
    starts = random_ids(400, len(corpus) - 64)

    def one_round():
        return sum(len(corpus.read(range(first, first + 64), threads=1)) for first in starts)

    one_round()
    return one_round


def cold():
    """Bytes that the disk delivers per document, one at a time, after the files were dropped from memory."""
    seeds = iter(range(100, 200))

    def one_round():
        gc.collect()
        drop(DATA / "zstd")
        before = delivered()
        corpus = Corpus.open(DATA / "zstd")
        opened = delivered() - before
        size = sum(
            len(corpus.read([index], threads=1)[0].encode()) for index in random_ids(COLD, len(corpus), next(seeds))
        )
        return {"units": COLD, "open_bytes": opened, "disk_bytes": delivered() - before - opened, "text_bytes": size}

    return one_round


def clean():
    """Removes what the packing cases wrote."""
    shutil.rmtree(DATA / "bench_pack", ignore_errors=True)
    (DATA / "bench_plain.zst").unlink(missing_ok=True)
    return lambda: 1


if __name__ == "__main__":
    cases = (prepare, packing, zstd, batches, strings, windowed, cold, clean)
    serve({case.__name__: case for case in cases})
