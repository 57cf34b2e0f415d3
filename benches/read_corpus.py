"""Our side of `bench_corpus.py`: each case opens the corpora that `prepare` wrote and gives one round.

BENCH_CORPUS=folder of corpus.jsonl  BENCH_DATA=folder of formats   python benches/read_corpus.py CASE
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from measure import anonymous_bytes, cpu_s, serve

from spice_fast.corpus import Corpus, Sampler, build, pack

CORPUS = Path(os.environ["BENCH_CORPUS"])
DATA = Path(os.environ["BENCH_DATA"])
BATCH = int(os.environ.get("BENCH_ROWS", "256"))
FOLDER = os.environ.get("BENCH_FOLDER", "raw")
THREADS = int(os.environ.get("BENCH_THREADS", "1"))


def random_ids(count, num_documents, seed=1):
    """The same documents for every side: uniform, with repetitions."""
    draw = random.Random(seed)
    return [draw.randrange(num_documents) for _ in range(count)]


def batches_of(numbers, rows=BATCH):
    return [numbers[first : first + rows] for first in range(0, len(numbers), rows)]


def prepare():
    """Indexes the JSONL in place, and packs it raw and compressed; what is there stays."""
    source = [CORPUS / "corpus.jsonl"]
    if not (DATA / "in_place").exists():
        build(source, DATA / "in_place", min_bytes=0)
    for codec in ("raw", "zstd"):
        if not (DATA / codec).exists():
            pack(source, DATA / codec, min_bytes=0, codec=codec)
    return lambda: 1


def arrow():
    """Random documents as Arrow record batches, 256 a call, imported by pyarrow."""
    import pyarrow as pa

    corpus = Corpus.open(DATA / FOLDER)
    batches = batches_of(random_ids(40_000, len(corpus)))

    def one_round():
        rows = sum(pa.record_batch(corpus.take(batch, threads=THREADS)).num_rows for batch in batches)
        assert rows == 40_000
        return rows

    one_round()
    return one_round


def strings():
    """Random documents as Python strings, 256 a call."""
    corpus = Corpus.open(DATA / FOLDER)
    batches = batches_of(random_ids(40_000, len(corpus)))

    def one_round():
        size = sum(sum(map(len, corpus.read(batch, threads=THREADS))) for batch in batches)
        assert size > 0
        return 40_000

    one_round()
    return one_round


def _sampler():
    return Sampler(Corpus.open(DATA / FOLDER), seed=1, whole_documents=True)


def stream():
    """Every document once in the sampler's global order, as Arrow record batches of 256."""
    import pyarrow as pa

    sampler = _sampler()

    def one_round():
        batches = pa.RecordBatchReader.from_stream(sampler.batches(rows=BATCH, threads=THREADS))
        rows = sum(batch.num_rows for batch in batches)
        assert rows == len(sampler)
        return rows

    one_round()
    return one_round


def stream_passages():
    """The same as a loop over Passage records, text and all."""
    sampler = _sampler()

    def one_round():
        taken = 0
        for passage in sampler.iterate(threads=THREADS):
            assert passage.text
            taken += 1
        return taken

    one_round()
    return one_round


def resume():
    """Stops after 20,000 of an epoch, goes on in a fresh process's place: 64 bytes; then the same in a world of two and of five."""
    sampler = _sampler()
    whole = [passage.document for passage in sampler.iterate(threads=THREADS)]

    def one_round():
        seen = [passage.document for passage in sampler.iterate(stop=20_000, threads=THREADS)]
        state = sampler.state(20_000)
        start = time.perf_counter()
        second = _sampler()
        rest = second.iterate(start=second.resume(state), threads=THREADS)
        seen.append(next(rest).document)
        first_s = time.perf_counter() - start
        seen.extend(passage.document for passage in rest)
        same = 0
        for world in (2, 5):
            # Step by step: the ranks' shares of a step together are the next documents of the one order.
            ranks = [list(second.iterate(start=20_000, stop=21_000, rank=rank, world=world)) for rank in range(world)]
            steps = [ranks[at % world][at // world].document for at in range(1_000)]
            same += steps == whole[20_000:21_000]
        return {
            "units": len(seen),
            "lost": len(whole) - len(set(seen)),
            "twice": len(seen) - len(set(seen)),
            "exact": seen == whole,
            "worlds_equal": same == 2,
            "first_s": first_s,
            "state_bytes": len(state),
        }

    return one_round


def memory():
    """Reads the corpus at BENCH_MEMORY: a stream of its documents in the global order; what the process holds itself."""
    sampler = Sampler(Corpus.open(os.environ["BENCH_MEMORY"]), seed=1, whole_documents=True)

    def one_round():
        rows, most = 0, 0
        for batch in sampler.batches(stop=min(len(sampler), 200_000), rows=BATCH, threads=THREADS):
            rows += len(batch)
            most = max(most, anonymous_bytes())
        return {"units": rows, "anonymous_bytes": most}

    return one_round


def import_time():
    """CPU seconds of ``import spice_fast.corpus`` in a fresh interpreter beyond an empty one's, each the best of 5."""

    def best(statement):
        seconds = []
        for _ in range(5):
            start = cpu_s()
            subprocess.run([sys.executable, "-c", statement], check=True)
            seconds.append(cpu_s() - start)
        return min(seconds)

    return lambda: {"units": 1, "import_s": best("import spice_fast.corpus") - best("pass")}


if __name__ == "__main__":
    cases = (prepare, arrow, strings, stream, stream_passages, resume, memory, import_time)
    serve({case.__name__: case for case in cases})
