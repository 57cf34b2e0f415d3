"""Scores of a suite as one row of figures."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.evaluation.runner import Score


def summarize(scores: Sequence[Score]) -> dict[str, Any]:
    """Shares of right, boxed and step-by-step answers, and accuracy by category."""
    categories = sorted({score.category for score in scores} - {""})
    return {
        "num_tasks": len(scores),
        "accuracy": fmean(score.right for score in scores),
        "boxed": fmean(score.boxed for score in scores),
        "step_by_step": fmean(score.step_by_step for score in scores),
        "by_category": {
            category: fmean(score.right for score in scores if score.category == category) for category in categories
        },
    }
