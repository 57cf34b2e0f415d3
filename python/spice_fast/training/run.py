"""A whole run: from a resolved configuration to a run folder, resumable at every checkpoint."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from transformers import AutoModelForCausalLM, PrinterCallback, set_seed
from transformers.utils import logging as transformers_logging

from spice_fast.errors import ConfigError
from spice_fast.evaluation import load_suite
from spice_fast.observability import RunFolder, Stopwatch
from spice_fast.rewards import advantages
from spice_fast.rollouts import ServedEngine
from spice_fast.selfplay import SelfPlay, round_reward
from spice_fast.tasks import Gates, Prompts, load_templates
from spice_fast.training.conductor import Conductor
from spice_fast.training.engines import build_engine
from spice_fast.training.facts import run_facts
from spice_fast.training.memory import give_large_blocks_back
from spice_fast.training.passages import passage_sampler
from spice_fast.training.policy import load_policy, model_folder, tokenizer_bytes
from spice_fast.training.trainer import SpiceTrainer

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from spice_fast.config import RunConfig
    from spice_fast.rollouts import RolloutEngine


def train(config: RunConfig, output: Path, *, resume: bool = False) -> RunFolder:
    """Plays ``config.rounds`` rounds of self-play and saves the policy to ``output/model``.

    Args:
        config: the run.
        output: run folder; new or empty, unless ``resume``.
        resume: go on from the last complete checkpoint, deleting everything later. The result is bit-identical to a run
            that was never stopped (same world size, threads and in-process engine).

    Raises:
        ConfigError: the configuration contradicts itself or its model.
        MissingFileError: no model, corpus or suite where the configuration says.
        OutputExistsError: ``output`` holds something and ``resume`` is false.
        ResumeError: ``output`` was started with another configuration, tokenizer, corpus or world size.
    """
    _check(config)
    give_large_blocks_back()
    transformers_logging.disable_progress_bar()
    if config.threads:
        torch.set_num_threads(config.threads)
    set_seed(config.seed)
    suite = load_suite(Path(config.evaluation.suite)) if config.evaluation.suite else []
    templates = load_templates(config.model.templates)
    gates = Gates(config.challenger.gates, config.gates)
    model, tokenizer = load_policy(config.model)
    sampler = passage_sampler(config, Path(model_folder(config.model.path)) / "tokenizer.json")
    folder = RunFolder(output)
    settings = config.model_dump(mode="json")
    facts = run_facts(sampler=sampler, tokenizer=tokenizer_bytes(tokenizer), gates=gates)
    _prepare(folder, settings, facts, resume=resume)

    frozen = copy.deepcopy(model) if config.challenger.frozen and config.challenger.url is None else None
    trainer = SpiceTrainer(config=config, model=model, tokenizer=tokenizer, output=folder.checkpoints)

    def engine(weights: PreTrainedModel) -> RolloutEngine:
        return build_engine(config, weights, tokenizer, model_path=model_folder(config.model.path))

    def decode(rows: list[list[int]]) -> list[str]:
        texts: list[str] = tokenizer.batch_decode(rows, skip_special_tokens=True)
        return texts

    reasoner = engine(trainer.accelerator.unwrap_model(trainer.model))
    challenger: RolloutEngine = reasoner
    if config.challenger.url is not None and config.challenger.served_model is not None:
        challenger = ServedEngine(url=config.challenger.url, model=config.challenger.served_model, tokenizer=tokenizer)
    elif frozen is not None:
        challenger = engine(frozen.to(trainer.accelerator.device))
    prompts = Prompts(templates, tokenizer)
    stopwatch = Stopwatch()
    conductor = Conductor(
        config,
        folder=folder,
        trainer=trainer,
        selfplay=SelfPlay(
            config,
            sampler=sampler,
            prompts=prompts,
            decode=decode,
            challenger=challenger,
            reasoner=reasoner,
            stopwatch=stopwatch,
            gates=gates,
            gather=lambda own: gather_object([own]),
        ),
        engine=reasoner,
        prompts=prompts,
        decode=decode,
        suite=suite,
        stopwatch=stopwatch,
    )
    trainer.rounds = conductor
    trainer.add_callback(conductor)
    trainer.remove_callback(PrinterCallback)
    checkpoint = next(reversed(folder.complete_checkpoints()), None)
    is_finished = checkpoint == folder.checkpoint_of(trainer.args.max_steps) or (checkpoint and conductor.is_spent)
    if is_finished:
        # Finished before, perhaps killed while it saved its model: transformers would train one more step.
        AutoModelForCausalLM.from_pretrained(checkpoint, dtype=model.dtype).save_pretrained(folder.model)
        tokenizer.save_pretrained(folder.model)
    else:
        if checkpoint is not None:
            conductor.restore(checkpoint)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.save_model(str(folder.model))
    return folder


def _prepare(folder: RunFolder, settings: dict[str, Any], facts: dict[str, Any], *, resume: bool) -> None:
    """Makes the run folder, or brings it back to its last checkpoint; every rank waits until that is done."""
    process = PartialState(cpu=not torch.cuda.is_available())
    if resume:
        folder.check_resumable(settings, facts)
        process.wait_for_everyone()
    if process.is_main_process:
        if resume:
            folder.rewind()
        else:
            folder.create(settings, facts)
    process.wait_for_everyone()


def _check(config: RunConfig) -> None:
    """What no single setting can say, before anything is loaded or written."""
    round_reward(config)
    advantages(config.advantage.estimator, [], [], [], lengths=[], **config.advantage.parameters)
    if config.challenger.frozen and config.challenger.url is None and config.engine.name == "vllm":
        raise ConfigError("challenger.frozen = true needs engine.name = transformers: it samples two sets of weights")
