"""``contamination``: a question must not be one of a benchmark's.

Passages are kept clean before the run, by ``spice-fast corpus decontaminate``; but a model may have learnt benchmark items long before,
and write them down as its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.corpus import Benchmark
from spice_fast.tasks.gates.candidate import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.config import ContaminationConfig
    from spice_fast.records import Refusal
    from spice_fast.tasks.gates.candidate import Candidate


class Contamination:
    """Refuses questions that share a run of words with a benchmark item; shorter ones only where all words are an item's.

    Raises:
        MissingFileError: a benchmark file is not there.
        DocumentError: a file or record cannot be read, or has none of the keys.
    """

    def __init__(self, settings: ContaminationConfig) -> None:
        self._benchmark = Benchmark.read(
            settings.benchmarks, text_keys=settings.text_keys, run_words=settings.run_words
        )

    @property
    def hash(self) -> str:
        """Stands for the benchmark's items: they decide the results of a run."""
        return self._benchmark.hash

    def __call__(self, candidates: Sequence[Candidate]) -> list[Refusal | None]:
        """Refuses with ``contaminated``; the detail is the item's file and line."""
        places = self._benchmark.find_questions([candidate.task.question for candidate in candidates])
        return [None if place is None else refusal("contaminated", place) for place in places]
