"""What a user sees while a run goes on: a progress bar with one line of figures and phase times a round."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Mapping


class Progress:
    """Talks on stderr; a bar on a terminal, plain lines elsewhere."""

    def __init__(self, num_rounds: int, *, enabled: bool) -> None:
        self._num_rounds = num_rounds
        self._enabled = enabled
        self._bar: tqdm[Any] | None = None
        self._figures = ""

    def start(self, round_: int) -> None:
        """Shows the bar, ``round_`` rounds in."""
        if self._enabled and sys.stderr.isatty():
            self._bar = tqdm(total=self._num_rounds, initial=round_, unit="round", dynamic_ncols=True)

    def played(self, metrics: Mapping[str, Any]) -> None:
        """Remembers a round's figures until its update is done."""
        self._figures = (
            f"round {metrics['round'] + 1}/{self._num_rounds}: valid {metrics['valid']}/{metrics['attempts']}, "
            f"challenger reward {_figure(metrics['challenger_reward'])}, pass rate {_figure(metrics['pass_rate'])}, "
            f"informative rows {metrics['informative_rows']}"
        )

    def updated(self, wall_s: Mapping[str, float]) -> None:
        """Prints the round's figures with its phase times."""
        phases = ", ".join(f"{name} {seconds:.1f}" for name, seconds in wall_s.items() if seconds >= 0.05)
        self._say(f"{self._figures} ({sum(wall_s.values()):.1f} s: {phases})")
        if self._bar is not None:
            self._bar.update()

    def evaluated(self, row: Mapping[str, Any]) -> None:
        """Prints a held-out evaluation."""
        self._say(
            f"held-out after {row['round']} rounds: accuracy {row['accuracy']:.3f}, boxed {row['boxed']:.3f}, "
            f"step by step {row['step_by_step']:.2f}"
        )

    def close(self) -> None:
        """Removes the bar."""
        if self._bar is not None:
            self._bar.close()

    def _say(self, line: str) -> None:
        if self._enabled:
            tqdm.write(line, file=sys.stderr)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
