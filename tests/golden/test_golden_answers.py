"""The grader against labelled answers: the bars on all cases and, apart, on the quarter that is held out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import golden
from spice_fast.answers import Grader

ROOT = Path(__file__).parents[2]
CASES = golden.read()
MATHEMATICS = {
    "algebra", "base", "complex", "decimal", "equation", "factorial", "fraction", "inequality", "integer", "interval", "list",
    "logarithm", "matrix", "numbers", "percent", "pi", "plus_minus", "polynomial", "radical", "rational_function", "rounding",
    "scientific", "set", "several_variables", "system", "transcendental", "tuple", "unevaluated", "union", "vector",
}  # fmt: skip


def test_the_set_is_large_and_every_case_is_labelled():
    assert len(CASES) >= 6000
    fields = {"gold", "answer", "kind", "verdict", "source", "category", "reason"}
    assert all(fields <= set(case) for case in CASES)
    assert 0.4 < sum(case["verdict"] for case in CASES) / len(CASES) < 0.7
    held_out = sum(golden.is_held_out(case) for case in CASES) / len(CASES)
    assert 0.22 < held_out < 0.28


def test_the_committed_set_is_what_its_generator_writes(tmp_path):
    arguments = [sys.executable, str(ROOT / "scripts" / "make_golden_answers.py"), "--out", str(tmp_path)]
    subprocess.run(arguments, check=True, capture_output=True)
    for path in golden.FOLDER.glob("*.jsonl"):
        assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("held_out", [False, True], ids=["seen", "held_out"])
@pytest.mark.parametrize(
    ("mathematics", "accuracy", "false_accepts", "false_rejects"),
    [(True, 99.5, 0.2, 2.5), (False, 99.5, 0.5, 2.5)],
    ids=["mathematics", "rest"],
)
def test_the_bars_are_met(held_out, mathematics, accuracy, false_accepts, false_rejects):
    cases = [
        case
        for case in CASES
        if golden.is_held_out(case) == held_out and (case["category"] in MATHEMATICS) == mathematics
    ]
    rows = golden.table(cases, golden.verdicts(Grader(), cases))
    print(golden.show(rows))
    assert rows["all"]["accuracy"] >= accuracy, golden.show(rows)
    assert rows["all"]["false_accepts"] <= false_accepts, golden.show(rows)
    assert rows["all"]["false_rejects"] <= false_rejects, golden.show(rows)


@pytest.mark.parametrize("name", ["first", "second", "third"])
@pytest.mark.parametrize(
    ("part", "accuracy", "false_accepts", "false_rejects"),
    [("mathematics", 98.5, 0.2, 2.5), ("rest", 97.0, 0.5, 2.5)],
    ids=["mathematics", "rest"],
)
def test_the_bars_are_met_on_answers_that_others_labelled(name, part, accuracy, false_accepts, false_rejects):
    path = golden.FOLDER.parent / "independent" / f"{name}.jsonl"
    cases = [case for case in golden.lines(path) if case["part"] == part]
    rows = golden.table(cases, golden.verdicts(Grader(), cases))
    assert len(cases) >= 600
    assert rows["all"]["accuracy"] >= accuracy, golden.show(rows)
    assert rows["all"]["false_accepts"] <= false_accepts, golden.show(rows)
    assert rows["all"]["false_rejects"] <= false_rejects, golden.show(rows)


def test_hostile_answers_are_never_accepted():
    hostile = [case for case in CASES if case["category"] == "hostile"]
    assert hostile
    assert not any(golden.verdicts(Grader(), hostile))


def test_wrappers_and_white_space_change_no_verdict():
    cases = [case for case in CASES if case["kind"] != "mcq" and "$" not in case["answer"] and case["answer"].strip()][
        ::5
    ]
    plain = golden.verdicts(Grader(), cases)
    for wrap in ("  {}\n", "${}$", "\\boxed{{{}}}", "\\displaystyle {}"):
        wrapped = [{**case, "answer": wrap.format(case["answer"])} for case in cases]
        changed = [
            (case["gold"], case["answer"])
            for case, before, after in zip(wrapped, plain, golden.verdicts(Grader(), wrapped), strict=True)
            if before != after
        ]
        assert not changed, changed[:5]


def test_every_gold_is_right_for_itself():
    cases = [{**case, "answer": case["gold"]} for case in CASES]
    assert all(golden.verdicts(Grader(), cases))


def test_convention_cases_say_which():
    named = [case for case in CASES if case["reason"]]
    assert len(named) > 300
    assert all(re.search(r"[a-z]", case["reason"]) for case in named)
