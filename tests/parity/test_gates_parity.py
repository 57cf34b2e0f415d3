"""The question memory, copied runs and benchmark questions are those of the naive Python version, for any number of threads."""

import naive_gates
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spice_fast import _core
from spice_fast.corpus import Benchmark, minhash
from spice_fast.errors import ConfigError

WORDS = "the river of stone walked on Größe 日本語 x1 a_b".split()
short_texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
# Texts of which neighbours share most runs of words, so that similarities lie about the threshold.
overlapping = st.integers(0, 12).map(lambda start: " ".join(f"w{number}" for number in range(start, start + 60)))
texts = st.one_of(short_texts, overlapping, overlapping.map(str.upper), st.just("?!"))
rounds = st.lists(st.lists(texts, max_size=5), max_size=5)


@settings(max_examples=60, deadline=None)
@given(
    played=rounds,
    asked=st.lists(texts, min_size=1, max_size=6),
    capacity=st.integers(1, 9),
    threshold=st.sampled_from([0.3, 0.5, 0.8, 0.9, 1.0]),
    threads=st.integers(1, 3),
)
def test_what_is_repeated_is_what_comparing_every_pair_says(played, asked, capacity, threshold, threads):
    memory, naive = _core.QuestionMemory(capacity, threshold), naive_gates.Memory(capacity, threshold)
    for questions in played:
        memory.remember(questions, threads)
        naive.remember(questions, minhash(questions))
    expected = [naive.find(text, signature) for text, signature in zip(asked, minhash(asked), strict=True)]
    found = memory.find(asked, threads)
    assert [pair and pair[0] for pair in found] == [pair and pair[0] for pair in expected]
    assert [pair[1] for pair in found if pair] == pytest.approx([pair[1] for pair in expected if pair])
    assert (memory.num_questions, memory.num_rounds) == (len(naive.known), naive.num_rounds)


@settings(max_examples=40, deadline=None)
@given(played=rounds, later=rounds, capacity=st.integers(1, 9), order=st.randoms(use_true_random=False))
def test_a_restored_memory_goes_on_alike_and_the_order_in_a_round_does_not_matter(played, later, capacity, order):
    memory, other = (_core.QuestionMemory(capacity, 0.8) for _ in range(2))
    for questions in played:
        memory.remember(questions, None)
    other.restore(memory.to_bytes())
    assert other.to_bytes() == memory.to_bytes()
    for questions in later:
        memory.remember(questions, None)
        other.remember(order.sample(questions, len(questions)), None)
    assert other.to_bytes() == memory.to_bytes()


def test_bytes_of_no_memory_are_refused():
    memory = _core.QuestionMemory(3, 0.8)
    memory.remember(["one two three"], None)
    state = memory.to_bytes()
    for bad in (b"", state[:-1], state[:20] + b"\xff" + state[21:], state + b"x"):
        with pytest.raises(ConfigError, match="memory"):
            memory.restore(bad)
    assert memory.to_bytes() == state


@settings(max_examples=60, deadline=None)
@given(
    questions=st.lists(st.tuples(short_texts, st.integers(0, 2)), max_size=6),
    passages=st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), min_size=3, max_size=3),
    length=st.integers(1, 5),
    threads=st.integers(1, 3),
)
def test_copied_runs_are_counted_as_plainly(questions, passages, length, threads):
    found = _core.copied_runs(
        [text for text, _ in questions], [passage for _, passage in questions], passages, length, threads
    )
    assert found == [naive_gates.copied_runs(text, passages[passage], length) for text, passage in questions]


@settings(max_examples=60, deadline=None)
@given(
    questions=st.lists(short_texts, max_size=6),
    items=st.lists(short_texts, max_size=6),
    length=st.integers(1, 6),
    threads=st.integers(1, 3),
)
def test_a_benchmarks_question_is_found_as_plainly(questions, items, length, threads):
    found = Benchmark(items, run_words=length).find_questions(questions, threads=threads)
    expected = [naive_gates.item_of(question, items, length) for question in questions]
    assert found == [None if item is None else f"item {item}" for item in expected]
