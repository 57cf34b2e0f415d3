"""Loads the policy: a causal language model and its tokenizer from a folder, the hub, or this package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from spice_fast.errors import ConfigError, MissingFileError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from spice_fast.config import ModelConfig

BUILTIN_MODELS = {"builtin:mini": Path(__file__).parent.parent / "mini" / "checkpoint"}


def model_folder(path: str) -> str:
    """What transformers loads for a configured model path.

    Raises:
        MissingFileError: it looks like a folder and there is none.
    """
    if path in BUILTIN_MODELS:
        return str(BUILTIN_MODELS[path])
    is_hub_name = path.count("/") == 1 and not path.startswith((".", "/", "~"))
    if not Path(path).is_dir() and not is_hub_name:
        raise MissingFileError(
            f"no model folder: {path}\nhint: set model.path to a folder with config.json, or a hub name"
        )
    return path


def load_policy(config: ModelConfig) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model in its configured type, and its tokenizer.

    Raises:
        MissingFileError: the model or its tokenizer is not there.
        ConfigError: it cannot be loaded, or it has no fast tokenizer.
    """
    folder = model_folder(config.path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, config.dtype))
    except OSError as error:
        raise MissingFileError(f"cannot load the model {config.path}: {str(error).splitlines()[0]}") from error
    except ValueError as error:
        raise ConfigError(f"cannot load the model {config.path}: {str(error).splitlines()[0]}") from error
    if not tokenizer.is_fast:
        raise ConfigError(f"model.path = {config.path}: no tokenizer.json; exact token budgets need a fast tokenizer")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return model, tokenizer


def tokenizer_bytes(tokenizer: PreTrainedTokenizerBase) -> bytes:
    """The tokenizer as the bytes of a ``tokenizer.json``: what budgets are counted with and what resuming compares."""
    serialized: str = tokenizer.backend_tokenizer.to_str()
    return serialized.encode()


def generation_config_of(folder: str) -> GenerationConfig:
    """What a model declares about sampling, read without its weights."""
    try:
        return GenerationConfig.from_pretrained(folder)
    except OSError:
        # As transformers does for a model that was saved without one.
        return GenerationConfig.from_model_config(AutoConfig.from_pretrained(folder))


def stop_tokens(declares: GenerationConfig, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """Every token that ends a completion: the tokenizer's, and those that the model declares."""
    declared = declares.eos_token_id
    declared = [declared] if isinstance(declared, int) else list(declared or [])
    return [tokenizer.eos_token_id, *(token for token in declared if token != tokenizer.eos_token_id)]
