import json

import pytest

from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.evaluation import Score, evaluate, load_suite, summarize
from spice_fast.records import TaskKind
from spice_fast.rollouts import ScriptedEngine


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_suite_holds_kinds_choices_and_categories(tmp_path):
    rows = [
        {"question": "1+1?", "answer": 2, "kind": "integer", "category": "sums"},
        {"question": "Which?", "answer": "B", "kind": "mcq", "choices": ["a", "b", "c", "d"]},
        {"question": "Who?", "answer": "me"},
    ]
    suite = load_suite(write(tmp_path / "suite.jsonl", *rows))
    assert [held_out.task.kind for held_out in suite] == [TaskKind.INTEGER, TaskKind.MCQ, TaskKind.STRING]
    assert suite[0].task.gold == "2"
    assert suite[0].category == "sums"
    assert suite[1].task.choices == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    "line", ['{"question": "x"}', "[1]", "not json", '{"question": "x", "answer": "y", "kind": "poem"}']
)
def test_a_bad_line_is_named(tmp_path, line):
    (tmp_path / "suite.jsonl").write_text('{"question": "x", "answer": "y"}\n' + line + "\n")
    with pytest.raises(ConfigError, match=r"suite\.jsonl:2: expected an object"):
        load_suite(tmp_path / "suite.jsonl")


def test_no_suite_and_an_empty_one_are_errors(tmp_path):
    with pytest.raises(MissingFileError, match="no evaluation suite"):
        load_suite(tmp_path / "nothing.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(ConfigError, match="no task"):
        load_suite(tmp_path / "empty.jsonl")


class Prompts:
    def reasoner(self, task):
        return [len(task.question)]


def test_answers_are_graded_in_order_and_ranks_share_them(tmp_path):
    suite = load_suite(
        write(tmp_path / "s.jsonl", *({"question": "q" * i, "answer": i, "kind": "integer"} for i in range(5)))
    )
    texts = {0: "\\boxed{0}", 1: "so \\boxed{1}", 2: "no box", 3: "\\boxed{7}", 4: "\\boxed{4}"}
    engine = ScriptedEngine(lambda prompt, seed: prompt)

    def run(first, stride):
        return evaluate(suite, engine=engine, prompts=Prompts(), decode=lambda rows: [texts[row[0]] for row in rows],
                        max_new_tokens=9, temperature=0.0, seed=0, first=first, stride=stride)  # fmt: skip

    scores = run(0, 1)
    assert [score.right for score in scores] == [True, True, False, False, True]
    assert [score.boxed for score in scores] == [True, True, False, True, True]
    assert [score.step_by_step for score in scores] == [False, True, False, False, False]
    assert run(0, 2) + run(1, 2) == scores[::2] + scores[1::2]


def test_a_summary_counts_by_category():
    scores = [
        Score(category=c, right=r, boxed=True, step_by_step=False, text="")
        for c, r in (("a", True), ("a", False), ("b", True))
    ]
    summary = summarize(scores)
    assert summary["accuracy"] == pytest.approx(2 / 3)
    assert summary["by_category"] == {"a": 0.5, "b": 1.0}
