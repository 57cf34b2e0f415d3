import pytest

from spice_fast.observability import round_metrics


def row(gold, *, valid=True, reason=None):
    task = {"valid": valid, "kept": False, "kind": "mcq", "gold": gold, "reason": reason, "passage": 0}
    tokens = {"response_tokens": 3, "answer_tokens": [], "open_book_tokens": [2]}
    return task | tokens | {"trains_reasoner": False, "open_book": []}


def test_uneven_letters_of_golds_have_the_chance_of_the_chi_square_table():
    counts = {"A": 10, "B": 20, "C": 30, "D": 40}
    metrics = round_metrics(0, [row(letter) for letter, count in counts.items() for _ in range(count)])
    assert metrics["gold_letters"] == {"A": 0.1, "B": 0.2, "C": 0.3, "D": 0.4}
    # A statistic of 20 with 3 degrees of freedom.
    assert metrics["gold_letters_p"] == pytest.approx(1.697e-4, rel=1e-3)
    assert round_metrics(0, [row(letter) for letter in "ABCD"])["gold_letters_p"] == 1.0


def test_refusals_are_counted_and_shared_and_votes_cost_tokens():
    rows = [row("A"), *(row(None, valid=False, reason=reason) for reason in ("leaked", "copied", "leaked"))]
    metrics = round_metrics(0, rows)
    assert metrics["refused"] == {"copied": 1, "leaked": 2}
    assert metrics["refused_share"] == {"copied": 0.25, "leaked": 0.5}
    assert (metrics["open_book_tokens"], metrics["generated_tokens"]) == (8, 20)
    assert metrics["open_book_pass_rate"] is None


def test_without_an_mcq_there_are_no_letters():
    metrics = round_metrics(0, [row("A") | {"kind": "integer"}])
    assert (metrics["gold_letters"], metrics["gold_letters_p"]) == ({}, None)
