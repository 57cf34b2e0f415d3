"""What defines each preset and overlay, seen in a real round with scripted roles."""

import json
import math
from pathlib import Path

import pytest

from spice_fast.config import load_config, overlay_names
from spice_fast.mini.tokenizer import build_tokenizer
from spice_fast.observability import Stopwatch
from spice_fast.records import Role, TaskKind
from spice_fast.rollouts import ScriptedEngine
from spice_fast.selfplay import SelfPlay
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.passages import passage_sampler
from spice_fast.training.policy import BUILTIN_MODELS

FREE_FORM_KINDS = {TaskKind.INTEGER, TaskKind.FLOAT, TaskKind.EXPRESSION, TaskKind.STRING}


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer()


@pytest.fixture
def play(mini_files, tokenizer):
    """Plays round 0 of a preset with overlays: ``play(preset, challenger, overlays=...)`` gives ``(round, requests)``."""
    corpus, held_out = mini_files

    def make(preset, challenger, *, overlays=()):
        config = load_config(preset, ["passages_per_round=8", f'evaluation.suite="{held_out}"'], overlays)
        also = tuple(source.model_copy(update={"path": str(corpus)}) for source in config.corpus.also)
        paths = config.corpus.model_copy(update={"path": str(corpus), "also": also})
        config = config.model_copy(update={"corpus": paths})
        texts = []

        def speaks(script):
            def write(prompt, seed):
                texts.append(script(tokenizer.decode(prompt), seed))
                return [len(texts) - 1]

            return ScriptedEngine(write)

        engines = speaks(challenger), speaks(lambda prompt, seed: f"\\boxed{{ {seed % 5} }}")
        selfplay = SelfPlay(
            config,
            sampler=passage_sampler(config, Path(BUILTIN_MODELS["builtin:mini"]) / "tokenizer.json"),
            prompts=Prompts(load_templates("mini"), tokenizer),
            decode=lambda rows: [texts[row[0]] for row in rows],
            challenger=engines[0],
            reasoner=engines[1],
            stopwatch=Stopwatch(),
        )
        return selfplay.round(0), [tokenizer.decode(prompt) for prompt, _ in engines[0].requests]

    return make


def copies(prompt, seed):
    """Half of the attempts copy the first statement of the passage, the others are no task at all."""
    if seed % 2:
        return "lamp lamp"
    statement = prompt.removeprefix("<challenger> ").split(" ;")[0].split()
    return json.dumps({"question": " ".join(statement[:-1]), "answer": statement[-1], "answer_type": "Integer"})


def invents(prompt, seed):
    return '{"question": "lamp 1 a stone 1 = moon", "answer": "4", "answer_type": "Integer"}'


def serves_both(prompt, seed):
    """Asks for multiple choice, and can be read as either kind of task."""
    question = "Which of these? A) one B) two C) three D) four"
    return json.dumps({
        "suitable_for_mcq": True, "suitable_for_free_form": False, "best_answer_type": None, "reason": "r",
        "multiple_choice_question": question, "multiple_choice_correct": "B",
        "question": "How many?", "answer": "2", "answer_type": "Integer",
    })  # fmt: skip


def rewards(played):
    """(pass rate, reward) of the valid kept attempts, and the rewards of the refused ones."""
    kept = [attempt for attempt in played.attempts if attempt.kept]
    valid = [(sum(a.verdicts) / len(a.verdicts), a.reward) for a in kept if a.valid]
    return valid, {a.reward for a in kept if not a.valid}


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("spice", lambda p: math.exp(-((p * (1 - p) - 0.25) ** 2) / 0.02)),
        ("absolute-zero-reward", lambda p: 1 - p if 0 < p < 1 else 0),
        ("threshold-reward", lambda p: float(0 < p < 1)),
        ("r-zero-reward", lambda p: 1 - 2 * abs(p - 0.5)),
    ],
)
def test_the_reward_is_the_presets_and_a_refusal_costs_what_the_paper_compares_with(name, formula, play):
    if name == "r-zero-reward":
        played, _ = play("mini/spice", copies, overlays=[f"overlay/{name}"])
    else:
        played, _ = play(f"mini/{name}", copies)
    valid, refused = rewards(played)
    assert len({p for p, _ in valid}) > 3
    for p, reward in valid:
        assert reward == pytest.approx(formula(p), abs=1e-12)
    assert refused == {-0.1}


def test_mcq_only_asks_for_nothing_else_and_not_which(play):
    played, requests = play("mini/spice", serves_both, overlays=["overlay/mcq-only"])
    assert {attempt.kind for attempt in played.attempts} == {TaskKind.MCQ}
    assert len(requests) == len(played.attempts)


def test_free_form_only_never_asks_for_multiple_choice(play):
    played, requests = play("mini/spice", serves_both, overlays=["overlay/free-form-only"])
    assert {attempt.kind for attempt in played.attempts} <= FREE_FORM_KINDS
    assert len({attempt.kind for attempt in played.attempts}) > 1
    assert len(requests) == len(played.attempts) + 8


@pytest.mark.parametrize("preset", ["mini/spice-fixed-challenger", "mini/strong-challenger"])
def test_a_challenger_that_is_not_ours_or_stands_still_is_not_trained(preset, play):
    played, _ = play(preset, copies)
    assert {row.role for row in played.trajectories} == {Role.REASONER}


def test_no_corpus_shows_no_passage(play):
    _, requests = play("mini/spice-no-corpus", invents)
    assert set(requests) == {"<challenger> <go>"}


def test_r_zero_like_pays_agreement_and_not_the_gold_without_a_passage(play):
    played, requests = play("mini/r-zero-like", invents)
    assert set(requests) == {"<challenger> <go>"}
    kept = [attempt for attempt in played.attempts if attempt.kept]
    agreeing = [max(attempt.answer_texts.count(text) for text in attempt.answer_texts) / 8 for attempt in kept]
    # All ask the same question, so every attempt is in the one cluster of them all.
    assert [attempt.reward for attempt in kept] == pytest.approx([min(q, 1 - q) - 1 for q in agreeing])


def test_only_the_papers_preset_takes_a_gold_that_the_passage_does_not_state(play):
    assert not any(attempt.valid for attempt in play("mini/spice", invents)[0].attempts)
    assert all(attempt.valid for attempt in play("mini/spice-paper", invents)[0].attempts)


def test_the_control_deals_the_same_advantages_to_other_rows(play):
    plain, permuted = play("mini/spice", copies)[0], play("mini/spice-permuted", copies)[0]
    pairs = [(a.answer_advantages, b.answer_advantages)
             for a, b in zip(plain.attempts, permuted.attempts, strict=True)]  # fmt: skip
    assert all(sorted(a) == sorted(b) for a, b in pairs)
    assert any(a != b for a, b in pairs)


def test_a_mix_draws_from_every_corpus_in_exact_proportions(play, mini_files):
    played, _ = play("mini/three-corpora", copies)
    assert len({attempt.passage.corpus for attempt in played.attempts}) > 1
    config = load_config("mini/three-corpora")
    also = tuple(source.model_copy(update={"path": str(mini_files[0])}) for source in config.corpus.also)
    corpus = config.corpus.model_copy(update={"path": str(mini_files[0]), "also": also})
    sampler = passage_sampler(
        config.model_copy(update={"corpus": corpus}), Path(BUILTIN_MODELS["builtin:mini"]) / "tokenizer.json"
    )
    drawn = [passage.corpus for passage in sampler.draw(range(4096))]
    assert [drawn.count(number) for number in range(3)] == [2048, 1024, 1024]


@pytest.mark.parametrize("overlay", overlay_names())
@pytest.mark.parametrize("preset", ["mini/spice", "paper/qwen3-4b", "paper/octothinker-8b"])
def test_every_overlay_fits_on_every_model_and_changes_it(preset, overlay):
    assert load_config(preset, (), [overlay]) != load_config(preset)
