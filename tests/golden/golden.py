"""The labelled answers: how they are read, held out and reported."""

from __future__ import annotations

import json
from collections import defaultdict
from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parent / "answers"


def read(folder=FOLDER):
    """All labelled cases, in the order of the files."""
    return [case for path in sorted(folder.glob("*.jsonl")) for case in lines(path)]


def lines(path):
    """The labelled cases of one file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def is_held_out(case):
    """A quarter of the cases, by a hash of both texts: nobody looks at these while the grader is written."""
    digest = blake2b(f"{case['gold']}\0{case['answer']}".encode(), digest_size=2).digest()
    return digest[0] % 4 == 0


def verdicts(grader, cases):
    """Whether each answer was accepted; undecided is not accepted."""
    graded = grader.check_batch(
        [case["gold"] for case in cases],
        [case["answer"] for case in cases],
        kinds=[case["kind"] for case in cases],
        choices=[case.get("choices") for case in cases],
        mode="answer",
    )
    return graded.equivalent.tolist()


def table(cases, accepted):
    """Per category and in all: cases, accuracy, false accepts (of wrong ones), false rejects (of right ones), in percent."""
    counts = defaultdict(lambda: [0, 0, 0, 0])
    for case, yes in zip(cases, accepted, strict=True):
        for name in (case["category"], "all"):
            row = counts[name]
            row[2 if case["verdict"] else 3] += 1
            row[0] += yes and not case["verdict"]
            row[1] += case["verdict"] and not yes
    return {
        name: {
            "cases": right + wrong,
            "accuracy": 100 - 100 * (accepts + rejects) / (right + wrong),
            "false_accepts": 100 * accepts / max(wrong, 1),
            "false_rejects": 100 * rejects / max(right, 1),
        }
        for name, (accepts, rejects, right, wrong) in sorted(counts.items())
    }


def show(rows):
    """The table as text."""
    lines = [f"{'category':20} {'cases':>6} {'accuracy':>9} {'false accepts':>14} {'false rejects':>14}"]
    lines += [
        f"{name:20} {row['cases']:6} {row['accuracy']:9.2f} {row['false_accepts']:14.2f} {row['false_rejects']:14.2f}"
        for name, row in rows.items()
    ]
    return "\n".join(lines)
