"""What a gate is: a batch of tasks with their passages in, a refusal or nothing for each out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from spice_fast.records import Refusal, RefusalClass, Task, TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A parsed task and what it was written from."""

    task: Task
    passage: str | None
    """None in the no-corpus baseline."""


Gate: TypeAlias = Callable[[Sequence[Candidate]], Sequence[Refusal | None]]


def refusal(reason: str, detail: str | None = None) -> Refusal:
    """A gate's refusal with its reason code, and what was found."""
    return Refusal(refusal_class=RefusalClass.GATE, reason=reason, detail=detail)


def gold_text(task: Task) -> str:
    """The gold as text: the option's, for an mcq."""
    return task.choices["ABCD".index(task.gold)] if task.kind is TaskKind.MCQ else task.gold


def folded(text: str) -> str:
    """Case and white space folded."""
    return " ".join(text.casefold().split())


def contains_words(text: str, part: str) -> bool:
    """Whether ``part`` stands in ``text`` and not merely inside a longer word or number; case and white space do not count."""
    return re.search(rf"(?<!\w){re.escape(folded(part))}(?!\w)", folded(text)) is not None
