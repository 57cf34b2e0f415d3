"""``grounded``: the passage must support the task and its gold.

Without it the Challenger learns that *wrong* golds have high variance, and both roles end up agreeing on nonsense
(docs/mini.md shows the curves). The support is what the Challenger quotes; a contract without quotes must itself be a
statement of the passage: question and gold together, from one line or sentence end to the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spice_fast.tasks.gates.candidate import contains_words, folded, gold_text, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.records import Refusal, Task
    from spice_fast.tasks.gates.candidate import Candidate

STATEMENT_END = re.compile(r"[.;!?]?\s*\n|[.;!?](?:\s+|$)")


def grounded(candidates: Sequence[Candidate]) -> list[Refusal | None]:
    """Refuses with ``ungrounded``, ``quote_not_in_passage`` or ``gold_not_in_quote``."""
    found = []
    for candidate in candidates:
        assert candidate.passage is not None, "the configuration asks for a passage"
        reason = _reason(candidate.task, candidate.passage)
        found.append(None if reason is None else refusal(reason))
    return found


def _reason(task: Task, passage: str) -> str | None:
    gold = gold_text(task)
    if not task.quotes:
        statement = folded(f"{task.question} {gold}")
        statements = {folded(piece) for piece in STATEMENT_END.split(passage)}
        return None if statement in statements else "ungrounded"
    text = folded(passage)
    if not all(folded(quote) in text for quote in task.quotes):
        return "quote_not_in_passage"
    return None if any(contains_words(quote, gold) for quote in task.quotes) else "gold_not_in_quote"
