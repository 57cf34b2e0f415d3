"""The whole dry run: schedule, budgets, memory under every kind of sharding, whether it fits, and what would make it fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from spice_fast.config.run import TEMPLATE_TOKENS
from spice_fast.dryrun.memory import GIB, Memory, Zero, memory_of
from spice_fast.dryrun.schedule import LENGTH_SHARE, VALID_SHARE, Schedule, schedule_of
from spice_fast.dryrun.shapes import ModelShape, shape_of
from spice_fast.dryrun.tokens import Budgets, budgets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spice_fast.config import RunConfig

SHORTEST_PASSAGE = 256
"""Tokens below which no passage is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run would do and need."""

    config: RunConfig
    shape: ModelShape
    schedule: Schedule
    budgets: Budgets
    memory: dict[Zero, Memory]
    """By stage of ZeRO."""
    world: int
    zero: Zero
    """The stage that is judged."""
    gpu_bytes: int
    problems: tuple[str, ...]
    """Why it cannot run; empty: it fits."""
    change: str | None = None
    """The smallest change that makes it fit; None where it fits, or where no single setting does it."""


def plan_run(config: RunConfig, *, gpu_bytes: int, world: int, zero: Zero) -> Plan:
    """The plan of a run on ``world`` GPUs of ``gpu_bytes`` each.

    Raises:
        MissingFileError: no such model folder or template set.
        ConfigError: a model whose shape is not known.
    """
    plan = _plan(config, gpu_bytes, world, zero)
    if not plan.problems:
        return plan
    fitting = (name for name, other in _changes(plan) if not other.problems)
    return replace(plan, change=next(fitting, None))


def _plan(config: RunConfig, gpu_bytes: int, world: int, zero: Zero) -> Plan:
    shape = shape_of(config.model.path)
    schedule = schedule_of(config, world)
    stages: tuple[Zero, ...] = (0, 2, 3)
    memory = {
        stage: memory_of(shape, config, rows=schedule.rows_per_pass, world=world, zero=stage, gpu_bytes=gpu_bytes)
        for stage in stages
    }
    budgets = budgets_of(config)
    return Plan(
        config=config,
        shape=shape,
        schedule=schedule,
        budgets=budgets,
        memory=memory,
        world=world,
        zero=zero,
        gpu_bytes=gpu_bytes,
        problems=tuple(_problems(config, shape, budgets, memory[zero], zero, gpu_bytes)),
    )


def _problems(
    config: RunConfig, shape: ModelShape, budgets: Budgets, memory: Memory, zero: Zero, gpu_bytes: int
) -> Iterator[str]:
    longest = config.max_sequence_tokens
    if longest > shape.max_positions:
        yield f"a sequence of {longest:,} tokens; the model has {shape.max_positions:,} positions"
    if budgets.challenger_instructions > TEMPLATE_TOKENS:
        yield f"instructions of {budgets.challenger_instructions:,} tokens; there is room for {TEMPLATE_TOKENS:,}"
    if zero == 3:
        yield "ZeRO-3: the engines here read whole weights, and its figures stand only for comparison"
    if memory.kv_tokens < longest:
        yield f"a key-value cache of {memory.kv_tokens:,} tokens; one sequence has up to {longest:,}"
    for phase, needed in (("an update", memory.update), ("writing rollouts", memory.rollouts)):
        if needed > gpu_bytes:
            yield f"{phase} needs {needed / GIB:.1f} GiB on each GPU; it has {gpu_bytes / GIB:.1f}"


def _changes(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """Single changes, the one that costs least first: time, then another launch, then what is trained."""
    config, world = plan.config, plan.world
    for section, key, value in (*_slower_updates(plan), *_other_engine(config)):
        shown = str(value).lower() if isinstance(value, bool) else value
        yield (
            f"--set {section}.{key}={shown}",
            _plan(_with(config, section, key, value), plan.gpu_bytes, world, plan.zero),
        )
    if plan.zero != 2 and world > 1:
        yield "--zero 2", _plan(config, plan.gpu_bytes, world, 2)
    for more in (2, 4, 8):
        yield f"--world {world * more} --zero 2", _plan(config, plan.gpu_bytes, world * more, 2)
    tokens = config.corpus.passage_tokens // 2
    while tokens >= SHORTEST_PASSAGE:
        shorter = _with(config, "corpus", "passage_tokens", tokens)
        yield f"--set corpus.passage_tokens={tokens}", _plan(shorter, plan.gpu_bytes, world, plan.zero)
        tokens //= 2


def _slower_updates(plan: Plan) -> Iterator[tuple[str, str, Any]]:
    update = plan.config.update
    rows, passes = plan.schedule.rows_per_pass, update.micro_batches
    while rows > 1:
        rows, passes = (rows + 1) // 2, passes * 2
        yield "update", "micro_batches", passes
    if not update.gradient_checkpointing:
        yield "update", "gradient_checkpointing", True


def _other_engine(config: RunConfig) -> Iterator[tuple[str, str, Any]]:
    """A smaller engine, then (for vLLM, whose cache may be too small) a larger one."""
    if config.engine.name == "vllm":
        now = round(100 * config.engine.gpu_memory_utilization)
        for percent in (*range(now - 5, 0, -5), *range(now + 5, 95, 5)):
            yield "engine", "gpu_memory_utilization", percent / 100
        return
    tokens = config.engine.max_batch_tokens // 2
    while tokens >= config.max_sequence_tokens:
        yield "engine", "max_batch_tokens", tokens
        tokens //= 2


def _with(config: RunConfig, section: str, key: str, value: Any) -> RunConfig:
    return config.model_copy(update={section: getattr(config, section).model_copy(update={key: value})})


def describe(plan: Plan) -> str:
    """The plan as tables."""
    config, schedule, budgets = plan.config, plan.schedule, plan.budgets
    mark = " (estimated)" if budgets.estimated else ""
    run = (
        f"run: {schedule.rounds:,} rounds of {schedule.passages:,} passages and {schedule.updates} updates, "
        f"{schedule.rounds * schedule.updates:,} updates on {plan.world} GPUs"
    )
    lines = [
        f"model: {config.model.path}, {plan.shape.num_parameters:,} parameters, {config.model.dtype}",
        run,
        "",
        f"{'a round':34}{'expected':>16}{'at most':>16}",
    ]
    for name, expected, worst in (
        ("waves of attempts on a passage", schedule.expected.waves, schedule.worst.waves),
        ("answers to the task-type prompt", schedule.expected.task_types, schedule.worst.task_types),
        ("attempts", schedule.expected.attempts, schedule.worst.attempts),
        ("answers", schedule.expected.answers, schedule.worst.answers),
        ("rollouts, all together", schedule.expected.rollouts, schedule.worst.rollouts),
        ("generated tokens", schedule.expected.generated_tokens, schedule.worst.generated_tokens),
        ("trajectories to train on", schedule.expected.trajectories, schedule.worst.trajectories),
    ):
        lines.append(f"{name:34}{_count(expected):>16}{_count(worst):>16}")
    total = schedule.rounds * schedule.expected.generated_tokens, schedule.rounds * schedule.worst.generated_tokens
    lines += [
        f"{'generated tokens of the run':34}{_count(total[0]):>16}{_count(total[1]):>16}",
        f"expected: half of the attempts are valid ({VALID_SHARE}), responses have a quarter of their limit ({LENGTH_SHARE})",
        "",
        f"{'tokens at most':34}{'challenger':>16}{'reasoner':>16}",
        f"{'passage':34}{budgets.passage:>16,}{0:>16}",
        f"{'instructions' + mark:34}{budgets.challenger_instructions:>16,}{budgets.reasoner_instructions:>16,}",
        f"{'new tokens':34}{config.challenger.max_new_tokens:>16,}{config.reasoner.max_new_tokens:>16,}",
        f"a sequence: {config.max_sequence_tokens:,} of the model's {plan.shape.max_positions:,}",
        "",
        f"{'GiB on each GPU':34}" + "".join(f"{_stage(stage):>12}" for stage in plan.memory),
    ]
    rows = ("parameters", "gradients", "optimizer", "activations", "log_probs", "engine", "update", "rollouts")
    names = {
        "activations": f"activations, {schedule.rows_per_pass} rows"
        + (", checkpointed" if config.update.gradient_checkpointing else ""),
        "log_probs": "log-probabilities",
        "engine": f"engine, cache of {_count(plan.memory[plan.zero].kv_tokens)} tokens",
        "update": "in the update, with reserve",
        "rollouts": "in the rollouts, with reserve",
    }
    for row in rows:
        cells = "".join(f"{getattr(memory, row) / GIB:>12.1f}" for memory in plan.memory.values())
        lines.append(f"{names.get(row, row):34}{cells}")
    return "\n".join(lines)


def _stage(zero: Zero) -> str:
    return "no ZeRO" if zero == 0 else f"ZeRO-{zero}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:,.2f}"
