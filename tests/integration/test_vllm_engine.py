"""The colocated vLLM engine against transformers: the same weights, the same log-probabilities, after every sync.

vLLM patches its process (torch's thread setter, warnings at import), so all checks run in one child process: this very
file, started as a script. It writes what it saw as JSON, and each test below reads one fact.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from spice_fast.errors import EngineError, MissingDependencyError

VOCABULARY = 1024
EOS_TOKEN_IDS = list(range(2, 34))  # so many that a random model ends completions early
MAX_MODEL_LEN = 128
MAX_NEW_TOKENS = 32
NUM_PROMPTS = 16

needs_vllm = pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vllm_engine")
    child = subprocess.run(
        [sys.executable, __file__, str(folder)],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-4000:]
    return {**json.loads((folder / "seen.json").read_text()), "stdout": child.stdout}


@pytest.mark.slow
@needs_vllm
class TestEngine:
    @pytest.mark.parametrize("temperature", ["1.0", "0.7", "0.0"])
    def test_a_fresh_engine_gives_the_trainers_logprobs(self, seen, temperature):
        assert seen["fresh"][temperature]["max"] < 1e-3

    def test_changed_weights_without_a_sync_fail_the_drift_check(self, seen):
        never, *later = seen["refused"]
        assert "never synced" in never
        assert len(later) == seen["num_changes"]
        for step, message in enumerate(later):
            assert f"last synced at optimizer step {step}:" in message

    def test_every_sync_brings_the_logprobs_back(self, seen):
        assert len(seen["synced"]) == seen["num_changes"]
        assert max(drift["max"] for drift in seen["synced"]) < 1e-3

    def test_a_seed_gives_the_same_completion_alone_and_among_others(self, seen):
        assert seen["alone"] == seen["together"]

    def test_different_seeds_give_different_completions(self, seen):
        assert len({tuple(row) for row in seen["attempts"]}) == len(seen["attempts"])

    def test_greedy_is_transformers_greedy(self, seen):
        pairs = [
            pair
            for ours, theirs in zip(seen["greedy"], seen["transformers_greedy"], strict=True)
            for pair in zip(ours, theirs, strict=False)
        ]
        assert sum(ours == theirs for ours, theirs in pairs) / len(pairs) > 0.95

    def test_a_completion_ends_with_its_first_end_token_or_at_the_limit(self, seen):
        rows = seen["together"]
        ended = [row for row in rows if row[-1] in EOS_TOKEN_IDS]
        assert 0 < len(ended) < len(rows)
        assert not any(token in EOS_TOKEN_IDS for row in rows for token in row[:-1])
        assert {len(row) for row in rows if row not in ended} == {MAX_NEW_TOKENS}

    def test_no_requests_give_no_completions(self, seen):
        assert seen["nothing"] == []

    def test_a_prompt_that_does_not_fit_is_refused_with_its_length(self, seen):
        assert f"100 tokens and 29 new ones do not fit into {MAX_MODEL_LEN}," in seen["too_long"]

    def test_the_drift_check_accepts_the_transformers_engine_and_sees_a_wrong_temperature(self, seen):
        assert seen["transformers_engine"]["max"] < 1e-3
        assert "differ by" in seen["wrong_temperature"]

    def test_the_engine_keeps_standard_output_clean(self, seen):
        assert seen["stdout"] == ""


def test_without_vllm_the_error_names_the_command(monkeypatch):
    from spice_fast.training.vllm_engine import VllmEngine

    for name in ("VLLM_ENABLE_V1_MULTIPROCESSING", "VLLM_NO_USAGE_STATS", "VLLM_DO_NOT_TRACK"):
        monkeypatch.setenv(name, "1")  # restored afterwards, whatever the engine sets
    monkeypatch.setitem(sys.modules, "vllm", None)  # what Python itself does for a module that must not be found
    with pytest.raises(MissingDependencyError, match=r"pip install 'spice-fast\[vllm\]'"):
        VllmEngine(model_path="unused", model=None, max_model_len=8, dtype="float32", eos_token_ids=[2])


def main(folder: Path) -> None:
    import dataclasses

    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    from spice_fast.training.drift import check_drift
    from spice_fast.training.transformers_engine import TransformersEngine
    from spice_fast.training.vllm_engine import VllmEngine

    torch.manual_seed(0)
    model = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=VOCABULARY,
            hidden_size=144,
            intermediate_size=384,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=32,
            max_position_embeddings=MAX_MODEL_LEN,
            tie_word_embeddings=True,
            pad_token_id=0,
            eos_token_id=2,
            bos_token_id=None,
        )
    ).eval()
    model.save_pretrained(folder / "model")
    engine = VllmEngine(
        model_path=str(folder / "model"),
        model=model,
        max_model_len=10 * MAX_MODEL_LEN,  # more than the model's positions, which then decide
        dtype="float32",
        eos_token_ids=EOS_TOKEN_IDS,
    )
    draw = random.Random(0)
    prompts = [[draw.randrange(34, VOCABULARY) for _ in range(draw.randrange(1, 90))] for _ in range(NUM_PROMPTS)]
    seeds = [2**62 + i for i in range(NUM_PROMPTS)]

    def sample(temperature=1.0, chosen=range(NUM_PROMPTS)):
        return engine.generate(
            [prompts[i] for i in chosen],
            [seeds[i] for i in chosen],
            max_new_tokens=MAX_NEW_TOKENS,
            temperature=temperature,
        )

    def drift(completions, temperature=1.0):
        found = check_drift(model, prompts, completions, temperature=temperature, dtype=torch.float32)
        return dataclasses.asdict(found)

    def message_of(call):
        try:
            call()
        except EngineError as error:
            return str(error)
        raise AssertionError("no EngineError")

    @torch.no_grad()
    def change_weights():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape) * 0.02)

    seen = {"num_changes": 3, "synced": [], "nothing": engine.generate([], [], max_new_tokens=4, temperature=1.0)}
    before = {name: value.clone() for name, value in model.state_dict().items()}
    change_weights()
    seen["refused"] = [message_of(sample)]
    model.load_state_dict(before)
    seen["fresh"] = {str(t): drift(sample(t), t) for t in (1.0, 0.7, 0.0)}
    for step in range(seen["num_changes"]):
        engine.sync(step)
        change_weights()
        seen["refused"].append(message_of(sample))
        engine.sync(step + 1)
        with engine.session(), engine.session():
            seen["synced"].append(drift(sample()))
    seen["together"] = [completion.token_ids for completion in sample(chosen=range(NUM_PROMPTS))]
    seen["alone"] = [sample(chosen=[i])[0].token_ids for i in range(NUM_PROMPTS)]
    attempts = engine.generate([prompts[0]] * 8, seeds[:8], max_new_tokens=MAX_NEW_TOKENS, temperature=1.0)
    seen["attempts"] = [completion.token_ids for completion in attempts]
    seen["greedy"] = [completion.token_ids for completion in sample(temperature=0.0)]
    seen["transformers_greedy"] = [
        model.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            do_sample=False,
            max_new_tokens=MAX_NEW_TOKENS,
            eos_token_id=EOS_TOKEN_IDS,
        )[0, len(prompt) :].tolist()
        for prompt in prompts
    ]
    seen["too_long"] = message_of(lambda: engine.generate([[40] * 100], [0], max_new_tokens=29, temperature=1.0))
    transformers_engine = TransformersEngine(model, eos_token_ids=EOS_TOKEN_IDS, pad_token_id=0, max_batch_tokens=4096)
    with transformers_engine.session():
        completions = transformers_engine.generate(prompts, seeds, max_new_tokens=MAX_NEW_TOKENS, temperature=1.0)
    seen["transformers_engine"] = drift(completions)
    seen["wrong_temperature"] = message_of(lambda: drift(completions, 0.7))
    (folder / "seen.json").write_text(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
