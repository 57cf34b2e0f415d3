"""How long each phase of a round took: wall and CPU seconds by name, apart from anything that decides a result."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stopwatch:
    """Adds up the time spent in named phases until :meth:`lap` is called."""

    def __init__(self) -> None:
        self._wall_s: dict[str, float] = {}
        self._cpu_s: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Counts the time inside the ``with`` block towards ``name``; phases do not nest."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self._wall_s[name] = self._wall_s.get(name, 0.0) + time.perf_counter() - wall
            self._cpu_s[name] = self._cpu_s.get(name, 0.0) + time.process_time() - cpu

    def lap(self) -> dict[str, dict[str, float]]:
        """``{"wall_s": {phase: seconds}, "cpu_s": {phase: seconds}}`` since the last lap, and starts anew."""
        lap = {"wall_s": self._wall_s, "cpu_s": self._cpu_s}
        self._wall_s, self._cpu_s = {}, {}
        return lap
