"""Records the miniature's curves, which the demo's page and docs/mini.md show: every preset, seeds 1 to 3, two runs at a time.

python scripts/record_mini.py [--presets spice spice-paper ...] [--seeds 1 2 3]

Stopped and started again, it goes on where it stopped. About an hour on two cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from spice_fast.config import load_config
from spice_fast.mini.corpus import FOLDER, with_mini_files
from spice_fast.mini.demo import RECORDED, ROUNDS
from spice_fast.mini.levels import write_levels
from spice_fast.observability import RunFolder
from spice_fast.report import read_curves
from spice_fast.report.charts import draw_charts
from spice_fast.report.curves import recorded_curves

PICTURES = Path("docs/mini")
PRESETS = ("spice", "spice-permuted", "spice-paper", "spice-fixed-challenger", "spice-no-corpus")


def record(preset: str, seed: int, rounds: int) -> None:
    """One run, from its start or its last checkpoint, and its recording."""
    target = RECORDED / f"{preset}-seed{seed}.json"
    if target.exists():
        return
    run = FOLDER / "recorded" / f"{preset}-seed{seed}"
    command = [sys.executable, "-m", "spice_fast.cli", "train", f"mini/{preset}", "--output", str(run)]
    command += ["--set", f"seed={seed}", "--set", f"rounds={rounds}", "--set", "events.keep_answers=none"]
    if (run / "config.json").exists():
        command.append("--resume")
    run.parent.mkdir(parents=True, exist_ok=True)
    with run.with_suffix(".log").open("a", encoding="utf-8") as log:
        subprocess.run(command, check=True, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"})
    folder = RunFolder(run)
    write_levels(folder)
    curves = read_curves(run)
    target.parent.mkdir(exist_ok=True)
    target.write_text(curves.renamed(preset).to_json() + "\n", encoding="utf-8")
    first, last = curves.evaluations[0], curves.evaluations[-1]
    print(f"{preset}, seed {seed}: held-out {first['accuracy']:.3f} -> {last['accuracy']:.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=PRESETS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with_mini_files(load_config("mini/spice"))
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [pool.submit(record, p, seed, arguments.rounds) for seed in arguments.seeds for p in arguments.presets]
        for job in jobs:
            job.result()
    recorded = [recorded_curves(path) for path in sorted(RECORDED.glob("*.json"))]
    for name, svg in draw_charts([], recorded).items():
        (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
