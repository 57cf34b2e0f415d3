"""Rewards and estimators that look beyond a passage: what the ranks share, and what a round hands to the next."""

import threading

import pytest
from test_round import copies, guesses, play, sometimes, tokenizer  # noqa: F401

from spice_fast.errors import ConfigError
from spice_fast.selfplay import round_reward
from spice_fast.selfplay.journal import event_rows


class Ranks:
    """Threads in the ranks' places; ``gather`` waits for all of them, as the trainer's does."""

    def __init__(self, world):
        self.barrier = threading.Barrier(world, timeout=60)
        self.parts = [None] * world

    def gather(self, rank):
        def gather(own):
            self.parts[rank] = own
            self.barrier.wait()
            parts = list(self.parts)
            self.barrier.wait()
            return parts

        return gather


def of_ranks(players, world, index, baselines=()):
    """Event rows of all ranks in order, and every rank's baselines."""
    ranks, rounds = Ranks(world), [None] * world

    def run(rank):
        players[rank]._gather = ranks.gather(rank)
        rounds[rank] = players[rank].round(index, rank, world, baselines)

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(world)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [row for played in rounds for row in event_rows(played, "all")]
    return sorted(rows, key=lambda row: (row["passage"], row["attempt"])), [played.baselines for played in rounds]


@pytest.mark.parametrize(
    "overrides",
    [
        ["reward.name=r_zero_code"],
        ["advantage.estimator=rae"],
        ["advantage.estimator=reinforce_pp"],
        ["advantage.estimator=reinforce_pp_baseline"],
    ],
    ids=lambda overrides: overrides[0].partition("=")[2],
)
def test_what_looks_beyond_a_passage_does_not_depend_on_how_ranks_share_the_round(play, overrides):  # noqa: F811
    def player():
        return play(sometimes, guesses, "passages_per_round=5", *overrides)[0]

    whole = player().round(3, baselines=[0.25, 0.5])
    rows, baselines = of_ranks([player(), player()], 2, 3, [0.25, 0.5])
    assert rows == event_rows(whole, "all")
    assert baselines == [whole.baselines] * 2


def test_a_round_goes_on_from_the_baselines_of_the_one_before(play):  # noqa: F811
    selfplay, _ = play(sometimes, guesses, "advantage.estimator=rae", "advantage.parameters={decay=0.5}")
    first = selfplay.round(0)
    earliest = next(attempt for attempt in first.attempts if attempt.kept)
    assert earliest.advantage == pytest.approx(earliest.reward)
    second = selfplay.round(1, baselines=first.baselines)
    earliest = next(attempt for attempt in second.attempts if attempt.kept)
    assert earliest.advantage == pytest.approx(earliest.reward - first.baselines[0])
    assert len(second.baselines) == 2


def test_repetition_is_paid_for_and_the_gold_is_of_no_account(play):  # noqa: F811
    # Every passage's eight attempts copy one statement; all answers agree, wrong as they may be.
    agreeing = play(copies, lambda prompt, seed: "\\boxed{ 9 }", "reward.name=r_zero_code")[0].round(0)
    rewards = {attempt.reward for attempt in agreeing.attempts if attempt.kept}
    assert all(-1 <= reward <= -1 / 4 for reward in rewards)
    plain = play(copies, lambda prompt, seed: "\\boxed{ 9 }", "reward.name=r_zero", "reward.pass_rate=mode")[0].round(0)
    assert {attempt.reward for attempt in plain.attempts if attempt.kept} == {0.0}
    assert not any(any(attempt.verdicts) for attempt in plain.attempts)


def test_votes_with_the_passage_pay_what_only_the_passage_tells(play):  # noqa: F811
    with_passage = "<challenger>"

    def knows_what_it_reads(prompt, seed):
        if with_passage not in prompt:
            return "\\boxed{ 9 }"
        passage, question = prompt.removesuffix(" <go>").split(" <reasoner> ")
        return f"\\boxed{{ {passage.split(question)[1].split()[0]} }}"

    overrides = ["reward.name=open_book_gap", "challenger.gates=['answerability']"]
    played = play(copies, knows_what_it_reads, *overrides)[0].round(0)
    assert {attempt.reward for attempt in played.attempts if attempt.kept} == {1.0}


def test_a_reward_that_a_round_cannot_give_is_refused(mini_config):
    for overrides, message in (
        (["reward.name=open_book_gap"], "needs num_correct_open and num_answers_open"),
        (["reward.name=r_zero_code", "reasoner.shuffle_options=true"], "shows every answer other letters"),
        (["reward.name=r_zero_code", "reward.chance_corrected=true"], "no pass rate to correct"),
        (["reward.parameters={width=0}"], "expected a positive number"),
    ):
        with pytest.raises(ConfigError, match=message):
            round_reward(mini_config(*overrides))
    with pytest.raises(ConfigError, match="chance_corrected is about the gold"):
        mini_config("reward.chance_corrected=true", "reward.pass_rate=mode")
