"""Ours beside Math-Verify: accuracy and speed on the same cases in the same run, one process, one thread each.

The pairs are freshly generated from mathematical truth (`scripts/golden_answers`, seeds that the committed set does not use), distinct,
and graded without a cache. Math-Verify is slow, so it gets a random sample; its own time limit is off, which makes it faster and
spares the signals. Speeds are answers per CPU second of this process.

    python benches/bench_answers.py [--pairs 100000] [--rival-pairs 600] [--baselines benches/baselines/answers.json]
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import logging
import platform
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(ROOT / "tests" / "golden"))

import math_verify

import golden
from golden_answers import algebra, everyday, numbers, structures
from spice_fast.answers import Grader

FAMILIES = {"numbers": numbers, "algebra": algebra, "structures": structures, "everyday": everyday}
SIMPLE = {"integer", "decimal", "fraction", "mcq", "text"}
ALGEBRAIC = {"polynomial", "rational_function", "several_variables", "equation"}
TRANSCENDENTAL = {"transcendental", "radical", "logarithm", "pi"}
MATHEMATICS = {"numbers", "algebra", "structures"}


def generate(num_pairs):
    """Distinct labelled pairs of all families, shuffled."""
    cases = {}
    seed = 1000
    while len(cases) < num_pairs:
        for name, family in FAMILIES.items():
            for case in family.cases(random.Random(f"{seed}/{name}")):
                key = (case["gold"], case["answer"], case["kind"])
                cases.setdefault(key, {**case, "family": name})
        seed += 1
    rows = list(cases.values())
    random.Random(0).shuffle(rows)
    return rows[:num_pairs]


def ours(cases):
    """Verdicts and the CPU seconds that they took on one thread."""
    columns = (
        [case["gold"] for case in cases],
        [case["answer"] for case in cases],
        [case["kind"] for case in cases],
        [case.get("choices") for case in cases],
    )
    start = time.process_time()
    verdicts = Grader().check_batch(*columns, mode="answer", threads=1)
    return verdicts.equivalent.tolist(), time.process_time() - start


def theirs(cases):
    """Verdicts of Math-Verify, each text in dollars as its documentation asks, and the CPU seconds that they took."""
    logging.disable(logging.CRITICAL)
    verdicts = []
    start = time.process_time()
    for case in cases:
        try:
            gold = math_verify.parse(f"${case['gold'].strip('$')}$", parsing_timeout=None)
            answer = math_verify.parse(f"${case['answer'].strip('$')}$", parsing_timeout=None)
            verdicts.append(bool(math_verify.verify(gold, answer, timeout_seconds=None)))
        except Exception:  # noqa: BLE001  (a rival's failure is a rejection)
            verdicts.append(False)
    return verdicts, time.process_time() - start


def speed(cases, categories):
    """Our answers per CPU second on some categories."""
    chosen = [case for case in cases if case["category"] in categories]
    return round(len(chosen) / ours(chosen)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--rival-pairs", type=int, default=600)
    parser.add_argument("--baselines", type=Path)
    arguments = parser.parse_args()
    cases = generate(arguments.pairs)
    accepted, seconds = ours(cases)
    print(golden.show(golden.table(cases, accepted)))
    result = {
        "machine": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "pairs": len(cases),
        "ours_per_cpu_s": round(len(cases) / seconds),
        "ours_simple_per_cpu_s": speed(cases, SIMPLE),
        "ours_algebraic_per_cpu_s": speed(cases, ALGEBRAIC),
        "ours_transcendental_per_cpu_s": speed(cases, TRANSCENDENTAL),
    }
    sample = cases[: arguments.rival_pairs]
    rival, rival_seconds = theirs(sample)
    mine, _ = ours(sample)
    result["math_verify"] = importlib.metadata.version("math-verify")
    result["math_verify_per_cpu_s"] = round(len(sample) / rival_seconds, 1)
    result["times_math_verify"] = round(result["ours_per_cpu_s"] / result["math_verify_per_cpu_s"])
    for name, families in (("mathematics", MATHEMATICS), ("rest", {"everyday"})):
        part = [at for at, case in enumerate(sample) if case["family"] in families]
        for grader, verdicts in (("ours", mine), ("math_verify", rival)):
            rows = golden.table([sample[at] for at in part], [verdicts[at] for at in part])
            result[f"{grader}_{name}"] = {key: round(value, 2) for key, value in rows["all"].items()}
    print(json.dumps(result, indent=2))
    if arguments.baselines:
        arguments.baselines.parent.mkdir(exist_ok=True)
        arguments.baselines.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
