"""Iterable: an endless or bounded stream of passages whose order does not depend on the number of workers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from torch.utils.data import IterableDataset, get_worker_info

from spice_fast.corpus.limits import check_number
from spice_fast.dataloading.rows import Row, place_in_world, rows
from spice_fast.errors import ResumeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spice_fast.corpus.stream import Drawable


class PassageStream(IterableDataset[Row]):
    """One rank's share of the draws ``start`` to ``stop``: the draws k with ``k % world == rank``.

    A loader of n workers takes a batch of each in turn. Worker w gives batches w, w + n, w + 2n, ... of its rank, so the loader
    delivers the same batches in the same order with any number of workers, without holding any text twice. For that the
    stream must know the loader's ``batch_size``.

    A run is resumed by a number: ``start`` plus ``batches taken * batch_size * world``, with any number of workers and ranks. With
    ``torchdata.stateful_dataloader.StatefulDataLoader`` the loader's own state does it too: loaded into a loader of the same
    shape, or turned into that number by :func:`next_draw` for another one.

    Args:
        sampler: what draws the passages: a Sampler or a Mix.
        batch_size: of the ``DataLoader`` that this is given to.
        start: first draw of all ranks.
        stop: no draw from here on; None: the end of the epoch in which ``start`` lies.
        rank: which share; None: what ``torch.distributed`` says, or 0.
        world: number of shares; None: what ``torch.distributed`` says, or 1.

    Raises:
        ConfigError: a number out of range.
    """

    def __init__(
        self,
        sampler: Drawable,
        *,
        batch_size: int,
        start: int = 0,
        stop: int | None = None,
        rank: int | None = None,
        world: int | None = None,
    ) -> None:
        check_number("batch_size", batch_size, first=1)
        rank, self._world = place_in_world(rank, world)
        self._sampler = sampler
        self._batch_size = batch_size
        self._start = start
        self._draws = sampler.share(start=start, stop=stop, rank=rank, world=self._world)
        self._taken = 0
        self._resumes = False

    def __iter__(self) -> Iterator[Row]:
        """The passages of this worker; from the beginning, or once from where a loaded state says."""
        worker, num_workers = _worker()
        if not self._resumes:
            self._taken = 0
        self._resumes = False
        while batch := self._batch(worker, num_workers):
            within = self._taken % self._batch_size
            for row in rows(self._sampler, batch[within:]):
                # Before it is handed out: the state is asked for while this waits.
                self._taken += 1
                yield row
            if len(batch) < self._batch_size:
                return

    def _batch(self, worker: int, num_workers: int) -> range:
        """Draws of the batch that this worker is in."""
        first = (self._taken // self._batch_size * num_workers + worker) * self._batch_size
        return self._draws[first : first + self._batch_size]

    def state_dict(self) -> dict[str, Any]:
        """Where this worker is: 5 numbers and a hash."""
        worker, num_workers = _worker()
        whole, within = divmod(self._taken, self._batch_size)
        position = (whole * num_workers + worker) * self._batch_size + within
        return {
            "next_draw": self._start + position * self._world,
            "taken": self._taken,
            "start": self._start,
            "shape": (self._world, num_workers, self._batch_size),
            "sampler": self._sampler.hash,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from a state of a stream over the same passages in a loader of the same shape.

        Raises:
            ResumeError: the state is of other passages, another start, or another shape.
        """
        _, num_workers = _worker()
        shape = (self._world, num_workers, self._batch_size)
        if state["sampler"] != self._sampler.hash:
            raise ResumeError(
                f"the state is of sampler {state['sampler']}, found sampler {self._sampler.hash}; expected the same corpus, "
                "seed, budget, tokenizer and filters"
            )
        if (tuple(state["shape"]), state["start"]) != (shape, self._start):
            raise ResumeError(
                f"the state is of (ranks, workers, batch size) {tuple(state['shape'])} from draw {state['start']}, found {shape} from "
                f"draw {self._start}\nhint: start a new stream at next_draw(loader state) for another shape"
            )
        self._taken = state["taken"]
        self._resumes = True


def next_draw(state: dict[str, Any]) -> int:
    """The first draw of all ranks that a ``StatefulDataLoader`` over a :class:`PassageStream` has not delivered.

    ``PassageStream(sampler, start=next_draw(loader.state_dict()), ...)`` goes on exactly there, with any number of workers and any world
    size, as long as every rank has taken the same number of batches.

    Raises:
        ResumeError: there is no state of a stream in it, or the loader's batches are not the stream's.
    """
    states = list(_stream_states(state))
    if not states:
        raise ResumeError("found no state of a PassageStream; expected the state_dict of a StatefulDataLoader over one")
    for one in states:
        if one["taken"] % one["shape"][2] and len(states) > 1:
            raise ResumeError(
                f"a worker stopped inside a batch of {one['shape'][2]}; expected the DataLoader's batch_size to be the PassageStream's"
            )
    world, _, batch_size = states[0]["shape"]
    # Batches that the loader delivered after the snapshot, which it would pass over by itself.
    since = sum(_values(state, "_steps_since_snapshot"))
    return int(min(one["next_draw"] for one in states) + since * batch_size * world)


def _worker() -> tuple[int, int]:
    """Number of this worker and of all; one where there are none."""
    info = get_worker_info()
    return (0, 1) if info is None else (info.id, info.num_workers)


def _stream_states(state: Any) -> Iterator[dict[str, Any]]:
    """The states of streams inside a loader's state, wherever torchdata keeps them."""
    if isinstance(state, dict):
        if "next_draw" in state:
            yield state
        else:
            yield from chain.from_iterable(map(_stream_states, state.values()))


def _values(state: Any, key: str) -> Iterator[int]:
    if isinstance(state, dict):
        if key in state:
            yield state[key]
        yield from chain.from_iterable(_values(value, key) for value in state.values())
