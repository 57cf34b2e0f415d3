"""The typed face of the grader: policies, explanations, adapters, the command line."""

import doctest
import json
import subprocess
import sys
from dataclasses import fields

import pytest

import golden
from spice_fast import _core
from spice_fast.answers import (
    RULES,
    ChosenOption,
    Grader,
    Policy,
    Rule,
    adapters,
    grader,
    policy,
    shuffle_options,
    shuffling,
)
from spice_fast.answers.adapters import compute_score, harness_results, process_results, trl_reward


@pytest.mark.parametrize("module", [adapters, grader, policy, shuffling], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_rules_of_both_languages_are_the_same():
    assert set(RULES) == set(Rule)


def test_the_conventions_of_both_languages_are_the_same():
    names = [field.name for field in fields(Policy) if field.name != "preset"]
    for _, conventions in _core.POLICIES:
        assert [name for name, _ in conventions] == names


@pytest.mark.parametrize("preset", [name for name, _ in _core.POLICIES])
def test_every_preset_grades(preset):
    assert Grader(preset).check("5", r"\boxed{5}").equivalent is True
    assert Grader(Policy(preset=preset)).check("5", r"\boxed{6}").equivalent is False


def test_a_convention_can_be_refused():
    assert Grader().check("5 km", "5", mode="answer").equivalent is True
    assert Grader(Policy(missing_unit=False)).check("5 km", "5", mode="answer").equivalent is False


def test_compiled_golds_give_the_same_verdicts():
    cases = [case for case in golden.read() if "choices" not in case][::7]
    compiled = Grader().compile([case["gold"] for case in cases], kinds=[case["kind"] for case in cases])
    index = [*range(len(cases)), *range(len(cases))]
    responses = [case["answer"] for case in cases] * 2
    verdicts = compiled.check_batch(index, responses, mode="answer")
    kinds = [case["kind"] for case in cases] * 2
    expected = Grader().check_batch([cases[at]["gold"] for at in index], responses, kinds=kinds, mode="answer")
    assert (verdicts.rule == expected.rule).all()
    with pytest.raises(ValueError, match="row 0 of gold_index: found 9; expected less than 1"):
        Grader().compile(["5"]).check_batch([9], ["5"])


def test_an_unknown_policy_is_named():
    with pytest.raises(ValueError, match='unknown policy "lenient"; expected one of training, default'):
        Grader("lenient")


def test_a_slip_is_told_in_the_words_of_the_caller():
    with pytest.raises(TypeError, match=r"^golds: found one text; expected a sequence of texts"):
        Grader().check_batch("5", ["5"])
    with pytest.raises(TypeError, match=r"^choices: found one text; expected a sequence"):
        Grader().check("A", "A", choices="red")
    with pytest.raises(ValueError, match=r"^threads: found 0; expected at least 1"):
        Grader().check_batch(["5"], ["5"], threads=0)


def test_an_explanation_tells_the_path():
    lines = Grader().explain("x^2-1", r"so \boxed{(x-1)(x+1)}")
    assert lines[0] == "the answer stands in the last balanced box"
    assert lines[-1] == "right: they are the same function (equal_identity)"
    assert Grader().explain("5", "no mark")[-1] == "wrong: the response marks no answer (no_answer)"


def test_trl_rewards_conversations_and_texts_alike():
    reward = trl_reward(gold_column="solution")
    texts = [r"\boxed{12}", r"\boxed{13}"]
    conversations = [[{"role": "assistant", "content": text}] for text in texts]
    for completions in (texts, conversations):
        assert reward(prompts=["", ""], completions=completions, solution=["12", "12"], completion_ids=None) == [
            1.0,
            0.0,
        ]


def test_trl_gets_no_reward_where_there_is_no_gold():
    # A completion that says "None" must not be right where the gold is missing.
    reward = trl_reward()
    assert reward(completions=[r"\boxed{None}", r"\boxed{5}"], answer=[None, 5], kind=[None, "integer"]) == [None, 1.0]
    with pytest.raises(ValueError, match=r"found no column 'gold' in the data set; .*gold_column=.*; it has answer"):
        trl_reward(gold_column="gold")(completions=["x"], answer=["5"])


def test_trl_rewards_the_last_message_in_whatever_form_it_comes():
    parts = [
        {"role": "tool", "content": "6"},
        {"role": "assistant", "content": [{"type": "text", "text": r"\boxed{5}"}]},
    ]
    without = [{"role": "assistant", "content": None, "tool_calls": []}]
    assert trl_reward()(completions=[parts, without], answer=["5", "5"]) == [1.0, 0.0]


def test_verl_gets_its_score():
    row = {"data_source": "x", "ground_truth": "B", "extra_info": {"kind": "mcq", "index": 3}}
    assert compute_score(solution_str=r"\boxed{B}", **row) == 1.0
    assert compute_score("x", "12", "12") == 0.0
    assert compute_score("x", r"\boxed{12}", 12) == 1.0
    assert compute_score("x", r"\boxed{5}", "5 km") == 1.0
    assert compute_score("x", r"\boxed{5}", "5 km", policy="strict") == 0.0


def test_the_harness_gets_its_result():
    assert process_results("target")({"target": "12"}, ["#### 12"]) == {"acc": 1}
    assert harness_results({"answer": 12}, [r"\boxed{13}"]) == {"acc": 0}


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "spice_fast.cli", "grade", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_line_explains_one_answer():
    result = run("--gold", "1/2", "--answer", "0.5")
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "right: the same rational number (equal_number)")
    result = run("--gold", "1/2", "--answer", "0.6", "--json")
    assert (result.returncode, json.loads(result.stdout)["equivalent"]) == (1, False)


def test_the_command_line_grades_a_file(tmp_path):
    rows = [{"gold": "5", "answer": r"\boxed{5}"}, {"gold": "B", "answer": r"\boxed{C}", "kind": "mcq"}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = run(str(tmp_path / "rows.jsonl"))
    graded = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["equivalent"] for row in graded] == [True, False]
    assert "1 of 2 right, 0 undecided" in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "rows.jsonl:1: expected a JSON object"),
        ('{"gold": 5}', "rows.jsonl:1: found no 'answer' among gold; name the key with --answer-key"),
        (None, "no such file"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, message):
    if content is not None:
        (tmp_path / "rows.jsonl").write_text(content, encoding="utf-8")
    result = run(str(tmp_path / "rows.jsonl"))
    assert result.returncode == 2
    assert message in result.stderr


def test_the_verdict_does_not_depend_on_the_shuffle():
    cases = [
        case
        for case in golden.read()
        if case["kind"] == "mcq" and len(case["answer"]) == 1 and case["answer"] in "ABCD"
    ]
    for seed, case in enumerate(cases):
        shuffled = shuffle_options(case["choices"], seed)
        gold, answer = (shuffled.shown_letter(letter) for letter in (case["gold"], case["answer"]))
        plain = Grader().check(case["gold"], case["answer"], "mcq", case["choices"], mode="answer")
        assert Grader().check(gold, answer, "mcq", shuffled.choices, mode="answer") == plain
        assert shuffled.original_letter(answer) == case["answer"]
        place = "ABCD".index(case["answer"])
        assert shuffled.chosen([answer], mode="answer") == [ChosenOption("ABCD".index(answer), place)]
    assert len(cases) > 10


def test_errors_of_shuffled_options_say_what_was_found():
    shuffled = shuffle_options(["Rome", "Bern"], 1)
    with pytest.raises(ValueError, match="letter 'C': expected one of AB"):
        shuffled.shown_letter("C")
    with pytest.raises(ValueError, match=r"permutation: found \[0, 0\]; expected every place of 2 choices once"):
        _core.chosen_options([], ["Rome", "Bern"], [0, 0], ("training", []), "answer")
    assert shuffled.chosen(["Paris"], mode="answer") == [None]
