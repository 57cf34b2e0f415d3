"""What Rust reads and draws is what the naive Python version reads and draws."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import naive_corpus
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from spice_fast.corpus import Corpus, Sampler, build

PROSE = (
    "The river walked on. Was it the light, of old? (Yes!) “Größe” of 日本語。また春！\n\nA stone, the "
    "stone, and a very long sentence that the tokenizer has seen.\r\n\r\nthe end 😀😀\n"
)


def byte_level() -> Tokenizer:
    """GPT-2's kind: characters beyond ASCII may have several tokens, and spaces belong to words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    trainer = trainers.BpeTrainer(
        vocab_size=330, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([PROSE], trainer)
    return tokenizer


def byte_fallback() -> Tokenizer:
    """Llama's kind: no pre-tokenizer, a space written as ▁, and bytes for characters that it does not know."""
    vocabulary = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *"▁thenaors.", "▁t", "▁th", "▁the", "on", "er"]
    merges = [("▁", "t"), ("▁t", "h"), ("▁th", "e"), ("o", "n"), ("e", "r")]
    tokenizer = Tokenizer(
        models.BPE({token: number for number, token in enumerate(vocabulary)}, merges, byte_fallback=True)
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return tokenizer


def word_pieces() -> Tokenizer:
    """BERT's kind: text is changed before it is cut, and white space has no token."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=100, special_tokens=["[UNK]", "[CLS]"], show_progress=False)
    tokenizer.train_from_iterator([PROSE], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A", special_tokens=[("[CLS]", 1)])
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=50)
    return tokenizer


@pytest.fixture(scope="module", params=[byte_level, byte_fallback, word_pieces], ids=lambda make: make.__name__)
def tokenizer_file(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    request.param().save(str(path))
    return str(path)


def built(folder: str, texts: list[str]) -> Corpus:
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    Path(folder, "a.jsonl").write_text(lines, encoding="utf-8")
    build([Path(folder, "a.jsonl")], Path(folder, "corpus"), min_bytes=0)
    return Corpus.open(Path(folder, "corpus"))


words = st.sampled_from(
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
        "。",
        "！",
        "日本",
        "é",
        "😀",
        " ",
        "x",
    ]
)
texts = st.one_of(
    st.lists(words, min_size=1, max_size=300).map("".join),
    st.lists(st.sampled_from(PROSE.split(" ")), min_size=1, max_size=300).map(" ".join),
    st.text('a ."\n\r。', min_size=1, max_size=300),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.integers(1, 3000).map(lambda length: "x" * length),
)
documents = st.lists(texts.filter(lambda text: naive_corpus.is_document(text, 0)), min_size=1, max_size=5)
seeds = st.integers(0, 2**64 - 1)
draws = st.lists(st.one_of(st.integers(0, 200), st.integers(0, 2**64 - 1)), min_size=1, max_size=8)


def assert_equal_draws(sampler: Sampler, texts: list[str], seed: int, ks: list[int], budget) -> None:
    encoded = [text.encode() for text in texts]
    slot_bytes = budget.slot_bytes(encoded)
    assert len(sampler) == sum(naive_corpus.num_slots(len(text), slot_bytes) for text in encoded)
    for passage in sampler.draw(ks):
        document, start, end, length = naive_corpus.draw(encoded, seed, passage.draw, budget)
        assert (passage.document, passage.start, passage.end) == (document, start, end)
        assert passage.text.encode() == encoded[document][start:end]
        assert passage.num_tokens in {length, None}


@settings(max_examples=50, deadline=None)
@given(texts=documents, seed=seeds, ks=draws, most=st.integers(1, 400))
@example(texts=["a\n\n\nb \n" * 50], seed=0, ks=list(range(30)), most=20)
def test_passages_of_bytes_are_equal(texts, seed, ks, most):
    with tempfile.TemporaryDirectory() as folder:
        sampler = Sampler(built(folder, texts), seed=seed, passage_bytes=most)
        assert_equal_draws(sampler, texts, seed, ks, naive_corpus.Bytes(most))


@settings(max_examples=50, deadline=None)
@given(texts=documents, seed=seeds, ks=draws, most=st.integers(1, 120))
@example(texts=["😀😀"], seed=0, ks=[0, 1], most=1)
@example(texts=[PROSE * 40], seed=1, ks=list(range(30)), most=100)
def test_passages_of_tokens_are_equal(tokenizer_file, texts, seed, ks, most):
    with tempfile.TemporaryDirectory() as folder:
        sampler = Sampler(built(folder, texts), seed=seed, passage_tokens=most, tokenizer=tokenizer_file)
        assert_equal_draws(sampler, texts, seed, ks, naive_corpus.Tokens(tokenizer_file, most))


def test_a_corpus_of_more_documents_than_are_measured_is_drawn_equally(tokenizer_file, tmp_path):
    texts = [PROSE[number % 50 :] * (1 + number % 7) + "x " * 3000 * (number == 64) for number in range(150)]
    sampler = Sampler(built(str(tmp_path), texts), seed=5, passage_tokens=60, tokenizer=tokenizer_file)
    ks = list(range(0, 3 * len(sampler), len(sampler) // 40))
    assert_equal_draws(sampler, texts, 5, ks, naive_corpus.Tokens(tokenizer_file, 60))


@settings(max_examples=50, deadline=None)
@given(seeds, st.integers(0, 2**64 // 40), st.integers(1, 40), st.data())
def test_the_order_of_slots_is_equal(seed, epoch, length, data):
    texts = [f"document {number}" for number in range(length)]
    index = data.draw(st.integers(0, length - 1))
    k = min(epoch * length + index, 2**64 - 1)
    with tempfile.TemporaryDirectory() as folder:
        (passage,) = Sampler(built(folder, texts), seed=seed, passage_bytes=100).draw([k])
    assert passage.document == naive_corpus.permute(seed, k // length, length, k % length)


pieces = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\xd8", b"\r\n", b"\0", b"\x1c", b" ", b"a b"]),
    st.sampled_from(["text €", "Größe", "\u2028", "\x85"]).map(str.encode),
)
encoded_texts = st.tuples(st.text(max_size=9), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"]))


@settings(max_examples=100, deadline=None)
@given(
    data=st.one_of(
        st.lists(pieces, max_size=6).map(b"".join),
        encoded_texts.map(lambda pair: pair[0].encode(pair[1], errors="surrogatepass")),
    ),
    min_bytes=st.sampled_from([0, 4]),
)
@example(data=b"\x1c \x1f", min_bytes=0)
@example(data="\x85\u3000".encode(), min_bytes=0)
def test_text_files_are_read_equally(data, min_bytes):
    text = naive_corpus.text_of_file(data)
    kept = text is not None and naive_corpus.is_document(text, min_bytes)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.txt").write_bytes(data)
        Path(folder, "z.txt").write_bytes(b"never empty")
        facts = build([folder], Path(folder, "corpus"), min_bytes=min_bytes, on_error="skip")
        assert (facts.num_skipped, facts.num_short) == (int(text is None), int(text is not None and not kept))
        assert Corpus.open(Path(folder, "corpus")).read(range(1)) == ([text] if kept else ["never empty"])


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(), max_size=5)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
records = st.dictionaries(st.sampled_from(["text", "orig_doc", "id", "é"]), values, max_size=4)
json_lines = st.one_of(
    st.tuples(records, st.booleans()).map(lambda pair: json.dumps(pair[0], ensure_ascii=pair[1])),
    st.sampled_from(
        ["", " ", "\r", "[]", "null", '"text"', '{"text": "a", "text": "b"}', '{"text": "a"} x', "{", "\ufeff"]
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(json_lines, st.sampled_from(["\n", "\r\n"])), max_size=6), st.booleans())
def test_json_lines_are_read_equally(lines, has_last_line_feed):
    data = "".join(line + end for line, end in lines).encode(errors="surrogatepass")
    data = data if has_last_line_feed else data.rstrip(b"\n")
    expected = naive_corpus.texts_of_lines(data, ("text", "orig_doc"))
    expected = [(number, text) for number, text in expected if naive_corpus.is_document(text, 0)]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.jsonl").write_bytes(data)
        Path(folder, "z.txt").write_bytes(b"never empty")
        build([folder], Path(folder, "corpus"), min_bytes=0, on_error="skip")
        corpus = Corpus.open(Path(folder, "corpus"))
        everything = range(len(corpus))
        numbers = [corpus.document(index).ordinal for index in everything]
        found = list(zip(numbers, corpus.read(everything), strict=True))
    assert found[:-1] == expected
