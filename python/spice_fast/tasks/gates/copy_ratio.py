"""``copy_ratio``: a question must not be pieced together from the passage's own sentences.

A sentence with a hole in it asks for memory of the document, not for understanding. Not for the miniature world, whose
questions are copies by design.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.tasks.gates.candidate import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.config import CopyRatioConfig
    from spice_fast.records import Refusal
    from spice_fast.tasks.gates.candidate import Candidate, Gate


def copy_ratio(settings: CopyRatioConfig) -> Gate:
    """Refuses with ``copied`` where more than a share of a question's runs of words stand in the passage.

    Words are runs of letters, numbers and ``_`` in lower case. A question of fewer words than a run is not judged.
    """

    def gate(candidates: Sequence[Candidate]) -> list[Refusal | None]:
        # Attempts on one passage share it: its runs are looked up once.
        passages = list(dict.fromkeys(candidate.passage or "" for candidate in candidates))
        number = {passage: place for place, passage in enumerate(passages)}
        counts = _core.copied_runs(
            [candidate.task.question for candidate in candidates],
            [number[candidate.passage or ""] for candidate in candidates],
            passages,
            settings.run_words,
            None,
        )
        return [
            refusal("copied", f"{copied} of {runs} runs of {settings.run_words} words")
            if copied > settings.limit * runs
            else None
            for copied, runs in counts
        ]

    return gate
