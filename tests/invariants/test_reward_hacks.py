"""Planted hacks through the real round: what the published method pays for, and what the gates refuse, each with its reason."""

import json
import math
import random
import re
from collections import Counter

import pytest

from spice_fast.config import load_config
from spice_fast.corpus import Corpus, Sampler
from spice_fast.observability import Stopwatch, round_metrics
from spice_fast.records import Role
from spice_fast.rollouts import ScriptedEngine
from spice_fast.selfplay import SelfPlay
from spice_fast.selfplay.journal import event_rows
from spice_fast.tasks import Prompts, load_templates

PASSAGES, GROUP = 16, 8
RNG = random.Random(0)
WORDS = ["".join(RNG.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(2000)]


class SpellingTokenizer:
    """One token per character, so that scripts read and write plain text."""

    chat_template = None

    def encode(self, text, *, add_special_tokens):
        return [ord(character) for character in text]


def decode(rows):
    return ["".join(map(chr, row)) for row in rows]


def spoken(script):
    return ScriptedEngine(lambda prompt, seed: [ord(c) for c in script(decode([prompt])[0], seed)])


@pytest.fixture
def play(mini_files):
    """``play(challenger, reasoner, preset, *overrides)`` gives a SelfPlay and both engines."""

    def make(challenger, reasoner, preset, *overrides):
        corpus, _ = mini_files
        config = load_config(
            f"{preset}/qwen3-4b",
            [
                f"passages_per_round={PASSAGES}",
                f'corpus.path="{corpus}"',
                "challenger.task_kinds=['mcq']",
                "challenger.max_waves=1",
                *overrides,
            ],
        )
        engines = spoken(challenger), spoken(reasoner)
        selfplay = SelfPlay(
            config,
            sampler=Sampler(Corpus.open(corpus), seed=config.seed, passage_bytes=300),
            prompts=Prompts(load_templates("paper"), SpellingTokenizer()),
            decode=decode,
            challenger=engines[0],
            reasoner=engines[1],
            stopwatch=Stopwatch(),
        )
        return selfplay, engines

    return make


def mcq(question, options, letter):
    lettered = "\n".join(f"{name}) {option}" for name, option in zip("ABCD", options, strict=True))
    fields = {"multiple_choice_question": f"{question}\n{lettered}", "multiple_choice_correct": letter}
    return json.dumps(fields)


def free_form(question, answer):
    return json.dumps({"question": question, "answer": answer, "answer_type": "Integer"})


def unanswerable(_prompt, seed):
    """Nobody can know which of four made-up words a made-up clerk wrote."""
    rng = random.Random(seed)
    *story, a, b, c, d = rng.sample(WORDS, 34)
    return mcq(f"A clerk notes {' '.join(story)}. Which word comes next?", (a, b, c, d), rng.choice("ABCD"))


def honest(_prompt, seed):
    """A question of its own that can be worked out."""
    rng = random.Random(seed)
    story, a, b = " ".join(rng.sample(WORDS, 30)), rng.randrange(10, 99), rng.randrange(10, 99)
    return free_form(f"Of {story} there are {a}, and {b} more come. How many are there?", str(a + b))


def guesses(_prompt, seed):
    return f"\\boxed{{{random.Random(seed).choice('ABCD')}}}"


def adds(prompt, seed):
    """Right with the passage before it, and every other time without."""
    a, b = map(int, re.findall(r"(?:are|and) (\d+)", prompt)[-2:])
    knows = "BEGIN PASSAGE" in prompt or seed % 2
    return f"I add.\n\\boxed{{{a + b if knows else a}}}"


def metrics_of(selfplay, index=0):
    """Plays a round, remembers it, and gives its figures."""
    rows = event_rows(selfplay.round(index), "all")
    return round_metrics(index, rows) | selfplay.remember(index, rows)


INTEGERS = "challenger.task_kinds=['integer']"


def test_guesses_are_well_paid_as_published_and_refused_as_recommended(play):
    chances = [math.comb(8, k) * 0.25**k * 0.75 ** (8 - k) for k in range(9)]
    rewards = [math.exp(-((k / 8 * (1 - k / 8) - 0.25) ** 2) / 0.02) for k in range(9)]
    expected = sum(chance * reward for chance, reward in zip(chances, rewards, strict=True))
    assert expected == pytest.approx(0.68, abs=0.01)
    deviation = math.sqrt(sum(c * (r - expected) ** 2 for c, r in zip(chances, rewards, strict=True)))

    published = metrics_of(play(unanswerable, guesses, "paper")[0])
    assert published["valid"] == PASSAGES * GROUP
    assert published["challenger_reward"] == pytest.approx(expected, abs=4 * deviation / math.sqrt(PASSAGES * GROUP))

    recommended = metrics_of(play(unanswerable, guesses, "recommended")[0])
    assert recommended["refused_share"]["unanswerable"] > 0.85
    assert recommended["challenger_reward"] < 0.05
    assert recommended["open_book_pass_rate"] == pytest.approx(0.25, abs=0.08)
    assert recommended["open_book_tokens"] == sum(PASSAGES * GROUP * [4 * len("\\boxed{A}")])


def test_corrected_for_chance_guesses_earn_a_third(play):
    def reward(k):
        p = max(0.0, (k / 8 - 0.25) / 0.75)
        return math.exp(-((p * (1 - p) - 0.25) ** 2) / 0.02)

    expected = sum(math.comb(8, k) * 0.25**k * 0.75 ** (8 - k) * reward(k) for k in range(9))
    assert expected < 0.27
    corrected = metrics_of(play(unanswerable, guesses, "paper", "reward.chance_corrected=true")[0])
    assert corrected["challenger_reward"] == pytest.approx(expected, abs=4 * 0.4 / math.sqrt(PASSAGES * GROUP))


def test_an_honest_challenger_passes_every_recommended_gate_and_is_paid(play):
    figures = metrics_of(play(honest, adds, "recommended", INTEGERS)[0])
    assert figures["refused"] == {}
    assert figures["challenger_reward"] > 0.7
    assert figures["open_book_pass_rate"] == 1.0
    assert figures["memory_questions"] == PASSAGES * GROUP
    assert figures["memory_bytes"] == 68 * PASSAGES * GROUP


def test_repeating_a_question_over_rounds_is_stopped_by_the_memory(play):
    def repeats(_prompt, seed):
        return honest(_prompt, 7)

    published, _ = play(repeats, adds, "paper", INTEGERS)
    assert [metrics_of(published, index)["valid"] for index in range(2)] == [PASSAGES * GROUP] * 2
    recommended, _ = play(repeats, adds, "recommended", INTEGERS)
    first, second, third = (metrics_of(recommended, index) for index in range(3))
    # Inside one round nothing is compared: the round could not be shared by ranks.
    assert first["valid"] == PASSAGES * GROUP
    assert second["refused"] == third["refused"] == {"repeated": PASSAGES * GROUP}
    assert third["memory_questions"] == 1


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("There are {a} of {story}, and {b} more come. How many are there? The answer is {sum}.", "leaked"),
        ("According to the passage, there are {a} of {story}, and {b} more come. How many?", "refers_to_passage"),
        ("{passage} There are {a} and {b} more come. How many?", "copied"),
    ],
)
def test_every_hack_is_refused_with_its_reason(play, question, reason):
    def hacks(prompt, seed):
        rng = random.Random(seed)
        a, b = rng.randrange(10, 99), rng.randrange(10, 99)
        passage = prompt.split("--- BEGIN PASSAGE ---\n")[1].split("\n--- END")[0]
        filled = question.format(a=a, b=b, sum=a + b, story=" ".join(rng.sample(WORDS, 9)), passage=passage)
        return free_form(filled, str(a + b))

    assert metrics_of(play(hacks, adds, "paper", INTEGERS)[0])["refused"] == {}
    selfplay, (_, reasoner) = play(hacks, adds, "recommended", INTEGERS)
    figures = metrics_of(selfplay)
    assert figures["refused"] == {reason: PASSAGES * GROUP}
    assert figures["refused_share"] == {reason: 1.0}
    assert figures["challenger_reward"] == pytest.approx(-0.1)
    # The gate that generates asks about survivors only.
    assert not reasoner.requests


def test_a_benchmark_item_is_refused_and_its_line_is_in_the_events(play, tmp_path):
    item = json.loads(honest("", 7))["question"]
    (tmp_path / "bench.jsonl").write_text(json.dumps({"question": item}) + "\n")
    selfplay, _ = play(
        lambda prompt, seed: honest(prompt, 7 if seed % 2 else seed),
        adds,
        "recommended",
        INTEGERS,
        "challenger.gates=['contamination']",
        f'gates.contamination.benchmarks=["{tmp_path / "bench.jsonl"}"]',
    )
    rows = event_rows(selfplay.round(0), "all")
    assert {(row["valid"], row.get("reason"), row.get("detail")) for row in rows} == {
        (True, None, None),
        (False, "contaminated", f"{tmp_path / 'bench.jsonl'}:1"),
    }


def test_gold_letters_show_a_challenger_that_always_says_b(play):
    def says_b(prompt, seed):
        task = json.loads(unanswerable(prompt, seed))
        return json.dumps(task | {"multiple_choice_correct": "B"})

    figures = metrics_of(play(says_b, guesses, "paper")[0])
    assert figures["gold_letters"] == {"A": 0.0, "B": 1.0, "C": 0.0, "D": 0.0}
    assert figures["gold_letters_p"] < 1e-12
    assert metrics_of(play(unanswerable, guesses, "paper")[0])["gold_letters_p"] > 0.001


def test_with_shuffled_options_a_liking_for_a_letter_is_no_knowledge(play):
    def says_b(prompt, seed):
        task = json.loads(unanswerable(prompt, seed))
        return json.dumps(task | {"multiple_choice_correct": "B"})

    def likes_b(_prompt, _seed):
        return "\\boxed{B}"

    assert metrics_of(play(says_b, likes_b, "paper")[0])["pass_rate"] == 1.0
    selfplay, (_, reasoner) = play(says_b, likes_b, "paper", "reasoner.shuffle_options=true")
    played = selfplay.round(0)
    figures = round_metrics(0, event_rows(played, "all"))
    assert figures["pass_rate"] == pytest.approx(0.25, abs=0.06)
    # What is trained is what was shown, and its verdict is that of the gold as shown.
    asked = Counter(tuple(prompt) for prompt, _ in reasoner.requests)
    trained = [row for row in played.trajectories if row.role is Role.REASONER]
    assert trained
    assert all(tuple(row.prompt_ids) in asked for row in trained)
    for attempt in played.attempts:
        for shown, prompt, right in zip(attempt.shown, attempt.answer_prompt_ids, attempt.verdicts, strict=True):
            assert f"{shown.gold}) {attempt.result.choices[1]}" in decode([prompt])[0]
            assert right == (shown.gold == "B")


def test_the_memory_makes_a_round_depend_on_no_rank(play):
    def sometimes_again(prompt, seed):
        return honest(prompt, seed % 40)

    whole, _ = play(sometimes_again, adds, "recommended", INTEGERS)
    ranks = [play(sometimes_again, adds, "recommended", INTEGERS)[0] for _ in range(3)]
    refused = 0
    for index in range(3):
        rows = event_rows(whole.round(index), "all")
        parts = [
            row for rank, selfplay in enumerate(ranks) for row in event_rows(selfplay.round(index, rank, 3), "all")
        ]
        figures = whole.remember(index, rows)
        assert [selfplay.remember(index, parts) for selfplay in ranks] == [figures] * 3
        assert sorted(parts, key=lambda row: (row["passage"], row["attempt"])) == rows
        refused += sum(row.get("reason") == "repeated" for row in rows)
    assert refused > 0
    assert {selfplay.gates.memory.to_bytes() for selfplay in ranks} == {whole.gates.memory.to_bytes()}
