"""The specification of the question memory and of copied runs, as plainly as Python can say it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import naive_dedup

if TYPE_CHECKING:
    import numpy as np


def digits(signature: np.ndarray) -> list[int]:
    """The low four bits of each number after MurmurHash3's finalizer."""
    found = []
    for number in map(int, signature):
        mixed = ((number ^ (number >> 16)) * 0x85EBCA6B) % 2**32
        mixed = ((mixed ^ (mixed >> 13)) * 0xC2B2AE35) % 2**32
        found.append((mixed ^ (mixed >> 16)) % 16)
    return found


class Memory:
    """Digits and round of every question; the oldest forgotten first."""

    def __init__(self, capacity: int, threshold: float) -> None:
        self.capacity, self.threshold = capacity, threshold
        self.known: list[tuple[list[int], int]] = []
        self.num_rounds = 0

    def remember(self, texts: list[str], signatures: np.ndarray) -> None:
        # A round is taken in by its bits, not in the order of its texts: bit 0 of all digits as one number, then bit 1, ...
        planes = []
        for text, signature in zip(texts, signatures, strict=True):
            if naive_dedup.words(text):
                of_text = digits(signature)
                planes.append(
                    tuple(sum(((digit >> bit) & 1) << place for place, digit in enumerate(of_text)) for bit in range(4))
                )
        for plane in sorted(set(planes)):
            of_text = [sum(((plane[bit] >> place) & 1) << bit for bit in range(4)) for place in range(128)]
            self.known.append((of_text, self.num_rounds))
        self.known = self.known[-self.capacity :]
        self.num_rounds += 1

    def find(self, text: str, signature: np.ndarray) -> tuple[int, float] | None:
        """Round and similarity of the most similar question that is at least as similar as the threshold."""
        if not naive_dedup.words(text):
            return None
        own = digits(signature)
        alike = [(sum(a == b for a, b in zip(own, known, strict=True)), round_) for known, round_ in self.known]
        # Of 128 digits one in sixteen is equal by chance: (equal / 128 - 1 / 16) / (15 / 16).
        at_least = math.ceil(round(128 * (self.threshold * 15 / 16 + 1 / 16), 6))
        found = max(((equal, -round_) for equal, round_ in alike if equal >= at_least), default=None)
        return None if found is None else (-found[1], (found[0] / 128 - 1 / 16) / (15 / 16))


def copied_runs(question: str, passage: str, length: int) -> tuple[int, int]:
    """Runs of so many words that stand in the passage, and all runs; none where there are fewer words."""
    of_question, of_passage = naive_dedup.words(question), naive_dedup.words(passage)
    runs = [of_question[place : place + length] for place in range(len(of_question) - length + 1)]
    return sum(naive_dedup.is_in(run, of_passage) for run in runs), len(runs)


def item_of(question: str, items: list[str], length: int) -> int | None:
    """The item that a question shares a run with; of a shorter question, the one of the same words."""
    found = naive_dedup.contaminated([question], items, length).get(0)
    own = naive_dedup.words(question)
    if found is not None or len(own) >= length or not own:
        return found
    return next((number for number, item in enumerate(items) if naive_dedup.words(item) == own), None)
