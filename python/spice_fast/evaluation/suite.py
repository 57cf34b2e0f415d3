"""A suite of held-out tasks: one JSON object a line with ``question`` and ``answer``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.records import Task, TaskKind

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutTask:
    """A task and the category under which its result is reported."""

    task: Task
    category: str = ""


def load_suite(path: Path) -> list[HeldOutTask]:
    """Reads a suite.

    Each line holds ``question``, ``answer``, and optionally ``kind`` (default ``string``), ``choices`` (four options of
    an ``mcq``) and ``category``.

    Raises:
        MissingFileError: no such file.
        ConfigError: a line that is not such an object, named by its number; or no line at all.
    """
    if not path.is_file():
        raise MissingFileError(f"no evaluation suite: {path}")
    with path.open(encoding="utf-8") as lines:
        tasks = [_parse(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not tasks:
        raise ConfigError(f"{path}: no task in it")
    return tasks


def _parse(line: str, where: str) -> HeldOutTask:
    try:
        row = json.loads(line)
        task = Task(
            kind=TaskKind(row.get("kind", "string")),
            question=str(row["question"]),
            gold=str(row["answer"]),
            choices=tuple(row.get("choices", ())),
        )
        return HeldOutTask(task=task, category=str(row.get("category", "")))
    except (json.JSONDecodeError, AttributeError, KeyError, ValueError) as error:
        raise ConfigError(
            f'{where}: expected an object like {{"question": "...", "answer": "..."}}: {type(error).__name__}: {error}'
        ) from None
