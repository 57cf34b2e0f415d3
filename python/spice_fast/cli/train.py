"""``spice-fast train``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from spice_fast.config import RunConfig


def train(
    config: str,
    /,
    *,
    output: Path | None = None,
    resume: bool = False,
    engine: Literal["transformers", "vllm"] | None = None,
    dry_run: bool = False,
    gpu_memory: str = "80GiB",
    world: int = 8,
    zero: Literal[0, 2, 3] | None = None,
    overlays: Annotated[tuple[str, ...], Parameter(name=["--overlay"], negative=())] = (),
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
    dry_run
        Print what the run would do and need, and do nothing. Exits with 1 where it does not fit.
    gpu_memory
        With --dry-run: memory of each GPU, such as 80GiB or 24GB.
    world
        With --dry-run: number of GPUs.
    zero
        With --dry-run: stage of ZeRO that is judged. Default: 2 on several GPUs as in the paper, 0 on one.
    overlays
        Settings on top, such as overlay/threshold-reward or a TOML file; may be repeated.
    overrides
        Setting to change, as section.key=value, such as challenger.frozen=true; may be repeated.
    """
    from spice_fast.cli.need import need
    from spice_fast.config import load_config
    from spice_fast.mini.corpus import with_mini_files

    chosen = [f"engine.name={engine}"] if engine else []
    resolved = load_config(config, [*overrides, *chosen], overlays)
    need("torch", "transformers", "trl", "accelerate", "datasets", extra="train")
    if dry_run:
        _dry_run(resolved, gpu_memory, world, zero)
        return
    if resolved.engine.name == "vllm":
        need("vllm", extra="vllm")
    if resolved.challenger.url is not None:
        need("openai", extra="served")
    for tracker in resolved.report_to:
        need(tracker, extra=None)
    resolved = with_mini_files(resolved)
    folder = output or Path("runs") / "-".join(Path(name).with_suffix("").name for name in (config, *overlays))

    from spice_fast.training.run import train as run

    finished = run(resolved, folder, resume=resume)
    print(f"run folder: {finished.path}", file=sys.stderr)
    print(f"model: {finished.model}", file=sys.stderr)
    print(f"hint: spice-fast report {finished.path}", file=sys.stderr)


def _dry_run(config: RunConfig, gpu_memory: str, world: int, zero: Literal[0, 2, 3] | None) -> None:
    from spice_fast.dryrun import describe, plan_run
    from spice_fast.errors import ConfigError

    if world < 1:
        raise ConfigError(f"--world {world}: expected 1 or more")
    stage = zero if zero is not None else 2 if world > 1 else 0
    plan = plan_run(config, gpu_bytes=_bytes_of(gpu_memory), world=world, zero=stage)
    print(describe(plan))
    if not plan.problems:
        print(f"fits: {gpu_memory} on each of {world} GPUs with {'ZeRO-' + str(stage) if stage else 'no ZeRO'}")
        return
    sys.stdout.flush()
    for problem in plan.problems:
        print(f"error: does not fit: {problem}", file=sys.stderr)
    change = f"the smallest change that fits: {plan.change}" if plan.change else "no single setting makes it fit"
    print(f"hint: {change}", file=sys.stderr)
    sys.exit(1)


def _bytes_of(size: str) -> int:
    """A size as in 80GiB or 24GB, in bytes."""
    from spice_fast.errors import ConfigError

    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(GiB|GB|MiB|MB)\s*", size)
    if found is None or float(found[1]) == 0:
        raise ConfigError(f"--gpu-memory {size}: expected a size above 0 such as 80GiB or 24GB")
    return int(float(found[1]) * {"GiB": 2**30, "GB": 10**9, "MiB": 2**20, "MB": 10**6}[found[2]])
