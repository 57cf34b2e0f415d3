"""Chunks of texts and corpora through the typed face."""

from __future__ import annotations

import json
import pickle
import time

import pytest

from spice_fast.corpus import Corpus, TokenCounter, build, chunk
from spice_fast.errors import ConfigError, MissingFileError

TEXTS = ["First line.\nSecond, longer line of words.\n\nA paragraph. ", "Größe 日本語。" * 9, "", "x" * 90]


@pytest.fixture
def corpus(tmp_path) -> Corpus:
    lines = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS if text)
    (tmp_path / "a.jsonl").write_text(lines)
    build([tmp_path / "a.jsonl"], tmp_path / "corpus", min_bytes=0)
    return Corpus.open(tmp_path / "corpus")


def test_chunks_of_several_texts_are_those_of_each():
    together = chunk(TEXTS, max_chars=20)
    alone = [(n, *row) for n, text in enumerate(TEXTS) for row in zip(*spans(text), strict=True)]
    columns = (together.document.tolist(), together.start.tolist(), together.end.tolist())
    assert list(zip(*columns, strict=True)) == alone
    assert "".join(together.texts(TEXTS)) == "".join(TEXTS)
    assert all(len(piece) <= 20 for piece in together.texts(TEXTS))
    assert together.num_tokens is None


def spans(text: str) -> tuple[list[int], list[int]]:
    chunks = chunk(text, max_chars=20)
    return chunks.start.tolist(), chunks.end.tolist()


def test_chunks_of_a_corpus_are_those_of_its_texts(corpus):
    for threads in (1, 3):
        whole = chunk(corpus, max_bytes=30, threads=threads)
        assert list(whole.texts(corpus)) == list(
            chunk([t for t in TEXTS if t], max_bytes=30).texts([t for t in TEXTS if t])
        )
    part = chunk(corpus, max_bytes=30, documents=[2, 0])
    assert list(dict.fromkeys(part.document.tolist())) == [2, 0]
    with pytest.raises(IndexError):
        chunk(corpus, max_bytes=30, documents=[3])


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"max_chars": 1, "max_bytes": 9},
        {"max_tokens": 9},
        {"max_chars": 0},
        {"max_bytes": 3},
        {"tokenizer": "a.json"},
    ],
)
def test_a_chunk_needs_one_limit(arguments):
    with pytest.raises(ConfigError):
        chunk("text", **arguments)


def test_documents_are_of_corpora():
    with pytest.raises(ConfigError, match="documents"):
        chunk(["text"], max_chars=9, documents=[0])


def test_a_missing_tokenizer_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"none\.json"):
        chunk("text", max_tokens=9, tokenizer=tmp_path / "none.json")


def test_a_tokenizer_is_opened_once_and_survives_pickling():
    from spice_fast.mini import checkpoint

    counter = TokenCounter(f"{checkpoint.__file__.removesuffix('.py')}/tokenizer.json")
    again = pickle.loads(pickle.dumps(counter))
    assert [ids.tolist() for ids in again.encode(["a b", ""])] == [ids.tolist() for ids in counter.encode(["a b", ""])]


@pytest.mark.parametrize("letters", ["word and ", "x", " ", "é"])
def test_time_is_linear_in_one_long_line(letters):
    def seconds(num_bytes: int) -> float:
        text = letters * (num_bytes // len(letters.encode()))
        start = time.process_time()
        chunk(text, max_chars=2_000, threads=1)
        return time.process_time() - start

    short = min(seconds(2_000_000) for _ in range(3))
    assert seconds(20_000_000) < 40 * max(short, 0.001)
