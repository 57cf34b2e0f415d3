r"""What a Challenger's response must hold to be a task: one JSON object with the fields that its kind asks for.

The last balanced top-level JSON object of a response counts; extra fields are allowed. JSON is strict, but for two things
that models do all the time: a backslash before a character that JSON does not escape (``\alpha``) stands for itself, and
line ends and tabs may stand in strings as they are. ``\b``, ``\f``, ``\n``, ``\r`` and ``\t`` keep JSON's meaning.

==========  =====================================================================================================
contract    fields read
==========  =====================================================================================================
mcq         ``multiple_choice_question`` (stem and options A-D, marked ``A)``, ``(A)``, ``A.`` or ``A:``, or the stem
            alone beside ``options`` or ``choices``: four texts, or an object with the keys A-D),
            ``multiple_choice_correct`` (the letter)
free form   ``question``, ``answer`` (a plain string or number), ``answer_type`` (optional)
both        ``answer_quote`` and ``relevant_quotes`` (optional; a string or a list of strings)
task type   ``suitable_for_mcq``, ``suitable_for_free_form`` (exactly one is true), ``best_answer_type``
==========  =====================================================================================================

Validity means formatted and parsable, nothing more (SPICE, arXiv 2510.24684, section 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast import _core
from spice_fast.records import Refusal, RefusalClass, Task, TaskKind

if TYPE_CHECKING:
    from collections.abc import Sequence

REASONS: tuple[str, ...] = tuple(_core.REASONS[1:])
"""Every reason for which a response is no task:

``no_json``; ``truncated_json`` (an object was begun and never closed, and none is complete); ``missing_question``;
``missing_answer``; ``missing_choices``; ``bad_letter``; ``unsuitable`` (question or answer is empty: the Challenger refused
the passage); ``wrong_type`` (neither string nor number); ``type_mismatch`` (another ``answer_type`` than was asked for);
``string_too_long`` (more than three words); ``answer_does_not_parse`` (asked for a number, and the grader reads none).
"""


def parse_tasks(responses: Sequence[str], kinds: Sequence[TaskKind]) -> list[Task | Refusal]:
    """The task in every response, or why there is none; row i belongs to response i.

    Args:
        responses: what the Challenger wrote.
        kinds: which kind of task each was asked for.

    Returns:
        One ``Task`` or ``Refusal`` (of class ``format``, with a reason of ``REASONS``) per response.

    Raises:
        ValueError: as many kinds as responses are needed.
    """
    return [
        Refusal(refusal_class=RefusalClass.FORMAT, reason=parsed)
        if isinstance(parsed, str)
        else Task(kind=kind, question=parsed[0], gold=parsed[1], choices=tuple(parsed[2]), quotes=tuple(parsed[3]))
        for parsed, kind in zip(_core.parse_tasks(responses, kinds), kinds, strict=True)
    ]


def parse_task_kinds(responses: Sequence[str]) -> list[TaskKind | None]:
    """The kind of task that every response to the task-type prompt asks for, None where it cannot be told."""
    return [None if name is None else TaskKind(name) for name in _core.parse_task_kinds(responses)]
