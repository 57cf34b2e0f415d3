"""Our side of `bench_store.py`, and plain zstd beside it: each case prepares and gives one round.

BENCH_CORPUS=folder of corpus.jsonl  BENCH_DATA=folder of formats   python benches/read_store.py CASE
"""

from __future__ import annotations

import gc
import os
import shutil

from cold_files import delivered, drop
from measure import serve
from read_corpus import CORPUS, DATA, batches_of, prepare, random_ids

from spice_fast.corpus import Corpus, pack

COLD = 400


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
