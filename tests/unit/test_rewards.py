"""Rewards by name or by function, advantages where peers go wrong, agreement of answers."""

import itertools
import typing

import numpy as np
import pytest

from spice_fast.answers import num_agreeing
from spice_fast.config import AdvantageConfig
from spice_fast.errors import ConfigError
from spice_fast.records import Task, TaskKind
from spice_fast.rewards import ESTIMATORS, REWARDS, advantages, challenger_rewards, dr_grpo, resolve_reward

VALID, FORMAT, GATE = 0, 1, 2
NUMBERS = itertools.count()
"""A module is imported once by its name, so every test's has another."""


def counts(num_correct, num_answers, refusal):
    return {
        "num_correct": np.array(num_correct, np.uint32),
        "num_answers": np.array(num_answers, np.uint32),
        "refusal": np.array(refusal, np.uint8),
    }


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module of the user's: ``module(source)`` gives its name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(source):
        name = f"rewards_of_a_user_{next(NUMBERS)}"
        (tmp_path / f"{name}.py").write_text(f"import numpy as np\n{source}\n")
        return name

    return write


def test_a_reward_of_ours_takes_its_parameters_and_penalties():
    reward = resolve_reward("spice_variance", {"width": 0.02}, format_penalty=-0.5)
    assert reward.columns == REWARDS["spice_variance"] == ("num_correct", "num_answers")
    found = reward.function(counts([0, 4, 0], [8, 8, 0], [VALID, VALID, FORMAT]))
    assert found.tolist() == [pytest.approx(np.exp(-(0.25**2) / 0.04)), 1.0, -0.5]


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("spice", {}, "unknown challenger reward"),
        ("spice_variance", {"depth": 1}, 'unknown parameter "depth"; it has target, width'),
        ("spice_variance", {"width": -1}, "expected a positive number"),
        ("no.such.module:reward", {}, "cannot be imported"),
        ("math:no_such_function", {}, "module math has no function"),
        (":reward", {}, "cannot be imported"),
    ],
)
def test_a_reward_that_is_not_there_is_said_at_once(name, parameters, message):
    with pytest.raises(ConfigError, match=message):
        resolve_reward(name, parameters)


def test_a_function_of_the_users_gets_the_columns_that_its_arguments_name(module):
    name = module(
        "def reward(num_correct, num_answers, refusal, bonus, base=1.0):\n"
        "    return np.where(refusal == 0, base + bonus * num_correct / np.maximum(1, num_answers), -2.0)"
    )
    reward = resolve_reward(f"{name}:reward", {"bonus": 4}, gate_penalty=-0.25)
    assert reward.columns == ("num_correct", "num_answers")
    found = reward.function(counts([2, 0, 0], [8, 0, 0], [VALID, FORMAT, GATE]))
    assert found.tolist() == [2.0, -2.0, -0.25]


@pytest.mark.parametrize(
    ("arguments", "parameters", "message"),
    [
        ("num_right", {}, "what is its argument 'num_right'"),
        ("num_correct", {"bonus": 1}, "no parameter 'bonus'"),
        ("num_correct", {"num_correct": 1}, "no parameter 'num_correct'"),
        ("refusal", {"refusal": 1}, "no parameter 'refusal'"),
        ("*columns", {}, "what is its argument 'columns'"),
    ],
)
def test_an_argument_that_is_no_column_is_refused_before_the_first_round(module, arguments, parameters, message):
    name = module(f"def reward({arguments}):\n    return 0")
    with pytest.raises(ConfigError, match=message):
        resolve_reward(f"{name}:reward", parameters)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ("[1.0, 2.0]", "gave list; expected a numpy array of numbers of shape"),
        ("np.ones(3)", r"gave float64 of shape \(3,\); expected .* \(2,\)"),
        ("np.array(['a', 'b'])", "gave <U1"),
        ("np.array([1.0, np.nan])", "gave nan for attempt 1; expected finite"),
    ],
)
def test_what_a_function_gives_is_checked(module, result, message):
    name = module(f"def reward(num_correct):\n    return {result}")
    reward = resolve_reward(f"{name}:reward")
    with pytest.raises(ConfigError, match=message):
        reward.function(counts([1, 1], [8, 8], [VALID, VALID]))


def test_a_missing_column_is_named():
    with pytest.raises(ConfigError, match="r_zero_code needs the column num_mode"):
        challenger_rewards("r_zero_code", None, [8], [VALID])


def test_the_settings_know_every_estimator():
    assert set(typing.get_args(AdvantageConfig.model_fields["estimator"].annotation)) == set(ESTIMATORS)


GROUPED = [name for name in ESTIMATORS if name != "rae"]


@pytest.mark.parametrize("estimator", GROUPED)
@pytest.mark.parametrize("num", [3, 7, 8, 16, 100])
def test_a_constant_group_of_float32_rewards_is_exactly_zero(estimator, num):
    # With a mean that rounds and an epsilon of 1e-8 or less, such groups get up to 0.9 elsewhere.
    rewards = np.full(num, 0.1, np.float32)
    assert (np.float32(rewards.sum()) / np.float32(num) != rewards[0]) or num < 100
    found = advantages(estimator, rewards, np.zeros(num, np.int64), np.zeros(num, np.uint8), lengths=np.full(num, 9))
    assert found.values.tolist() == [0.0] * num


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_one_nan_leaves_its_group_as_it_would_be_without_it(estimator):
    def of(rewards):
        num = len(rewards)
        return advantages(estimator, rewards, [0] * num, [0] * num, lengths=[5, 7, 9, 11][:num])

    poisoned = of([0.0, 1.0, 1.0, np.nan])
    assert poisoned.values[:3].tolist() == of([0.0, 1.0, 1.0]).values.tolist()
    assert poisoned.values[3] == 0
    assert poisoned.num_nan == 1


@pytest.mark.parametrize("estimator", ["grpo", "reinforce_pp", "reinforce_pp_baseline"])
def test_an_offset_of_a_thousand_leaves_a_variance_its_digits(estimator):
    # All values are multiples of 2**-6, so that the offset itself rounds nothing.
    rewards = np.array([0, 1, 3, 60, 64, 17, 5, 9]) / 64
    arguments = ([0, 0, 0, 0, 1, 1, 1, 1], [0] * 8)
    near, far = (
        advantages(estimator, rewards + offset, *arguments, lengths=[100, 3, 70, 8, 9, 1, 30, 2]).values
        for offset in (0.0, 1000.0)
    )
    np.testing.assert_allclose(far, near, rtol=1e-6, atol=1e-7)


def test_dr_grpo_is_the_estimator_of_that_name():
    columns = ([0.0, 0.5, 1.0], [1, 1, 1], [0, 0, 0])
    assert dr_grpo(*columns).values.tolist() == advantages("dr_grpo", *columns).values.tolist() == [-0.5, 0.0, 0.5]


def boxes(*answers):
    return [f"so it is \\boxed{{{answer}}}" if answer else "I do not know" for answer in answers]


def test_answers_agree_where_the_grader_says_so_whatever_the_gold():
    number = Task(kind=TaskKind.FLOAT, question="q", gold="7")
    text = Task(kind=TaskKind.STRING, question="q", gold="blue")
    choice = Task(kind=TaskKind.MCQ, question="q", gold="A", choices=("5 km", "6 km", "7 km", "8 km"))
    tasks = [number, text, choice, number, choice]
    answers = [
        boxes("1/2", "0.5", r"\frac{2}{4}", "7", "7", ""),
        boxes("Red", "red", "blue", "green", "", ""),
        boxes("B", "(B)", "B) 6 km", "A", "C", "no letter at all"),
        boxes("", "", ""),
        boxes("", "a and b"),
    ]
    assert num_agreeing(tasks, answers).tolist() == [3, 2, 3, 0, 0]


def test_agreement_of_no_tasks_is_empty():
    assert num_agreeing([], []).tolist() == []
