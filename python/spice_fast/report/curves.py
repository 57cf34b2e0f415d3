"""The series of one run that are drawn: read from its folder, or from a recording of an earlier run."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from spice_fast.errors import MissingFileError
from spice_fast.observability import RunFolder, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Points = tuple["list[float]", "list[float]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """One row a round or evaluation, as the run folder's series hold them."""

    name: str
    metrics: list[dict[str, Any]]
    evaluations: list[dict[str, Any]]
    levels: list[dict[str, Any]]
    """``level`` and ``true_golds`` a round: difficulty of the tasks and truth of their golds by the measure of the
    corpus's maker; only where there is one."""

    def renamed(self, name: str) -> Curves:
        """The same curves under another name."""
        return replace(self, name=name)

    def to_json(self) -> str:
        """A recording that :func:`recorded_curves` reads."""
        return json.dumps(
            {"name": self.name, "metrics": self.metrics, "evaluations": self.evaluations, "levels": self.levels}
        )

    def of_metrics(self, figure: Callable[[dict[str, Any]], float | None], window: int = 10) -> Points:
        """Rounds and a figure's mean over the last ``window`` rounds that have one."""
        return _smooth([(row["round"] + 1, figure(row)) for row in self.metrics], window)

    def of_levels(self, figure: str, window: int = 10) -> Points:
        """Rounds and the mean ``level`` of the tasks, or their share of ``true_golds``."""
        return _smooth([(row["round"] + 1, row[figure]) for row in self.levels], window)

    def of_evaluations(self, figure: str) -> Points:
        """Rounds before each evaluation and its figure."""
        return [row["round"] for row in self.evaluations], [row[figure] for row in self.evaluations]


def read_curves(path: Path) -> Curves:
    """The series of the run in folder ``path``.

    Raises:
        MissingFileError: the folder holds no run, or one without a finished round.
    """
    folder = RunFolder(path)
    folder.config()
    metrics = read_rows(folder.metrics)
    if not metrics:
        raise MissingFileError(f"no finished round in {path}")
    return Curves(
        name=path.name, metrics=metrics, evaluations=read_rows(folder.evaluations), levels=read_rows(folder.levels)
    )


def recorded_curves(path: Path) -> Curves:
    """The series of an earlier run, from a file that :meth:`Curves.to_json` made."""
    return Curves(**json.loads(path.read_text(encoding="utf-8")))


def _smooth(points: Sequence[tuple[int, float | None]], window: int) -> Points:
    known = [(place, value) for place, value in points if value is not None]
    values = [value for _, value in known]
    means = [sum(part) / len(part) for i in range(len(values)) if (part := values[max(0, i + 1 - window) : i + 1])]
    return [place for place, _ in known], means
