"""Longest prompts of both roles in tokens: counted where the tokenizer is on disk, else estimated and said so."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast.records import Task, TaskKind
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.policy import model_folder

if TYPE_CHECKING:
    from spice_fast.config import RunConfig

CHARACTERS_PER_TOKEN = 4
"""Of English prose in a large vocabulary; what an estimate divides by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Tokens."""

    passage: int
    """Longest passage."""
    challenger_instructions: int
    """What the longest Challenger template puts around a passage, chat template included."""
    reasoner_instructions: int
    """What the Reasoner's template puts around a question."""
    estimated: bool
    """Whether the instructions are estimated from their length in characters."""


class _Letters:
    """Stands for a tokenizer that is not there: one token for four characters."""

    chat_template: str | None = None

    def apply_chat_template(self, conversation: list[dict[str, str]], **_: object) -> list[int]:
        """Never called: there is no chat template."""
        raise NotImplementedError

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """As many tokens as a text of this length has about."""
        del add_special_tokens
        return [0] * ceil(len(text) / CHARACTERS_PER_TOKEN)


def budgets_of(config: RunConfig) -> Budgets:
    """The budgets of a run.

    Raises:
        MissingFileError: no such model folder or template set.
    """
    folder = Path(model_folder(config.model.path))
    counted = (folder / "tokenizer.json").is_file()
    templates = load_templates(config.model.templates)
    if counted:
        from transformers import AutoTokenizer

        prompts = Prompts(templates, AutoTokenizer.from_pretrained(folder))
    else:
        prompts = Prompts(templates, _Letters())
    passage = "" if config.challenger.use_corpus else None
    choices = ("", "", "", "")
    return Budgets(
        passage=config.corpus.passage_tokens if config.challenger.use_corpus else 0,
        challenger_instructions=max(len(prompts.challenger(kind, passage)) for kind in config.challenger.task_kinds),
        reasoner_instructions=len(prompts.reasoner(Task(kind=TaskKind.MCQ, question="", gold="A", choices=choices))),
        estimated=not counted,
    )
