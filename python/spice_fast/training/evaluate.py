"""Answers a suite with a saved model, in process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers.utils import logging as transformers_logging

from spice_fast.evaluation import evaluate, load_suite, summarize
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.policy import load_policy, stop_tokens
from spice_fast.training.transformers_engine import TransformersEngine

if TYPE_CHECKING:
    from pathlib import Path

    from spice_fast.config import ModelConfig

MAX_BATCH_TOKENS = 65536


def evaluate_model(
    config: ModelConfig, suite: Path, *, max_new_tokens: int, temperature: float, seed: int
) -> dict[str, Any]:
    """One row of figures (:func:`spice_fast.evaluation.summarize`).

    Raises:
        MissingFileError: no such model or suite.
        ConfigError: a model or suite that cannot be used.
    """
    transformers_logging.disable_progress_bar()
    tasks = load_suite(suite)
    templates = load_templates(config.templates)
    model, tokenizer = load_policy(config)
    engine = TransformersEngine(
        model.to("cuda" if torch.cuda.is_available() else "cpu"),
        eos_token_ids=stop_tokens(model, tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        max_batch_tokens=MAX_BATCH_TOKENS,
    )
    scores = evaluate(
        tasks,
        engine=engine,
        prompts=Prompts(templates, tokenizer),
        decode=lambda rows: tokenizer.batch_decode(rows, skip_special_tokens=True),
        max_new_tokens=max_new_tokens,
        temperature=temperature,
        seed=seed,
    )
    return summarize(scores)
