"""How a response comes to its answer: at once, or step by step."""

from __future__ import annotations

_MARKERS = ("\\boxed{", "\\fbox{")


def shows_work(response: str, answer_start: int) -> bool:
    """Whether anything but white space stands before the box whose content begins at ``answer_start``."""
    before = response[:answer_start].rstrip()
    for marker in _MARKERS:
        before = before.removesuffix(marker)
    return bool(before.strip())
