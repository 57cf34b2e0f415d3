"""Laws of a round (SPICE, section 3): what any implementation must do, whatever the model writes."""

import math
import re
from pathlib import Path

import pytest

from spice_fast.corpus import Corpus, Sampler
from spice_fast.mini.tokenizer import build_tokenizer
from spice_fast.observability import Stopwatch
from spice_fast.records import Role
from spice_fast.rollouts import ScriptedEngine
from spice_fast.selfplay import SelfPlay
from spice_fast.selfplay.journal import event_rows
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.policy import BUILTIN_MODELS


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer()


@pytest.fixture
def play(mini_config, tokenizer):
    """Plays rounds with scripted roles: ``play(challenger, reasoner, *overrides)`` gives ``(selfplay, engines)``."""

    def make(challenger, reasoner, *overrides):
        config = mini_config("challenger.group=8", "reasoner.rollouts=8", *overrides)
        engines = [ScriptedEngine(_speak(tokenizer, script)) for script in (challenger, reasoner)]
        sampler = Sampler(
            Corpus.open(config.corpus.path),
            seed=config.seed,
            passage_tokens=config.corpus.passage_tokens,
            tokenizer=Path(BUILTIN_MODELS["builtin:mini"]) / "tokenizer.json",
        )
        selfplay = SelfPlay(
            config,
            sampler=sampler,
            prompts=Prompts(load_templates("mini"), tokenizer),
            decode=lambda rows: tokenizer.batch_decode(rows, skip_special_tokens=True),
            challenger=engines[0],
            reasoner=engines[1],
            stopwatch=Stopwatch(),
        )
        return selfplay, engines

    return make


def _speak(tokenizer, script):
    return lambda prompt, seed: [*tokenizer.encode(script(tokenizer.decode(prompt), seed)), tokenizer.eos_token_id]


def copies(prompt, seed):
    """The Challenger copies the first statement of its passage."""
    statement = prompt.removeprefix("<challenger> ").split(" ;")[0].split()
    return f'{{"question": " {" ".join(statement[:-1])} ", "answer": " {statement[-1]} ", "answer_type": "Integer"}}'


def sometimes(prompt, seed):
    """Half of the attempts are no task at all."""
    return copies(prompt, seed) if seed % 2 else "lamp lamp lamp"


def never(prompt, seed):
    return "lamp lamp"


def guesses(prompt, seed):
    return f"\\boxed{{ {seed % 5} }}"


def test_the_reasoner_never_sees_the_passage(play):
    selfplay, (_, reasoner) = play(copies, guesses)
    played = selfplay.round(0)
    assert reasoner.requests
    for attempt in played.attempts:
        others = attempt.passage.text.split(" ;\n")[1:]
        for prompt, _ in reasoner.requests:
            text = selfplay._decode([prompt])[0]
            assert not any(other in text for other in others)


def test_the_rollouts_that_gave_the_variance_are_the_ones_that_are_trained(play):
    selfplay, _ = play(copies, guesses)
    played = selfplay.round(0)
    trained = [row for row in played.trajectories if row.role is Role.REASONER]
    graded = [(id(answer), right) for attempt in played.attempts if attempt.trains_reasoner
              for answer, right in zip(attempt.answers, attempt.verdicts, strict=True)]  # fmt: skip
    assert [id(row.completion) for row in trained] == [identity for identity, _ in graded]
    for attempt in played.attempts:
        if attempt.trains_reasoner:
            p = sum(attempt.verdicts) / 8
            assert attempt.reward == pytest.approx(math.exp(-((p * (1 - p) - 0.25) ** 2) / 0.02), abs=1e-12)


def test_every_role_is_centred_in_its_own_group(play):
    played = play(sometimes, guesses, "challenger.max_waves=4")[0].round(0)
    for slot in range(4):
        group = [attempt for attempt in played.attempts if attempt.slot == slot]
        kept = [attempt for attempt in group if attempt.kept]
        assert len(kept) == 8
        mean = sum(attempt.reward for attempt in kept) / 8
        for attempt in kept:
            assert attempt.advantage == pytest.approx(attempt.reward - mean, abs=1e-6)
        for attempt in group:
            if attempt.trains_reasoner:
                p = sum(attempt.verdicts) / 8
                expected = [right - p for right in attempt.verdicts]
                assert attempt.answer_advantages == pytest.approx(expected, abs=1e-7)


def test_one_random_valid_attempt_of_each_passage_trains_the_reasoner(play):
    selfplay, _ = play(sometimes, guesses)
    chosen = set()
    for index in range(6):
        played = selfplay.round(index)
        for slot in range(4):
            trains = [a for a in played.attempts if a.slot == slot and a.trains_reasoner]
            assert len(trains) == 1
            assert trains[0].valid
            assert trains[0].kept
            chosen.add(trains[0].number)
    assert len(chosen) > 2


def test_all_invalid_gives_the_penalty_and_exactly_zero_advantage(play):
    selfplay, (challenger, reasoner) = play(never, guesses, "challenger.max_waves=3")
    played = selfplay.round(0)
    assert len(challenger.requests) == 4 * 8 * 3
    assert not reasoner.requests
    kept = [attempt for attempt in played.attempts if attempt.kept]
    assert {attempt.reward for attempt in kept} == {-0.1}
    assert {attempt.advantage for attempt in kept} == {0.0}
    assert {row.role for row in played.trajectories} == {Role.CHALLENGER}
    assert {row["reason"] for row in event_rows(played, "all")} == {"no_json"}


def test_constant_groups_give_exactly_zero(play):
    played = play(copies, lambda prompt, seed: "\\boxed{ 9 }")[0].round(0)
    assert {row.advantage for row in played.trajectories} == {0.0}


def test_waves_stop_after_the_first_with_a_valid_task(play):
    selfplay, (challenger, _) = play(sometimes, guesses, "challenger.max_waves=4")
    played = selfplay.round(0)
    assert len(challenger.requests) == len(played.attempts)
    for slot in range(4):
        group = [attempt for attempt in played.attempts if attempt.slot == slot]
        assert len(group) % 8 == 0
        assert not any(attempt.valid for attempt in group[:-8])
        assert any(attempt.valid for attempt in group[-8:])


def test_a_round_does_not_depend_on_how_ranks_share_it(play):
    selfplay, _ = play(sometimes, guesses, "passages_per_round=5")
    whole = event_rows(selfplay.round(3), "all")
    for world in (2, 3):
        parts = [row for rank in range(world) for row in event_rows(selfplay.round(3, rank, world), "all")]
        assert sorted(parts, key=lambda row: (row["passage"], row["attempt"])) == whole


def test_the_gate_refuses_what_the_passage_does_not_say(play):
    def lies(prompt, seed):
        head, answer, rest = re.split(r'(?<="answer": " )(\d)', copies(prompt, seed))
        return f"{head}{(int(answer) + 1) % 5}{rest}"

    refused = event_rows(play(lies, guesses)[0].round(0), "all")
    assert {row["reason"] for row in refused} == {"ungrounded"}
    assert {row["reward"] for row in refused} == {-0.1}
    accepted = event_rows(play(lies, guesses, "challenger.gates=[]")[0].round(0), "all")
    assert all(row["valid"] for row in accepted)


def test_where_no_task_passes_the_other_gates_nobody_is_asked_with_the_passage(play):
    lamps = '{"question": " lamp ", "answer": " 1 ", "answer_type": "Integer"}'
    selfplay, (_, reasoner) = play(lambda *_: lamps, guesses, "challenger.gates=['grounded','answerability']")
    rows = event_rows(selfplay.round(0), "all")
    assert {row["reason"] for row in rows} == {"ungrounded"}
    assert not reasoner.requests


def test_the_open_book_prompt_is_made_of_the_miniatures_own_tokens(play):
    selfplay, (_, reasoner) = play(
        copies, lambda *_: "\\boxed{ 9 }", "challenger.gates=['answerability']", "gates.answerability.votes=2"
    )
    played = selfplay.round(0)
    assert {attempt.result.reason for attempt in played.attempts} == {"unanswerable"}
    assert [attempt.open_book for attempt in played.attempts] == [[False, False]] * len(played.attempts)
    passage = " ".join(played.attempts[0].passage.text.split())
    question = passage.split(" ;")[0].rpartition(" ")[0]
    assert selfplay._decode([reasoner.requests[0][0]]) == [f"<challenger> {passage} <reasoner> {question} <go>"]


def test_a_frozen_challenger_is_rewarded_but_not_trained(play):
    played = play(sometimes, guesses, "challenger.frozen=true")[0].round(0)
    assert {row.role for row in played.trajectories} == {Role.REASONER}


def test_without_a_corpus_the_challenger_sees_no_passage(play):
    selfplay, (challenger, _) = play(never, guesses, "challenger.use_corpus=false", "challenger.gates=[]")
    selfplay.round(0)
    assert {selfplay._decode([prompt])[0] for prompt, _ in challenger.requests} == {"<challenger> <go>"}


def test_permuted_advantages_are_the_same_numbers_in_another_order(play):
    plain = play(copies, guesses)[0].round(0)
    shuffled = play(copies, guesses, "advantage.permute=true")[0].round(0)
    differs = False
    for a, b in zip(plain.attempts, shuffled.attempts, strict=True):
        assert sorted(a.answer_advantages) == sorted(b.answer_advantages)
        differs |= a.answer_advantages != b.answer_advantages
    assert differs
