"""How Challengers of some rounds of a run fare against Reasoners of the same: one table, the same passages everywhere."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from spice_fast.errors import MissingFileError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengerRow:
    """What the Challenger after some rounds wrote, and how often each Reasoner solved it."""

    rounds: int
    num_attempts: int
    num_valid: int
    num_tasks: int
    """Tasks that were answered: one of each passage with a valid attempt."""
    level: float | None
    """Mean difficulty of those tasks by the measure of the corpus's maker, where there is one."""
    pass_rates: tuple[float | None, ...]
    """Share of right answers of each Reasoner; None where there is no task."""

    @property
    def validity(self) -> float:
        """Share of attempts that are valid tasks."""
        return self.num_valid / self.num_attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossPlay:
    """The whole table."""

    num_passages: int
    """Passages that every Challenger read."""
    num_answers: int
    """Answers of every Reasoner to every task."""
    seed: int
    reasoners: tuple[int, ...]
    """Rounds that each Reasoner was trained for: the columns."""
    challengers: tuple[ChallengerRow, ...]
    """The rows."""

    def to_json(self) -> str:
        """A text that :func:`read_crossplay` reads."""
        return json.dumps(asdict(self), indent=2) + "\n"


def write_crossplay(path: Path, table: CrossPlay) -> None:
    """Writes the table; the file appears whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(table.to_json(), encoding="utf-8")
    temporary.replace(path)


def read_crossplay(path: Path) -> CrossPlay:
    """A table that was written earlier.

    Raises:
        MissingFileError: there is none.
    """
    if not path.is_file():
        raise MissingFileError(f"no cross-play: {path}\nhint: spice-fast crossplay {path.parent}")
    found = json.loads(path.read_text(encoding="utf-8"))
    rows = [ChallengerRow(**row | {"pass_rates": tuple(row["pass_rates"])}) for row in found.pop("challengers")]
    return CrossPlay(challengers=tuple(rows), reasoners=tuple(found.pop("reasoners")), **found)
