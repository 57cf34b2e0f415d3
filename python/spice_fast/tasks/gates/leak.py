r"""``leak``: the question gives its answer away.

What counts as giving away depends on the answer, because a question must name what it is about:

- **mcq**: the stem holds the gold option's words, and those of no other option.
- **string**: the question holds the gold's words.
- **numbers and expressions**, which also stand in questions as data: only where the gold is announced as the answer, in one of
  three forms: ``the answer is 42`` (``solution``, ``result``; ``=``, ``:``, ``equals``, ``which equals`` ...); an equality
  whose left side is plain arithmetic, ``6 * 7 = 42``; or in brackets at the question's end, ``(42)``, ``(= 42)``.
  ``If x = 42``, ``2x + 3 = 42`` and ``equation (2)`` are data.

An mcq option that is a number counts as a number. Words never leak where the question offers them as an alternative
("endothermic or exothermic"), are ``true``, ``false``, ``yes`` or ``no``, or have fewer than three letters ("x", "He").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spice_fast.records import TaskKind
from spice_fast.tasks.gates.candidate import folded, gold_text, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.records import Refusal, Task
    from spice_fast.tasks.gates.candidate import Candidate

JUDGEMENTS = {"true", "false", "yes", "no", "both", "neither", "none"}
MIN_LETTERS = 3
ALTERNATIVE_WORDS = 3
"""So near to an ``or`` a word is an alternative."""

NUMBER = re.compile(r"[-+]?(?:\d[\d,]*)?\.?\d+(?:[eE][-+]?\d+)?%?")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
ABOUT = r"(?:\s*(?:approximately|about|roughly|exactly|simply))?\s*\$?"
EQUALS = r"(?:=|≈|equals|is\s+equal\s+to)"
ANNOUNCED = (
    r"(?:\b(?:answer|solution|result)\b(?:\s+(?:to|of|for|here)\b(?:\s+\w+){0,4}?)?\s*"
    rf"(?:{EQUALS}|:|is|are|was|being|(?:would|should|must|will)\s+be)|\b(?:which|it|this)\s+{EQUALS}){ABOUT}"
)
ARITHMETIC = "0123456789 .,+-\u2212*/\u00d7\u00b7\u00f7^()%"
REFERENCE = re.compile(
    r"\b(?:equations?|eqs?\.?|formulas?|figures?|fig\.?|tables?|parts?|steps?|sections?|cases?|statements?|items?|"
    r"reactions?|lines?|conditions?|questions?)\Z",
    re.IGNORECASE,
)
LAST_BRACKET = re.compile(r"\s\(\s*(?:(?:answer|ans\.?)\s*(?:is|:|=)?|=|≈)?\s*\$?(?P<inside>[^()]*?)\$?\s*\)[\s?.!]*\Z")


def leak(candidates: Sequence[Candidate]) -> list[Refusal | None]:
    """Refuses with ``leaked``; the detail is what gave the answer away."""
    found = [_leak(candidate.task) for candidate in candidates]
    return [None if piece is None else refusal("leaked", piece) for piece in found]


def _leak(task: Task) -> str | None:
    gold = folded(gold_text(task))
    is_value = task.kind not in {TaskKind.MCQ, TaskKind.STRING} or NUMBER.fullmatch(gold)
    question = folded(task.question)
    if is_value:
        return _announced(THOUSANDS.sub("", question), THOUSANDS.sub("", gold))
    if not _stands_in(question, gold):
        return None
    others = [folded(choice) for place, choice in enumerate(task.choices) if "ABCD"[place] != task.gold]
    return None if any(_stands_in(question, other) for other in others) else gold


def _stands_in(question: str, words: str) -> bool:
    """Whether words stand in a question, and not only as an alternative that it offers."""
    words = words.strip(" .,;:!?\"'")
    if words in JUDGEMENTS or sum(character.isalpha() for character in words) < MIN_LETTERS:
        return False
    for place in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", question):
        before = question[: place.start()].rsplit(maxsplit=ALTERNATIVE_WORDS)[-ALTERNATIVE_WORDS:]
        after = question[place.end() :].split(maxsplit=ALTERNATIVE_WORDS)[:ALTERNATIVE_WORDS]
        if "or" not in before and "or" not in after:
            return True
    return False


def _announced(question: str, gold: str) -> str | None:
    """The piece of the question that announces a value as the answer."""
    value = rf"(?<![\w.]){re.escape(gold.lstrip('+'))}(?![\w^]|[.,]\d)"
    announced = re.search(ANNOUNCED + value, question)
    if announced is not None:
        return announced[0]
    for equality in re.finditer(rf"{EQUALS}\s*{value}", question):
        left = question[: equality.start()].rstrip()
        span = left[len(left.rstrip(ARITHMETIC)) :]
        # A left side that goes on in letters, or begins with an operator, holds an unknown: `2x + 3 = 7`, `f(2) = 4`.
        is_whole = span[:1].isspace() or len(span) == len(left)
        if is_whole and re.match(r"[\d(.\u2212-]", span.strip()):
            return f"{span.strip()} {equality[0]}"
    bracket = LAST_BRACKET.search(question)
    if bracket is None or REFERENCE.search(question[: bracket.start()]):
        return None
    return bracket[0].strip() if re.fullmatch(rf"{re.escape(gold)}(?:\s?[a-z°%/^\d]+)?", bracket["inside"]) else None
