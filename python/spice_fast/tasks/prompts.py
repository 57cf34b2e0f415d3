"""Where a passage becomes a prompt: template sets filled in, rendered with the tokenizer's chat template, tokenised.

The Reasoner's prompt is made from the task alone; no function here that makes it ever sees the passage. The open-book prompt does; its
answers are counted and never trained.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.records import Prompt, Task, TaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILTIN_TEMPLATES = resources.files("spice_fast.tasks") / "templates"


class ChatTokenizer(Protocol):
    """The part of a transformers tokenizer that prompts need."""

    chat_template: str | None

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> Any:
        """Token ids of a rendered conversation."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Token ids of a text."""


class Templates(BaseModel):
    """One template set: user texts with ``{{passage}}``, ``{{answer_type}}`` and ``{{question}}`` to be filled in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str = ""
    """System message of the Challenger's prompts; empty: none."""
    reasoner_system: str = ""
    """System message of the Reasoner's prompt; empty: none."""
    task_type: str
    """Passage -> which kind of task it suits."""
    mcq: str
    """Passage -> multiple-choice task."""
    free_form: str
    """Passage and answer type -> free-form task."""
    mcq_from_memory: str
    """No passage -> multiple-choice task (no-corpus baseline)."""
    free_form_from_memory: str
    """No passage, answer type -> free-form task (no-corpus baseline)."""
    reasoner: str
    """Question -> answer in a box."""
    open_book: str
    """Passage and question -> answer in a box (gate ``answerability``)."""
    conversation: str = ""
    """How ``{{system}}`` and ``{{user}}`` become one text, for base models that know no chat template; empty: the tokenizer's
    chat template."""


def load_templates(name: str) -> Templates:
    """A built-in template set by name, or one from a TOML file; it may name another as its ``base`` and change some texts.

    Raises:
        MissingFileError: neither a built-in set nor a file.
        ConfigError: a key is missing or unknown.
    """
    builtin = BUILTIN_TEMPLATES / f"{name}.toml"
    source = builtin if builtin.is_file() else Path(name)
    if not source.is_file():
        known = ", ".join(sorted(Path(str(entry)).stem for entry in BUILTIN_TEMPLATES.iterdir()))
        raise MissingFileError(f"no template set: {name}\nhint: built-in sets: {known}; or give a TOML file")
    try:
        texts = tomllib.loads(source.read_text(encoding="utf-8"))
        base = texts.pop("base", None)
        if base == name:
            raise ConfigError(f"template set {name}: `base` leads back to the set itself")
        inherited = load_templates(str(base)).model_dump() if base is not None else {}
        return Templates.model_validate(inherited | texts)
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"template set {name}: {error}") from None


class Prompts:
    """Renders the four prompts of SPICE (section 3 and appendix of the paper), and the open-book one, to token ids."""

    def __init__(self, templates: Templates, tokenizer: ChatTokenizer) -> None:
        self._templates = templates
        self._tokenizer = tokenizer

    def task_type(self, passage: str) -> Prompt:
        """Asks which kind of task the passage suits."""
        return self._render(self._templates.system, self._templates.task_type, {"passage": passage})

    def challenger(self, kind: TaskKind, passage: str | None) -> Prompt:
        """Asks for a task of ``kind`` from the passage, or from memory when there is none."""
        name = "mcq" if kind is TaskKind.MCQ else "free_form"
        template: str = getattr(self._templates, name if passage is not None else f"{name}_from_memory")
        values = {"passage": passage or "", "answer_type": kind.value.capitalize()}
        return self._render(self._templates.system, template, values)

    def reasoner(self, task: Task) -> Prompt:
        """Asks for the answer to a task, without the passage."""
        return self._render(self._templates.reasoner_system, self._templates.reasoner, {"question": _question(task)})

    def open_book(self, task: Task, passage: str) -> Prompt:
        """Asks for the answer to a task with its passage: never trained, only counted (gate ``answerability``)."""
        values = {"passage": passage, "question": _question(task)}
        return self._render(self._templates.reasoner_system, self._templates.open_book, values)

    def _render(self, system: str, template: str, values: Mapping[str, str]) -> Prompt:
        user = _fill(template, values)
        messages = [("system", system)] if system else []
        messages.append(("user", user))
        if self._templates.conversation:
            text = _fill(self._templates.conversation, {"system": system, "user": user.strip()})
            return Prompt(self._tokenizer.encode(text, add_special_tokens=True), messages)
        if self._tokenizer.chat_template is None:
            text = "\n\n".join(content for _, content in messages)
            return Prompt(self._tokenizer.encode(text, add_special_tokens=True), messages)
        # transformers 5 returns a dictionary unless told otherwise.
        ids = self._tokenizer.apply_chat_template(
            [{"role": role, "content": content} for role, content in messages],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=False,
        )
        return Prompt(ids, messages)


def _question(task: Task) -> str:
    """The question, its options lettered below it."""
    lettered = (f"{letter}) {choice}" for letter, choice in zip("ABCD", task.choices, strict=False))
    return "\n".join([task.question, *lettered])


def _fill(template: str, values: Mapping[str, str]) -> str:
    """Fills every placeholder once, left to right, so that text filled in is never itself searched for placeholders."""
    pieces = []
    rest = template
    while "{{" in rest:
        before, _, rest = rest.partition("{{")
        key, _, rest = rest.partition("}}")
        pieces += [before, values[key]]
    return "".join([*pieces, rest])
