"""Between the trainer and self-play: plays each round with the current weights and writes down what happened."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING, Any

from accelerate.utils import gather_object
from transformers import TrainerCallback

from spice_fast.evaluation import evaluate, summarize
from spice_fast.observability import append_row, read_rows, round_metrics, write_events
from spice_fast.observability.run_folder import COMPLETE
from spice_fast.selfplay.journal import event_rows
from spice_fast.training.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from spice_fast.config import RunConfig
    from spice_fast.evaluation import HeldOutTask
    from spice_fast.observability import RunFolder, Stopwatch
    from spice_fast.rollouts import RolloutEngine
    from spice_fast.selfplay import SelfPlay, Trajectory
    from spice_fast.tasks import Prompts
    from spice_fast.training.trainer import SpiceTrainer

BASELINES = "baselines.json"
"""File of a checkpoint: rewards that the next round's advantages are measured against, by role."""


class Conductor(TrainerCallback):  # type: ignore[misc]  # transformers' base class is untyped
    """Called by the trainer for rounds, and by transformers when a step, a checkpoint or the training ends."""

    def __init__(
        self,
        config: RunConfig,
        *,
        folder: RunFolder,
        trainer: SpiceTrainer,
        selfplay: SelfPlay,
        engine: RolloutEngine,
        prompts: Prompts,
        decode: Callable[[list[list[int]]], list[str]],
        suite: Sequence[HeldOutTask],
        stopwatch: Stopwatch,
    ) -> None:
        self._config = config
        self._folder = folder
        self._trainer = trainer
        self._selfplay = selfplay
        self._engine = engine
        self._prompts = prompts
        self._decode = decode
        self._suite = suite
        self._stopwatch = stopwatch
        self._rank = trainer.accelerator.process_index
        self._world = trainer.accelerator.num_processes
        self._is_main = trainer.accelerator.is_main_process
        self._progress = Progress(config.rounds, enabled=self._is_main)
        self._update_started = 0.0
        self._baselines: Sequence[float] = ()
        self._generated_tokens = sum(row["generated_tokens"] for row in read_rows(folder.metrics))

    @property
    def is_spent(self) -> bool:
        """Whether the rounds so far have written all the tokens that the run may write."""
        limit = self._config.max_generated_tokens
        return limit is not None and self._generated_tokens >= limit

    def restore(self, checkpoint: Path) -> None:
        """Goes on with what self-play had kept when the checkpoint was written."""
        self._baselines = json.loads((checkpoint / BASELINES).read_text(encoding="utf-8"))
        memory = self._selfplay.gates.memory
        if memory is not None:
            memory.restore(self._folder.question_memory(checkpoint))

    def play(self, index: int) -> list[Trajectory]:
        """Plays round ``index``, writes its events and metrics, and gives this rank's trajectories."""
        with self._stopwatch.phase("sync"):
            self._engine.sync(self._trainer.state.global_step)
        played = self._selfplay.round(index, self._rank, self._world, self._baselines)
        self._baselines = played.baselines
        with self._stopwatch.phase("events"):
            per_rank = gather_object([event_rows(played, self._config.events.keep_answers)])
            rows = sorted((row for rows in per_rank for row in rows), key=lambda row: (row["passage"], row["attempt"]))
            metrics = round_metrics(index, rows) | self._selfplay.remember(index, rows)
            if self._is_main:
                write_events(self._folder.events_of(index), rows)
                append_row(self._folder.metrics, metrics)
        self._trainer.track(dict(_scalars("spice", metrics)))
        self._progress.played(metrics)
        self._generated_tokens += metrics["generated_tokens"]
        self._update_started = time.perf_counter()
        return played.trajectories

    def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Evaluates the starting weights, unless the run is resumed."""
        self._progress.start(state.global_step // self._config.update.updates_per_round)
        if state.global_step == 0:
            self._keep_milestone(0)
            self._evaluate(0)

    def on_step_end(self, _args: Any, state: Any, control: Any, **_: Any) -> None:
        """Ends a round after its last update: times, and an evaluation when one is due."""
        rounds, rest = divmod(state.global_step, self._config.update.updates_per_round)
        if rest:
            return
        lap = self._stopwatch.lap()
        lap["wall_s"]["update"] = time.perf_counter() - self._update_started
        if self._is_main:
            append_row(self._folder.timings, {"round": rounds - 1, **lap})
        self._progress.updated(lap["wall_s"])
        # Before the checkpoint of the same step, so that a resumed run never lacks an earlier milestone.
        self._keep_milestone(rounds)
        if self.is_spent:
            control.should_training_stop = control.should_save = True
        if rounds % self._config.evaluation.every == 0 or rounds == self._config.rounds or self.is_spent:
            self._evaluate(rounds)

    def on_save(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Marks the checkpoint complete; only then drops the ones that are no longer kept."""
        self._trainer.accelerator.wait_for_everyone()
        if not self._is_main:
            return
        # Before the marker: a checkpoint that counts holds them.
        checkpoint = self._folder.checkpoint_of(state.global_step)
        (checkpoint / BASELINES).write_text(json.dumps(list(self._baselines)), encoding="utf-8")
        memory = self._selfplay.gates.memory
        if memory is not None:
            self._folder.save_question_memory(checkpoint, memory.to_bytes())
        (checkpoint / COMPLETE).touch()
        for old in self._folder.complete_checkpoints()[: -self._config.checkpoint.keep]:
            shutil.rmtree(old)

    def on_train_end(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """Closes the progress bar."""
        self._progress.close()

    def _keep_milestone(self, rounds: int) -> None:
        """Keeps the weights for good where a milestone is due; the folder appears whole or not at all."""
        path = self._folder.milestone_of(rounds)
        if rounds not in self._config.checkpoint.milestone_rounds(self._config.rounds) or path.exists():
            return
        partial = path.with_name(f".{path.name}.tmp")
        self._trainer.save_model(str(partial))
        self._trainer.accelerator.wait_for_everyone()
        if self._is_main:
            partial.rename(path)
        self._trainer.accelerator.wait_for_everyone()

    def _evaluate(self, rounds: int) -> None:
        if not self._suite:
            return
        self._engine.sync(self._trainer.state.global_step)
        scores = evaluate(
            self._suite,
            engine=self._engine,
            prompts=self._prompts,
            decode=self._decode,
            max_new_tokens=self._config.reasoner.max_new_tokens,
            temperature=self._config.evaluation.temperature,
            seed=self._config.seed,
            numbers=range(self._rank, len(self._suite), self._world),
        )
        scores = [score for scores in gather_object([scores]) for score in scores]
        row = {"round": rounds, **summarize(scores)}
        if self._is_main:
            append_row(self._folder.evaluations, row)
        self._progress.evaluated(row)
        # An evaluation belongs to no round's times.
        self._stopwatch.lap()


def _scalars(prefix: str, figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """What a tracker takes: numbers, those of a table under the table's name."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _scalars(f"{prefix}/{name}", value)
        elif isinstance(value, int | float):
            yield f"{prefix}/{name}", value
