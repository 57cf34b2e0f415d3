"""The gates of a run, one after the other: each sees what the ones before it let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.records import Task
from spice_fast.tasks.gates.candidate import Candidate
from spice_fast.tasks.gates.contamination import Contamination
from spice_fast.tasks.gates.copy_ratio import copy_ratio
from spice_fast.tasks.gates.grounded import grounded
from spice_fast.tasks.gates.leak import leak
from spice_fast.tasks.gates.memory import QuestionMemory
from spice_fast.tasks.gates.self_contained import self_contained

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.config import GateName, GatesConfig
    from spice_fast.records import Refusal
    from spice_fast.tasks.gates.candidate import Gate


class Gates:
    """The gates that look at texts, in the configured order. ``answerability`` generates, so a round applies it itself.

    Raises:
        MissingFileError: a benchmark file is not there.
        DocumentError: a benchmark file cannot be read.
    """

    def __init__(self, names: Sequence[GateName], settings: GatesConfig) -> None:
        self.memory = QuestionMemory(settings.memory) if "memory" in names else None
        """The memory of earlier rounds' questions, if that gate is on."""
        self.contamination = Contamination(settings.contamination) if "contamination" in names else None
        """The benchmarks, if that gate is on."""
        known: dict[GateName, Gate | None] = {
            "grounded": grounded,
            "leak": leak,
            "self_contained": self_contained,
            "copy_ratio": copy_ratio(settings.copy_ratio),
            "memory": self.memory,
            "contamination": self.contamination,
        }
        self._gates = [gate for name in names if (gate := known.get(name)) is not None]

    def apply(self, results: Sequence[Task | Refusal], passages: Sequence[str | None]) -> list[Task | Refusal]:
        """Each task, or the refusal of the first gate that it does not pass. A refusal stays as it is.

        Args:
            results: what was parsed.
            passages: what each was written from; None in the no-corpus baseline.
        """
        passed = list(results)
        for gate in self._gates:
            rows = [
                (row, Candidate(task=result, passage=passage))
                for row, (result, passage) in enumerate(zip(passed, passages, strict=True))
                if isinstance(result, Task)
            ]
            refusals = gate([candidate for _, candidate in rows])
            for (row, _), refused in zip(rows, refusals, strict=True):
                if refused is not None:
                    passed[row] = refused
        return passed
