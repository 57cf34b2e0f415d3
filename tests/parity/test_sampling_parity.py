"""Filters, windows and mixes are what the naive Python version says."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import naive_corpus
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spice_fast.corpus import Corpus, Keep, Mix, Sampler, build

TEXTS = [f"Document {number} of it. " * (1 + number * 7 % 23) for number in range(70)]
ENCODED = [text.encode() for text in TEXTS]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return _corpus(tmp_path_factory.mktemp("corpus"))


def _corpus(folder):
    Path(folder, "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    build([Path(folder, "a.jsonl")], Path(folder, "corpus"), min_bytes=0)
    return Corpus.open(Path(folder, "corpus"))


seeds = st.integers(0, 2**64 - 1)
draws = st.lists(st.one_of(st.integers(0, 2000), st.integers(0, 2**64 - 1)), min_size=1, max_size=8)
kept_sets = st.sets(st.integers(0, len(TEXTS) - 1), min_size=1)
localities = st.tuples(st.one_of(st.integers(1, 60), st.just(2**64 - 1)), st.integers(1, 9))


@settings(max_examples=60, deadline=None)
@given(
    first=kept_sets, second=kept_sets, seed=seeds, ks=draws, most=st.integers(1, 600), locality=localities | st.none()
)
@example(first={0, 63, 64, 69}, second={0, 63, 64}, seed=1, ks=list(range(50)), most=20, locality=(3, 2))
def test_passages_of_kept_documents_are_equal(corpus, first, second, seed, ks, most, locality):
    kept = first & second or first
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, "first.keep"), Path(folder, "second.keep")]
        keeps = [Keep.write(file, corpus, sorted(kept)) for file, kept in zip(files, (first, second), strict=True)]
        keeps = keeps if kept == first & second else keeps[:1]
        sampler = Sampler(corpus, seed=seed, passage_bytes=most, keep=keeps, locality=locality)
        assert len(sampler) == len(naive_corpus.kept_slots(ENCODED, most, kept))
        for passage in sampler.draw(ks):
            expected = naive_corpus.draw(ENCODED, seed, passage.draw, naive_corpus.Bytes(most), kept, locality)
            assert (passage.document, passage.start, passage.end) == expected[:3]


@settings(max_examples=40, deadline=None)
@given(kept=kept_sets, note=st.recursive(st.none() | st.integers() | st.text(max_size=9), st.lists, max_leaves=3))
def test_keep_files_are_equal_byte_for_byte(corpus, kept, note):
    with tempfile.TemporaryDirectory() as folder:
        keep = Keep.write(Path(folder, "a.keep"), corpus, sorted(kept), made_by=note)
        written = keep.path.read_bytes()
        expected = naive_corpus.keep_file(corpus.hash, len(corpus), kept, json.dumps(note, ensure_ascii=False))
        assert written == expected
        assert keep.documents() == sorted(kept)
        assert len(keep) == len(kept)
        assert keep.made_by == note


@settings(max_examples=30, deadline=None)
@given(seed=seeds, locality=localities | st.none())
def test_the_quality_of_an_order_is_equal(corpus, seed, locality):
    sampler = Sampler(corpus, seed=seed, whole_documents=True, locality=locality)
    order = [passage.document for passage in sampler.draw(range(len(sampler)))]
    quality = sampler.quality()
    assert (quality.mix, quality.near) == pytest.approx(naive_corpus.quality(order), rel=1e-12)
    assert quality.num_pairs == len(order) - 1


@settings(max_examples=20, deadline=None)
@given(
    seed=seeds,
    weights=st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=4),
    ks=st.lists(st.integers(0, 2**64 - 1), max_size=4),
)
def test_the_places_of_a_mix_are_equal(corpus, seed, weights, ks):
    samplers = [Sampler(corpus, seed=number, passage_bytes=100) for number in range(len(weights))]
    mix = Mix(samplers, weights, seed=seed)
    expected = [naive_corpus.mix_place(seed, list(mix.shares), k) for k in ks]
    assert mix.places(ks) == expected
    for passage, (source, own), k in zip(mix.draw(ks), expected, ks, strict=True):
        (alone,) = samplers[source].draw([own])
        assert (passage.draw, passage.corpus) == (k, source)
        assert (passage.document, passage.start, passage.text) == (alone.document, alone.start, alone.text)
