"""What the plain reader of docs/format.md reads is what was packed."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import naive_corpus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_shard import Shard

from spice_fast.corpus import Corpus, pack

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200),
    st.integers(1, 40_000).map(lambda length: "Größe " * (length // 6 + 1)),
    st.integers().map(lambda seed: "".join(random.Random(seed).choices("abcdefgh \n", k=20_000))),
).filter(lambda text: naive_corpus.is_document(text, 0))
facts = st.fixed_dictionaries(
    {}, optional={"id": st.one_of(st.integers(), st.text("ab\n", max_size=9)), "license": st.just("MIT")}
)


@settings(max_examples=25, deadline=None)
@given(records=st.lists(st.tuples(texts, facts), min_size=1, max_size=40), codec=st.sampled_from(["zstd", "raw"]))
def test_a_shard_holds_what_was_packed(records, codec):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "a.jsonl")
        source.write_text("".join(json.dumps({"text": text} | known) + "\n" for text, known in records))
        pack([source], Path(folder, "corpus"), min_bytes=0, codec=codec, shard_bytes=2**16)
        shards = [Shard(path) for path in sorted(Path(folder, "corpus").glob("*.spk"))]
        assert [text for shard in shards for text in shard.documents()] == [text for text, _ in records]
        expected = [
            (str(source), number, {key: str(value) for key, value in known.items()})
            for number, (_, known) in enumerate(records, 1)
        ]
        assert [known for shard in shards for known in shard.facts()] == expected


@pytest.mark.parametrize("codec", ["zstd", "raw"])
def test_many_short_documents_make_several_chunks(tmp_path, codec):
    source = tmp_path / "a.jsonl"
    words = [f"document {number} " * (number % 9 + 1) for number in range(2_000)]
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in words))
    pack([source], tmp_path / "corpus", min_bytes=0, codec=codec)
    assert Shard(tmp_path / "corpus" / "00000.spk").documents() == words
    corpus = Corpus.open(tmp_path / "corpus")
    assert corpus.read(range(2_000)) == words


def test_the_dictionary_is_used(tmp_path):
    source = tmp_path / "a.jsonl"
    sentence = "the quick brown fox number {} jumps over the lazy dog {}\n"
    words = [sentence.format(number, number * 7919 % 1000) * 9 for number in range(9_000)]
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in words))
    pack([source], tmp_path / "corpus", min_bytes=0)
    shard = Shard(tmp_path / "corpus" / "00000.spk")
    assert len(shard.part["dictionary"]) > 100
    assert shard.documents() == words
