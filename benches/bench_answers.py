"""Ours beside the other open graders: accuracy, hostile answers and speed on the same cases in the same run.

The pairs are freshly generated from mathematical truth (`scripts/golden_answers`, seeds that the committed set does not use), distinct,
and graded without a cache. The others are slow, so they get a random sample; how each is called and what stops it stands in
`bench_answers_rivals.py`. They come from `.venv-adapters` (`make test-adapters` makes it); without it only Math-Verify is run.
Speeds are answers per CPU second.

    python benches/bench_answers.py [--pairs 100000] [--rival-pairs 600] [--rivals NAME ...] [--baselines FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "scripts"), str(ROOT / "tests" / "golden")]

import bench_answers_hostile as hostile
from bench_answers_rivals import LIMIT_S, RIVALS

import golden
from golden_answers import algebra, everyday, numbers, structures
from spice_fast.answers import Grader

FAMILIES = {"numbers": numbers, "algebra": algebra, "structures": structures, "everyday": everyday}
SIMPLE = {"integer", "decimal", "fraction", "mcq", "text"}
ALGEBRAIC = {"polynomial", "rational_function", "several_variables", "equation"}
TRANSCENDENTAL = {"transcendental", "radical", "logarithm", "pi"}
PARTS = {"mathematics": {"numbers", "algebra", "structures"}, "rest": {"everyday"}}
ADAPTERS = ROOT / ".venv-adapters"
NEEDED = "Math-Verify"
"""The rival that must be there: it is in the main environment."""
ROUNDS = 5
"""Of two threads and two processes in turn; the best of each counts, since others use the machine too."""
SHOWN = 20


def commit():
    """The commit that is measured."""
    command = ["git", "-C", ROOT, "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


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


def columns(cases):
    """The cases as `check_batch` takes them."""
    return (
        [case["gold"] for case in cases],
        [case["answer"] for case in cases],
        [case["kind"] for case in cases],
        [case.get("choices") for case in cases],
    )


def ours(cases):
    """Verdicts and the CPU seconds that they took on one thread."""
    arguments = columns(cases)
    start = time.process_time()
    verdicts = Grader().check_batch(*arguments, mode="answer", threads=1)
    return verdicts.equivalent.tolist(), time.process_time() - start


def speed(cases, categories):
    """Our answers per CPU second on some categories."""
    chosen = [case for case in cases if case["category"] in categories]
    return round(len(chosen) / ours(chosen)[1])


def wall_seconds(arguments, threads):
    """Seconds that one batch takes by the clock."""
    start = time.perf_counter()
    Grader().check_batch(*arguments, mode="answer", threads=threads)
    return time.perf_counter() - start


def work(pairs):
    """One of two independent processes: grades all pairs whenever a line comes in, and says how long it took."""
    arguments = columns(generate(pairs))
    wall_seconds(arguments, 1)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(wall_seconds(arguments, 1), flush=True)


def two_threads_against_two_processes(cases):
    """Answers per second of two threads, as a share of what two processes of one thread do at the same time."""
    command = [sys.executable, __file__, "--work", "--pairs", str(len(cases))]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(2)
    ]
    arguments = columns(cases)
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    threads, processes = [], []
    for _ in range(ROUNDS):
        threads.append(wall_seconds(arguments, 2))
        for worker in workers:
            worker.stdin.write("go\n")
        processes.append(max(float(worker.stdout.readline()) for worker in workers))
    for worker in workers:
        worker.stdin.close()
        worker.wait()
    return min(processes) / (2 * min(threads))


def run_rival(name, folder, limit):
    """What `bench_answers_rivals.py` says of one grader, in the environment of the adapters where there is one."""
    python = ADAPTERS / "bin" / "python"
    path = [str(ROOT / "python"), os.environ.get("PYTHONPATH", "")]
    if name == "lighteval":
        path.insert(0, str(ADAPTERS / "lighteval"))
    out = folder / "out.json"
    command = [python if python.exists() else sys.executable, ROOT / "benches" / "bench_answers_rivals.py", name]
    subprocess.run(
        [*command, out, folder / "sample.jsonl", folder / "hostile.jsonl", "--limit", str(limit)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return json.loads(out.read_text(encoding="utf-8"))


def row_of(answer, sample, attacks):
    """A line of the comparison."""
    graded, attacked = answer["runs"]
    accepted = [outcome == "accepted" for outcome in graded["outcomes"]]
    row = {"version": answer["version"]}
    for name, families in PARTS.items():
        part = [at for at, case in enumerate(sample) if case["family"] in families]
        figures = golden.table([sample[at] for at in part], [accepted[at] for at in part])["all"]
        row[name] = {key: round(value, 2) for key, value in figures.items()}
    fooled = [
        case["name"]
        for case, outcome in zip(attacks, attacked["outcomes"], strict=True)
        if outcome == "accepted" and not case["verdict"]
    ]
    row["hostile"] = {
        "cases": len(attacks),
        "false_accepts": len(fooled),
        "hangs": attacked["outcomes"].count("hang"),
        "crashes": attacked["outcomes"].count("crash"),
        "code_executed": len(attacked["executed"]),
        "accepted": fooled,
    }
    row["hangs"], row["crashes"] = graded["outcomes"].count("hang"), graded["outcomes"].count("crash")
    row["answers_per_cpu_s"] = round(len(sample) / graded["seconds"], 1)
    return row


def show(rows):
    """The comparison as text."""
    head = f"{'grader':20} {'version':8} {'maths acc/FA/FR %':>20} {'rest acc/FA/FR %':>20} {'hostile FA/hang/crash/code':>27} "
    lines = [head + f"{'hangs':>5} {'per CPU s':>10}"]
    for name, row in rows.items():
        parts = [
            f"{row[part]['accuracy']:.1f} / {row[part]['false_accepts']:.1f} / {row[part]['false_rejects']:.1f}"
            for part in PARTS
        ]
        attacked = " / ".join(
            str(row["hostile"][key]) for key in ("false_accepts", "hangs", "crashes", "code_executed")
        )
        lines.append(
            f"{name:20} {row['version']:8} {parts[0]:>20} {parts[1]:>20} {attacked:>27} "
            f"{row['hangs'] + row['crashes']:5} {row['answers_per_cpu_s']:10,}"
        )
    return "\n".join(lines)


def compare(sample, names, limit):
    """A line for each grader that is here, and the names of those that are not."""
    rows, missing = {}, []
    attacks = hostile.cases()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stem, cases in (("sample", sample), ("hostile", attacks)):
            (folder / f"{stem}.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
        for rival in names:
            answer = run_rival(rival, folder, limit)
            if "runs" in answer:
                rows[rival] = row_of(answer, sample, attacks)
                print(show({rival: rows[rival]}).splitlines()[-1], file=sys.stderr, flush=True)
            else:
                missing.append(rival)
    return rows, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--rival-pairs", type=int, default=600)
    parser.add_argument("--rivals", nargs="+", choices=RIVALS, default=list(RIVALS))
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="CPU seconds after which a rival's case is a hang")
    parser.add_argument("--baselines", type=Path)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments.pairs)
        return
    cases = generate(arguments.pairs)
    accepted, seconds = ours(cases)
    print(golden.show(golden.table(cases, accepted)))
    misses = [case for case, yes in zip(cases, accepted, strict=True) if yes != case["verdict"]]
    print(f"\nmisses of ours: {len(misses)}")
    for case in misses[:SHOWN]:
        print(
            f"  {case['category']}: {case['answer']!r} for {case['gold']!r} is {'right' if case['verdict'] else 'wrong'}"
        )
    result = {
        "machine": platform.processor() or platform.machine(),
        "commit": commit(),
        "python": platform.python_version(),
        "pairs": len(cases),
        "ours_per_cpu_s": round(len(cases) / seconds),
        "ours_simple_per_cpu_s": speed(cases, SIMPLE),
        "ours_algebraic_per_cpu_s": speed(cases, ALGEBRAIC),
        "ours_transcendental_per_cpu_s": speed(cases, TRANSCENDENTAL),
        "two_threads_of_two_processes": round(two_threads_against_two_processes(cases), 3),
    }
    print(json.dumps(result, indent=2), file=sys.stderr, flush=True)
    rows, missing = compare(cases[: arguments.rival_pairs], arguments.rivals, arguments.limit)
    if NEEDED in rows:
        result["times_math_verify"] = round(result["ours_per_cpu_s"] / rows[NEEDED]["answers_per_cpu_s"])
    print(f"\n{show(rows)}")
    print(
        f"not run, since not here: {', '.join(missing) or 'none'}"
        + ("" if ADAPTERS.exists() else " (make test-adapters)")
    )
    print(json.dumps(result, indent=2))
    if arguments.baselines:
        arguments.baselines.parent.mkdir(exist_ok=True)
        baselines = {**result, "rival_pairs": arguments.rival_pairs, "rivals": rows, "not_run": missing}
        arguments.baselines.write_text(json.dumps(baselines, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
