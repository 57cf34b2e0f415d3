import json

import polars as pl
import pytest

from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.evaluation import Score, evaluate, load_suite, load_suites, summarize
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
                        max_new_tokens=9, temperature=0.0, seed=0, numbers=range(first, 5, stride))  # fmt: skip

    scores = run(0, 1)
    assert [score.right for score in scores] == [True, True, False, False, True]
    assert [score.boxed for score in scores] == [True, True, False, True, True]
    assert [score.step_by_step for score in scores] == [False, True, False, False, False]
    assert run(0, 2) + run(1, 2) == scores[::2] + scores[1::2]


def test_samples_have_seeds_of_their_own_whatever_is_asked_with_them(tmp_path):
    suite = load_suite(write(tmp_path / "s.jsonl", *({"question": "q", "answer": i} for i in range(4))))
    engine = ScriptedEngine(lambda prompt, seed: [seed % 10])

    def run(**options):
        return evaluate(suite, engine=engine, prompts=Prompts(), decode=lambda rows: [f"\\boxed{{{row[0]}}}" for row in rows],
                        max_new_tokens=9, temperature=1.0, seed=0, **options)  # fmt: skip

    three = run(num_samples=3)
    seeds = [seed for _, seed in engine.requests]
    assert len(set(seeds)) == 12
    assert run() == three[::3]
    assert run(numbers=[2], num_samples=3) == three[6:9]


def test_a_parquet_suite_is_the_same_as_its_lines(tmp_path):
    rows = [
        {"question": "Which?", "answer": "B", "kind": "mcq", "choices": ["a", "b", "c", "d"], "category": "x"},
        {"question": "1+1?", "answer": "2", "kind": "integer", "choices": None, "category": None},
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "suite.parquet")
    assert load_suite(tmp_path / "suite.parquet") == load_suite(write(tmp_path / "suite.jsonl", *rows))


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"question": "x"}, "found no answer among question"),
        ({"question": "x", "answer": ["y"]}, r"found answer = \['y'\]"),
        ({"question": "x", "answer": "y", "kind": "poem"}, "found kind = 'poem'"),
        ({"question": "x", "answer": "y", "kind": ["mcq"]}, r"found kind = \['mcq'\]"),
        ({"question": "x", "answer": "y", "choices": "abcd"}, "found 'abcd'"),
        ({"question": "x", "answer": "E", "kind": "mcq", "choices": list("wxyz")}, "found 4 and 'E'"),
        ({"question": "x", "answer": "A", "kind": "mcq"}, "found 0 and 'A'"),
        ([1], "found list"),
    ],
)
def test_a_bad_row_says_what_was_found(tmp_path, row, found):
    good = {"question": "x", "answer": "y"}
    with pytest.raises(ConfigError, match=rf"suite\.jsonl:2: .*{found}"):
        load_suite(write(tmp_path / "suite.jsonl", good, row))


def test_a_bad_row_of_a_parquet_suite_is_named(tmp_path):
    pl.DataFrame({"question": ["x", "y"], "answer": ["1", None]}).write_parquet(tmp_path / "suite.parquet")
    with pytest.raises(ConfigError, match=r"suite\.parquet, row 2: .*found no answer among question"):
        load_suite(tmp_path / "suite.parquet")
    (tmp_path / "bad.parquet").write_text("no parquet")
    with pytest.raises(ConfigError, match=r"bad\.parquet: cannot be read as Parquet"):
        load_suite(tmp_path / "bad.parquet")


def test_suites_of_one_name_are_refused(tmp_path):
    (tmp_path / "b").mkdir()
    paths = [write(folder / "s.jsonl", {"question": "x", "answer": "y"}) for folder in (tmp_path, tmp_path / "b")]
    with pytest.raises(ConfigError, match="two suites are called s"):
        load_suites(paths)


def test_a_summary_counts_by_category():
    scores = [
        Score(category=c, right=r, boxed=True, step_by_step=False, text="")
        for c, r in (("a", True), ("a", False), ("b", True))
    ]
    summary = summarize(scores)
    assert summary["accuracy"] == pytest.approx(2 / 3)
    assert summary["by_category"] == {"a": 0.5, "b": 1.0}
