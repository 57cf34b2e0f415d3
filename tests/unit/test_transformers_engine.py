import random

import pytest
import torch
from transformers import AutoModelForCausalLM

from spice_fast.mini.checkpoint import reasoner_prompt
from spice_fast.mini.tokenizer import build_tokenizer
from spice_fast.mini.world import draw_chain
from spice_fast.records import Role
from spice_fast.selfplay import Trajectory
from spice_fast.training.policy import BUILTIN_MODELS
from spice_fast.training.transformers_engine import TransformersEngine
from support import completion_logprobs


@pytest.fixture(scope="module")
def model():
    return AutoModelForCausalLM.from_pretrained(BUILTIN_MODELS["builtin:mini"], dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def prompts():
    tokenizer, rng = build_tokenizer(), random.Random(3)
    distinct = [tokenizer.encode(reasoner_prompt(draw_chain(rng, rng.choice((2, 3, 4))).question)) for _ in range(6)]
    return [prompt for prompt in distinct for _ in range(3)]


def engine(model, max_batch_tokens=4096):
    tokenizer = build_tokenizer()
    return TransformersEngine(
        model,
        eos_token_ids=[tokenizer.eos_token_id],
        pad_token_id=tokenizer.pad_token_id,
        max_batch_tokens=max_batch_tokens,
    )


def generate(model, prompts, *, seeds=None, temperature=1.0, max_new_tokens=40, **options):
    seeds = seeds or list(range(len(prompts)))
    return engine(model, **options).generate(prompts, seeds, max_new_tokens=max_new_tokens, temperature=temperature)


def test_logprobs_are_the_models_own(model, prompts):
    for prompt, completion in zip(prompts, generate(model, prompts), strict=True):
        row = Trajectory(role=Role.REASONER, prompt_ids=prompt, completion=completion, advantage=0.0)
        with torch.no_grad():
            expected = completion_logprobs(model, row)
        assert torch.allclose(torch.tensor(completion.logprobs), expected, atol=1e-4)


def test_a_completion_does_not_depend_on_its_batch(model, prompts):
    together = generate(model, prompts)
    alone = [generate(model, [prompt], seeds=[i])[0] for i, prompt in enumerate(prompts)]
    in_small_batches = generate(model, prompts, max_batch_tokens=200)
    assert [c.token_ids for c in together] == [c.token_ids for c in alone] == [c.token_ids for c in in_small_batches]


def test_seeds_decide_and_differ(model, prompts):
    assert generate(model, prompts) == generate(model, prompts)
    # Of some chains the model is nearly sure; of others it is not.
    answers = [{tuple(c.token_ids) for c in generate(model, [prompt] * 40)} for prompt in prompts[::3]]
    assert all(len(distinct) > 1 for distinct in answers)
    assert max(map(len, answers)) > 3


def test_completions_end_with_the_end_token_or_at_the_limit(model, prompts):
    end = build_tokenizer().eos_token_id
    for completion in generate(model, prompts):
        assert completion.token_ids[-1] == end
        assert end not in completion.token_ids[:-1]
    assert {len(c.token_ids) for c in generate(model, prompts, max_new_tokens=2)} == {2}


def test_temperature_zero_takes_the_most_probable_token(model, prompts):
    greedy = generate(model, prompts[:3], temperature=0)
    assert greedy[0] == greedy[1] == greedy[2]
    ids = torch.tensor([prompts[0]])
    with torch.no_grad():
        first = model(input_ids=ids).logits[0, -1].argmax().item()
    assert greedy[0].token_ids[0] == first


def test_sampled_frequencies_follow_the_probabilities(model, prompts):
    """Chi-square of the first token over 4,000 draws, against the model's own distribution."""
    first = [c.token_ids[0] for c in generate(model, [prompts[0]] * 4000, max_new_tokens=1, max_batch_tokens=10**6)]
    with torch.no_grad():
        probabilities = torch.softmax(model(input_ids=torch.tensor([prompts[0]])).logits[0, -1], dim=-1)
    counts = torch.bincount(torch.tensor(first), minlength=len(probabilities))
    common = probabilities * 4000 >= 5
    chi_square = ((counts - probabilities * 4000) ** 2 / (probabilities * 4000))[common].sum().item()
    # 99.9 % quantile of chi-square with `n` degrees of freedom is below n + 4.5 sqrt(n) + 6.
    degrees = int(common.sum())
    assert chi_square < degrees + 4.5 * degrees**0.5 + 6
