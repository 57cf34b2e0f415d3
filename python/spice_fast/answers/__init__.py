"""Responses in, tasks and verdicts out: the typed face of the answers crate.

``parse_tasks`` turns Challenger responses into tasks, ``Grader`` compares Reasoner responses with golds. Both read
untrusted text: nothing in it is executed, and no input makes them hang or raise.
"""

from spice_fast.answers.agreement import num_agreeing
from spice_fast.answers.contracts import REASONS, parse_task_kinds, parse_tasks
from spice_fast.answers.grader import CompiledGolds, Extraction, Grader
from spice_fast.answers.policy import Policy
from spice_fast.answers.shuffling import ChosenOption, ShuffledOptions, shuffle_options
from spice_fast.answers.style import shows_work
from spice_fast.answers.verdict import ANSWER_KINDS, RULES, AnswerKind, Certainty, Rule, Verdict, Verdicts

__all__ = [
    "ANSWER_KINDS",
    "REASONS",
    "RULES",
    "AnswerKind",
    "Certainty",
    "ChosenOption",
    "CompiledGolds",
    "Extraction",
    "Grader",
    "Policy",
    "Rule",
    "ShuffledOptions",
    "Verdict",
    "Verdicts",
    "num_agreeing",
    "parse_task_kinds",
    "parse_tasks",
    "shows_work",
    "shuffle_options",
]
