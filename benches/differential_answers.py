"""Our verdicts beside Math-Verify's and sympy's on generated pairs, and every disagreement in a class.

    python scripts/differential_answers.py --out FOLDER [--pairs 100000] [--seed 5000]

The pairs are made from mathematical truth (`scripts/golden_answers`), with seeds that neither the committed set nor the bench uses, so
every one has a label that no grader gave. Math-Verify grades the texts. Sympy compares the values that our parser read, step by
step, wherever both sides are one value; it has three seconds. A class is the category of the pair, who disagrees, and who is
right by the label. Grading by Math-Verify takes about half an hour; interrupted, it goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
from collections import defaultdict
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import math_verify

from golden_answers import algebra, everyday, numbers, structures
from spice_fast.answers import Grader
from spice_fast.answers.symbolic import SympyPool

FAMILIES = {"numbers": numbers, "algebra": algebra, "structures": structures, "everyday": everyday}
CHUNK = 200


def generate(num_pairs, seed):
    """Distinct labelled pairs without choices, shuffled."""
    cases = {}
    while len(cases) < num_pairs:
        for name, family in FAMILIES.items():
            for case in family.cases(random.Random(f"{seed}/{name}")):
                if not case.get("choices"):
                    cases.setdefault((case["gold"], case["answer"], case["kind"]), case)
        seed += 1
    rows = list(cases.values())
    random.Random(0).shuffle(rows)
    return rows[:num_pairs]


def math_verify_verdict(gold, answer):
    """What Math-Verify says, each text in dollars as its documentation asks; a failure is a rejection."""
    try:
        read = [math_verify.parse(f"${text.strip('$')}$", parsing_timeout=None) for text in (gold, answer)]
        return bool(math_verify.verify(*read, timeout_seconds=None))
    except Exception:  # noqa: BLE001  (a rival's failure is its verdict)
        return False


def main():
    """Grades what is not graded yet, then writes the classes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=5000)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    cases = generate(arguments.pairs, arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "rivals.jsonl"
    done = path.read_text(encoding="utf-8").count("\n") if path.exists() else 0
    with path.open("a", encoding="utf-8") as file, SympyPool(seconds=3.0) as pool:
        for start in tqdm(range(done, len(cases), CHUNK), unit_scale=CHUNK, unit="pair"):
            part = cases[start : start + CHUNK]
            symbolic = pool.decide([case["gold"] for case in part], [case["answer"] for case in part])
            rows = [
                [math_verify_verdict(case["gold"], case["answer"]), found]
                for case, found in zip(part, symbolic, strict=True)
            ]
            file.writelines(json.dumps(row) + "\n" for row in rows)
            file.flush()
    rivals = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    print(report(cases[: len(rivals)], rivals))


def report(cases, rivals):
    """The classes of disagreement as a Markdown table, the largest first, each with an example."""
    verdicts = Grader().check_batch(
        [case["gold"] for case in cases],
        [case["answer"] for case in cases],
        kinds=[case["kind"] for case in cases],
        mode="answer",
    )
    ours = [verdicts[row].equivalent for row in range(len(cases))]
    classes = defaultdict(list)
    counts = defaultdict(int)
    for case, mine, (theirs, symbolic) in zip(cases, ours, rivals, strict=True):
        for rival, verdict in (("Math-Verify", theirs), ("sympy", symbolic)):
            counts[rival] += verdict is not None
            if verdict is not None and verdict is not (mine is True):
                right = "ours" if (mine is True) is case["verdict"] else rival
                classes[rival, case["category"], "refuses" if mine else "accepts", right].append(case)
    lines = [f"{len(cases):,} pairs; compared: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())]
    lines += [
        "",
        "| rival | category | the rival | right by the label | pairs | example |",
        "|---|---|---|---|---|---|",
    ]
    for (rival, category, what, right), found in sorted(classes.items(), key=lambda item: -len(item[1])):
        example = f"`{found[0]['gold']}` and `{found[0]['answer']}`".replace("|", "\\|")
        lines.append(f"| {rival} | {category} | {what} | {right} | {len(found):,} | {example} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
