"""Which passages a run reads, by its configuration."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from spice_fast import mini
from spice_fast.corpus import Keep, Mix, Sampler, build
from spice_fast.mini.corpus import write_documents
from spice_fast.training.passages import passage_sampler

TOKENIZER = Path(mini.__file__).parent / "checkpoint" / "tokenizer.json"


def test_one_corpus_is_drawn_as_by_its_sampler(mini_config):
    config = mini_config("seed=4")
    sampler = passage_sampler(config, TOKENIZER)
    assert isinstance(sampler, Sampler)
    assert (sampler.seed, sampler.corpus.folder) == (4, Path(config.corpus.path))


def test_several_corpora_are_mixed_by_weight_and_filtered(mini_config, tmp_path):
    write_documents(tmp_path / "documents.jsonl", 20)
    build([tmp_path / "documents.jsonl"], tmp_path / "corpus", min_bytes=0)
    config = mini_config(
        "corpus.weight=3", f'corpus.also=[{{path="{tmp_path / "corpus"}", keep=["{tmp_path / "a.keep"}"]}}]'
    )
    corpus = passage_sampler(mini_config(f'corpus.path="{tmp_path / "corpus"}"'), TOKENIZER).corpus
    Keep.write(tmp_path / "a.keep", corpus, [5, 7])
    mix = passage_sampler(config, TOKENIZER)
    assert isinstance(mix, Mix)
    assert mix.shares == (3072, 1024)
    passages = mix.draw(range(400))
    assert {passage.document for passage in passages if passage.corpus == 1} == {5, 7}
    assert Counter(passage.corpus for passage in passages)[0] > 250
