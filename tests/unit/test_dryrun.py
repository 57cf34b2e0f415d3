"""The dry run's formulas against models that are really there, and its verdicts."""

import random
from statistics import fmean

import pytest
import torch
from transformers import (
    DynamicCache,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from spice_fast.config import load_config
from spice_fast.dryrun import ModelShape, describe, plan_run, schedule_of, shape_of
from spice_fast.dryrun.memory import activation_bytes, kv_bytes_per_token, optimizer_bytes
from spice_fast.dryrun.shapes import _from_config
from spice_fast.errors import ConfigError, MissingFileError
from spice_fast.selfplay.subsample import keep_ratio

GIB = 2**30
FAMILIES = {
    "llama": (LlamaConfig, LlamaForCausalLM),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM),
}
PAPER = ("qwen3-4b", "qwen3-8b", "octothinker-3b", "octothinker-8b")
NUM_PARAMETERS = {"qwen3-4b": 4_022_468_096, "qwen3-8b": 8_190_735_360, "octothinker-3b": 3_212_749_824, "octothinker-8b": 8_030_261_248}  # fmt: skip
ROWS, LENGTH = 2, 192


def tiny(family, dtype=torch.float32, **changes):
    config_class, model_class = FAMILIES[family]
    sizes = {
        "vocab_size": 500, "hidden_size": 96, "intermediate_size": 256, "num_hidden_layers": 3, "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 32, "max_position_embeddings": 512, "tie_word_embeddings": False,
    }  # fmt: skip
    torch.manual_seed(0)
    model = model_class(config_class(**(sizes | changes))).to(dtype)
    return model, _from_config(model.config, "tiny")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tied", [True, False])
def test_parameters_and_tensors_are_exact(family, tied):
    model, shape = tiny(family, tie_word_embeddings=tied)
    parameters = list(model.parameters())
    assert shape.num_parameters == sum(parameter.numel() for parameter in parameters)
    assert shape.num_tensors == len(parameters)


@pytest.mark.parametrize("name", PAPER)
def test_the_papers_models_have_the_parameters_that_they_are_known_for(name):
    config = load_config(f"paper/{name}")
    shape = shape_of(config.model.path)
    assert shape.num_parameters == NUM_PARAMETERS[name]
    family = "qwen3" if shape.qk_norm else "llama"
    config_class, model_class = FAMILIES[family]
    with torch.device("meta"):
        model = model_class(config_class(
            vocab_size=shape.vocab_size, hidden_size=shape.hidden_size, intermediate_size=shape.intermediate_size,
            num_hidden_layers=shape.num_layers, num_attention_heads=shape.num_heads,
            num_key_value_heads=shape.num_kv_heads, head_dim=shape.head_dim, tie_word_embeddings=shape.tied_embeddings,
        ))  # fmt: skip
    assert shape.num_parameters == sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_optimizer_states_are_exact(dtype):
    model, shape = tiny("qwen3", dtype)
    optimizer = torch.optim.AdamW(model.parameters())
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    held = sum(tensor.nbytes for state in optimizer.state.values() for tensor in state.values())
    assert optimizer_bytes(shape, dtype.itemsize, world=1, zero=0) == held


def kept_by_autograd(model, mask):
    """Bytes of the storages that a forward pass of the decoder keeps for the backward pass, parameters apart."""
    parameters = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = (storage.nbytes(), tensor)
        return tensor

    ids = torch.randint(0, 500, (ROWS, LENGTH))
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        hidden = model.model(ids, attention_mask=mask, use_cache=False).last_hidden_state
    hidden.sum().backward()
    return sum(size for size, _ in kept.values())


@pytest.mark.parametrize("family", ["llama", "qwen3"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("num_kv_heads", [2, 4])
@pytest.mark.parametrize("padded", [True, False])
def test_activations_are_what_autograd_keeps_and_at_most_a_quarter_more(family, dtype, num_kv_heads, padded):
    model, shape = tiny(family, dtype, num_key_value_heads=num_kv_heads)
    mask = torch.ones(ROWS, LENGTH, dtype=torch.long)
    if padded:
        mask[0, :40] = 0
    measured = kept_by_autograd(model.train(), mask)
    formula = activation_bytes(shape, ROWS, LENGTH, dtype.itemsize, checkpointing=False)
    # The mask of truth values that all layers share is not counted: one byte a pair of positions.
    assert measured - ROWS * LENGTH**2 * padded <= formula <= 1.25 * measured


@pytest.mark.parametrize("family", ["llama", "qwen3"])
def test_checkpointed_activations_grow_by_one_input_a_layer(family):
    sizes = []
    for layers in (2, 6):
        model, shape = tiny(family, num_hidden_layers=layers)
        model.gradient_checkpointing_enable()
        measured = kept_by_autograd(model.train(), None)
        sizes.append((measured, activation_bytes(shape, ROWS, LENGTH, 4, checkpointing=True)))
    (few, few_formula), (many, many_formula) = sizes
    assert many - few == many_formula - few_formula
    assert many < many_formula


def test_the_cache_is_what_a_model_writes_into_it():
    model, shape = tiny("qwen3", torch.bfloat16)
    cache = DynamicCache(config=model.config)
    with torch.no_grad():
        model(torch.zeros(1, 10, dtype=torch.long), past_key_values=cache, use_cache=True)
    held = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert kv_bytes_per_token(shape, 2) == held / 10


def test_expected_counts_are_the_means_of_rounds_that_are_played_out():
    config = load_config("mini/spice", ["challenger.group=3", "challenger.max_waves=3", "passages_per_round=1"])
    rng = random.Random(0)
    attempts, answers, solved = [], [], []
    for _ in range(20_000):
        valid = []
        for _ in range(3):
            valid += [rng.random() < 0.5 for _ in range(3)]
            if any(valid):
                break
        attempts.append(len(valid))
        answers.append(8 * sum(valid[i] for i in keep_ratio(valid, 3, rng)))
        solved.append(any(valid))
    expected = schedule_of(config, 1).expected
    assert expected.attempts == pytest.approx(fmean(attempts), rel=0.01)
    assert expected.answers == pytest.approx(fmean(answers), rel=0.01)
    assert expected.trajectories == pytest.approx(3 + 8 * fmean(solved), rel=0.01)


def test_the_papers_schedule():
    schedule = schedule_of(load_config("paper/qwen3-4b"), 8)
    worst = schedule.worst
    assert (worst.waves, worst.attempts, worst.answers, worst.trajectories) == (128, 131_072, 8192, 2048)
    # 128 waves and one kept valid attempt of 1,024, answered eight times; and the task types.
    assert worst.rollouts == 128 * (1024 + 8) + 128
    assert schedule.rows_per_pass == 2
    assert schedule_of(load_config("paper/qwen3-4b", (), ["overlay/fixed-challenger"]), 8).worst.trajectories == 1024
    assert schedule_of(load_config("paper/qwen3-4b", (), ["overlay/mcq-only"]), 8).worst.task_types == 0


@pytest.mark.parametrize("name", PAPER)
def test_the_papers_models_fit_on_its_machines(name):
    plan = plan_run(load_config(f"paper/{name}"), gpu_bytes=141 * 10**9, world=8, zero=2)
    assert plan.problems == ()
    assert plan.budgets.estimated
    assert "instructions (estimated)" in describe(plan)


def test_a_model_on_disk_is_read_and_its_tokens_are_counted():
    plan = plan_run(load_config("mini/spice"), gpu_bytes=GIB * 4, world=1, zero=0)
    assert not plan.budgets.estimated
    # <challenger> and <go>.
    assert plan.budgets.challenger_instructions == 2
    assert plan.shape.num_layers > 0


@pytest.mark.parametrize(
    ("overrides", "zero", "problem", "change"),
    [
        ((), 0, "an update needs", "--zero 2"),
        (("update.micro_batches=1", "update.updates_per_round=4"), 2, "an update needs", "--set update.micro_batches=16"),
        (("update.gradient_checkpointing=false", "update.updates_per_round=128"), 2, "an update needs", "--set update.gradient_checkpointing=true"),
        (("engine.gpu_memory_utilization=0.8",), 2, "writing rollouts needs", "--set engine.gpu_memory_utilization=0.6"),
        (("engine.gpu_memory_utilization=0.2",), 2, "a key-value cache of", "--set engine.gpu_memory_utilization=0.25"),
        (("corpus.passage_tokens=40000",), 2, "the model has 32,768 positions", "--set corpus.passage_tokens=20000"),
    ],
)  # fmt: skip
def test_what_does_not_fit_names_the_smallest_change(overrides, zero, problem, change):
    config = load_config("paper/qwen3-8b", overrides)
    plan = plan_run(config, gpu_bytes=80 * GIB, world=8, zero=zero)
    assert any(problem in found for found in plan.problems), plan.problems
    assert plan.change == change, (plan.change, plan.problems)
    assert plan_run(load_config("paper/qwen3-8b"), gpu_bytes=80 * GIB, world=8, zero=2).change is None


def test_nothing_fits_on_a_watch():
    plan = plan_run(load_config("paper/qwen3-8b"), gpu_bytes=GIB, world=1, zero=0)
    assert plan.problems
    assert plan.change is None


def test_unknown_shapes_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"its shape is not known; expected a model folder .* Qwen/Qwen3-4B-Base"):
        shape_of("someone/something")
    with pytest.raises(MissingFileError, match="no model folder"):
        shape_of("./nowhere")
    (tmp_path / "config.json").write_text('{"model_type": "mamba"}')
    with pytest.raises(ConfigError, match="a model of type mamba"):
        shape_of(str(tmp_path))


def test_a_shape_is_frozen():
    shape = shape_of("Qwen/Qwen3-4B-Base")
    assert isinstance(shape, ModelShape)
    assert hash(shape) == hash(shape_of("Qwen/Qwen3-4B-Base"))
