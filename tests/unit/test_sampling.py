"""Filters, localities, mixes, streams and their states, as a Python caller sees them."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from fractions import Fraction
from itertools import chain, islice, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spice_fast.corpus import Corpus, Keep, Mix, Sampler, State, build, resolve_shares
from spice_fast.errors import ConfigError, CorpusError, MissingFileError, OutputExistsError, ResumeError


def make_corpus(folder, name, num_documents):
    texts = [f"{name} {number}. " * (1 + number % 5) for number in range(num_documents)]
    (folder / f"{name}.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    build([folder / f"{name}.jsonl"], folder / name, min_bytes=0)
    return Corpus.open(folder / name)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpora")
    return [make_corpus(folder, name, size) for name, size in (("web", 200), ("books", 9))]


@pytest.fixture(scope="module")
def samplers(corpora):
    return [Sampler(corpus, seed=5, passage_bytes=20) for corpus in corpora]


# -- filters ----------------------------------------------------------------------------------------------------------


def test_a_filter_limits_what_is_drawn(corpora, tmp_path):
    keep = Keep.write(tmp_path / "a.keep", corpora[0], [3, 150, 4], made_by={"by": "hand"})
    assert (len(keep), keep.num_documents, keep.made_by) == (3, 200, {"by": "hand"})
    assert keep.documents() == [3, 4, 150]
    assert keep.documents(1, 2) == [4]
    assert keep.is_kept(3)
    assert not keep.is_kept(5)
    sampler = Sampler(corpora[0], seed=1, whole_documents=True, keep=[keep])
    assert sorted(passage.document for passage in sampler.draw(range(3))) == [3, 4, 150]
    assert sampler.hash == Sampler(corpora[0], seed=1, whole_documents=True, keep=[keep.path]).hash


def test_filtered_samplers_are_pickled_and_shown(corpora, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keep = Keep.write("a.keep", corpora[0], range(9))
    sampler = Sampler(corpora[0], seed=1, passage_bytes=9, keep=["a.keep"], locality=(4, 2))
    pickled = pickle.dumps((keep, sampler))
    monkeypatch.chdir("/")
    keep_again, again = pickle.loads(pickled)
    assert keep_again.hash == keep.hash
    assert again.hash == sampler.hash
    assert again.draw(range(30)) == sampler.draw(range(30))
    path = tmp_path / "a.keep"
    assert repr(keep) == f"Keep('{path}')"
    assert repr(again) == (f"Sampler({corpora[0]!r}, seed=1, passage_bytes=9, keep=['{path}'], locality=(4, 2))")
    assert eval(repr(again)).hash == sampler.hash  # this is what repr promises


def test_filters_that_cannot_be_used_are_refused(corpora, tmp_path):
    web, books = corpora
    keep = Keep.write(tmp_path / "a.keep", web, [1])
    with pytest.raises(CorpusError, match=f"{web.hash}.*{books.hash}"):
        Keep(keep.path, books)
    with pytest.raises(CorpusError, match=f"{web.hash}.*{books.hash}"):
        Sampler(books, seed=1, passage_bytes=9, keep=[keep])
    with pytest.raises(OutputExistsError):
        Keep.write(keep.path, web, [1])
    with pytest.raises(IndexError, match="document 200"):
        Keep.write(tmp_path / "b.keep", web, [200])
    with pytest.raises(IndexError, match="document -1"):
        Keep.write(tmp_path / "b.keep", web, [-1])
    with pytest.raises(IndexError, match="document 200"):
        keep.is_kept(200)
    with pytest.raises(MissingFileError):
        Sampler(web, seed=1, passage_bytes=9, keep=[tmp_path / "b.keep"])
    with pytest.raises(ConfigError, match="expected a list"):
        Sampler(web, seed=1, passage_bytes=9, keep=keep.path)
    with pytest.raises(CorpusError, match="no document is kept"):
        Sampler(web, seed=1, passage_bytes=9, keep=[keep, Keep.write(tmp_path / "c.keep", web, [2])])


def test_a_changed_keep_file_does_not_pass_verification(corpora, tmp_path):
    keep = Keep.write(tmp_path / "a.keep", corpora[0], [1])
    keep.verify()
    changed = bytearray(keep.path.read_bytes())
    changed[75] ^= 1
    (tmp_path / "b.keep").write_bytes(changed)
    with pytest.raises(CorpusError, match="damaged words"):
        Keep(tmp_path / "b.keep").verify()


# -- locality ---------------------------------------------------------------------------------------------------------


def test_a_number_alone_is_a_stretch_in_windows_of_32(corpora):
    def hash_of(locality):
        return Sampler(corpora[0], seed=1, passage_bytes=9, locality=locality).hash

    assert hash_of(4) == hash_of((4, 32)) != hash_of((4, 31))
    with pytest.raises(ConfigError, match="locality: 0"):
        hash_of(0)


# -- mix --------------------------------------------------------------------------------------------------------------


def test_shares_are_as_near_to_the_weights_as_one_each_allows():
    assert resolve_shares([1, 1]) == [2048, 2048]
    assert resolve_shares([0.7, 0.2, 0.1]) == [2867, 819, 410]
    assert resolve_shares([1e9, 1e-9, 1e-9]) == [4094, 1, 1]
    assert resolve_shares([1] * 4096) == [1] * 4096
    assert resolve_shares([Fraction(1, 3), Fraction(2, 3)]) == [1365, 2731]


weights = st.lists(st.one_of(st.floats(1e-12, 1e12), st.integers(1, 10)), min_size=1, max_size=40)


@settings(max_examples=200, deadline=None)
@given(weights)
@example([1e12] + [1e-12] * 39)
def test_shares_are_4096_and_fair(weights):
    shares = resolve_shares(weights)
    assert sum(shares) == 4096
    assert min(shares) >= 1
    quotas = [
        4096 * Fraction(repr(float(weight))) / sum(Fraction(repr(float(w))) for w in weights) for weight in weights
    ]
    if min(quotas) >= 1:
        assert all(abs(share - quota) < 1 for share, quota in zip(shares, quotas, strict=True))
    order = sorted(zip(quotas, shares, strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(order) if a[0] < b[0])


@pytest.mark.parametrize("weights", [[], [0, 1], [-1], [float("inf")], [float("nan")], [1] * 4097])
def test_weights_that_make_no_shares_are_refused(weights):
    with pytest.raises(ConfigError, match="weight"):
        resolve_shares(weights)


def test_every_block_of_a_mix_has_exactly_the_shares(samplers):
    mix = Mix(samplers, [3, 1], seed=2)
    assert mix.shares == (3072, 1024)
    for block in (0, 7, 2**40):
        places = mix.places(range(4096 * block, 4096 * (block + 1)))
        assert Counter(source for source, _ in places) == {0: 3072, 1: 1024}
        assert sorted(own for source, own in places if source == 1) == list(range(1024 * block, 1024 * (block + 1)))


def test_the_length_of_a_mix_covers_every_source(samplers):
    mix = Mix(samplers, [1, 4095], seed=2)
    assert len(mix) == len(samplers[0]) * 4096
    drawn = {own for source, own in mix.places(range(len(mix))) if source == 0}
    assert drawn == set(range(len(samplers[0])))


def test_mixes_are_pickled_and_shown(samplers):
    mix = Mix(samplers, [3, Fraction(1, 2)], seed=2)
    again = pickle.loads(pickle.dumps(mix))
    assert (again.hash, again.shares, repr(again)) == (mix.hash, mix.shares, repr(mix))
    assert again.draw(range(50)) == mix.draw(range(50))
    assert eval(repr(mix)).hash == mix.hash  # this is what repr promises
    assert {passage.corpus for passage in mix.draw(range(50))} == {0, 1}


def test_the_hash_of_a_mix_is_of_all_that_decides(samplers):
    hashes = [
        Mix(samplers, [3, 1], seed=2).hash,
        Mix(samplers, [3, 1], seed=3).hash,
        Mix(samplers, [1, 1], seed=2).hash,
        Mix(samplers[::-1], [3, 1], seed=2).hash,
    ]
    assert len(set(hashes)) == 4
    assert Mix(samplers, [6, 2], seed=2).hash == hashes[0]


def test_mixes_that_contradict_themselves_are_refused(samplers):
    with pytest.raises(ConfigError, match="1 weights for 2 samplers"):
        Mix(samplers, [1], seed=1)
    with pytest.raises(ConfigError, match="draw -1"):
        Mix(samplers, [1, 1], seed=1).draw([-1])


# -- streams ----------------------------------------------------------------------------------------------------------


def sources(samplers):
    return [samplers[0], Mix(samplers, [2, 1], seed=9)]


@settings(max_examples=60, deadline=None)
@given(
    which=st.sampled_from([0, 1]),
    worlds=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 7), st.integers(0, 4)), min_size=1, max_size=4),
    start=st.one_of(st.integers(0, 1000), st.integers(0, 2**63)),
)
def test_any_worlds_one_after_another_draw_one_sequence(samplers, which, worlds, start):
    source = sources(samplers)[which]
    state, drawn = source.state(start), []
    for world, batch_size, steps in worlds:
        streams = [source.stream(batch_size=batch_size, rank=rank, world=world, start=state) for rank in range(world)]
        batches = [list(chain.from_iterable(islice(stream, steps))) for stream in streams]
        for rank, batch in enumerate(batches):
            assert len(batch) == steps * batch_size
            assert all(passage.draw % world == rank for passage in batch)
        drawn += sorted(chain.from_iterable(batches), key=lambda passage: passage.draw)
        (state,) = {stream.state() for stream in streams}
        assert len(state) == 64
    assert drawn == source.draw(range(start, start + len(drawn)))
    assert source.resume(state) == start + len(drawn)


def test_a_stream_ends_where_it_is_told(samplers):
    sampler = samplers[0]
    streams = [sampler.stream(batch_size=7, rank=rank, world=3, end=len(sampler)) for rank in range(3)]
    draws = sorted(passage.draw for stream in streams for batch in stream for passage in batch)
    assert draws == list(range(len(sampler)))
    assert {sampler.resume(stream.state()) for stream in streams} == {len(sampler)}


def test_a_state_is_of_one_corpus_one_seed_and_one_configuration(corpora, samplers):
    state = samplers[0].state(12)
    found = State.from_bytes(state)
    assert (found.draw, found.seed, found.corpus_hash, found.config_hash) == (12, 5, corpora[0].hash, samplers[0].hash)
    others = {
        "corpus hash": samplers[1],
        "seed": Sampler(corpora[0], seed=6, passage_bytes=20),
        "config hash": Sampler(corpora[0], seed=5, passage_bytes=21),
    }
    for name, other in others.items():
        field = name.replace(" ", "_")
        ours = getattr(State.from_bytes(other.state(0)), field)
        with pytest.raises(ResumeError, match=f"{name} {getattr(found, field)}, and this is {ours}"):
            other.stream(batch_size=1, start=state)


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, 63), bit=st.integers(0, 7), length=st.integers(0, 80))
def test_changed_states_are_refused(samplers, place, bit, length):
    state = samplers[0].state(12)
    changed = bytearray(state)
    changed[place] ^= 1 << bit
    with pytest.raises(ResumeError, match="no state"):
        State.from_bytes(bytes(changed))
    if length != 64:
        with pytest.raises(ResumeError, match=f"{length} bytes"):
            State.from_bytes((state + state)[:length])


@pytest.mark.parametrize(
    "arguments",
    [{"rank": 2, "world": 2}, {"rank": -1}, {"world": 0}, {"batch_size": 0}, {"start": -1}, {"end": -1}],
)
def test_streams_of_wrong_numbers_are_refused(samplers, arguments):
    with pytest.raises(ConfigError, match=next(iter(arguments))):
        samplers[0].stream(**{"batch_size": 1} | arguments)
