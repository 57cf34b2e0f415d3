"""The run folder: where everything of a run lies, and what a resumed run may keep of it.

::

    RUN/config.json                       the resolved configuration
    RUN/run.json                          seeds, versions and hashes that decide the results
    RUN/events/round-000012.jsonl.zst     every attempt of a round
    RUN/metrics.jsonl  evaluations.jsonl  one row a round; no clock
    RUN/timings.jsonl                     seconds of each phase
    RUN/levels.jsonl                      difficulty of the tasks by the generator's own measure (miniature)
    RUN/checkpoints/checkpoint-20/        after 20 optimizer steps; counts only with its completion marker
                    .../question-memory.bin      questions of earlier rounds, with the gate `memory`
    RUN/milestones/round-000050/          weights and tokenizer after 50 rounds; whole or not there
    RUN/model/                            the final weights and tokenizer
    RUN/crossplay.json                    made by ``spice-fast crossplay``
    RUN/report.html                       made by ``spice-fast report``
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spice_fast.errors import MissingFileError, OutputExistsError, ResumeError
from spice_fast.observability.series import truncate_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMPLETE = "COMPLETE"
QUESTION_MEMORY = "question-memory.bin"
FREE_TO_CHANGE = ("rounds", "max_generated_tokens", "report_to", "checkpoint", "events", "challenger.url")
"""Settings that a resumed run may have differently: they decide how long it goes on, what it leaves behind, and where a
served model is."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths inside one run folder."""

    path: Path

    @property
    def events(self) -> Path:
        """Folder of the events."""
        return self.path / "events"

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def metrics(self) -> Path:
        """One row of figures a round."""
        return self.path / "metrics.jsonl"

    @property
    def evaluations(self) -> Path:
        """One row a held-out evaluation; ``round`` is the number of rounds played before it."""
        return self.path / "evaluations.jsonl"

    @property
    def timings(self) -> Path:
        """One row of phase times a round."""
        return self.path / "timings.jsonl"

    @property
    def levels(self) -> Path:
        """One row of the tasks' own difficulty a round, where the corpus's maker knows one."""
        return self.path / "levels.jsonl"

    @property
    def model(self) -> Path:
        """Final weights and tokenizer."""
        return self.path / "model"

    @property
    def milestones(self) -> Path:
        """Folder of the weights that are kept for good."""
        return self.path / "milestones"

    @property
    def crossplay(self) -> Path:
        """How Challengers and Reasoners of different rounds fare with each other."""
        return self.path / "crossplay.json"

    def milestone_of(self, rounds: int) -> Path:
        """Weights after ``rounds`` rounds."""
        return self.milestones / f"round-{rounds:06d}"

    def events_of(self, index: int) -> Path:
        """Events file of round ``index``."""
        return self.events / f"round-{index:06d}.jsonl.zst"

    def checkpoint_of(self, steps: int) -> Path:
        """Checkpoint folder after ``steps`` optimizer steps, named as transformers names it."""
        return self.checkpoints / f"checkpoint-{steps}"

    def save_question_memory(self, checkpoint: Path, state: bytes) -> None:
        """Adds the questions of earlier rounds to a checkpoint, before its completion marker."""
        (checkpoint / QUESTION_MEMORY).write_bytes(state)

    def question_memory(self, checkpoint: Path) -> bytes:
        """The questions of earlier rounds in a checkpoint.

        Raises:
            ResumeError: it has none.
        """
        path = checkpoint / QUESTION_MEMORY
        if not path.is_file():
            raise ResumeError(
                f"{path}: not there, but the gate `memory` is on\nhint: delete {checkpoint} to resume from the one before it"
            )
        return path.read_bytes()

    def complete_checkpoints(self) -> list[Path]:
        """Checkpoints with their completion marker, oldest first."""
        return sorted((marker.parent for marker in self.checkpoints.glob(f"checkpoint-*/{COMPLETE}")), key=_steps_of)

    def config(self) -> dict[str, Any]:
        """The resolved configuration.

        Raises:
            MissingFileError: the folder holds no run.
        """
        return self._read("config.json")

    def facts(self) -> dict[str, Any]:
        """Seeds, versions and hashes."""
        return self._read("run.json")

    def create(self, config: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Makes a new run folder.

        Raises:
            OutputExistsError: there is something in it already.
        """
        if self.path.exists() and any(self.path.iterdir()):
            raise OutputExistsError(
                f"run folder is not empty: {self.path}\nhint: add --resume to go on with it, or choose another --output"
            )
        self.events.mkdir(parents=True)
        self.checkpoints.mkdir()
        for name, content in (("run.json", facts), ("config.json", config)):
            _write_json(self.path / name, content)

    def check_resumable(self, config: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Refuses to go on with a run whose results would not be its own.

        Raises:
            MissingFileError: the folder holds no run.
            ResumeError: a setting, the tokenizer, the corpus, the budget or the world size differs; names each with both values.
        """
        before, now = _flatten(self.config()), _flatten(config)
        keys = sorted({*before, *now})
        changed = [key for key in keys if before.get(key) != now.get(key) and not key.startswith(FREE_TO_CHANGE)]
        differences = [f"  {key}: {before.get(key)!r} in the run, {now.get(key)!r} now" for key in changed]
        old_facts = self.facts()
        differences += [
            f"  {key}: {old_facts.get(key)!r} in the run, {value!r} now"
            for key, value in sorted(facts.items())
            if key != "versions" and old_facts.get(key) != value
        ]
        if differences:
            listed = "\n".join(differences)
            raise ResumeError(
                f"{self.path} was started with other settings:\n{listed}\nhint: resume with the same ones, or start a new --output"
            )

    def rewind(self) -> None:
        """Deletes checkpoints that were never completed, and everything later than the last one that was."""
        complete = self.complete_checkpoints()
        rounds = _steps_of(complete[-1]) // self.config()["update"]["updates_per_round"] if complete else 0
        for path in self.events.iterdir():
            if path.suffix == ".tmp" or int(path.name[6:12]) >= rounds:
                path.unlink()
        for path in self.checkpoints.glob("checkpoint-*"):
            if path not in complete:
                shutil.rmtree(path)
        for path in self.milestones.glob("*"):
            # What was being written when the run was killed has another name, and every rank was to write into it.
            if not path.name.startswith("round-") or int(path.name[6:12]) > rounds:
                shutil.rmtree(path)
        self.crossplay.unlink(missing_ok=True)
        truncate_rows(self.metrics, rounds=rounds)
        truncate_rows(self.timings, rounds=rounds)
        # Without a checkpoint the starting weights are evaluated again.
        truncate_rows(self.evaluations, rounds=rounds, inclusive=bool(complete))

    def _read(self, name: str) -> dict[str, Any]:
        path = self.path / name
        if not path.is_file():
            raise MissingFileError(f"not a run folder: {self.path} (no {name})")
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content


def _steps_of(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix("checkpoint-"))


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)


def _flatten(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
