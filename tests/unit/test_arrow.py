"""Record batches: what pyarrow, polars and datasets see is what the readers give, and no text is copied on the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import datasets
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spice_fast import mini
from spice_fast.corpus import Corpus, Sampler, build, pack
from spice_fast.errors import ConfigError, CorpusError

TOKENIZER = Path(mini.__file__).parent / "checkpoint" / "tokenizer.json"
TEXTS = ["Größe 😀. " * 9, "", "one line", *(f"document {n}: " + "a word. " * (7 * n % 90) for n in range(60))]
PLACES = [
    pa.field("path", pa.large_string(), nullable=False),
    pa.field("ordinal", pa.uint32()),
    *(pa.field(name, pa.large_string()) for name in ("id", "source", "url", "license")),
]
TEXT = pa.field("text", pa.large_string(), nullable=False)
DOCUMENTS = pa.schema([pa.field("document", pa.uint64(), nullable=False), TEXT])
PASSAGES = pa.schema(
    [
        *(pa.field(name, pa.uint64(), nullable=False) for name in ("draw", "document", "start", "end")),
        pa.field("num_tokens", pa.uint64()),
        TEXT,
    ]
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arrow")
    (folder / "docs").mkdir()
    (folder / "docs" / "a.txt").write_text("A file that is one document.", encoding="utf-8")
    records = ({"text": text, "id": number, "license": "MIT"} for number, text in enumerate(TEXTS))
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "docs" / "b.jsonl").write_text(lines, encoding="utf-8")
    build([folder / "docs"], folder / "corpus", min_bytes=0)
    return Corpus.open(folder / "corpus")


@pytest.fixture(scope="module")
def sampler(corpus):
    return Sampler(corpus, seed=3, passage_bytes=100)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), threads=st.integers(1, 4))
def test_a_batch_of_documents_is_what_the_reader_reads(corpus, data, threads):
    indices = data.draw(st.lists(st.integers(0, len(corpus) - 1), max_size=30))
    batch = pa.record_batch(corpus.take(indices, threads=threads))
    batch.validate(full=True)
    assert batch.schema == DOCUMENTS
    assert batch["document"].to_pylist() == indices
    assert batch["text"].to_pylist() == corpus.read(indices)


@pytest.mark.parametrize("packed", [False, True])
def test_places_say_of_each_document_what_the_corpus_says_of_it(corpus, tmp_path, packed):
    if packed:
        pack([corpus.folder.parent / "docs"], tmp_path / "packed", min_bytes=0)
        corpus = Corpus.open(tmp_path / "packed")
    indices = [*range(len(corpus)), 3, 0]
    batch = pa.record_batch(corpus.take(indices, places=True))
    assert batch.schema == pa.schema([*DOCUMENTS, *PLACES])
    places = [corpus.document(index) for index in indices]
    for name in ("ordinal", "id", "source", "url", "license"):
        assert batch[name].to_pylist() == [getattr(place, name) for place in places]
    assert batch["path"].to_pylist() == [str(place.path) for place in places]
    assert pa.table(corpus.batches(places=True, rows=9)).slice(0, len(corpus)) == pa.Table.from_batches([batch]).slice(
        0, len(corpus)
    )
    sampler = Sampler(corpus, seed=1, passage_bytes=90)
    batch = pa.record_batch(sampler.take(range(9), places=True))
    assert batch.schema == pa.schema([*PASSAGES, *PLACES])
    assert batch["ordinal"].to_pylist() == [
        corpus.document(passage.document).ordinal for passage in sampler.draw(range(9))
    ]


def test_whole_documents_in_a_batch_are_those_that_are_drawn(corpus):
    sampler = Sampler(corpus, seed=4, whole_documents=True)
    batch = pa.record_batch(sampler.take(range(150)))
    drawn = sampler.draw(range(150))
    for name in ("draw", "document", "start", "end", "num_tokens", "text"):
        assert batch[name].to_pylist() == [getattr(passage, name) for passage in drawn]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draws=st.lists(st.integers(0, 10**6), max_size=30), threads=st.integers(1, 4))
def test_a_batch_of_passages_is_what_the_sampler_draws(sampler, draws, threads):
    batch = pa.record_batch(sampler.take(draws, threads=threads))
    batch.validate(full=True)
    assert batch.schema == PASSAGES
    drawn = sampler.draw(draws)
    for name in ("draw", "document", "start", "end", "num_tokens", "text"):
        assert batch[name].to_pylist() == [getattr(passage, name) for passage in drawn]


def test_tokens_are_counted_where_the_budget_is_in_tokens(corpus):
    sampler = Sampler(corpus, seed=3, passage_tokens=9, tokenizer=TOKENIZER)
    batch = pa.record_batch(sampler.take(range(20)))
    assert batch["num_tokens"].to_pylist() == [passage.num_tokens for passage in sampler.draw(range(20))]


def test_a_corpus_is_an_arrow_stream_of_all_its_documents_as_often_as_it_is_asked(corpus):
    for _ in range(2):
        table = pa.table(corpus)
        assert table.schema == DOCUMENTS
        assert table["text"].to_pylist() == corpus.read(range(len(corpus)))
    assert pa.schema(corpus) == DOCUMENTS
    batches = corpus.batches(start=5, stop=47, rows=10)
    stream = pa.RecordBatchReader.from_stream(batches)
    assert [(len(batch), batch["document"][0].as_py()) for batch in stream] == [
        (10, 5),
        (10, 15),
        (10, 25),
        (10, 35),
        (2, 45),
    ]
    assert [pa.record_batch(batch) for batch in batches] == list(pa.RecordBatchReader.from_stream(batches))


def test_a_share_of_the_draws_is_an_arrow_stream(sampler):
    batches = sampler.batches(start=7, stop=100, rank=2, world=3, rows=8)
    table = pa.table(batches)
    draws = list(range(8, 100, 3))
    assert table.schema == pa.schema(batches) == PASSAGES
    assert table["draw"].to_pylist() == draws
    assert [passage.draw for passage in sampler.iterate(start=7, stop=100, rank=2, world=3)] == draws
    assert pa.Table.from_batches(map(pa.record_batch, batches)) == table
    assert pa.table(sampler.batches(start=5, stop=5)).num_rows == 0
    assert pa.table(sampler.batches())["document"].to_pylist() == [
        p.document for p in sampler.draw(range(len(sampler)))
    ]


def test_shares_of_any_world_cover_the_draws_once(sampler):
    for world in range(1, 6):
        shares = [sampler.share(start=11, stop=64, rank=rank, world=world) for rank in range(world)]
        assert sorted(draw for share in shares for draw in share) == list(range(11, 64))
    assert sampler.share(start=len(sampler) + 3) == range(len(sampler) + 3, 2 * len(sampler))
    assert sampler.share(start=5, stop=6, rank=3, world=4) == range(6, 6, 4)


def test_the_buffer_that_pyarrow_holds_is_the_one_that_was_written(sampler):
    batch = sampler.take(range(50))
    first, second = (pa.record_batch(batch)["text"].buffers()[2].address for _ in range(2))
    assert first == second
    table = pa.table({"text": pa.record_batch(batch)["text"]})
    assert datasets.Dataset(table).data["text"].chunk(0).buffers()[2].address == first


def test_a_consumer_may_ask_for_another_text_type(corpus):
    wanted = pa.schema([DOCUMENTS.field("document"), pa.field("text", pa.string())])
    assert pa.record_batch(corpus.take([1]), schema=wanted).schema.field("text").type == pa.string()
    assert pa.table(corpus, schema=wanted)["text"].to_pylist() == corpus.read(range(len(corpus)))


def test_polars_frames_hold_the_same_rows(corpus, sampler):
    frame = corpus.to_polars()
    assert frame.columns == DOCUMENTS.names
    assert frame["text"].to_list() == corpus.read(range(len(corpus)))
    assert corpus.to_polars([4, 2])["document"].to_list() == [4, 2]
    assert sampler.to_polars(range(5))["draw"].to_list() == [0, 1, 2, 3, 4]
    assert pl.DataFrame(corpus).equals(frame)
    assert pl.DataFrame(sampler.batches(stop=9)).equals(sampler.to_polars(range(9)))


def test_datasets_takes_a_table_of_passages(sampler):
    found = datasets.Dataset(pa.table(sampler.batches(stop=20)))
    assert found["text"][:] == [passage.text for passage in sampler.draw(range(20))]


def test_a_batch_says_what_it_is(corpus, sampler):
    assert repr(corpus.take([1, 2])) == "ArrowBatch(2 rows: document, text)"
    assert len(sampler.take([1, 2, 3])) == 3


@pytest.mark.parametrize(
    "wrong", [{"rows": 0}, {"rank": 2, "world": 2}, {"world": 0}, {"start": 5, "stop": 4}, {"threads": 0}]
)
def test_numbers_out_of_range_are_named(sampler, wrong):
    with pytest.raises(ConfigError, match=r"(rows|rank|world|stop|threads): \d; expected \d to"):
        sampler.batches(**wrong)


def test_documents_and_draws_out_of_range_are_named(corpus, sampler):
    with pytest.raises(IndexError, match="document 99: "):
        corpus.take([0, 99])
    with pytest.raises(IndexError, match="document -1: out of range"):
        corpus.take([-1])
    with pytest.raises(ConfigError, match="draw -1: out of range"):
        sampler.take([-1])
    with pytest.raises(ConfigError, match=f"stop: {len(corpus) + 1}; expected 0 to {len(corpus)}"):
        corpus.batches(stop=len(corpus) + 1)


def test_a_source_that_changed_ends_a_stream_with_our_message(tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text('{"text": "abc"}\n' * 3)
    build([source], tmp_path / "corpus", min_bytes=0)
    corpus = Corpus.open(tmp_path / "corpus")
    source.write_text('{"text": "abd"}\n' * 3)
    with pytest.raises(CorpusError, match="record 1 changed"):
        corpus.take([0])
    with pytest.raises(pa.ArrowInvalid, match="record 1 changed"):
        pa.table(corpus)


def read_without_end(sampler):
    """pyarrow says that the stream broke off; Python says why as soon as it runs again."""
    with contextlib.suppress(pa.ArrowInvalid):
        pa.table(sampler.batches(stop=2**60, rows=16))
    time.sleep(5)


def test_ctrl_c_ends_a_stream_and_the_next_one_is_whole(sampler):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            read_without_end(sampler)
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert pa.table(sampler.batches(stop=50)).num_rows == 50


def test_ctrl_c_inside_a_loop_leaves_the_next_loop_intact(sampler):
    loop = sampler.iterate()
    first = [next(loop) for _ in range(3)]
    with pytest.raises(KeyboardInterrupt):
        [signal.raise_signal(signal.SIGINT) for _ in loop]
    assert [passage for passage, _ in zip(sampler.iterate(), range(3), strict=False)] == first


def test_the_corpus_is_imported_without_numpy_and_what_takes_it():
    script = "import sys, spice_fast.corpus; print(*{'numpy', 'torch', 'pyarrow', 'polars'} & set(sys.modules))"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert finished.stdout == "\n"
