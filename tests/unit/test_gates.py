import pytest

from spice_fast.records import Refusal, RefusalClass, Task, TaskKind
from spice_fast.tasks import apply_gates

PASSAGE = "lamp 3 b stone 4 c river 2 = moon 1 ;\napple 0 a bread 2 = chair 4 ;\nThe sky is Blue. Grass is green."


def task(question, gold, *, quotes=(), kind=TaskKind.INTEGER, choices=()):
    return Task(kind=kind, question=question, gold=gold, quotes=quotes, choices=choices)


def reason(candidate):
    result = apply_gates(candidate, PASSAGE, ("grounded",))
    return result.reason if isinstance(result, Refusal) else None


def test_a_whole_statement_of_the_passage_is_grounded():
    assert reason(task("apple 0 a bread 2 = chair", "4")) is None
    assert reason(task("  apple 0 a  bread 2 = chair ", " 4 ")) is None


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("apple 0 a bread 2 = chair", "3"),  # wrong gold
        ("stone 4 c river 2 = moon", "1"),  # the tail of a statement is another task
        ("lamp 3 b stone 4 c river 2 = moon 1 ; apple 0 a bread 2 = chair", "4"),  # two statements in one
        ("apple 0 a bread 1 = chair", "4"),  # invented
    ],
)
def test_what_the_passage_does_not_state_is_refused(question, gold):
    assert reason(task(question, gold)) == "ungrounded"


def test_quotes_must_be_in_the_passage_and_hold_the_gold():
    assert reason(task("What colour is the sky?", "blue", quotes=("The sky is Blue.",))) is None
    assert reason(task("What colour is the sky?", "red", quotes=("The sky is Blue.",))) == "gold_not_in_quote"
    assert reason(task("What colour is the sky?", "blue", quotes=("The sea is blue.",))) == "quote_not_in_passage"
    assert reason(task("What is it?", "lu", quotes=("The sky is Blue.",))) == "gold_not_in_quote"


def test_the_gold_of_an_mcq_is_its_options_text():
    choices = ("red", "blue", "grey", "black")
    mcq = task("What colour is the sky?", "B", quotes=("The sky is Blue.",), kind=TaskKind.MCQ, choices=choices)
    assert reason(mcq) is None


def test_a_refusal_stays_and_no_gate_refuses_nothing():
    refused = Refusal(refusal_class=RefusalClass.FORMAT, reason="no_json")
    assert apply_gates(refused, PASSAGE, ("grounded",)) is refused
    invented = task("anything", "7")
    assert apply_gates(invented, PASSAGE, ()) is invented
    assert apply_gates(invented, None, ("grounded",)) is invented
