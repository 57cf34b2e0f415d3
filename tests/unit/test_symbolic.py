"""The pool of sympy workers: real processes, real sympy."""

from __future__ import annotations

import time

import pytest

from spice_fast import _core
from spice_fast.answers import Grader, Rule
from spice_fast.answers.symbolic import SympyPool, same_value

# Factorials this large are beyond the grader, and plain to sympy.
UNDECIDED = ("\\frac{300!}{299!}", "150 + 150")


def test_steps_hold_what_was_read_and_no_text():
    assert _core.value_steps("\\frac{x}{2}") == [("variable", "x", []), ("number", "2", []), ("divide", "", [0, 1])]
    for text in ("__import__('os').system('true')", "x = 5", "5 km", "(1, 2)", "no"):
        assert _core.value_steps(text) is None, text


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("\\sin^2 x + \\cos^2 x", "1", True),
        ("(x+1)^2", "x^2+2x+1", True),
        ("\\binom{n}{2}", "\\frac{n(n-1)}{2}", True),
        ("\\sqrt[3]{-8}", "-2", True),
        ("e^{i\\pi}", "-1", True),
        ("\\log_2 8 + \\gcd(4, 6)", "5", True),
        ("2x", "2x+1", False),
    ],
)
def test_sympy_builds_what_the_grader_read(first, second, same):
    assert same_value(_core.value_steps(first), _core.value_steps(second)) is same


def test_undecided_values_are_put_to_sympy_and_nothing_else_is():
    golds = [UNDECIDED[0], "5", "5", "(1, 2)"]
    answers = [UNDECIDED[1], "5", "6", "(1, 2)"]
    plain = Grader("default").check_batch(golds, answers, mode="answer")
    assert plain[0].rule == Rule.UNDECIDED
    with SympyPool() as pool:
        verdicts = pool.check_batch(golds, answers, mode="answer")
    assert [verdicts[row].rule for row in (1, 2, 3)] == [plain[row].rule for row in (1, 2, 3)]
    assert verdicts[0].rule == Rule.EQUAL_SYMBOLIC
    assert verdicts[0].equivalent is True


def test_a_worker_that_runs_over_its_time_is_killed_and_the_next_case_decided():
    with SympyPool(seconds=2.0) as pool:
        start = time.monotonic()
        assert pool.decide(["12345678!", "x+x"], ["12345679!", "2x"]) == [None, True]
        assert time.monotonic() - start < 60
