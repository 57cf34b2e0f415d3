import random

from spice_fast.mini.levels import level
from spice_fast.mini.tokenizer import build_tokenizer
from spice_fast.mini.world import (
    KNOWN_CELLS,
    NUM_VALUES,
    TABLES,
    draw_document,
    held_out_chains,
    parse_question,
    state,
)


def test_a_chain_folds_from_the_left():
    chain = parse_question("lamp 3 b stone 4 a river 2 = moon")
    first = TABLES["b"][3, 4]
    assert [step.result for step in chain.fold()] == [first, TABLES["a"][first, 2]]
    assert chain.total == TABLES["a"][first, 2]
    assert chain.num_unknown_cells == ((3, 4) not in KNOWN_CELLS["b"])


def test_guesses_happen_only_at_unknown_cells():
    rng = random.Random(0)
    for chain in held_out_chains():
        for step in chain.fold(rng):
            if (step.left, step.right) in KNOWN_CELLS[step.operation]:
                assert step.result == TABLES[step.operation][step.left, step.right]
            assert step.result in range(NUM_VALUES)


def test_documents_state_true_totals_and_no_name_twice():
    chains = draw_document(random.Random(5))
    names = [name for chain in chains for name in chain.names]
    assert len(names) == len(set(names))
    for line in state(chains).splitlines():
        question, total = line.removesuffix(" ;").rsplit(" ", 1)
        assert str(parse_question(question).total) == total


def test_what_is_no_chain_is_none():
    for text in ("", "lamp 3", "lamp 3 b stone 4 = unknown", "lamp 9 b stone 4 = moon", "lamp 3 z stone 4 = moon"):
        assert parse_question(text) is None
        assert level(text) is None


def test_the_level_counts_operations_and_unknown_cells():
    chain = held_out_chains()[-1]
    assert level(chain.question) == len(chain.operations) + chain.num_unknown_cells


def test_the_shipped_tokenizer_is_the_generators_and_loses_nothing():
    from transformers import AutoTokenizer

    from spice_fast.training.policy import BUILTIN_MODELS

    shipped, made = AutoTokenizer.from_pretrained(BUILTIN_MODELS["builtin:mini"]), build_tokenizer()
    assert shipped.get_vocab() == made.get_vocab()
    text = state(draw_document(random.Random(1)))
    task = '{"question": " lamp 3 b stone 4 = moon ", "answer": " 1 ", "answer_type": "Integer"}'
    for tokenizer in (shipped, made):
        assert tokenizer.decode(tokenizer.encode(text)).split() == text.split()
        assert tokenizer.decode(tokenizer.encode(task)) == task
        assert tokenizer.unk_token_id not in tokenizer.encode(text + task)


def test_the_shipped_checkpoint_is_small():
    from spice_fast.training.policy import BUILTIN_MODELS

    assert sum(path.stat().st_size for path in BUILTIN_MODELS["builtin:mini"].iterdir()) <= 4_000_000


def test_the_presets_make_their_own_files(tmp_path, monkeypatch):
    from spice_fast.config import load_config
    from spice_fast.corpus import Corpus
    from spice_fast.evaluation import load_suite
    from spice_fast.mini.corpus import NUM_DOCUMENTS, with_mini_files

    monkeypatch.chdir(tmp_path)
    config = with_mini_files(load_config("mini/spice-permuted"))
    assert len(Corpus.open(config.corpus.path)) == NUM_DOCUMENTS
    assert len(load_suite(tmp_path / config.evaluation.suite)) == 600
    assert config.advantage.permute
    before = (tmp_path / config.corpus.path / "manifest.json").stat().st_mtime_ns
    assert with_mini_files(load_config("mini/spice-permuted")) == config
    assert (tmp_path / config.corpus.path / "manifest.json").stat().st_mtime_ns == before
