"""Results as a file, and as a table with intervals and p-values."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spice_fast.errors import ConfigError, MissingFileError, ResumeError
from spice_fast.evaluation import ResultsFile, TaskResult, read_results, score_table
from spice_fast.evaluation.statistics import paired_bootstrap, sign_flip_p, wilson_interval

SETTINGS = {"model": "m", "temperature": 0.0}


def result(number, *right, suite="s", category="", fingerprint="f"):
    flags = tuple(bool(flag) for flag in right)
    return TaskResult(suite=suite, number=number, fingerprint=fingerprint, category=category, right=flags, boxed=flags,
                      step_by_step=flags, num_tokens=(3,) * len(flags), answers=("a\nb \ud800",) * len(flags))  # fmt: skip


def test_results_come_back_from_their_file(tmp_path):
    file = ResultsFile(tmp_path / "new" / "r.jsonl", SETTINGS)
    assert file.results == []
    file.append([result(0, 1, 0), result(1, 1, 1)])
    file.append([result(2, 0, 0)])
    settings, results = read_results(tmp_path / "new" / "r.jsonl")
    assert settings == SETTINGS
    assert results == [result(0, 1, 0), result(1, 1, 1), result(2, 0, 0)]


def test_a_file_is_gone_on_with_wherever_a_kill_cut_it(tmp_path):
    path = tmp_path / "r.jsonl"
    ResultsFile(path, SETTINGS).append([result(0, 1), result(1, 0)])
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        file = ResultsFile(path, SETTINGS)
        missing = [r for r in (result(0, 1), result(1, 0)) if r not in file.results]
        file.append(missing)
        assert path.read_bytes() == whole


def test_other_settings_are_refused_and_named(tmp_path):
    ResultsFile(tmp_path / "r.jsonl", SETTINGS)
    with pytest.raises(ResumeError, match=r"  temperature: 0\.0 in the file, 1\.0 now"):
        ResultsFile(tmp_path / "r.jsonl", SETTINGS | {"temperature": 1.0})


@pytest.mark.parametrize("text", ["no json\n", "[1]\n", '{"question": "x"}\n'])
def test_another_file_is_not_overwritten(tmp_path, text):
    (tmp_path / "r.jsonl").write_text(text)
    with pytest.raises(ConfigError, match="not made by `spice-fast eval --output`"):
        ResultsFile(tmp_path / "r.jsonl", SETTINGS)
    assert (tmp_path / "r.jsonl").read_text() == text


def test_no_file_of_results_is_an_error(tmp_path):
    with pytest.raises(MissingFileError, match="no results"):
        read_results(tmp_path / "nothing.jsonl")


def test_wilson_is_the_textbooks():
    # 8 of 10: Wilson (1927) gives 0.490 to 0.943; 0 of 10 gives 0 to 0.278.
    assert wilson_interval(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(0.0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


@given(st.lists(st.integers(-3, 3), max_size=9))
def test_the_sign_flip_p_counts_every_pattern(differences):
    sums = [sum(s * d for s, d in zip(signs, differences, strict=True))
            for signs in itertools.product((1, -1), repeat=len(differences))]  # fmt: skip
    naive = sum(abs(value) >= abs(sum(differences)) for value in sums) / len(sums)
    assert sign_flip_p(differences) == pytest.approx(naive, abs=1e-12)


def test_with_one_answer_a_task_the_p_is_the_sign_tests():
    # 9 tasks gained, 2 lost: 2 (C(11,0) + C(11,1) + C(11,2)) / 2^11.
    assert sign_flip_p([1] * 9 + [-1] * 2 + [0] * 50) == pytest.approx(2 * (1 + 11 + 55) / 2**11)


def test_the_bootstrap_is_that_of_tasks_drawn_one_by_one():
    rng = np.random.default_rng(3)
    differences = rng.choice([-1.0, -0.25, 0.0, 0.5, 1.0], size=80)
    naive = np.quantile(rng.choice(differences, size=(20_000, 80)).mean(axis=1), [0.025, 0.975])
    assert paired_bootstrap(differences, 0) == pytest.approx(tuple(naive), abs=0.02)
    assert paired_bootstrap(differences, 0) == paired_bootstrap(differences[::-1], 0)


def test_the_interval_holds_the_truth_in_about_95_of_100_worlds():
    rng = np.random.default_rng(0)
    truth = 0.1
    worlds = [rng.choice([-1, 0, 1], p=[0.2, 0.5, 0.3], size=150) for _ in range(300)]
    held = [low <= truth <= high for low, high in (paired_bootstrap(world, 1) for world in worlds)]
    assert 0.91 < sum(held) / len(held) < 0.985


def test_the_table_has_a_line_for_all_each_suite_and_its_categories():
    results = [result(0, 1, category="x"), result(1, 0, category="y"), result(0, 1, suite="t")]
    lines = score_table(results)
    assert [(line.suite, line.category, line.num_tasks) for line in lines] == [
        ("all", "all", 3), ("s", "all", 2), ("s", "x", 1), ("s", "y", 1), ("t", "all", 1),
    ]  # fmt: skip
    assert lines[0].accuracy == pytest.approx(2 / 3)
    assert all(line.difference is None for line in lines)


def test_a_base_is_paired_by_task_and_may_have_another_number_of_answers():
    results = [result(0, 1, 1, 0), result(1, 1, 1, 1)]
    base = [result(1, 1, 0), result(0, 0, 0), result(7, 1, 1)]
    [line] = score_table(results, base)
    assert line.difference.base == pytest.approx(0.25)
    assert line.difference.mean == pytest.approx((2 / 3 - 0 + 1 - 0.5) / 2)
    # Gains of 4 and 3 sixths: of four patterns two are as far from 0.
    assert line.difference.p == pytest.approx(0.5)
    assert line.difference.low <= line.difference.mean <= line.difference.high


def test_what_cannot_be_paired_is_refused():
    with pytest.raises(ConfigError, match="no answer to task 2 of suite s"):
        score_table([result(0, 1), result(1, 1)], [result(0, 1)])
    with pytest.raises(ConfigError, match="task 1 of suite s is another task"):
        score_table([result(0, 1)], [result(0, 1, fingerprint="g")])


def test_a_certain_difference_is_a_certain_one():
    [line] = score_table([result(i, 1) for i in range(40)], [result(i, 0) for i in range(40)])
    assert (line.difference.low, line.difference.high) == (1.0, 1.0)
    assert line.difference.p == pytest.approx(2 / 2**40)
    assert math.isclose(line.high, 1.0)
