"""Plays Challengers of a run's milestones against Reasoners of the same.

Every Challenger reads the same passages, which the run itself never drew, and writes its tasks once. One random valid task
of each passage is answered K times by every Reasoner, with the same seeds, so that rows and columns compare pairwise.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import torch
from tqdm import tqdm
from transformers import AutoModelForCausalLM
from transformers.utils import logging as transformers_logging

from spice_fast.config import RunConfig
from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.evaluation.crossplay import ChallengerRow, CrossPlay
from spice_fast.observability import Stopwatch
from spice_fast.records import Task
from spice_fast.selfplay import SelfPlay
from spice_fast.selfplay.outcome import by_passage
from spice_fast.selfplay.seeds import Purpose, generator
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.engines import build_engine
from spice_fast.training.passages import passage_sampler
from spice_fast.training.policy import load_policy, model_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from transformers import PreTrainedModel

    from spice_fast.observability import RunFolder
    from spice_fast.selfplay import Attempt

NUM_POINTS = 5
"""Rounds 0, 1/4, 1/2, 3/4 and all."""


def play_crosswise(
    folder: RunFolder,
    *,
    num_passages: int = 64,
    num_answers: int | None = None,
    level: Callable[[str], int | None] | None = None,
) -> CrossPlay:
    """The table of a finished run.

    Args:
        folder: the run.
        num_passages: passages that every Challenger reads, one wave of attempts each.
        num_answers: answers of each Reasoner to each task; None: the run's own K.
        level: difficulty of a question by the measure of the corpus's maker; None where the question has none.

    Raises:
        MissingFileError: no run, or one without the milestones; the message names the setting.
        ConfigError: the run's Challenger was not the policy that it trained.
    """
    config = RunConfig.model_validate(folder.config())
    points = milestones_of(folder, config)
    # Draws that no round of the run made.
    index = -(-config.rounds * config.passages_per_round // num_passages)
    config = config.model_copy(
        update={
            "passages_per_round": num_passages,
            "challenger": config.challenger.model_copy(update={"max_waves": 1}),
            "reasoner": config.reasoner.model_copy(update={"rollouts": num_answers or config.reasoner.rollouts}),
        }
    )
    transformers_logging.disable_progress_bar()
    if config.threads:
        torch.set_num_threads(config.threads)
    first = str(folder.milestone_of(points[0]))
    model, tokenizer = load_policy(config.model.model_copy(update={"path": first}))
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    engine = build_engine(config, model, tokenizer, model_path=first)
    selfplay = SelfPlay(
        config,
        sampler=passage_sampler(config, Path(model_folder(first)) / "tokenizer.json"),
        prompts=Prompts(load_templates(config.model.templates), tokenizer),
        decode=lambda rows: tokenizer.batch_decode(rows, skip_special_tokens=True),
        challenger=engine,
        reasoner=engine,
        stopwatch=Stopwatch(),
    )
    challengers = points[:1] if config.challenger.frozen else points
    written: dict[int, list[Attempt]] = {}
    pass_rates: dict[int, list[float | None]] = {rounds: [] for rounds in challengers}
    with tqdm(total=len(challengers) * (1 + len(points)), unit="part", desc="cross-play", disable=None) as bar:
        for rounds in challengers:
            _take_weights(model, folder.milestone_of(rounds))
            engine.sync(rounds)
            written[rounds] = selfplay.write_tasks(index)
            bar.update()
        for rounds in points:
            _take_weights(model, folder.milestone_of(rounds))
            engine.sync(rounds)
            for challenger in challengers:
                chosen = _choose(config.seed, index, written[challenger])
                selfplay.answer(index, chosen)
                verdicts = [verdict for attempt in chosen for verdict in attempt.verdicts]
                pass_rates[challenger].append(fmean(verdicts) if verdicts else None)
                bar.update()
    return CrossPlay(
        num_passages=num_passages,
        num_answers=config.reasoner.rollouts,
        seed=config.seed,
        reasoners=tuple(points),
        challengers=tuple(
            _row(rounds, written[rounds], _choose(config.seed, index, written[rounds]), pass_rates[rounds], level)
            for rounds in challengers
        ),
    )


def milestones_of(folder: RunFolder, config: RunConfig) -> list[int]:
    """Rounds 0, 1/4, 1/2, 3/4 and all of a run, if their weights were kept.

    Raises:
        MissingFileError: a milestone is missing; says with which setting a run keeps them.
        ConfigError: another model wrote the tasks of this run.
    """
    if config.challenger.url is not None:
        raise ConfigError(
            f"{folder.path}: its tasks were written by {config.challenger.served_model}, which no milestone holds"
        )
    points = sorted({part * config.rounds // (NUM_POINTS - 1) for part in range(NUM_POINTS)})
    missing = [str(rounds) for rounds in points if not folder.milestone_of(rounds).is_dir()]
    if missing:
        raise MissingFileError(
            f"{folder.path} has no weights after {', '.join(missing)} of its {config.rounds} rounds: found "
            f"checkpoint.milestones = {config.checkpoint.milestones}, expected a multiple of {NUM_POINTS - 1} in a finished "
            f"run\nhint: train with --set checkpoint.milestones={NUM_POINTS - 1}"
        )
    return points


def _choose(seed: int, index: int, attempts: list[Attempt]) -> list[Attempt]:
    """One random valid attempt of each passage, kept and not yet answered."""
    chosen = []
    for slot, group in by_passage(attempts):
        valid = [attempt for attempt in group if attempt.valid]
        if valid:
            attempt = generator(seed, Purpose.TRAINED_TASK, index, slot).choice(valid)
            chosen.append(replace(attempt, kept=True, answers=[], answer_texts=[], verdicts=[], step_by_step=[]))
    return chosen


def _row(
    rounds: int,
    attempts: list[Attempt],
    chosen: list[Attempt],
    pass_rates: list[float | None],
    level: Callable[[str], int | None] | None,
) -> ChallengerRow:
    questions = [attempt.result.question for attempt in chosen if isinstance(attempt.result, Task)]
    levels = [known for question in questions if level is not None and (known := level(question)) is not None]
    return ChallengerRow(
        rounds=rounds,
        num_attempts=len(attempts),
        num_valid=sum(attempt.valid for attempt in attempts),
        num_tasks=len(chosen),
        level=fmean(levels) if levels else None,
        pass_rates=tuple(pass_rates),
    )


@torch.no_grad()
def _take_weights(model: PreTrainedModel, folder: Path) -> None:
    """Overwrites the model's parameters with those of a milestone."""
    model.load_state_dict(AutoModelForCausalLM.from_pretrained(folder, dtype=model.dtype).state_dict())
