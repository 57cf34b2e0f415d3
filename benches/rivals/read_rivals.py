"""The rivals' side of `bench_corpus.py`: each case opens a format that `prepare` wrote and gives one round. Runs in their environment.

BENCH_CORPUS=folder of corpus.jsonl  BENCH_DATA=folder of formats   python benches/rivals/read.py CASE
"""

from __future__ import annotations

import json
import mmap
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measure import serve

CORPUS = Path(os.environ["BENCH_CORPUS"])
DATA = Path(os.environ["BENCH_DATA"])
SHARDS = 8
BATCH = 256


def documents():
    """``(id, source, text)`` of every document in file order."""
    with (CORPUS / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["id"], row["source"], row["text"]


def random_ids(count, num_documents):
    """The same documents for every side: uniform, with repetitions."""
    draw = random.Random(1)
    return [draw.randrange(num_documents) for _ in range(count)]


# -- formats ----------------------------------------------------------------------------------------------------------


def prepare():
    """Writes what is missing: one text blob with offsets, HF datasets' Arrow files, Parquet with 1,000 rows a group."""
    import datasets
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    datasets.disable_progress_bars()
    DATA.mkdir(parents=True, exist_ok=True)
    if not (DATA / "blob.idx.npy").exists():
        offsets = [0]
        with (DATA / "blob.bin").open("wb") as blob:
            for _, _, text in documents():
                offsets.append(offsets[-1] + blob.write(text.encode()))
        np.save(DATA / "blob.idx.npy", np.array(offsets, np.uint64))
    if not (DATA / "hf_arrow" / "state.json").exists() or not (DATA / "parquet_1000").exists():
        ids, sources, texts = zip(*documents(), strict=True)
        table = pa.table({"id": pa.array(ids), "source": pa.array(sources), "text": pa.array(texts, pa.large_string())})
        datasets.Dataset(table).save_to_disk(str(DATA / "hf_arrow"), num_shards=SHARDS)
        (DATA / "parquet_1000").mkdir(exist_ok=True)
        rows = -(-len(table) // SHARDS)
        for shard in range(SHARDS):
            part = table.slice(shard * rows, rows)
            path = DATA / "parquet_1000" / f"{shard}.parquet"
            pq.write_table(part, path, row_group_size=1000, compression="zstd", compression_level=3)
    return lambda: 1


def prepare_grain():
    """Writes ArrayRecord files, which grain reads."""
    from array_record.python import array_record_module

    folder = DATA / "array_record"
    if not folder.exists():
        folder.mkdir(parents=True)
        texts = [text.encode() for _, _, text in documents()]
        rows = -(-len(texts) // SHARDS)
        for shard in range(SHARDS):
            writer = array_record_module.ArrayRecordWriter(str(folder / f"{shard}.ar"), "group_size:1")
            for text in texts[shard * rows : (shard + 1) * rows]:
                writer.write(text)
            writer.close()
    return lambda: 1


# -- reading ----------------------------------------------------------------------------------------------------------


def blob():
    """The plainest thing that works: a mapped file of text, and where each document is."""
    import numpy as np

    offsets = np.load(DATA / "blob.idx.npy").tolist()
    with (DATA / "blob.bin").open("rb") as file:
        text = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    ids = random_ids(40_000, len(offsets) - 1)

    def one_round():
        size = 0
        for i in ids:
            size += len(text[offsets[i] : offsets[i + 1]].decode())
        assert size > 0
        return len(ids)

    one_round()
    return one_round


def _hf():
    import datasets

    datasets.disable_progress_bars()
    return datasets.load_from_disk(str(DATA / "hf_arrow")).select_columns(["text"])


def hf_str():
    """HF datasets, map-style, 256 documents a call, as Python strings."""
    found = _hf()
    ids = random_ids(20_000, len(found))

    def one_round():
        size = 0
        for first in range(0, len(ids), BATCH):
            size += sum(map(len, found[ids[first : first + BATCH]]["text"]))
        assert size > 0
        return len(ids)

    one_round()
    return one_round


def hf_arrow():
    """HF datasets, map-style, 256 documents a call, as Arrow tables."""
    found = _hf().with_format("arrow")
    ids = random_ids(20_000, len(found))

    def one_round():
        rows = sum(len(found[ids[first : first + BATCH]]) for first in range(0, len(ids), BATCH))
        assert rows == len(ids)
        return len(ids)

    one_round()
    return one_round


def hf_shuffle():
    """HF datasets, map-style, ``shuffle`` and a loop: an exact global shuffle."""
    shuffled = _hf().shuffle(seed=1, keep_in_memory=True)

    def one_round():
        taken = 0
        for row in shuffled:
            assert row["text"]
            taken += 1
            if taken == 10_000:
                return taken
        return taken

    one_round()
    return one_round


def grain_shuffle():
    """grain, ``MapDataset.shuffle`` over ArrayRecord, without threads of its own."""
    import grain

    files = sorted(map(str, (DATA / "array_record").glob("*.ar")))
    options = grain.ReadOptions(num_threads=0, prefetch_buffer_size=0)
    source = grain.sources.ArrayRecordDataSource(files)

    def one_round():
        taken = 0
        for text in grain.MapDataset.source(source).seed(1).shuffle().to_iter_dataset(options):
            assert text.decode()
            taken += 1
            if taken == 10_000:
                return taken
        return taken

    one_round()
    return one_round


def hf_resume():
    """HF streaming with a shuffle buffer: 20,000 documents, ``state_dict``, a fresh object, the rest."""
    import datasets

    datasets.disable_progress_bars()
    files = sorted(map(str, (DATA / "parquet_1000").glob("*.parquet")))

    def make():
        found = datasets.load_dataset("parquet", data_files=files, split="train", streaming=True)
        return found.shuffle(seed=1, buffer_size=1000)

    def one_round():
        first, seen = make(), []
        for row in first:
            seen.append(row["id"])
            if len(seen) == 20_000:
                break
        state = first.state_dict()
        second = make()
        start = time.perf_counter()
        second.load_state_dict(state)
        rest = iter(second)
        seen.append(next(rest)["id"])
        first_s = time.perf_counter() - start
        seen.extend(row["id"] for row in rest)
        total = len(random_access_ids())
        return {
            "units": len(seen),
            "lost": total - len(set(seen)),
            "twice": len(seen) - len(set(seen)),
            "first_s": first_s,
            "state_bytes": len(json.dumps(state, default=str)),
        }

    return one_round


def random_access_ids():
    """All ids, which are counted from 0."""
    return range(json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))["docs"])


if __name__ == "__main__":
    serve(
        {
            case.__name__: case
            for case in (prepare, prepare_grain, blob, hf_str, hf_arrow, hf_shuffle, grain_shuffle, hf_resume)
        }
    )
