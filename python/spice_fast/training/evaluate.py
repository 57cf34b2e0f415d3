"""Answers suites with a saved model, by either engine, and writes down each batch of answers as it is done."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from tqdm import tqdm
from transformers import AutoTokenizer
from transformers.utils import logging as transformers_logging

from spice_fast.errors import ConfigError
from spice_fast.evaluation import HeldOutTask, ResultsFile, TaskResult, evaluate, load_suites, result_of
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.policy import generation_config_of, load_policy, model_folder, stop_tokens
from spice_fast.training.transformers_engine import TransformersEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedTokenizerBase

    from spice_fast.config import ModelConfig
    from spice_fast.rollouts import RolloutEngine
    from spice_fast.tasks.prompts import Templates

MAX_BATCH_TOKENS = 65536
ANSWERS_PER_BATCH = 1024
"""Answers between two writes: what a kill loses at most, and what the engine has at a time."""
GPU_MEMORY_UTILIZATION = 0.9
"""An evaluation has the GPU to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What decides the answers of an evaluation."""

    model: ModelConfig
    suites: tuple[Path, ...]
    max_new_tokens: int = 4096
    temperature: float = 0.0
    """0 is greedy."""
    num_samples: int = 1
    """Answers to each task."""
    seed: int = 0
    engine: str = "transformers"
    """``transformers`` or ``vllm``."""


def answer_suites(asked: Evaluation, output: Path | None = None) -> list[TaskResult]:
    """The results of all tasks, in the order of the suites.

    Args:
        asked: model, suites and sampling.
        output: file that the results are written to batch by batch; what it already holds is not answered again.

    Raises:
        MissingFileError: no such model or suite.
        ConfigError: a model or suite that cannot be used, or several greedy answers.
        ResumeError: ``output`` was made with other settings, or another version of a suite.
        EngineError: the engine cannot run this model.
    """
    if asked.num_samples > 1 and asked.temperature == 0:
        raise ConfigError(
            f"{asked.num_samples} greedy answers are one answer {asked.num_samples} times\n"
            "hint: add --temperature 0.6, or drop --samples"
        )
    tasks = load_suites(asked.suites)
    templates = load_templates(asked.model.templates)
    folder = model_folder(asked.model.path)
    file = ResultsFile(output, _settings(asked, folder, tasks)) if output is not None else None
    results = {result.place: result for result in (file.results if file is not None else [])}
    missing = [i for i, held_out in enumerate(tasks) if (held_out.suite, held_out.number) not in results]
    with tqdm(
        total=len(tasks), initial=len(tasks) - len(missing), unit="task", desc=asked.model.path, disable=None
    ) as bar:
        if missing:
            engine, prompts, tokenizer = _open(asked, folder, templates, tasks)
            for batch in _batches(missing, asked.num_samples):
                scores = evaluate(
                    tasks,
                    engine=engine,
                    prompts=prompts,
                    decode=lambda rows: tokenizer.batch_decode(rows, skip_special_tokens=True),
                    max_new_tokens=asked.max_new_tokens,
                    temperature=asked.temperature,
                    seed=asked.seed,
                    numbers=batch,
                    num_samples=asked.num_samples,
                )
                done = [
                    result_of(tasks[i], scores[place * asked.num_samples : (place + 1) * asked.num_samples])
                    for place, i in enumerate(batch)
                ]
                if file is not None:
                    file.append(done)
                results |= {result.place: result for result in done}
                bar.update(len(batch))
    return [results[held_out.suite, held_out.number] for held_out in tasks]


def answer_suites_apart(asked: Evaluation, output: Path | None = None) -> list[TaskResult]:
    """:func:`answer_suites` in a process of its own, whose memory, and vLLM with it, is gone afterwards."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(answer_suites, asked, output).result()


def _batches(numbers: Sequence[int], num_samples: int) -> list[list[int]]:
    size = max(1, ANSWERS_PER_BATCH // num_samples)
    return [list(numbers[start : start + size]) for start in range(0, len(numbers), size)]


def _open(
    asked: Evaluation, folder: str, templates: Templates, tasks: Sequence[HeldOutTask]
) -> tuple[RolloutEngine, Prompts, PreTrainedTokenizerBase]:
    """The engine with its weights, the prompts, and the tokenizer."""
    transformers_logging.disable_progress_bar()
    if asked.engine == "vllm":
        from spice_fast.training.vllm_engine import VllmEngine

        tokenizer = AutoTokenizer.from_pretrained(folder)
        prompts = Prompts(templates, tokenizer)
        longest = max(len(prompts.reasoner(held_out.task)) for held_out in tasks)
        engine: RolloutEngine = VllmEngine(
            model_path=folder,
            model=None,
            max_model_len=longest + asked.max_new_tokens,
            dtype=asked.model.dtype,
            eos_token_ids=stop_tokens(generation_config_of(folder), tokenizer),
            gpu_memory_utilization=GPU_MEMORY_UTILIZATION,
        )
        return engine, prompts, tokenizer
    model, tokenizer = load_policy(asked.model)
    engine = TransformersEngine(
        model.to("cuda" if torch.cuda.is_available() else "cpu"),
        eos_token_ids=stop_tokens(model.generation_config, tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        max_batch_tokens=MAX_BATCH_TOKENS,
    )
    return engine, Prompts(templates, tokenizer), tokenizer


def _settings(asked: Evaluation, folder: str, tasks: Sequence[HeldOutTask]) -> dict[str, Any]:
    """What a file of results must have been made with to be gone on with."""
    content = hashlib.blake2b("".join(held_out.fingerprint for held_out in tasks).encode(), digest_size=8)
    return {
        "model": asked.model.path,
        "weights": _fingerprint(Path(folder)),
        "dtype": asked.model.dtype,
        "templates": asked.model.templates,
        "suites": [path.stem for path in asked.suites],
        "tasks": content.hexdigest(),
        "max_new_tokens": asked.max_new_tokens,
        "temperature": asked.temperature,
        "num_samples": asked.num_samples,
        "seed": asked.seed,
        "engine": asked.engine,
    }


def _fingerprint(folder: Path) -> str | None:
    """16 hex digits of a model folder: sizes of all its files, and 64 pieces of each; None for a model of the hub.

    An update of the weights changes nearly every byte, so pieces tell two checkpoints apart without reading all of them.
    """
    if not folder.is_dir():
        return None
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(
        path for path in folder.iterdir() if path.is_file() and path.suffix in {".safetensors", ".json"}
    ):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}\n".encode())
        with path.open("rb") as file:
            for piece in range(64):
                file.seek(piece * size // 64, os.SEEK_SET)
                digest.update(file.read(256))
    return digest.hexdigest()
