"""``make demo``: the whole way on two CPU cores, from generated documents to a model that visibly learns.

Every step is a command that works the same on a real corpus and a real model; the demo prints each before it runs it.
Stopped half-way and started again, it goes on from the last checkpoint.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from spice_fast.mini.corpus import CORPUS, DOCUMENTS, FOLDER, HELD_OUT, write_documents, write_held_out
from spice_fast.mini.levels import write_levels
from spice_fast.observability import RunFolder
from spice_fast.report import Curves, read_curves, write_report
from spice_fast.report.curves import recorded_curves

PRESETS = ("spice", "spice-paper")
ROUNDS = 200
RECORDED = Path(__file__).parent / "recorded"
COMMAND = [sys.executable, "-m", "spice_fast.cli"]


def main() -> None:
    """Parses the command line and runs the demo."""
    parser = argparse.ArgumentParser(description="Self-play that visibly learns on two CPU cores.")
    parser.add_argument("--engine", choices=("transformers", "vllm"), default="transformers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--fresh", action="store_true", help="start over instead of going on with an earlier demo")
    arguments = parser.parse_args()
    if arguments.fresh and FOLDER.exists():
        shutil.rmtree(FOLDER)
    # One thread a run: two runs side by side on two cores, and the same result on every number of cores.
    os.environ["OMP_NUM_THREADS"] = "1"
    sys.exit(run_demo(arguments.engine, arguments.seed, arguments.rounds))


def run_demo(engine: str, seed: int, rounds: int) -> int:
    """Runs every step; gives the exit code."""
    if not CORPUS.exists():
        _say("1. documents: 20,000 generated ones, and 600 held-out tasks from chains that none of them states")
        write_documents(DOCUMENTS)
        write_held_out(HELD_OUT)
        _run("corpus", "build", str(DOCUMENTS), "--output", str(CORPUS), "--min-bytes", "0")
    suffix = "" if engine == "transformers" else f"-{engine}"
    folders = [FOLDER / f"{preset}{suffix}-seed{seed}" for preset in PRESETS]
    _say("2. self-play with the grounded gate, and beside it the published method without one (its log: below)")
    settings = [f"seed={seed}", f"rounds={rounds}", f"engine.name={engine}"]
    background_log = folders[1].with_suffix(".log")
    commands = [_train_command(preset, folder, settings) for preset, folder in zip(PRESETS, folders, strict=True)]
    print(f"$ {_shown(commands[1])} 2> {background_log} &", flush=True)
    with background_log.open("w", encoding="utf-8") as log:
        other = subprocess.Popen(commands[1], stderr=log, stdout=log)
        try:
            _call(commands[0])
            _say("3. waiting for the run without the gate")
            failed = other.wait() != 0
        finally:
            if other.poll() is None:
                other.terminate()
                other.wait()
    if failed:
        print(background_log.read_text(encoding="utf-8")[-2000:], file=sys.stderr)
        return 1
    _say("4. held-out tasks before and after, curves, examples")
    for folder in folders:
        write_levels(RunFolder(folder))
    recorded = [recorded_curves(path) for path in sorted(RECORDED.glob("*.json"))]
    runs = [read_curves(folder).renamed(preset) for preset, folder in zip(PRESETS, folders, strict=True)]
    page = write_report(folders, FOLDER / "report.html", names=PRESETS, recorded=recorded)
    _print_table(runs)
    for name, path in (("charts", page), ("events", folders[0] / "events"), ("model", folders[0] / "model")):
        print(f"{name:>8}: {path}")
    return 0


def _train_command(preset: str, folder: Path, settings: list[str]) -> list[str]:
    command = [*COMMAND, "train", f"mini/{preset}", "--output", str(folder)]
    for setting in settings:
        command += ["--set", setting]
    return [*command, "--resume"] if (folder / "config.json").exists() else command


def _print_table(runs: list[Curves]) -> None:
    print(f"\n{'':24}{'before':>10}{'after':>10}")
    for run in runs:
        figures = {
            "held-out accuracy": [run.evaluations[i]["accuracy"] for i in (0, -1)],
            "answers step by step": [run.evaluations[i]["step_by_step"] for i in (0, -1)],
            "level of the tasks": [run.of_levels("level")[1][i] for i in (0, -1)],
            "true golds": [run.of_levels("true_golds")[1][i] for i in (0, -1)],
        }
        print(run.name)
        for name, (before, after) in figures.items():
            print(f"  {name:22}{before:10.3f}{after:10.3f}")
    print()


def _run(*arguments: str) -> None:
    _call([*COMMAND, *arguments])


def _call(command: list[str]) -> None:
    print(f"$ {_shown(command)}", flush=True)
    subprocess.run(command, check=True)


def _shown(command: list[str]) -> str:
    return shlex.join(["spice-fast", *command[len(COMMAND) :]])


def _say(text: str) -> None:
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    main()
