"""The evidence on the miniature: every run of the plan, cross-play of SPICE's, and the page that shows them.

    python scripts/evidence [--seeds 1 2] [--conditions spice fixed] [--page-only]

Stopped and started again it goes on where it stopped.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from evidence.page import write_page
from evidence.plan import CONDITIONS, SEEDS, SPICE
from evidence.run import KEPT, folder_of, play_all
from spice_fast.observability import RunFolder

ROUNDS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, choices=SEEDS)
    parser.add_argument("--conditions", nargs="+", choices=[condition.name for condition in CONDITIONS])
    parser.add_argument("--page-only", action="store_true", help="draw what is there")
    arguments = parser.parse_args()
    if not arguments.page_only:
        seeds = tuple(arguments.seeds) if arguments.seeds else None
        names = tuple(arguments.conditions) if arguments.conditions else None
        play_all(seeds, names, ROUNDS)
        for seed in SPICE.seeds:
            play_crosswise(seed)
    write_page()


def play_crosswise(seed: int) -> None:
    """Cross-play of one SPICE run, unless it is there or the run is not."""
    folder, kept = RunFolder(folder_of(SPICE, seed)), KEPT / f"crossplay-seed{seed}.json"
    if kept.exists() or not folder.model.exists():
        return
    command = [sys.executable, "-m", "spice_fast.cli", "crossplay", str(folder.path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "2"})
    shutil.copy(folder.crossplay, kept)


if __name__ == "__main__":
    main()
