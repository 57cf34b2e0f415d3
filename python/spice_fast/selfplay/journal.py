"""A round as event rows: everything that happened to every attempt, and nothing that depends on a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spice_fast.records import Task

if TYPE_CHECKING:
    from spice_fast.selfplay.outcome import Attempt, Round


def event_rows(played: Round, keep_answers: str) -> list[dict[str, Any]]:
    """One row per attempt, in passage order.

    Args:
        played: the round.
        keep_answers: ``all`` answer texts, those of the ``trained`` tasks, or ``none``; verdicts are always there.
    """
    return [_row(played.index, attempt, keep_answers) for attempt in played.attempts]


def _row(index: int, attempt: Attempt, keep_answers: str) -> dict[str, Any]:
    keeps = keep_answers == "all" or (keep_answers == "trained" and attempt.trains_reasoner)
    row: dict[str, Any] = {
        "round": index,
        "passage": attempt.slot,
        "draw": attempt.passage.draw,
        "corpus": attempt.passage.corpus,
        "document": attempt.passage.document,
        "start": attempt.passage.start,
        "end": attempt.passage.end,
        "attempt": attempt.number,
        "kind": attempt.kind.value,
        "response": attempt.text,
        "response_tokens": len(attempt.completion.token_ids),
        "valid": attempt.valid,
        "kept": attempt.kept,
        "reward": attempt.reward if attempt.kept else None,
        "advantage": attempt.advantage if attempt.kept else None,
        "trains_reasoner": attempt.trains_reasoner,
        "verdicts": [int(verdict) for verdict in attempt.verdicts],
        "step_by_step": [int(flag) for flag in attempt.step_by_step],
        "open_book": [int(vote) for vote in attempt.open_book],
        "open_book_tokens": attempt.open_book_tokens,
        "answer_tokens": [len(answer.token_ids) for answer in attempt.answers],
        "answer_advantages": attempt.answer_advantages,
        "answers": attempt.answer_texts if keeps else [],
    }
    if isinstance(attempt.result, Task):
        row |= {
            "question": attempt.result.question,
            "gold": attempt.result.gold,
            "choices": list(attempt.result.choices),
        }
        if any(task is not attempt.result for task in attempt.shown):
            # Where each answer's prompt had the gold; the whole order follows from the seed.
            row["shown_golds"] = [task.gold for task in attempt.shown]
    else:
        row |= {"refusal": attempt.result.refusal_class.value, "reason": attempt.result.reason}
        if attempt.result.detail is not None:
            row["detail"] = attempt.result.detail
    return row
