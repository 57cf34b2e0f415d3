"""One row of figures a round, from its event rows alone."""

from __future__ import annotations

import math
from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def round_metrics(index: int, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures of round ``index`` over all ranks.

    ``pass_rate``: share of right answers; ``trained_pass_rate``: of the answers that train the Reasoner;
    ``informative_rows``: trajectories with a non-zero advantage; ``refused``: attempts by reason code, ``refused_share`` as
    shares of all; ``open_book_pass_rate``: share of right answers with the passage before them, ``open_book_tokens``: what
    they cost; ``gold_letters``: where the golds of valid mcqs stand, ``gold_letters_p``: how likely so uneven places are
    where they do not matter. Means over nothing are None.
    """
    kept = [row for row in rows if row["kept"]]
    trained = [row for row in rows if row["trains_reasoner"]]
    refused = dict(sorted(Counter(row["reason"] for row in rows if not row["valid"]).items()))
    open_book_tokens = sum(sum(row["open_book_tokens"]) for row in rows)
    letters = Counter(row["gold"] for row in rows if row["valid"] and row["kind"] == "mcq")
    places = [letters[letter] for letter in "ABCD"]
    return {
        "round": index,
        "attempts": len(rows),
        "valid": sum(row["valid"] for row in rows),
        "refused": refused,
        "refused_share": {reason: count / len(rows) for reason, count in refused.items()},
        "passages_without_valid_task": len({row["passage"] for row in rows}) - len(trained),
        "challenger_reward": _mean([row["reward"] for row in kept]),
        "pass_rate": _mean([verdict for row in kept for verdict in row["verdicts"]]),
        "trained_pass_rate": _mean([verdict for row in trained for verdict in row["verdicts"]]),
        "step_by_step": _mean([flag for row in kept for flag in row["step_by_step"]]),
        "informative_rows": sum(bool(row["advantage"]) for row in kept)
        + sum(bool(advantage) for row in trained for advantage in row["answer_advantages"]),
        "generated_tokens": sum(row["response_tokens"] + sum(row["answer_tokens"]) for row in rows) + open_book_tokens,
        "open_book_tokens": open_book_tokens,
        "open_book_pass_rate": _mean([vote for row in rows for vote in row["open_book"]]),
        "gold_letters": {
            letter: count / sum(places) for letter, count in zip("ABCD", places, strict=True) if any(places)
        },
        "gold_letters_p": _uniform_p(places),
        "response_tokens": _mean([row["response_tokens"] for row in rows]),
        "answer_tokens": _mean([length for row in kept for length in row["answer_tokens"]]),
    }


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _uniform_p(counts: Sequence[int]) -> float | None:
    """Chance of four counts at least as uneven where all places are equally likely (chi-square test, 3 degrees of freedom).

    The survival function has a closed form there: ``erfc(sqrt(x / 2)) + sqrt(2 x / pi) exp(-x / 2)``.
    """
    total = sum(counts)
    if not total:
        return None
    expected = total / len(counts)
    x = sum((count - expected) ** 2 for count in counts) / expected
    return math.erfc(math.sqrt(x / 2)) + math.sqrt(2 * x / math.pi) * math.exp(-x / 2)
