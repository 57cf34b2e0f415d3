"""Search is BM25 as Python works it out; shards are what their parts give; the commands of both."""

from __future__ import annotations

import json
import math
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import naive_dedup
import pytest

from spice_fast.corpus import (
    Benchmark,
    Corpus,
    Sampler,
    SearchIndex,
    ShardConfig,
    build,
    chunk,
    minhash,
    process_shard,
    shard_ranges,
)
from spice_fast.errors import ConfigError, CorpusError

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    "The river Loire is the longest river of France.",
    "A stone bridge crosses the river.",
    "Light travels faster than sound; light is a wave.",
    "Nothing of interest here, but for a bridge of light.",
    "The Loire valley has castles and vineyards.",
    "Sound is a wave in air.",
] * 3


def made(folder: Path, texts: list[str] = TEXTS) -> Corpus:
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps({"text": f"{text} number {n}"}) + "\n" for n, text in enumerate(texts))
    (folder / "a.jsonl").write_text(lines)
    build([folder / "a.jsonl"], folder / "corpus", min_bytes=0)
    return Corpus.open(folder / "corpus")


def naive_scores(corpus: Corpus, query: str) -> dict[int, float]:
    """BM25 with k1 = 1.2 and b = 0.75 over words in lower case."""
    documents = [Counter(naive_dedup.words(text)) for text in corpus.read(range(len(corpus)))]
    mean = sum(sum(document.values()) for document in documents) / len(documents)
    scores: dict[int, float] = {}
    for word in naive_dedup.words(query):
        num_with = sum(word in document for document in documents)
        rarity = math.log(1 + (len(documents) - num_with + 0.5) / (num_with + 0.5))
        for number, document in enumerate(documents):
            if word in document:
                count, length = document[word], sum(document.values())
                share = count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / mean))
                scores[number] = scores.get(number, 0) + rarity * share
    return scores


@pytest.mark.parametrize("query", ["river", "light wave", "the loire bridge", "Sound, AIR", "absent"])
def test_scores_are_bm25_over_all_documents(tmp_path, query):
    corpus = made(tmp_path)
    index = SearchIndex.build(corpus)
    expected = naive_scores(corpus, query)
    found = index.search(query, limit=100)
    assert {hit.document for hit in found} == set(expected)
    for hit in found:
        assert hit.score == pytest.approx(expected[hit.document], rel=1e-4)
    assert found == sorted(found, key=lambda hit: (-hit.score, hit.document))
    assert index.search(query, limit=3) == found[:3]


def test_plain_words_are_found_as_the_grammar_reads_them(tmp_path):
    index = SearchIndex.build(made(tmp_path))
    for query in ["river", "light wave light", "the Loire bridge", "absent", "ÉTÉ river"]:
        assert index.search(query, limit=100) == index.search(f"({query})", limit=100)


def test_queries_may_ask_for_words_and_forbid_them(tmp_path):
    index = SearchIndex.build(made(tmp_path, TEXTS[:6]))

    def found(query: str) -> set[int]:
        return {hit.document for hit in index.search(query)}

    assert found("+river -bridge") == {0}
    assert found("(light OR river) AND bridge") == {1, 3}
    with pytest.raises(ConfigError, match="double quotes"):
        index.search("(light")
    with pytest.raises(ConfigError, match="positions"):
        index.search('"stone bridge"')


def test_phrases_need_positions(tmp_path):
    corpus = made(tmp_path, TEXTS[:6])
    SearchIndex.build(corpus)
    index = SearchIndex.build(corpus, positions=True)
    assert index.has_positions
    assert [hit.document for hit in index.search('"bridge of light"')] == [3]
    assert index.search('"light bridge"') == []


def test_a_document_is_most_like_itself(tmp_path):
    index = SearchIndex.build(made(tmp_path, TEXTS[:6]))
    assert [hit.document for hit in index.like(4)][:2] == [4, 0]
    assert index.like("waves of sound in the air", limit=1)[0].document == 5
    assert index.like("") == []


def test_a_snippet_is_the_piece_with_most_of_the_words(tmp_path):
    text = "filler words " * 100 + "then a stone bridge over the river " + "more filler " * 100
    index = SearchIndex.build(made(tmp_path, [text]))
    found = index.snippet(0, "bridge stone river")
    assert "stone bridge over the river" in found.text
    assert len(found.text) <= 240
    assert text.encode()[found.start : found.end].decode() == found.text


def test_a_sampler_draws_what_a_query_is_about(tmp_path):
    corpus = made(tmp_path)
    index = SearchIndex.build(corpus)
    keep = index.keep("loire", tmp_path / "loire.keep")
    about = {number for number, text in enumerate(TEXTS) if "Loire" in text}
    assert set(keep.documents()) == about
    sampler = Sampler(corpus, seed=1, passage_bytes=1_000, keep=[keep])
    assert {passage.document for passage in sampler.draw(range(len(sampler)))} == about
    best = index.keep("loire", tmp_path / "best.keep", limit=2)
    assert set(best.documents()) == {hit.document for hit in index.search("loire", limit=2)}


def test_an_index_survives_pickling_and_is_refused_for_another_corpus(tmp_path):
    corpus = made(tmp_path / "one")
    index = SearchIndex.build(corpus, tmp_path / "index")
    assert pickle.loads(pickle.dumps(index)).search("river") == index.search("river")
    other = made(tmp_path / "other", TEXTS[:2])
    with pytest.raises(CorpusError, match="of corpus"):
        SearchIndex(other, tmp_path / "index")
    with pytest.raises(CorpusError, match=r"no index\.json"):
        SearchIndex(other, tmp_path / "nothing")


def test_the_division_into_parts_changes_no_score(tmp_path):
    text = "river stone light bridge valley castle wave air sound " * 6_000
    texts = [text[number * 7 :] + TEXTS[number % 6] for number in range(80)]
    corpus = made(tmp_path, texts)
    one = SearchIndex.build(corpus, tmp_path / "one", memory_bytes=512 << 20)
    several = SearchIndex.build(corpus, tmp_path / "several", memory_bytes=16 << 20, threads=2)
    assert len(list((tmp_path / "several").glob("part-*"))) > 1 == len(list((tmp_path / "one").glob("part-*")))
    assert several.search("loire france", limit=80) == one.search("loire france", limit=80)


# -- shards -----------------------------------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_shard_is_a_function_of_its_input_and_is_not_done_twice(tmp_path):
    corpus = made(tmp_path)
    config = ShardConfig(max_bytes=20, fingerprints=True, benchmark=Benchmark([TEXTS[0]], run_words=5))
    for threads, folder in [(1, "a"), (3, "b")]:
        for documents in shard_ranges(len(corpus), 7):
            process_shard(corpus, documents, config, tmp_path / folder, threads=threads)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    first = next(iter(shard_ranges(len(corpus), 7)))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").iterdir()}
    manifest = process_shard(corpus, first, config, tmp_path / "a")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "a").iterdir()} == before
    assert len(manifest.outputs) == 3
    # One file gone: that range is done again, and only that.
    manifest.outputs[0].path.unlink()
    process_shard(corpus, first, config, tmp_path / "a")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_a_shard_holds_what_the_parts_alone_give(tmp_path):
    corpus = made(tmp_path)
    texts = corpus.read(range(len(corpus)))
    config = ShardConfig(max_chars=20, fingerprints=True)
    manifest = process_shard(corpus, range(len(corpus)), config, tmp_path / "out")
    chunks, fingerprints = (output.path.read_bytes() for output in manifest.outputs)
    whole = chunk(corpus, max_chars=20)
    rows = [chunks[place : place + 28] for place in range(0, len(chunks), 28)]
    numbers = [tuple(int.from_bytes(row[at : at + 8], "little") for at in (0, 8, 16)) for row in rows]
    assert numbers == list(zip(whole.document.tolist(), whole.start.tolist(), whole.end.tolist(), strict=True))
    signatures = b"".join(fingerprints[place + 16 : place + 528] for place in range(0, len(fingerprints), 528))
    assert signatures == minhash(texts).astype("<u4").tobytes()


def test_another_configuration_is_done_anew(tmp_path):
    corpus = made(tmp_path)
    one = process_shard(corpus, range(4), ShardConfig(max_bytes=20), tmp_path / "out")
    other = process_shard(corpus, range(4), ShardConfig(max_bytes=30), tmp_path / "out")
    assert one.config != other.config
    assert one.outputs[0].hash != other.outputs[0].hash


def test_a_shard_needs_work_and_documents(tmp_path):
    corpus = made(tmp_path)
    with pytest.raises(ConfigError, match="needs chunks"):
        process_shard(corpus, range(4), ShardConfig(), tmp_path / "out")
    for documents in (range(3, 3), range(100)):
        with pytest.raises(ConfigError, match="at least one document"):
            process_shard(corpus, documents, ShardConfig(fingerprints=True), tmp_path / "out")


# -- commands ---------------------------------------------------------------------------------------------------------


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spice_fast.cli", "corpus", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_the_commands_say_what_they_found(tmp_path):
    made(tmp_path, [*TEXTS[:6], *TEXTS[:2]])
    (tmp_path / "items.jsonl").write_text(json.dumps({"question": TEXTS[2]}) + "\n")
    corpus = tmp_path / "corpus"
    found = run("dedup", corpus, "--output", tmp_path / "out", "--similarity", 0.3, "--json")
    assert json.loads(found.stdout)["num_kept"] == 6, found.stderr
    found = run("dedup", corpus, "--output", tmp_path / "out")
    assert found.returncode == 2
    assert "already exists" in found.stderr
    items = ("--benchmark", tmp_path / "items.jsonl", "--text-key", "question", "--run-words", 5)
    found = run("decontaminate", corpus, *items, "--output", tmp_path / "out", "--json")
    assert json.loads(found.stdout)["num_kept"] == 7, found.stderr
    (line,) = (tmp_path / "out" / "decontaminate.jsonl").read_text().splitlines()
    assert json.loads(line)["partner_place"].endswith("items.jsonl:1")
    found = run("search", corpus, "vineyards", "--json")
    assert [json.loads(line)["document"] for line in found.stdout.splitlines()] == [4], found.stderr
    found = run("search", corpus, "--like", 0, "--limit", 1, "--json")
    assert json.loads(found.stdout)["document"] == 0


@pytest.mark.slow
def test_killed_at_any_moment_the_same_comes_out(tmp_path):
    texts = [f"{text} " * 400 for text in TEXTS] * 12
    made(tmp_path, texts)
    script = (
        "import sys; from spice_fast.corpus import *\n"
        "corpus = Corpus.open(sys.argv[1])\n"
        "dedup(corpus, sys.argv[2], shard_documents=8, threads=1)\n"
        "SearchIndex.build(corpus, sys.argv[2] + '/index', memory_bytes=16 << 20, threads=1)\n"
    )

    def start(output: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "corpus"), str(tmp_path / output)])

    assert start("whole").wait(60) == 0
    for delay in (0.2, 0.3, 0.35, 0.4, 0.5):
        process = start("killed")
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        if (tmp_path / "killed" / "dedup.keep").exists():
            break
    if not (tmp_path / "killed" / "dedup.keep").exists():
        assert start("killed").wait(60) == 0
    for name in ("dedup.keep", "dedup.jsonl"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    corpus = Corpus.open(tmp_path / "corpus")
    index = SearchIndex.build(corpus, tmp_path / "killed" / "index")
    assert index.search("loire") == SearchIndex(corpus, tmp_path / "whole" / "index").search("loire")
