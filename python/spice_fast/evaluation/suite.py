"""Suites of held-out tasks: JSON Lines or Parquet, one task a row, each with a name to report it under."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.records import Task, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

EXPECTED = 'expected an object like {"question": "...", "answer": "..."}'


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutTask:
    """A task, and where its result is reported."""

    task: Task
    category: str = ""
    suite: str = ""
    """Name of its suite: the file's without the suffix."""
    number: int = 0
    """Place in its suite, from 0; with the suite's name what two evaluations are paired by."""

    @property
    def fingerprint(self) -> str:
        """16 hex digits of what is asked and what is right: another version of a suite has others."""
        asked = json.dumps([self.task.kind.value, self.task.question, self.task.gold, *self.task.choices])
        return hashlib.blake2b(asked.encode(), digest_size=8).hexdigest()


def load_suites(paths: Sequence[Path]) -> list[HeldOutTask]:
    """The tasks of several suites, one after the other.

    Raises:
        MissingFileError: no such file.
        ConfigError: a row that is no task, named by file and line; no task at all; two suites of one name.
    """
    names = [path.stem for path in paths]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(
            f"two suites are called {twice}: results are told apart by the file's name\nhint: rename one of the files"
        )
    return [held_out for path in paths for held_out in load_suite(path)]


def load_suite(path: Path) -> list[HeldOutTask]:
    """Reads a suite: ``.parquet``, or JSON Lines under any other name.

    Each row holds ``question``, ``answer``, and optionally ``kind`` (default ``string``), ``choices`` (four options of
    an ``mcq``, whose answer is a letter A to D) and ``category``; null stands for absent.

    Raises:
        MissingFileError: no such file.
        ConfigError: a row that is not such an object, named by its number; or no row at all.
        MissingDependencyError: a Parquet file, and polars is not installed.
    """
    if not path.is_file():
        raise MissingFileError(f"no evaluation suite: {path}")
    rows = _parquet_rows(path) if path.suffix == ".parquet" else _json_rows(path)
    tasks = [replace(_task(row, where), suite=path.stem, number=number) for number, (row, where) in enumerate(rows)]
    if not tasks:
        raise ConfigError(f"{path}: no task in it")
    return tasks


def _json_rows(path: Path) -> Iterator[tuple[Any, str]]:
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.isspace():
                continue
            where = f"{path}:{number}"
            try:
                yield json.loads(line), where
            except json.JSONDecodeError as error:
                raise ConfigError(f"{where}: {EXPECTED}, found no JSON: {error}") from None


def _parquet_rows(path: Path) -> Iterator[tuple[Any, str]]:
    try:
        import polars as pl
    except ImportError as error:
        raise ConfigError(f"{path}: reading Parquet needs polars\nhint: pip install 'spice-fast[report]'") from error
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ConfigError(f"{path}: cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    for number, row in enumerate(frame.iter_rows(named=True), start=1):
        yield row, f"{path}, row {number}"


def _task(row: Any, where: str) -> HeldOutTask:
    if not isinstance(row, dict):
        raise ConfigError(f"{where}: {EXPECTED}, found {type(row).__name__}")
    fields = {name: value for name, value in row.items() if value is not None}
    for name in ("question", "answer"):
        if name not in fields:
            raise ConfigError(f"{where}: {EXPECTED}, found no {name} among {', '.join(fields) or 'no keys'}")
        if isinstance(fields[name], list | dict):
            raise ConfigError(f"{where}: {EXPECTED}, found {name} = {fields[name]!r}")
    if fields.get("kind", "string") not in list(TaskKind):
        kinds = ", ".join(TaskKind)
        raise ConfigError(f"{where}: {EXPECTED} of kind {kinds}; found kind = {fields['kind']!r}")
    kind = TaskKind(fields.get("kind", "string"))
    choices = fields.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise ConfigError(f"{where}: expected choices to be a list of texts, found {choices!r}")
    gold = str(fields["answer"])
    if kind is TaskKind.MCQ and (len(choices) != 4 or gold not in tuple("ABCD")):
        raise ConfigError(
            f"{where}: an mcq needs four choices and an answer A, B, C or D; found {len(choices)} and {gold!r}"
        )
    task = Task(kind=kind, question=str(fields["question"]), gold=gold, choices=tuple(choices))
    return HeldOutTask(task=task, category=str(fields.get("category", "")))
