"""``spice-fast grade``: a file of answers, or one answer with the reasons of its verdict."""

from __future__ import annotations

import json
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from tqdm import tqdm

from spice_fast.answers import Grader, Rule, Verdict
from spice_fast.answers.policy import PresetName
from spice_fast.cli.rows import Row, name_of, read_rows, write_rows
from spice_fast.errors import ConfigError, DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Annotated[bool, Parameter(name="--json", negative=())]
BATCH_ROWS = 8192
"""Rows in memory at a time, so that a file may be of any size."""
UNMARKED_SHARE = 0.9
"""From this share of responses without a marked answer on, the answers probably stand alone."""


def grade(
    file: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    gold: str | None = None,
    answer: str | None = None,
    kind: str = "auto",
    choice: Annotated[tuple[str, ...], Parameter(negative=(), show_default=False)] = (),
    policy: PresetName = "default",
    mode: Literal["response", "answer"] | None = None,
    gold_key: str = "gold",
    answer_key: str = "answer",
    output: Path | None = None,
    json_output: Json = False,
) -> None:
    """Grade answers: every line of a JSONL file, or one with --gold and --answer.

    Parameters
    ----------
    file
        One JSON object a line, .jsonl, .jsonl.gz or .jsonl.zst, or - for standard input: the gold, the answer and, where there
        are any, "kind" and "choices". Every line comes back with "equivalent" (true, false or null for undecided) and
        "rule". An answer may be null, a gold a number.
    gold
        The right answer; with --answer, instead of a file.
    answer
        The answer to explain.
    kind
        Kind of answers that name none: auto, mcq, integer, float, expression, string, boolean, list.
    choice
        Text of a choice, with --gold and --answer; repeat it for A, B, ...
    policy
        What counts and what is forgiven.
    mode
        Whether answers are whole responses or stand alone. Default: responses in a file, alone on the command line.
    gold_key
        Key of the gold in the file.
    answer_key
        Key of the answer in the file.
    output
        File for the graded lines, compressed as its name says; it appears when all are graded. Default: standard output.
    json_output
        Print the summary, or the explanation, as one JSON object. The summary of a file goes to stderr.
    """
    if file is None:
        if gold is None or answer is None:
            raise ConfigError("found no input; expected a JSONL file (- for standard input), or --gold and --answer")
        _explain(Grader(policy), gold, answer, kind, choice, mode or "answer", json_output=json_output)
        return
    if gold is not None or answer is not None or choice:
        raise ConfigError("found a file and --gold, --answer or --choice; expected one of them")
    tally = Tally()
    # A bar between the rows on one screen would spoil both.
    hidden = not sys.stderr.isatty() or (output is None and sys.stdout.isatty())
    with tqdm(unit="B", unit_scale=True, unit_divisor=1024, desc="grading", leave=False, disable=hidden) as bar:
        rows = read_rows(file, gold_key, answer_key, bar)
        write_rows(_graded(Grader(policy), rows, name_of(file), kind, mode or "response", tally), output)
    tally.show(mode or "response", json_output=json_output)


class Tally:
    """What became of the answers of a file."""

    def __init__(self) -> None:
        self._rules = Counter[Rule]()
        self._equivalent = Counter[bool | None]()

    def add(self, verdict: Verdict) -> None:
        """Counts a verdict."""
        self._rules[verdict.rule] += 1
        self._equivalent[verdict.equivalent] += 1

    def show(self, mode: Literal["response", "answer"], *, json_output: bool) -> None:
        """Prints the summary to stderr: standard output may hold the rows."""
        total, right, undecided = self._rules.total(), self._equivalent[True], self._equivalent[None]
        if json_output:
            summary = {"rows": total, "right": right, "undecided": undecided, "rules": dict(self._rules.most_common())}
            print(json.dumps(summary), file=sys.stderr)
            return
        print(f"{right} of {total} right, {undecided} undecided", file=sys.stderr)
        for rule, count in self._rules.most_common():
            print(f"  {rule}: {count}", file=sys.stderr)
        if mode == "response" and self._rules[Rule.NO_ANSWER] > UNMARKED_SHARE * total:
            print("hint: most responses mark no answer; if answers stand alone, use --mode answer", file=sys.stderr)


def _graded(
    grader: Grader, rows: Iterator[Row], file: str, kind: str, mode: Literal["response", "answer"], tally: Tally
) -> Iterator[dict[str, object]]:
    """The rows with their verdicts, which are counted."""
    while batch := list(islice(rows, BATCH_ROWS)):
        try:
            verdicts = grader.check_batch(
                [row.gold for row in batch],
                [row.answer for row in batch],
                kinds=[row.fields.get("kind") or kind for row in batch],
                choices=[row.fields.get("choices") for row in batch],
                mode=mode,
            )
        except (TypeError, ValueError):
            _name_the_line(grader, batch, file, kind)
            raise
        for at, row in enumerate(batch):
            verdict = verdicts[at]
            tally.add(verdict)
            yield {**row.fields, "equivalent": verdict.equivalent, "rule": verdict.rule}


def _name_the_line(grader: Grader, batch: list[Row], file: str, kind: str) -> None:
    """Raises the error of the first row that cannot be graded, with its line."""
    for row in batch:
        try:
            grader.check(row.gold, row.answer, row.fields.get("kind") or kind, row.fields.get("choices"))
        except (TypeError, ValueError) as error:
            raise DocumentError(f"{file}:{row.line}: {str(error).removeprefix('row 0: ')}") from error


def _explain(
    grader: Grader,
    gold: str,
    answer: str,
    kind: str,
    choices: tuple[str, ...],
    mode: Literal["response", "answer"],
    *,
    json_output: bool,
) -> None:
    try:
        lines = grader.explain(gold, answer, kind, choices or None, mode=mode)
        verdict = grader.check(gold, answer, kind, choices or None, mode=mode)
    except ValueError as error:
        raise ConfigError(str(error).removeprefix("row 0: ")) from error
    if json_output:
        print(json.dumps({"equivalent": verdict.equivalent, "rule": verdict.rule, "path": lines}, ensure_ascii=False))
    else:
        print("\n".join(lines))
    if verdict.equivalent is not True:
        sys.exit(1)
