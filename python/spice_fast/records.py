"""The records that pass between layers: what a passage, a task, a verdict and a trajectory are. No logic, no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """The two roles that one policy plays (SPICE, section 3)."""

    CHALLENGER = "challenger"
    REASONER = "reasoner"


class TaskKind(StrEnum):
    """What a task's answer is. ``mcq`` is the multiple-choice contract, the others are types of the free-form one."""

    MCQ = "mcq"
    INTEGER = "integer"
    FLOAT = "float"
    EXPRESSION = "expression"
    STRING = "string"


class Prompt(list[int]):
    """Token ids of a prompt, which also knows the (role, content) messages that they were rendered from."""

    def __init__(self, token_ids: Iterable[int], messages: Iterable[tuple[str, str]]) -> None:
        super().__init__(token_ids)
        self.messages = tuple(messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of one document, cut to a token budget: what the Challenger reads and the Reasoner never sees."""

    draw: int
    """Number of the draw that gave it: the passage is a pure function of (seed, draw)."""
    document: int
    """Index of its document in the corpus catalogue."""
    start: int
    """First byte in the document's UTF-8 text."""
    end: int
    """One past its last byte."""
    text: str
    """The passage itself."""
    num_tokens: int | None
    """Its length in tokens of the tokenizer the budget was given in; None where the budget was given in bytes."""
    corpus: int = 0
    """Number of its corpus among those of a mix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a Challenger wrote and the Reasoner must solve without the passage."""

    kind: TaskKind
    """Type of the answer."""
    question: str
    """The question; for ``mcq`` the stem without its options."""
    gold: str
    """The Challenger's own answer: a plain value, or one letter A-D."""
    choices: tuple[str, ...] = ()
    """The four options of an ``mcq``, in order A-D; empty otherwise."""
    quotes: tuple[str, ...] = ()
    """What the Challenger says it quotes from the passage; empty where the contract asks for no quotes."""


class RefusalClass(StrEnum):
    """Why an attempt earns a penalty instead of a reward."""

    FORMAT = "format"
    """The response could not be parsed as the contract asks."""
    GATE = "gate"
    """It parsed, but a gate refused the task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refused attempt: a result like any other, counted with its reason."""

    refusal_class: RefusalClass
    """Format or gate."""
    reason: str
    """Reason code, such as ``no_json``, ``missing_choices`` or ``ungrounded``."""
    detail: str | None = None
    """What the gate found, for a person to read, such as a benchmark's file and line; None: nothing to add."""
