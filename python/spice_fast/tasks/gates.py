"""Gates: what a parsed task must pass besides its format. Off in the paper, each on its own switch here.

``grounded``: the passage must support the task and its gold. Without it the Challenger learns that *wrong* golds have
high variance, and both roles end up agreeing on nonsense (docs/mini.md shows the curves). The support is what the
Challenger quotes; a contract without quotes must itself be a statement of the passage: question and gold together,
from one line or sentence end to the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spice_fast.records import Refusal, RefusalClass, Task, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STATEMENT_END = re.compile(r"[.;!?]?\s*\n|[.;!?](?:\s+|$)")


def grounded(task: Task, passage: str) -> str | None:
    """Reason code of the refusal, or None where the passage supports the task."""
    gold = task.choices["ABCD".index(task.gold)] if task.kind is TaskKind.MCQ else task.gold
    if not task.quotes:
        statement = _words(f"{task.question} {gold}")
        statements = {_words(piece) for piece in STATEMENT_END.split(passage)}
        return None if statement in statements else "ungrounded"
    text = _words(passage)
    if not all(_words(quote) in text for quote in task.quotes):
        return "quote_not_in_passage"
    return None if any(_contains_words(quote, gold) for quote in task.quotes) else "gold_not_in_quote"


GATES: dict[str, Callable[[Task, str], str | None]] = {"grounded": grounded}


def apply_gates(task: Task | Refusal, passage: str | None, gates: Sequence[str]) -> Task | Refusal:
    """The task, or the refusal of the first gate it does not pass. A refusal stays as it is."""
    if isinstance(task, Refusal) or passage is None:
        return task
    for gate in gates:
        reason = GATES[gate](task, passage)
        if reason is not None:
            return Refusal(refusal_class=RefusalClass.GATE, reason=reason)
    return task


def _words(text: str) -> str:
    """Case and white space folded."""
    return " ".join(text.casefold().split())


def _contains_words(text: str, part: str) -> bool:
    """Whether ``part`` stands in ``text`` and not merely inside a longer word or number."""
    return re.search(rf"(?<!\w){re.escape(_words(part))}(?!\w)", _words(text)) is not None
