"""Labelled cases: one, those of one object, those of a family."""

from __future__ import annotations


def case(
    gold: str,
    answer: str,
    *,
    verdict: bool,
    category: str,
    kind: str = "auto",
    source: str = "generated",
    reason: str = "",
    choices: list[str] | None = None,
) -> dict[str, object]:
    """A row of the golden files."""
    row: dict[str, object] = {
        "gold": gold,
        "answer": answer,
        "kind": kind,
        "verdict": verdict,
        "source": source,
        "category": category,
        "reason": reason,
    }
    if choices:
        row["choices"] = choices
    return row


def pairs(rng, gold_spellings, right, wrong, category, *, num_right=3, num_wrong=2, **more):
    """Rows of one object: a gold spelling against some spellings of the same object and of others.

    `right` and `wrong` hold texts, or (text, reason).
    """

    def split(item):
        return item if isinstance(item, tuple) else (item, "")

    gold = rng.choice(gold_spellings)
    for item in rng.sample(right, min(num_right, len(right))):
        text, reason = split(item)
        yield case(gold, text, verdict=True, category=category, reason=reason, **more)
    for item in rng.sample(wrong, min(num_wrong, len(wrong))):
        text, reason = split(item)
        if text not in gold_spellings:
            yield case(gold, text, verdict=False, category=category, reason=reason, **more)


def from_makers(makers, rng):
    """Rows of a family: every maker as often as it says."""
    for make, times in makers.items():
        for _ in range(times):
            yield from make(rng)
