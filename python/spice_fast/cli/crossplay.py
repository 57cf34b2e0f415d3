"""``spice-fast crossplay``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from spice_fast.evaluation.crossplay import CrossPlay


def crossplay(
    run: Path,
    /,
    *,
    passages: int = 64,
    answers: int | None = None,
    json_output: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Play Challengers of five moments of a run against Reasoners of the same.

    The run must have kept its milestones (checkpoint.milestones = 4). Writes crossplay.json and crossplay.svg into the run
    folder, where `spice-fast report` finds them.

    Parameters
    ----------
    run
        Folder of a finished run.
    passages
        Passages that every Challenger reads.
    answers
        Answers of each Reasoner to each task. Default: the run's own.
    json_output
        Print one JSON object.
    """
    from spice_fast.cli.need import need
    from spice_fast.errors import ConfigError

    need("torch", "transformers", "trl", "accelerate", "datasets", extra="train")
    need("matplotlib", extra="report")
    for name, value in (("passages", passages), ("answers", answers)):
        if value is not None and value < 1:
            raise ConfigError(f"--{name} {value}: expected 1 or more")

    from spice_fast.evaluation.crossplay import write_crossplay
    from spice_fast.mini.levels import level
    from spice_fast.observability import RunFolder
    from spice_fast.report import draw_crossplay
    from spice_fast.training.crossplay import play_crosswise

    folder = RunFolder(run)
    table = play_crosswise(folder, num_passages=passages, num_answers=answers, level=level)
    write_crossplay(folder.crossplay, table)
    picture = folder.crossplay.with_suffix(".svg")
    picture.write_text(draw_crossplay(table), encoding="utf-8")
    print(table.to_json() if json_output else _as_text(table), end="")
    print(f"table: {folder.crossplay}\npicture: {picture}\nhint: spice-fast report {run}", file=sys.stderr)


def _as_text(table: CrossPlay) -> str:
    columns = "".join(f"{f'reasoner {rounds}':>15}" for rounds in table.reasoners)
    lines = [f"{'challenger':>10}{'valid':>8}{'tasks':>8}{'level':>8}{columns}"]
    for row in table.challengers:
        level = "-" if row.level is None else f"{row.level:.2f}"
        rates = "".join(f"{'-' if rate is None else f'{rate:.3f}':>15}" for rate in row.pass_rates)
        lines.append(f"{row.rounds:>10}{row.validity:>8.2f}{row.num_tasks:>8}{level:>8}{rates}")
    return "\n".join(lines) + "\n"
