"""Chunks are those of the naive Python version, and tokens are those of the tokenizers library."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

import naive_chunks
import naive_corpus
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from spice_fast.corpus import TokenCounter, chunk
from spice_fast.errors import ConfigError

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = LLAMA3.replace("{1,3}", "")
NUM_DOCUMENTS = 1_600
VOCABULARY = 32_000
SCRAPS = "the river of words, the end. yes!) no?\" \t\t x don't WE'LL 日本 é 😀 12345 "


def real_documents() -> list[str]:
    """Sources and documentation of the installed Python: code, prose, tables, many scripts."""
    found: list[str] = []
    roots = [Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("stdlib"))]
    suffixes = {".py", ".txt", ".md", ".rst"}
    paths = sorted(path for root in roots for path in root.rglob("*") if path.suffix in suffixes)
    for path in paths[:: max(1, len(paths) // (2 * NUM_DOCUMENTS))]:
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        if len(text) > 500:
            found.append(text[:2_500])
    return found[:NUM_DOCUMENTS]


def trained(texts: list[str], size: int) -> dict:
    """A byte-level tokenizer in the style of Llama 3, as its file says it."""
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(LLAMA3), behavior="isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())


def styled(written: dict, style: str) -> dict:
    """The same merges in another style of tokenizer."""
    written = json.loads(json.dumps(written))
    if style == "llama3":
        written["model"]["ignore_merges"] = True
    elif style == "qwen":
        written["pre_tokenizer"]["pretokenizers"][0]["pattern"] = {"Regex": QWEN}
        written["normalizer"] = {"type": "NFC"}
    else:
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        written["pre_tokenizer"] = byte_level
        written["post_processor"] = byte_level | {"add_prefix_space": style == "gpt2"}
    return written


STYLES = ["gpt2", "trimmed", "llama3", "qwen"]


@pytest.fixture(scope="module")
def documents() -> list[str]:
    found = real_documents()
    assert len(found) >= 1_500
    return found


@pytest.fixture(scope="module")
def large(documents) -> dict:
    # Every third document to learn from, so that words are met that were not learnt.
    return trained(documents[::3], VOCABULARY)


@pytest.fixture(scope="module")
def small() -> dict:
    return trained([SCRAPS * 5], 600)


class Pair:
    """One tokenizer, opened by the library and by us."""

    def __init__(self, folder: Path, written: dict):
        self.path = folder / "tokenizer.json"
        self.path.write_text(json.dumps(written))
        self.library = Tokenizer.from_file(str(self.path))
        self.ours = TokenCounter(self.path)
        self.limit = naive_corpus.Tokens(str(self.path), 1)

    def tokens(self, most: int) -> naive_corpus.Tokens:
        self.limit.most = most
        return self.limit


@pytest.fixture(scope="module", params=STYLES)
def large_pair(request, large, tmp_path_factory) -> Pair:
    return Pair(tmp_path_factory.mktemp("tokenizer"), styled(large, request.param))


@pytest.fixture(scope="module", params=STYLES)
def small_pair(request, small, tmp_path_factory) -> Pair:
    return Pair(tmp_path_factory.mktemp("tokenizer"), styled(small, request.param))


def test_ids_of_real_documents_are_those_of_the_tokenizers_library(large_pair, documents):
    assert large_pair.ours.is_fast
    expected = large_pair.library.encode_batch(documents, add_special_tokens=False)
    for document, ids, encoding in zip(documents, large_pair.ours.encode(documents), expected, strict=True):
        assert ids.tolist() == encoding.ids, document[:80]


def test_token_chunks_of_real_documents_keep_the_limit_and_rebuild_the_document(large_pair, documents):
    some = documents[::8]
    chunks = chunk(some, max_tokens=128, tokenizer=large_pair.ours)
    texts = list(chunks.texts(some))
    counts = [len(encoding.ids) for encoding in large_pair.library.encode_batch(texts, add_special_tokens=False)]
    assert counts == chunks.num_tokens.tolist()
    assert max(counts) <= 128
    assert "".join(texts) == "".join(some)
    # Chunks are cut for their last quarter at most, but for the last one of each document.
    assert sum(counts) / len(counts) > 80


odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
pieces = st.one_of(
    st.sampled_from(
        [
            "the ",
            "river ",
            "of\n",
            "end. ",
            "yes!) ",
            'no?" ',
            "\n\n",
            "\r\n",
            "\n\r\n",
            "\t\t",
            "   ",
            "。",
            "！",
            "日本",
            "é",
            "e\u0301",
            "😀",
            " ",
            "x",
            "don't",
            "'LL",
            "'ſ",
            "12345",
            "<|endoftext|>",
            "\u3000",
            "\u00a0 ",
            "ǅ²½",
        ]
    ),
    odd,
    st.integers(1, 500).map(lambda length: "x" * length),
    st.integers(1, 200).map(lambda length: " " * length),
)
texts = st.lists(pieces, max_size=120).map("".join)


@settings(max_examples=150, deadline=None)
@given(text=texts)
def test_ids_of_odd_texts_are_those_of_the_tokenizers_library(small_pair, text):
    (ids,) = small_pair.ours.encode([text])
    assert ids.tolist() == small_pair.library.encode(text, add_special_tokens=False).ids


def assert_equal_chunks(text: str, limit, **arguments) -> None:
    expected = naive_chunks.chunks(text.encode(), limit)
    if expected is None:
        with pytest.raises(ConfigError, match="character"):
            chunk(text, **arguments)
        return
    chunks = chunk(text, **arguments)
    found = list(zip(chunks.start.tolist(), chunks.end.tolist(), strict=True))
    assert found == [(start, end) for start, end, _ in expected]
    if chunks.num_tokens is not None:
        assert chunks.num_tokens.tolist() == [length for _, _, length in expected]
    assert "".join(chunks.texts(text)) == text


@settings(max_examples=150, deadline=None)
@given(text=texts, most=st.integers(4, 300))
@example(text="é" * 50, most=5)
def test_chunks_of_bytes_are_equal(text, most):
    assert_equal_chunks(text, naive_corpus.Bytes(most), max_bytes=most)


@settings(max_examples=150, deadline=None)
@given(text=texts, most=st.integers(1, 300))
@example(text="a" * 10 + "é" * 50, most=7)
def test_chunks_of_characters_are_equal(text, most):
    assert_equal_chunks(text, naive_chunks.Characters(most), max_chars=most)


@settings(max_examples=150, deadline=None)
@given(text=texts, most=st.integers(1, 60))
@example(text="\t\tx" * 30, most=7)
@example(text="ab cd  \n  \n ef。gh" * 30, most=9)
def test_chunks_of_tokens_are_equal(small_pair, text, most):
    assert_equal_chunks(text, small_pair.tokens(most), max_tokens=most, tokenizer=small_pair.ours)


@settings(max_examples=60, deadline=None)
@given(text=texts, most=st.integers(1, 60))
def test_chunks_of_tokens_of_any_other_tokenizer_are_equal(word_pieces, text, most):
    assert_equal_chunks(text, word_pieces.tokens(most), max_tokens=most, tokenizer=word_pieces.ours)


@pytest.fixture(scope="module")
def word_pieces(tmp_path_factory) -> Pair:
    """BERT's kind: text is changed before it is cut, and white space has no token."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=["[UNK]"], show_progress=False)
    tokenizer.train_from_iterator(["the river of x walked, don't end. yes no 12345"], trainer)
    pair = Pair(tmp_path_factory.mktemp("tokenizer"), json.loads(tokenizer.to_str()))
    assert not pair.ours.is_fast
    return pair
