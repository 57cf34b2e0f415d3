"""Passages through torch's loaders: one global order for any number of workers and ranks, nothing lost or seen twice on resume."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import signal
import threading
from itertools import islice

import pytest
from torch.utils.data import DataLoader
from torchdata.stateful_dataloader import StatefulDataLoader

from spice_fast.corpus import Corpus, Mix, Sampler, build
from spice_fast.dataloading import PassageDataset, PassageStream, next_draw
from spice_fast.errors import ConfigError, ResumeError

# More workers than cores are what some of these tests are about.
pytestmark = [
    pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning"),
    pytest.mark.filterwarnings("ignore:'set_vital' is deprecated:UserWarning"),  # torchdata 0.11 calls it
]


@pytest.fixture(scope="module")
def sampler(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dataloading")
    lines = (json.dumps({"text": f"document {n}: " + "a word. " * (5 * n % 60)}) + "\n" for n in range(80))
    (folder / "a.jsonl").write_text("".join(lines))
    build([folder / "a.jsonl"], folder / "corpus", min_bytes=0)
    return Sampler(Corpus.open(folder / "corpus"), seed=5, passage_bytes=120)


def draws_of(batches):
    return [batch["draw"].tolist() for batch in batches]


def expected(sampler, batch_size, *, start=0, stop=None, rank=0, world=1):
    """What one rank must be given: its share, cut into batches."""
    share = list(range(start + (rank - start) % world, len(sampler) if stop is None else stop, world))
    return [share[first : first + batch_size] for first in range(0, len(share), batch_size)]


def test_an_item_is_a_passage_that_torch_can_collate(sampler):
    passage = sampler.draw([7])[0]
    row = PassageDataset(sampler)[7]
    assert row == {name: getattr(passage, name) for name in ("draw", "corpus", "document", "start", "end", "text")}
    batch = next(iter(DataLoader(PassageStream(sampler, batch_size=3), batch_size=3)))
    assert batch["text"] == [passage.text for passage in sampler.draw(range(3))]
    assert batch["end"].tolist() == [passage.end for passage in sampler.draw(range(3))]


@pytest.mark.parametrize("world", [1, 2, 3])
def test_the_shares_of_a_dataset_are_equally_long_and_disjoint(sampler, world):
    shares = [PassageDataset(sampler, epoch=2, rank=rank, world=world) for rank in range(world)]
    assert {len(share) for share in shares} == {len(sampler) // world}
    found = sorted(row["draw"] for share in shares for row in share.__getitems__(list(range(len(share)))))
    assert found == [2 * len(sampler) + k for k in range(len(sampler) // world * world)]


def test_a_mix_is_loaded_like_a_sampler(sampler):
    mix = Mix([sampler, sampler], [3, 1], seed=2)
    stream = PassageStream(mix, batch_size=8, start=10, stop=90, rank=1, world=2)
    batches = list(DataLoader(stream, batch_size=8))
    drawn = mix.draw(range(11, 90, 2))
    for name in ("draw", "corpus", "document"):
        found = [number for batch in batches for number in batch[name].tolist()]
        assert found == [getattr(passage, name) for passage in drawn]


def test_a_loader_over_a_dataset_gives_the_order_of_the_sampler(sampler):
    loader = DataLoader(PassageDataset(sampler), batch_size=8)
    assert draws_of(loader) == expected(sampler, 8)
    with pytest.raises(IndexError):
        PassageDataset(sampler)[len(sampler)]


@pytest.mark.parametrize("world", [1, 2, 5])
def test_streams_of_all_ranks_give_every_draw_once(sampler, world):
    for rank in range(world):
        stream = PassageStream(sampler, batch_size=4, start=9, stop=101, rank=rank, world=world)
        assert draws_of(DataLoader(stream, batch_size=4)) == expected(
            sampler, 4, start=9, stop=101, rank=rank, world=world
        )


@pytest.mark.slow
@pytest.mark.parametrize(("method", "num_workers"), [("fork", 1), ("fork", 3), ("spawn", 1)])
def test_the_batches_are_the_same_with_any_number_of_workers(sampler, method, num_workers):
    stream = PassageStream(sampler, batch_size=4, stop=50)
    loader = DataLoader(stream, batch_size=4, num_workers=num_workers, multiprocessing_context=method)
    assert draws_of(loader) == expected(sampler, 4, stop=50)
    if method == "fork":
        dataset = PassageDataset(sampler)
        loader = DataLoader(dataset, batch_size=4, num_workers=num_workers, multiprocessing_context=method)
        assert draws_of(loader) == expected(sampler, 4)


@pytest.mark.parametrize("taken", [0, 1, 5])
def test_a_stateful_loader_goes_on_where_it_stopped(sampler, taken):
    def loader():
        return StatefulDataLoader(PassageStream(sampler, batch_size=4, stop=60), batch_size=4)

    first = loader()
    batches = iter(first)
    head = draws_of(islice(batches, taken))
    state = pickle.loads(pickle.dumps(first.state_dict()))
    second = loader()
    second.load_state_dict(state)
    assert head + draws_of(second) == expected(sampler, 4, stop=60)
    # Only once: the next epoch of the loader is whole.
    assert draws_of(second) == expected(sampler, 4, stop=60)


def test_a_loader_that_stopped_inside_a_batch_goes_on_inside_it(sampler):
    """As a loader without batches does."""
    first = StatefulDataLoader(PassageStream(sampler, batch_size=4, stop=30), batch_size=None)
    head = [row["draw"] for row in islice(iter(first), 6)]
    state = first.state_dict()
    assert next_draw(state) == 6
    second = StatefulDataLoader(PassageStream(sampler, batch_size=4, stop=30), batch_size=None)
    second.load_state_dict(state)
    assert head + [row["draw"] for row in second] == list(range(30))


@pytest.mark.slow
@pytest.mark.parametrize("every", [1, 3])
def test_a_stateful_loader_with_workers_resumes_in_its_own_and_in_any_other_shape(sampler, every):
    def loader(num_workers, start=0, rank=0, world=1, batch_size=4):
        stream = PassageStream(sampler, batch_size=batch_size, start=start, stop=96, rank=rank, world=world)
        return StatefulDataLoader(
            stream, batch_size=batch_size, num_workers=num_workers, multiprocessing_context="fork" if num_workers else None,
            snapshot_every_n_steps=every,
        )  # fmt: skip

    whole = [draw for batch in expected(sampler, 4, stop=96) for draw in batch]
    first = loader(3)
    batches = iter(first)
    head = draws_of(islice(batches, 5))
    state = first.state_dict()
    del batches
    same = loader(3)
    same.load_state_dict(state)
    assert head + draws_of(same) == expected(sampler, 4, stop=96)
    assert next_draw(state) == 20
    for shape in ({"num_workers": 0}, {"num_workers": 2}, {"num_workers": 0, "batch_size": 7}):
        tail = draws_of(loader(start=next_draw(state), **shape))
        assert [draw for batch in head + tail for draw in batch] == whole
    ranks = [draws_of(loader(0, start=next_draw(state), rank=rank, world=2)) for rank in range(2)]
    assert sorted(draw for batches in ranks for batch in batches for draw in batch) == whole[20:]


def test_a_state_of_other_passages_or_another_shape_is_refused(sampler):
    state = PassageStream(sampler, batch_size=4).state_dict()
    other = Sampler(Corpus.open(sampler._arguments["corpus"].folder), seed=6, passage_bytes=120)
    with pytest.raises(ResumeError, match=f"the state is of sampler {sampler.hash}, found sampler {other.hash}"):
        PassageStream(other, batch_size=4).load_state_dict(state)
    with pytest.raises(
        ResumeError, match=r"\(1, 1, 4\) from draw 0, found \(1, 1, 5\) from draw 0\nhint: start a new stream"
    ):
        PassageStream(sampler, batch_size=5).load_state_dict(state)
    with pytest.raises(ResumeError, match="found no state of a PassageStream"):
        next_draw({"a": {"b": 1}})
    with pytest.raises(ConfigError, match="batch_size: 0"):
        PassageStream(sampler, batch_size=0)


@pytest.mark.slow
def test_a_forked_worker_never_waits_for_a_lock_that_another_thread_of_its_parent_held(sampler):
    """Threads read while the process forks, so that some children are born with the cache's lock held."""
    stop = threading.Event()

    def read():
        while not stop.is_set():
            sampler.draw(range(32), threads=2)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        context = multiprocessing.get_context("fork")
        for _ in range(30):
            child = context.Process(target=sampler.draw, args=(range(8),), kwargs={"threads": 1})
            child.start()
            child.join(timeout=20)
            stuck = child.is_alive()
            if stuck:
                child.kill()
            assert not stuck
            assert child.exitcode == 0
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def test_ctrl_c_inside_a_loader_leaves_the_next_one_intact(sampler):
    def loader():
        return DataLoader(PassageStream(sampler, batch_size=4, stop=60), batch_size=4)

    with pytest.raises(KeyboardInterrupt):
        [signal.raise_signal(signal.SIGINT) for _ in loader()]
    assert draws_of(loader()) == expected(sampler, 4, stop=60)
