"""``spice-fast grade``: a file of answers, or one answer with the reasons of its verdict."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from spice_fast.answers import RULES, Grader
from spice_fast.answers.policy import PresetName
from spice_fast.errors import ConfigError, DocumentError, MissingFileError

Json = Annotated[bool, Parameter(name="--json", negative=())]


def grade(
    file: Path | None = None,
    /,
    *,
    gold: str | None = None,
    answer: str | None = None,
    kind: str = "auto",
    policy: PresetName = "default",
    mode: Literal["response", "answer"] | None = None,
    gold_key: str = "gold",
    answer_key: str = "answer",
    json_output: Json = False,
) -> None:
    """Grade answers: every line of a JSONL file, or one with --gold and --answer.

    Parameters
    ----------
    file
        One JSON object a line, with the gold, the answer and, where there are any, "kind" and "choices". Every line comes back
        with "equivalent" (true, false or null for undecided) and "rule".
    gold
        The right answer; with --answer, instead of a file.
    answer
        The answer to explain.
    kind
        Kind of answers that name none: auto, mcq, integer, float, expression, string, boolean, list.
    policy
        What counts and what is forgiven.
    mode
        Whether answers are whole responses or stand alone. Default: responses in a file, alone on the command line.
    gold_key
        Key of the gold in the file.
    answer_key
        Key of the answer in the file.
    json_output
        Print one JSON object instead of sentences.
    """
    if file is None:
        if gold is None or answer is None:
            raise ConfigError("found no input; expected a JSONL file, or --gold and --answer")
        _explain(Grader(policy), gold, answer, kind, mode or "answer", json_output=json_output)
        return
    if gold is not None or answer is not None:
        raise ConfigError("found a file and --gold or --answer; expected one of them")
    rows = _rows(file, gold_key, answer_key)
    try:
        verdicts = Grader(policy).check_batch(
            [row[gold_key] for row in rows],
            [row[answer_key] for row in rows],
            kinds=[row.get("kind") or kind for row in rows],
            choices=[row.get("choices") for row in rows],
            mode=mode or "response",
        )
    except (TypeError, ValueError) as error:
        raise DocumentError(f"{file}: {error} (rows count from 0)") from error
    for row, at in zip(rows, range(len(rows)), strict=True):
        verdict = verdicts[at]
        print(json.dumps({**row, "equivalent": verdict.equivalent, "rule": verdict.rule}, ensure_ascii=False))
    right, undecided = int(verdicts.equivalent.sum()), int(verdicts.undecided.sum())
    print(f"{right} of {len(rows)} right, {undecided} undecided", file=sys.stderr)
    for rule, count in Counter(verdicts.rule.tolist()).most_common():
        print(f"  {RULES[rule]}: {count}", file=sys.stderr)


def _explain(
    grader: Grader, gold: str, answer: str, kind: str, mode: Literal["response", "answer"], *, json_output: bool
) -> None:
    try:
        lines = grader.explain(gold, answer, kind, mode=mode)
        verdict = grader.check(gold, answer, kind, mode=mode)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    if json_output:
        print(json.dumps({"equivalent": verdict.equivalent, "rule": verdict.rule, "path": lines}, ensure_ascii=False))
    else:
        print("\n".join(lines))
    if verdict.equivalent is not True:
        sys.exit(1)


def _rows(file: Path, *keys: str) -> list[dict[str, Any]]:
    if not file.is_file():
        raise MissingFileError(f"{file}: no such file")
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DocumentError(f"{file}:{number}: expected a JSON object, found none: {error.msg}") from error
        if not isinstance(row, dict):
            raise DocumentError(f"{file}:{number}: expected a JSON object, found {type(row).__name__}")
        for key in keys:
            if not isinstance(row.get(key), str):
                raise DocumentError(f"{file}:{number}: expected a text under {key!r}")
        rows.append(row)
    return rows
