"""Cases written by hand, as they stand in exam keys and model outputs: one line each, `+` right and `-` wrong."""

from __future__ import annotations

from pathlib import Path

from golden_answers.case import case


def cases(rng):  # noqa: ARG001
    """Rows of exam.txt: label, category, kind, gold, answer and perhaps a reason, between ` | `."""
    for number, line in enumerate(
        (Path(__file__).parent / "exam.txt").read_text(encoding="utf-8").splitlines(), start=1
    ):
        if not line.strip() or line.startswith("#"):
            continue
        label, category, kind, gold, answer, *reason = line.split(" | ")
        if label not in {"+", "-"}:
            message = f"exam.txt:{number}: expected + or -, found {label!r}"
            raise ValueError(message)
        yield case(
            gold,
            answer,
            verdict=label == "+",
            category=category,
            kind=kind,
            source="hand",
            reason="".join(reason).strip(),
        )
