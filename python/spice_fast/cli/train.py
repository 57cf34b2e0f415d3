"""``spice-fast train``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter


def train(
    config: str,
    /,
    *,
    output: Path | None = None,
    resume: bool = False,
    engine: Literal["transformers", "vllm"] | None = None,
    overrides: Annotated[tuple[str, ...], Parameter(name=["--set", "-s"], negative=())] = (),
) -> None:
    """Play self-play rounds and train the policy on them.

    Parameters
    ----------
    config
        TOML file, or a preset such as mini/spice.
    output
        Run folder. Default: runs/ and the name of the configuration.
    resume
        Go on from the run folder's last complete checkpoint.
    engine
        What generates the rollouts; the same as --set engine.name=...
    overrides
        Setting to change, as section.key=value, such as challenger.frozen=true; may be repeated.
    """
    from spice_fast.cli.need import need
    from spice_fast.config import load_config
    from spice_fast.mini.corpus import with_mini_files

    chosen = [f"engine.name={engine}"] if engine else []
    resolved = load_config(config, [*overrides, *chosen])
    need("torch", "transformers", "trl", "accelerate", "datasets", extra="train")
    if resolved.engine.name == "vllm":
        need("vllm", extra="vllm")
    for tracker in resolved.report_to:
        need(tracker, extra=None)
    resolved = with_mini_files(resolved)
    folder = output or Path("runs") / Path(config).with_suffix("").name

    from spice_fast.training.run import train as run

    finished = run(resolved, folder, resume=resume)
    print(f"run folder: {finished.path}", file=sys.stderr)
    print(f"model: {finished.model}", file=sys.stderr)
    print(f"hint: spice-fast report {finished.path}", file=sys.stderr)
