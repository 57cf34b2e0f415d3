"""One row of figures a round, from its event rows alone."""

from __future__ import annotations

from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def round_metrics(index: int, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures of round ``index`` over all ranks.

    ``pass_rate``: share of right answers; ``trained_pass_rate``: of the answers that train the Reasoner;
    ``informative_rows``: trajectories with a non-zero advantage; ``refused``: attempts by reason code. Means over
    nothing are None.
    """
    kept = [row for row in rows if row["kept"]]
    trained = [row for row in rows if row["trains_reasoner"]]
    return {
        "round": index,
        "attempts": len(rows),
        "valid": sum(row["valid"] for row in rows),
        "refused": dict(sorted(Counter(row["reason"] for row in rows if not row["valid"]).items())),
        "passages_without_valid_task": len({row["passage"] for row in rows}) - len(trained),
        "challenger_reward": _mean([row["reward"] for row in kept]),
        "pass_rate": _mean([verdict for row in kept for verdict in row["verdicts"]]),
        "trained_pass_rate": _mean([verdict for row in trained for verdict in row["verdicts"]]),
        "step_by_step": _mean([flag for row in kept for flag in row["step_by_step"]]),
        "informative_rows": sum(bool(row["advantage"]) for row in kept)
        + sum(bool(advantage) for row in trained for advantage in row["answer_advantages"]),
        "generated_tokens": sum(row["response_tokens"] + sum(row["answer_tokens"]) for row in rows),
        "response_tokens": _mean([row["response_tokens"] for row in rows]),
        "answer_tokens": _mean([length for row in kept for length in row["answer_tokens"]]),
    }


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
