"""Every random choice of a run as a pure function of where it stands: no global generator, no rank, no order of events."""

from __future__ import annotations

import hashlib
import random
import struct
from enum import IntEnum


class Purpose(IntEnum):
    """What a random choice is for; part of its seed, so that no two choices share a stream."""

    TASK_TYPE = 0
    TASK_KIND = 1
    CHALLENGER = 2
    REASONER = 3
    SUBSAMPLE = 4
    TRAINED_TASK = 5
    PERMUTATION = 6
    MINIBATCHES = 7
    EVALUATION = 8
    OPTIONS = 9
    OPEN_BOOK = 10
    OPEN_BOOK_OPTIONS = 11


def seed_of(seed: int, purpose: Purpose, *place: int) -> int:
    """A seed in [0, 2**63) for the choice at ``place`` (round, passage, attempt, answer, ...)."""
    packed = struct.pack(f"<{len(place) + 2}q", seed, purpose, *place)
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "little") >> 1


def generator(seed: int, purpose: Purpose, *place: int) -> random.Random:
    """A generator of its own for the choice at ``place``."""
    return random.Random(seed_of(seed, purpose, *place))
