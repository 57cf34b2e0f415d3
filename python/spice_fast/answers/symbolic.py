"""The last resort for what the grader leaves undecided: sympy, in processes that can be killed.

Off unless it is used: ``with SympyPool() as pool: pool.check_batch(...)``. The workers get the steps that build a value
(``_core.value_steps``), never a text, so nothing that a model wrote is parsed or evaluated by sympy. A worker that runs over its
time is killed and replaced, and its case stays undecided; so what is decided here may depend on the machine's speed, which is
why self-play does not use it.
"""

from __future__ import annotations

from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from spice_fast import _core
from spice_fast.answers.grader import Grader
from spice_fast.answers.verdict import RULES, Rule, Verdicts
from spice_fast.errors import MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from spice_fast.answers.policy import Policy, PresetName

Steps = list[tuple[str, str, list[int]]]
"""Operations in order, each with its number or name and the places of its arguments."""


class SympyPool:
    """A grader that asks sympy about undecided values.

    Args:
        policy: the grader's policy.
        num_workers: processes.
        seconds: time of one case; a worker that takes longer is killed.
        max_cases: cases after which a worker is replaced, since sympy's caches only grow.

    Raises:
        MissingDependencyError: sympy or pebble is not installed (``pip install spice-fast[math]``).
    """

    def __init__(
        self,
        policy: PresetName | Policy = "default",
        *,
        num_workers: int = 1,
        seconds: float = 5.0,
        max_cases: int = 10_000,
    ) -> None:
        try:
            import pebble
            import sympy  # noqa: F401  (missing ones are named here, not in a worker)
        except ImportError as error:
            raise MissingDependencyError(f"{error.name} is not installed; pip install 'spice-fast[math]'") from error
        self._grader = Grader(policy)
        self._seconds = seconds
        self._pool = pebble.ProcessPool(
            max_workers=num_workers, max_tasks=max_cases, initializer=_warm, context=get_context("spawn")
        )

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the workers."""
        self.close()

    def close(self) -> None:
        """Ends the workers, at once."""
        self._pool.stop()
        self._pool.join()

    def decide(self, gold: Sequence[str], answers: Sequence[str]) -> list[bool | None]:
        """What sympy says of pairs of values: the same, different, or None for no value, no proof, or no time."""
        futures = []
        for pair in zip(gold, answers, strict=True):
            steps = [_core.value_steps(text) for text in pair]
            asked = None if None in steps else self._pool.schedule(same_value, args=steps, timeout=self._seconds)
            futures.append(asked)
        return [None if future is None else _result(future) for future in futures]

    def check_batch(
        self,
        golds: Sequence[str],
        responses: Sequence[str],
        kinds: Sequence[str] | None = None,
        choices: Sequence[Sequence[str] | None] | None = None,
        mode: Literal["response", "answer"] = "response",
    ) -> Verdicts:
        """``Grader.check_batch``, with undecided values put to sympy."""
        verdicts = self._grader.check_batch(golds, responses, kinds, choices, mode)
        rows = np.flatnonzero(verdicts.rule == RULES.index(Rule.UNDECIDED))
        answers = [responses[row][verdicts.start[row] : verdicts.end[row]] for row in rows]
        found = self.decide([golds[row] for row in rows], answers)
        rule = verdicts.rule.copy()
        for row, same in zip(rows, found, strict=True):
            if same is not None:
                rule[row] = RULES.index(Rule.EQUAL_SYMBOLIC if same else Rule.DIFFERENT_SYMBOLIC)
        return replace(verdicts, rule=rule)


def _result(future: Any) -> bool | None:
    try:
        found: bool | None = future.result()
    except (FutureTimeoutError, ArithmeticError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    return found


def _warm() -> None:
    import sympy

    sympy.simplify(sympy.sin(sympy.Symbol("x")) ** 2)


def same_value(first: Steps, second: Steps) -> bool | None:
    """Whether two values are the same to sympy; runs in a worker."""
    import sympy

    difference = _built(first, sympy) - _built(second, sympy)
    if sympy.simplify(difference) == 0:
        return True
    equal = difference.equals(0)
    return None if equal is None else bool(equal)


def _built(steps: Steps, sympy: Any) -> Any:
    """The value that steps build, of sympy's constructors alone; variables are real."""
    arithmetic: dict[str, Callable[..., Any]] = {
        "negate": lambda a: -a,
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: a / b,
        "power": lambda a, b: a**b,
        "root": lambda n, a: sympy.real_root(a, n),
        "log": lambda base, a: sympy.log(a) / sympy.log(base),
    }
    calls = {
        "sqrt": sympy.sqrt,
        "exp": sympy.exp,
        "ln": sympy.log,
        "abs": sympy.Abs,
        "floor": sympy.floor,
        "ceil": sympy.ceiling,
        "factorial": sympy.factorial,
    }
    same_name = ["sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "tanh"]
    calls |= {name: getattr(sympy, name) for name in same_name}
    pairs = {
        "binomial": sympy.binomial,
        "permutations": sympy.ff,
        "gcd": sympy.gcd,
        "lcm": sympy.lcm,
        "max": sympy.Max,
        "min": sympy.Min,
        "modulo": sympy.Mod,
    }
    constants = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}
    values: list[Any] = []
    for operation, text, places in steps:
        arguments = [values[place] for place in places]
        match operation:
            case "number":
                value = sympy.Rational(*map(int, text.split("/")))
            case "variable":
                value = sympy.Symbol(text, real=True)
            case "constant":
                value = constants[text]
            case "call":
                value = calls[text](*arguments)
            case "pair":
                value = pairs[text](*arguments)
            case _:
                value = arithmetic[operation](*arguments)
        values.append(value)
    return values[-1]
