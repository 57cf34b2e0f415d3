"""Held-out tasks: suites, and how well a policy answers them."""

from spice_fast.evaluation.runner import Score, evaluate
from spice_fast.evaluation.suite import HeldOutTask, load_suite
from spice_fast.evaluation.summary import summarize

__all__ = ["HeldOutTask", "Score", "evaluate", "load_suite", "summarize"]
