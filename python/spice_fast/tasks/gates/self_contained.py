"""``self_contained``: a question must not refer to a passage that the Reasoner does not see.

The words alone decide nothing: "the passage of time", "the text of the law", "the author of Hamlet" are about the world. Refused
is a reference: "according to the text", "the passage above", "the author argues", "Figure 3".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spice_fast.tasks.gates.candidate import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spice_fast.records import Refusal
    from spice_fast.tasks.gates.candidate import Candidate

SOURCE = (
    r"(?:text|document|article|paper|chapter|section|paragraph|author|authors|writer|narrator|lecture|essay|"
    r"source\s+(?:text|material)|textbook|reading|blog\s+post|web\s?page|transcript)"
)
# What stands behind a source that is named, so that the question tells which one it means.
NAMED = r"(?!\s+(?:of|by|titled|entitled|called|named|on|about|in\s+which|who)\b|['\u2019]s\b|\s*[\"\u201c\u2018'(])"
SAYS = (
    r"(?:say|state|argue|claim|suggest|describe|mention|use|believe|conclude|imply|refer|note|discuss|explain|define|propose|"
    r"present|provide|give|compare|report|emphasize|emphasise|introduce|assert|list|identif(?:y|ie))(?:s|d|ed)?"
)
GIVEN = r"(?:described|stated|mentioned|discussed|given|shown|presented|provided|explained|noted|defined|outlined|reported|listed|used)"

# "The passage of time", "the passage through the membrane": movement, not text. What follows a colon is quoted in the question.
MOVEMENT = (
    r"(?!\s+(?:of|through|from|to|between|into|across|over|along|for|in\s+\w+\s+beginning|below|:)\b|\s*[:\"\u201c])"
)
WHICH = r"(?:above|given|provided|present|preceding|previous)"
REFERENCES = (
    rf"\b(?:the|this|that|above|given|provided)\s+(?:passage|excerpt)\b{MOVEMENT}",
    rf"\b(?:according\s+to|based\s+(?:up)?on|(?:as\s+)?{GIVEN}\s+(?:in|by))\s+(?:the|this|that)\s+(?:{WHICH}\s+)?{SOURCE}\b{NAMED}",
    rf"\b(?:the|this)\s+(?:above|given|provided|preceding)\s+{SOURCE}\b",
    rf"\b(?:the|this)\s+{SOURCE}\s+(?:above|(?:also\s+)?{SAYS})\b",
    rf"\b(?:does|do|did|would)\s+the\s+{SOURCE}\s+{SAYS}\b",
    r"\bin\s+(?:the|this)\s+(?:text|document|article)\s*[,?]",
)
# A label has a capital or follows a preposition: "at table 3 sit four", "a figure 8 knot" are things.
NUMBERED = (
    r"(?:\b(?-i:Figure|Fig\.|Table)|\b(?:in|from|see|using|by)\s+(?:figure|fig\.|table))\s*\d+(?:\.\d+)*\b"
    r"(?!\s*(?:knot|loop|shape|pattern|-))"
)
NUMBERED_EQUATION = r"\b(?:equation|eq\.)\s*\(?(?P<label>\d+(?:\.\d+)*)\)?"
REFERS = re.compile("|".join((*REFERENCES, NUMBERED)), re.IGNORECASE)
REFERS_TO_EQUATION = re.compile(NUMBERED_EQUATION, re.IGNORECASE)


def self_contained(candidates: Sequence[Candidate]) -> list[Refusal | None]:
    """Refuses with ``refers_to_passage``; the detail is the reference."""
    found = [_reference(candidate.task.question) for candidate in candidates]
    return [None if piece is None else refusal("refers_to_passage", piece) for piece in found]


def _reference(question: str) -> str | None:
    # A question that brings its own table may speak of it.
    reference = None if "|" in question else REFERS.search(question)
    if reference is not None:
        return reference[0]
    for equation in REFERS_TO_EQUATION.finditer(question):
        # A label that stands elsewhere too is the question's own: "x + y = 3 (1) ... from equation (1)".
        if question.count(f"({equation['label']})") - ("(" in equation[0]) < 1:
            return equation[0]
    return None
