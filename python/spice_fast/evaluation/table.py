"""Results as a table: one line a suite and category, with intervals, and beside a base model's with their difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from spice_fast.errors import ConfigError
from spice_fast.evaluation.statistics import paired_bootstrap, sign_flip_p, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.evaluation.results import TaskResult

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a model gains over a base on the same tasks."""

    base: float
    """The base's accuracy."""
    mean: float
    low: float
    """Lower end of the paired 95 % bootstrap interval."""
    high: float
    p: float
    """Two-sided sign-flip p-value, exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Accuracy over some tasks."""

    suite: str
    """A suite's name, or ``all``."""
    category: str
    """A category's name, or ``all``."""
    num_tasks: int
    accuracy: float
    """Mean over tasks of the share of right answers: pass@1, or mean@n of n answers."""
    low: float
    """Lower end of the 95 % interval over tasks."""
    high: float
    boxed: float
    step_by_step: float
    num_tokens: float
    """Mean length of an answer in tokens."""
    difference: Difference | None = None


def score_table(
    results: Sequence[TaskResult], base: Sequence[TaskResult] | None = None, *, seed: int = 0
) -> list[Line]:
    """Lines for every suite, its categories, and all suites together where there are several.

    Args:
        results: what the model answered.
        base: what another model answered to the same tasks.
        seed: of the bootstrap.

    Raises:
        ConfigError: the base has not answered just these tasks.
    """
    others = [None] * len(results) if base is None else _paired(results, base)
    pairs = list(zip(results, others, strict=True))
    suites = list(dict.fromkeys(result.suite for result in results))
    lines = [_line(ALL, ALL, pairs, seed)] if len(suites) > 1 else []
    for suite in suites:
        own = [pair for pair in pairs if pair[0].suite == suite]
        lines.append(_line(suite, ALL, own, seed))
        categories = sorted({result.category for result, _ in own} - {""})
        lines += [_line(suite, name, [pair for pair in own if pair[0].category == name], seed) for name in categories]
    return lines


def _paired(results: Sequence[TaskResult], base: Sequence[TaskResult]) -> list[TaskResult]:
    by_place = {result.place: result for result in base}
    for result in results:
        other = by_place.get(result.place)
        where = f"task {result.number + 1} of suite {result.suite}"
        if other is None:
            raise ConfigError(f"the base has no answer to {where}\nhint: evaluate it on the same --suite first")
        if other.fingerprint != result.fingerprint:
            raise ConfigError(f"{where} is another task in the base's results\nhint: evaluate both on the same files")
    return [by_place[result.place] for result in results]


def _line(suite: str, category: str, pairs: Sequence[tuple[TaskResult, TaskResult | None]], seed: int) -> Line:
    own = [result for result, _ in pairs]
    accuracy = fmean(result.accuracy for result in own)
    low, high = wilson_interval(accuracy, len(own))
    return Line(
        suite=suite,
        category=category,
        num_tasks=len(own),
        accuracy=accuracy,
        low=low,
        high=high,
        boxed=fmean(fmean(result.boxed) for result in own),
        step_by_step=fmean(fmean(result.step_by_step) for result in own),
        num_tokens=fmean(fmean(result.num_tokens) for result in own),
        difference=_difference([(result, other) for result, other in pairs if other is not None], seed),
    )


def _difference(pairs: Sequence[tuple[TaskResult, TaskResult]], seed: int) -> Difference | None:
    if not pairs:
        return None
    # Right answers of a common number of answers, so that sums are whole and ties are ties.
    common = math.lcm(*(len(result.right) for pair in pairs for result in pair))
    gains = [
        sum(result.right) * (common // len(result.right)) - sum(other.right) * (common // len(other.right))
        for result, other in pairs
    ]
    low, high = paired_bootstrap([gain / common for gain in gains], seed)
    return Difference(
        base=fmean(other.accuracy for _, other in pairs),
        mean=fmean(gains) / common,
        low=low,
        high=high,
        p=sign_flip_p(gains),
    )
