"""What became of each task, in memory and as a file that grows batch by batch and is gone on with after a kill.

The file is JSON Lines: the settings that decide the answers first, then one row a task. A row is written when all
answers to its task are there; a last line that was cut short is dropped on resuming.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from statistics import fmean
from typing import TYPE_CHECKING, Any

from spice_fast.errors import ConfigError, MissingFileError, ResumeError, StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from spice_fast.evaluation.runner import Score
    from spice_fast.evaluation.suite import HeldOutTask


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """The answers to one task."""

    suite: str
    number: int
    fingerprint: str
    """Of the task itself: results of another version of a suite are not compared."""
    category: str
    right: tuple[bool, ...]
    """One flag an answer."""
    boxed: tuple[bool, ...]
    step_by_step: tuple[bool, ...]
    num_tokens: tuple[int, ...]
    answers: tuple[str, ...]
    """The answers' texts."""

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return fmean(self.right)

    @property
    def place(self) -> tuple[str, int]:
        """What two evaluations are paired by."""
        return self.suite, self.number


def result_of(held_out: HeldOutTask, scores: Sequence[Score]) -> TaskResult:
    """The answers to a task as its result."""
    return TaskResult(
        suite=held_out.suite,
        number=held_out.number,
        fingerprint=held_out.fingerprint,
        category=held_out.category,
        right=tuple(score.right for score in scores),
        boxed=tuple(score.boxed for score in scores),
        step_by_step=tuple(score.step_by_step for score in scores),
        num_tokens=tuple(score.num_tokens for score in scores),
        answers=tuple(score.text for score in scores),
    )


def read_results(path: Path) -> tuple[dict[str, Any], list[TaskResult]]:
    """Settings and results of a file; a last line that a kill cut short is left out.

    Raises:
        MissingFileError: no such file.
        ConfigError: not such a file, named with the line.
    """
    try:
        complete = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        raise MissingFileError(f"no results: {path}") from None
    try:
        rows = [json.loads(line) for line in complete]
        settings = rows[0]["settings"] if rows else {}
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: not made by `spice-fast eval --output`: {type(error).__name__}: {error}") from None
    return settings, [_result(row, f"{path}:{line}") for line, row in enumerate(rows[1:], start=2)]


class ResultsFile:
    """The growing file of one evaluation.

    Args:
        path: made on the first call; an existing one is gone on with.
        settings: what decides the answers; an existing file must have the same.

    Raises:
        ConfigError: ``path`` is something else.
        ResumeError: ``path`` was made with other settings; names each with both values.
        StorageError: it cannot be written.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self._path = path
        self.results: list[TaskResult] = []
        """What was answered before."""
        settings = json.loads(json.dumps(settings))
        try:
            if path.exists() and path.stat().st_size:
                before, self.results = read_results(path)
                if before:
                    _check_settings(path, before, settings)
                _drop_partial_line(path)
            if not path.exists() or not path.stat().st_size:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._write([{"settings": settings}])
        except OSError as error:
            if isinstance(error, MissingFileError | StorageError):
                raise
            raise StorageError(f"{path}: cannot be written: {error.strerror}") from error

    def append(self, results: Sequence[TaskResult]) -> None:
        """Adds finished tasks; when it returns the operating system has them.

        Raises:
            StorageError: a full disk, no permission.
        """
        try:
            self._write([asdict(result) for result in results])
        except OSError as error:
            raise StorageError(f"{self._path}: cannot be written: {error.strerror}") from error

    def _write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        with self._path.open("ab") as file:
            file.write(text.encode("utf-8", "surrogatepass"))


def _result(row: Any, where: str) -> TaskResult:
    names = [field.name for field in fields(TaskResult)]
    if not isinstance(row, dict) or sorted(row) != sorted(names):
        raise ConfigError(f"{where}: expected the result of a task with {', '.join(names)}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return TaskResult(**values)


def _check_settings(path: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    differences = [
        f"  {name}: {before.get(name)!r} in the file, {now.get(name)!r} now"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]
    if differences:
        listed = "\n".join(differences)
        raise ResumeError(f"{path} was made with other settings:\n{listed}\nhint: choose another --output")


def _drop_partial_line(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(file.read().rfind(b"\n") + 1)
