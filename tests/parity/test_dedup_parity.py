"""Copies and benchmark pieces are those of the naive Python version, for any number of threads."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import naive_dedup
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spice_fast.corpus import Benchmark, Corpus, build, decontaminate, dedup, minhash

WORDS = "the river of stone walked on and was it light Größe 日本語 x1 a_b".split()
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
shouted = st.tuples(sentences, st.sampled_from([str.lower, str.upper, lambda text: text.replace(" ", ",\n")]))
pieces = st.lists(shouted.map(lambda pair: pair[1](pair[0])), min_size=1, max_size=4).map(". ".join)


def corpus_of(folder: str, texts: list[str]) -> Corpus:
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    Path(folder, "a.jsonl").write_text(lines, encoding="utf-8")
    build([Path(folder, "a.jsonl")], Path(folder, "corpus"), min_bytes=0)
    return Corpus.open(Path(folder, "corpus"))


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(pieces, min_size=1, max_size=6),
    copies=st.lists(st.integers(0, 5), max_size=4),
    threads=st.integers(1, 3),
)
def test_exact_copies_are_equal(texts, copies, threads):
    texts = texts + [texts[number % len(texts)] for number in copies]
    with tempfile.TemporaryDirectory() as folder:
        report = dedup(
            corpus_of(folder, texts), Path(folder, "out"), similarity=None, shard_documents=3, threads=threads
        )
        found = {line["document"]: line["partner"] for line in lines_of(report.reasons)}
    expected = {number: first for number, first in enumerate(naive_dedup.partners(texts, None)) if first != number}
    assert found == expected
    assert report.num_exact == len(expected)
    assert report.num_kept == len(texts) - len(expected)


def test_near_copies_are_those_of_comparing_every_pair(tmp_path):
    # Similarities far from the limit, so that the estimate decides as the exact share does.
    prose = [" ".join(f"{topic}{number}" for number in range(200)) for topic in "abcdef"]
    texts = [
        *prose,
        prose[1] + " and an end",
        "A beginning. " + prose[1].upper(),
        prose[2].replace(" ", ", "),
        " ".join(prose[3].split()[:100]),
        prose[4] + " " + prose[5],
        prose[0],
    ]
    corpus = corpus_of(str(tmp_path), texts)
    expected = {number: first for number, first in enumerate(naive_dedup.partners(texts, 0.8)) if first != number}
    results = []
    for threads, shard_documents in [(1, 100), (2, 5), (3, 1)]:
        report = dedup(corpus, tmp_path / f"out{threads}", threads=threads, shard_documents=shard_documents)
        lines = lines_of(report.reasons)
        assert {line["document"]: line["partner"] for line in lines} == expected == {6: 1, 7: 1, 8: 2, 11: 0}
        assert [line["why"] for line in lines] == ["near_copy"] * 3 + ["exact_copy"]
        assert lines[0]["piece"] == "b0 b1 b2 b3 b4"
        assert lines[0]["place"].endswith("a.jsonl:7")
        assert [report.open(corpus).is_kept(number) for number in range(12)] == [n not in expected for n in range(12)]
        results.append((report.keep.read_bytes(), report.reasons.read_bytes()))
    assert results[0] == results[1] == results[2]


def test_signatures_estimate_the_share_of_runs_in_common_as_128_independent_draws_would():
    rng = np.random.default_rng(0)
    for shift, num_words in [(20, 100), (100, 400), (250, 400)]:
        texts = []
        for _ in range(300):
            words = [f"{number:x}" for number in rng.integers(0, 2**40, num_words + shift)]
            texts += [" ".join(words[:num_words]), " ".join(words[shift:])]
        signatures = minhash(texts)
        assert (signatures[:9] == minhash(texts[:9], threads=1)).all()
        estimates = np.mean(signatures[::2] == signatures[1::2], axis=1)
        share = naive_dedup.similarity(texts[0], texts[1])
        deviation = (share * (1 - share) / 128) ** 0.5
        assert abs(estimates.mean() - share) < 3 * deviation / 300**0.5
        assert estimates.std() == pytest.approx(deviation, rel=0.12)


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(pieces, min_size=1, max_size=6),
    items=st.lists(pieces, min_size=1, max_size=4),
    threads=st.integers(1, 3),
)
def test_benchmark_pieces_are_equal(texts, items, threads):
    with tempfile.TemporaryDirectory() as folder:
        benchmark = Benchmark(items, run_words=5)
        corpus = corpus_of(folder, texts)
        report = decontaminate(corpus, Path(folder, "out"), benchmark, shard_documents=2, threads=threads)
        lines = lines_of(report.reasons)
    expected = naive_dedup.contaminated(texts, items, 5)
    assert {line["document"]: line["partner"] for line in lines} == expected
    for line in lines:
        assert naive_dedup.is_in(naive_dedup.words(line["piece"]), naive_dedup.words(items[line["partner"]]))
        assert line["piece"] in texts[line["document"]]
    assert benchmark.num_short == sum(len(naive_dedup.words(item)) < 5 for item in items)
    assert [text for text, *_ in benchmark.find(texts)] == sorted(expected)
