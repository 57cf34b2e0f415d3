"""The typed face of the corpus crate: what build, Corpus and Sampler give a Python caller."""

from __future__ import annotations

import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from spice_fast import mini
from spice_fast.corpus import Corpus, CorpusStats, FormatCount, Sampler, Skipped, build

TOKENIZER = Path(mini.__file__).parent / "checkpoint" / "tokenizer.json"


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Größe 😀. " * 100, encoding="utf-8")
    (folder / "b.jsonl").write_text("".join(json.dumps({"orig_doc": f"line {n} " * 90}) + "\n" for n in range(3)))
    (folder / "short.md").write_text("short")
    return folder


@pytest.fixture
def corpus(docs, tmp_path):
    build([docs], tmp_path / "corpus")
    return Corpus.open(tmp_path / "corpus")


def test_a_build_says_what_the_corpus_is_made_of(docs, tmp_path):
    (docs / "c.jsonl").write_text('{"text": 5}\n')
    facts = build([docs], tmp_path / "corpus", on_error="skip")
    assert facts.formats == (
        FormatCount(format="text", num_sources=1, num_documents=1, num_bytes=1400),
        FormatCount(format="jsonl", num_sources=1, num_documents=3, num_bytes=3 * 630),
    )
    assert (facts.num_documents, facts.num_bytes, facts.num_sources) == (4, 1400 + 3 * 630, 2)
    assert (facts.num_short, facts.num_skipped, facts.min_bytes) == (1, 1, 600)
    assert facts.skipped == (Skipped(place=f"{docs / 'c.jsonl'}:1", reason="text is a number; expected a string"),)
    assert facts.text_keys == ("text", "orig_doc")


def test_stats_are_the_facts_of_the_build_and_lengths(docs, tmp_path):
    facts = build([docs], tmp_path / "corpus")
    stats = Corpus.open(tmp_path / "corpus").stats()
    assert isinstance(stats, CorpusStats)
    assert {name: getattr(stats, name) for name in facts.__slots__} == {n: getattr(facts, n) for n in facts.__slots__}
    assert stats.length_percentiles == {
        0: 630,
        1: 630,
        5: 630,
        25: 630,
        50: 630,
        75: 630,
        95: 1400,
        99: 1400,
        100: 1400,
    }


def test_documents_are_read_in_the_order_asked(corpus):
    assert len(corpus) == 4
    assert corpus.read([3, 0, 3], threads=2) == ["line 2 " * 90, "Größe 😀. " * 100, "line 2 " * 90]
    assert corpus.read(np.arange(2)) == corpus.read(range(2)) == corpus.read((0, 1))
    assert corpus.read([]) == []


def test_documents_say_where_they_come_from(corpus, docs):
    first, last = corpus.document(0), corpus.document(3)
    assert (first.path, first.ordinal, first.format, first.num_bytes) == (docs / "a.txt", None, "text", 1400)
    assert (last.path, last.ordinal, last.format, last.num_bytes) == (docs / "b.jsonl", 3, "jsonl", 630)


def test_paths_may_be_strings_and_relative(docs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build(["docs"], "corpus")
    corpus = Corpus.open("corpus")
    assert corpus.folder == tmp_path / "corpus"
    monkeypatch.chdir("/")
    assert corpus.read([0]) == ["Größe 😀. " * 100]


def test_names_that_are_not_utf_8_are_paths_like_others(tmp_path):
    name = tmp_path / "docs" / "caf\udce9.txt"
    name.parent.mkdir()
    name.write_text("text")
    build([tmp_path / "docs"], tmp_path / "corp\udcff", min_bytes=0)
    corpus = Corpus.open(tmp_path / "corp\udcff")
    assert corpus.document(0).path == name
    assert corpus.read([0]) == ["text"]


def test_corpora_and_samplers_say_how_to_make_them(corpus, tmp_path):
    assert repr(corpus) == f"Corpus('{tmp_path / 'corpus'}')"
    sampler = Sampler(corpus, seed=3, passage_bytes=700)
    assert repr(sampler) == f"Sampler(Corpus('{tmp_path / 'corpus'}'), seed=3, passage_bytes=700)"
    assert eval(repr(sampler)).hash == sampler.hash  # this is what repr promises


def test_what_is_pickled_reads_and_draws_the_same(corpus, tmp_path, monkeypatch):
    (tmp_path / "tokenizer.json").write_bytes(TOKENIZER.read_bytes())
    monkeypatch.chdir(tmp_path)
    samplers = [
        Sampler(corpus, seed=3, passage_bytes=300),
        Sampler(corpus, seed=3, passage_tokens=30, tokenizer="tokenizer.json"),
    ]
    pickled = pickle.dumps((corpus, samplers))
    monkeypatch.chdir("/")
    corpus_again, samplers_again = pickle.loads(pickled)
    assert corpus_again.read(range(4)) == corpus.read(range(4))
    for sampler, again in zip(samplers, samplers_again, strict=True):
        assert again.hash == sampler.hash
        assert again.draw(range(20)) == sampler.draw(range(20))
        assert repr(again) == repr(sampler)


def test_passages_carry_their_draw_and_place(corpus):
    sampler = Sampler(corpus, seed=1, passage_bytes=200)
    assert sampler.bytes_per_token is None
    texts = [text.encode() for text in corpus.read(range(4))]
    passages = sampler.draw(np.array([5, 2, 5]))
    assert [passage.draw for passage in passages] == [5, 2, 5]
    assert passages[0] == passages[2]
    for passage in passages:
        assert type(passage.draw) is int
        assert texts[passage.document][passage.start : passage.end].decode() == passage.text
        assert passage.num_tokens is None


def test_token_budgets_are_counted(corpus):
    sampler = Sampler(corpus, seed=1, passage_tokens=20, tokenizer=TOKENIZER)
    assert sampler.bytes_per_token > 0.5
    passages = sampler.draw(range(len(sampler)))
    assert all(0 < passage.num_tokens <= 20 for passage in passages)
    assert {passage.document for passage in passages} == {0, 1, 2, 3}


def test_an_epoch_has_every_slot_and_the_next_another_order(corpus):
    sampler = Sampler(corpus, seed=1, passage_bytes=100)
    places = [
        [(passage.document, passage.start) for passage in sampler.draw(range(first, first + len(sampler)))]
        for first in (0, len(sampler))
    ]
    assert sorted(places[0]) == sorted(places[1])
    assert places[0] != places[1]


def test_threads_may_share_a_sampler(corpus):
    sampler = Sampler(corpus, seed=1, passage_bytes=100)
    expected = sampler.draw(range(100), threads=1)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda k: sampler.draw([k])[0], range(100)))
    assert found == expected


def test_progress_is_told_to_the_end(docs, tmp_path):
    told = []
    build([docs], tmp_path / "corpus", progress=lambda done, total: told.append((done, total)))
    total = sum(path.stat().st_size for path in docs.iterdir())
    assert told[-1] == (total, total)
    assert all(done <= total for done, total in told)


def test_the_folder_holds_three_files_that_others_may_read(corpus):
    assert sorted(path.name for path in corpus.folder.iterdir()) == ["catalogue.bin", "manifest.json", "skipped.json"]
    mode = Path(corpus.folder).stat().st_mode & 0o777
    assert mode == 0o777 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
