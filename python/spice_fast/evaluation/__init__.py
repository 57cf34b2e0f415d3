"""Held-out tasks: suites, how well a policy answers them, and how sure that is."""

from spice_fast.evaluation.results import ResultsFile, TaskResult, read_results, result_of
from spice_fast.evaluation.runner import Score, evaluate
from spice_fast.evaluation.suite import HeldOutTask, load_suite, load_suites
from spice_fast.evaluation.summary import summarize
from spice_fast.evaluation.table import Difference, Line, score_table

__all__ = [
    "Difference",
    "HeldOutTask",
    "Line",
    "ResultsFile",
    "Score",
    "TaskResult",
    "evaluate",
    "load_suite",
    "load_suites",
    "read_results",
    "result_of",
    "score_table",
    "summarize",
]
