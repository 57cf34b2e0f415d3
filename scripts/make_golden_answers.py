"""Writes tests/golden/answers/*.jsonl: an object, many spellings of it, and minimal changes that make it another object.

A label says what mathematics (or the world) says of the two objects, by construction: the object is made first, the texts are
written from it, and a wrong answer is written from another object. No grader is asked. Where a label rests on a convention of
ours, `reason` names it.

    python scripts/make_golden_answers.py          # the committed files
    python scripts/make_golden_answers.py --seed 7 --out /some/folder    # an unseen set of the same kind
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from golden_answers import algebra, everyday, exam, numbers, spellings, structures  # noqa: E402

FILES = {
    "numbers": numbers.cases,
    "algebra": algebra.cases,
    "structures": structures.cases,
    "everyday": everyday.cases,
    "spellings": spellings.cases,
    "exam": exam.cases,
}


def main() -> None:
    """Writes one file per family; equal cases once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "tests" / "golden" / "answers")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, cases in FILES.items():
        rows = {}
        for case in cases(random.Random(f"{arguments.seed}/{name}")):
            rows.setdefault((case["gold"], case["answer"], case["kind"]), case)
        with (arguments.out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for case in rows.values():
                file.write(json.dumps(case, ensure_ascii=False) + "\n")
        print(f"{name}: {len(rows)} cases, {sum(case['verdict'] for case in rows.values())} right")
        total += len(rows)
    print(f"total: {total}")


if __name__ == "__main__":
    main()
