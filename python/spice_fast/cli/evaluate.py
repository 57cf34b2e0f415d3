"""``spice-fast eval``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.config import ModelConfig
    from spice_fast.evaluation import Line, TaskResult
    from spice_fast.training.evaluate import Evaluation

BUILTIN = "builtin:mini"


def evaluate(
    model: str,
    /,
    *,
    suite: Annotated[list[str], Parameter(negative=())],
    base: str | None = None,
    samples: int = 1,
    temperature: float = 0.0,
    max_new_tokens: int = 4096,
    seed: int = 0,
    engine: Literal["transformers", "vllm"] = "transformers",
    templates: str | None = None,
    dtype: Literal["float32", "bfloat16"] | None = None,
    output: Path | None = None,
    json_output: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Answer held-out tasks with a model and count what is right, beside a base model where one is given.

    Parameters
    ----------
    model
        Model folder, such as RUN/model, a hub name, or builtin:mini.
    suite
        JSONL or Parquet file of tasks: question, answer, and optionally kind, choices, category; may be repeated.
        builtin:mini is the miniature's.
    base
        Another model, answered the same way, or a file that an earlier eval wrote with --output: adds its accuracy, the
        paired difference with a 95 % interval, and an exact p-value.
    samples
        Answers to each task: mean@n instead of pass@1.
    temperature
        0 is greedy.
    max_new_tokens
        Longest answer in tokens.
    seed
        Seed of sampled answers and of the bootstrap.
    engine
        What generates the answers.
    templates
        Template set of the prompts. Default: the run's, for the model of a run; mini for builtin:mini; else paper.
    dtype
        Type of the weights. Default: the run's; float32 for builtin:mini; else bfloat16.
    output
        JSONL file of one row a task with all answers, written as they are done; an existing one is gone on with.
    json_output
        Print one JSON object.
    """
    from spice_fast.cli.need import need
    from spice_fast.errors import ConfigError

    need("torch", "transformers", extra="train")
    if engine == "vllm":
        need("vllm", extra="vllm")
    if samples < 1:
        raise ConfigError(f"--samples {samples}: expected 1 or more")
    if temperature < 0:
        raise ConfigError(f"--temperature {temperature}: expected 0 (greedy) or more")
    if max_new_tokens < 1:
        raise ConfigError(f"--max-new-tokens {max_new_tokens}: expected 1 or more")

    from spice_fast.evaluation import score_table
    from spice_fast.training.evaluate import Evaluation, answer_suites

    asked = Evaluation(
        model=_model(model, templates, dtype),
        suites=tuple(_suite(name) for name in suite),
        max_new_tokens=max_new_tokens,
        temperature=temperature,
        num_samples=samples,
        seed=seed,
        engine=engine,
    )
    # The base first: a mistake in it is found before the long work.
    others = _base(base, replace(asked, model=_model(base, templates, dtype)), output) if base is not None else None
    lines = score_table(answer_suites(asked, output), others, seed=seed)
    if json_output:
        print(json.dumps(_as_json(model, base, asked, lines)))
        return
    print(_as_text(lines))
    if output is not None:
        print(f"answers: {output}", file=sys.stderr)


def _model(path: str, templates: str | None, dtype: str | None) -> ModelConfig:
    """The model with what its run says about prompts and type, where that is not said here."""
    from spice_fast.config import ModelConfig
    from spice_fast.observability import RunFolder

    known: dict[str, Any] = {"templates": "mini", "dtype": "float32"} if path == BUILTIN else {}
    run = next((folder for folder in Path(path).parents[:2] if (folder / "run.json").is_file()), None)
    if run is not None:
        settings = RunFolder(run).config()["model"]
        known = {"templates": settings["templates"], "dtype": settings["dtype"]}
    said = {name: value for name, value in (("templates", templates), ("dtype", dtype)) if value is not None}
    return ModelConfig.model_validate({"path": path} | known | said)


def _suite(name: str) -> Path:
    if name != BUILTIN:
        return Path(name)
    from spice_fast.mini.corpus import HELD_OUT, write_held_out

    if not HELD_OUT.exists():
        write_held_out(HELD_OUT)
    return HELD_OUT


def _base(base: str, asked: Evaluation, output: Path | None) -> Sequence[TaskResult]:
    from spice_fast.evaluation import read_results
    from spice_fast.training.evaluate import answer_suites_apart

    if Path(base).is_file():
        return read_results(Path(base))[1]
    beside = output.with_name(f"{output.stem}-base{output.suffix}") if output is not None else None
    return answer_suites_apart(asked, beside)


def _as_json(model: str, base: str | None, asked: Evaluation, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "model": model,
        "base": base,
        "engine": asked.engine,
        "templates": asked.model.templates,
        "samples": asked.num_samples,
        "temperature": asked.temperature,
        "max_new_tokens": asked.max_new_tokens,
        "seed": asked.seed,
        "lines": [asdict(line) for line in lines],
    }


def _as_text(lines: Sequence[Line]) -> str:
    compared = any(line.difference is not None for line in lines)
    head = ["suite", "category", "tasks", "accuracy", "95 % interval", "boxed", "step by step", "tokens"]
    rows = [head + (["base", "difference", "95 % interval", "p"] if compared else [])]
    for line in lines:
        row = [
            line.suite,
            line.category,
            str(line.num_tasks),
            f"{line.accuracy:.3f}",
            f"{line.low:.3f} to {line.high:.3f}",
            f"{line.boxed:.3f}",
            f"{line.step_by_step:.3f}",
            f"{line.num_tokens:.0f}",
        ]
        if line.difference is not None:
            gain = line.difference
            row += [f"{gain.base:.3f}", f"{gain.mean:+.3f}", f"{gain.low:+.3f} to {gain.high:+.3f}", f"{gain.p:.2g}"]
        rows.append(row)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
