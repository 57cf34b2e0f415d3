"""The colocated vLLM engine: vLLM in the trainer's process, with the trainer's weights pushed into it."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoConfig

from spice_fast.errors import EngineError, MissingDependencyError
from spice_fast.rollouts.engine import Completion
from spice_fast.training.compat import keep_vllm_weights_loadable
from spice_fast.training.drift import check_drift

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from transformers import PreTrainedModel

CPU_KV_CACHE_BYTES = 2**30
"""On a CPU: size of the key-value cache, unless ``VLLM_CPU_KVCACHE_SPACE`` (GiB) is set."""
CPU_BATCH_TOKENS = 8192
"""On a CPU: tokens that one engine step processes; more if one sequence is longer."""
NUM_CHECKED_ROWS = 4
"""Completions of the first ``generate`` after each ``sync`` whose log-probabilities the trainer recomputes."""
NUM_CHECKED_TOKENS = 64
"""Tokens of each such completion."""


class VllmEngine:
    """Samples with vLLM from a copy of the trainer's weights that ``sync`` brings up to date.

    On a GPU the engine sleeps outside ``session``: its weights wait in host memory, its cache is given back to the
    trainer. On a CPU both stay. The first ``generate`` after each ``sync`` proves on a few tokens that the copy is
    true (:func:`spice_fast.training.drift.check_drift`), since a stale copy trains without any other sign.

    vLLM keeps its state in the process: build one engine per process, after ``torch.distributed`` where there is more
    than one rank, and know that it reseeds torch's, numpy's and Python's global generators.

    Args:
        model_path: folder or hub name of the model, for its configuration and first weights.
        model: the trainer's own model, unwrapped and unsharded; read at every ``sync``. None: the engine keeps the weights
            that lie in ``model_path`` (an evaluation), and there is nothing to sync or to compare with.
        max_model_len: longest prompt and completion together, in tokens; capped at the positions that the model has.
        dtype: number type of vLLM's copy: ``float32``, ``bfloat16`` or ``float16``.
        eos_token_ids: tokens that end a completion; no others do.
        gpu_memory_utilization: share of the GPU's memory for weights and cache; on a CPU the cache is
            ``CPU_KV_CACHE_BYTES``.
        max_num_seqs: requests that are decoded together.
        enable_prefix_caching: attempts on the same prompt read it once.

    Raises:
        MissingDependencyError: vLLM is not installed.
        EngineError: vLLM cannot run this model with these settings on this machine.
    """

    def __init__(
        self,
        *,
        model_path: str,
        model: PreTrainedModel | None,
        max_model_len: int,
        dtype: str,
        eos_token_ids: Sequence[int],
        gpu_memory_utilization: float = 0.45,
        max_num_seqs: int = 256,
        enable_prefix_caching: bool = True,
    ) -> None:
        self._vllm = _import_vllm()
        from vllm.platforms import current_platform

        settings_of_model = model.config if model is not None else AutoConfig.from_pretrained(model_path)
        num_positions: int = settings_of_model.get_text_config().max_position_embeddings
        self._max_model_len = min(max_model_len, num_positions)
        self._sleeps = not current_platform.is_cpu()
        if self._sleeps:
            settings: dict[str, Any] = {
                "gpu_memory_utilization": gpu_memory_utilization,
                "enable_sleep_mode": True,
            }
        else:
            keep_vllm_weights_loadable()
            settings = {
                "kv_cache_memory_bytes": CPU_KV_CACHE_BYTES,
                # A prompt read in chunks rewinds the request's random generator, which torch's CPU generators cannot.
                "enable_chunked_prefill": False,
                "max_num_batched_tokens": max(CPU_BATCH_TOKENS, self._max_model_len),
                # Compiling takes longer than it saves at sizes that a CPU can train.
                "enforce_eager": True,
            }
        if torch.distributed.is_initialized() and torch.distributed.get_world_size() > 1:
            # Each rank has an engine of its own; this makes vLLM join the process group instead of making one.
            settings["distributed_executor_backend"] = "external_launcher"
        try:
            with warnings.catch_warnings():
                # vLLM looks at every attribute of every loaded module, torch's deprecated ones among them.
                warnings.filterwarnings("ignore", message="`torch.distributed.reduce_op`", category=FutureWarning)
                self._llm = self._vllm.LLM(
                    model=model_path,
                    dtype=dtype,
                    max_model_len=self._max_model_len,
                    max_num_seqs=max_num_seqs,
                    enable_prefix_caching=enable_prefix_caching,
                    # Log-probabilities at the sampling temperature: what the update divides by.
                    logprobs_mode="processed_logprobs",
                    # Prompts are token ids, and what ends a completion or shapes the sampling is said per request.
                    skip_tokenizer_init=True,
                    generation_config="vllm",
                    seed=0,
                    use_tqdm_on_load=False,
                    **settings,
                )
        except (ValueError, RuntimeError) as error:
            raise EngineError(f"vLLM cannot run {model_path}: {error}") from error
        self._model = model
        self._dtype: torch.dtype = getattr(torch, dtype)
        self._eos_token_ids = list(eos_token_ids)
        self._version: int | None = None
        self._is_checked = model is None
        self._num_sessions = 0
        self._asleep: set[str] = set()
        self._sleep()

    def sync(self, version: int) -> None:
        """Copies every parameter of the trainer's model into vLLM and forgets cached prefixes.

        Raises:
            EngineError: vLLM's model has parameters that the trainer's does not fill, or the other way round (models whose
                parameter names differ from their checkpoint's, as those of mixtures of experts do).
        """
        assert self._model is not None, "an evaluation's weights stay as they are"
        self._wake({"weights"})
        try:
            (unfilled,) = self._llm.apply_model(self._load)
        except (KeyError, ValueError) as error:
            raise EngineError(
                f"vLLM does not know a parameter of the trainer's {type(self._model).__name__}: {error}\n"
                "hint: set engine.name = transformers"
            ) from error
        if unfilled:
            raise EngineError(
                f"the trainer's {type(self._model).__name__} has nothing for {len(unfilled)} of vLLM's parameters: "
                f"{', '.join(unfilled[:3])}{', ...' if len(unfilled) > 3 else ''}\n"
                "hint: set engine.name = transformers"
            )
        assert self._llm.reset_prefix_cache(), "no request is running between two calls"
        self._version = version
        self._is_checked = False

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keeps the engine awake; sessions may nest, since both roles share one engine."""
        self._wake({"weights", "kv_cache"})
        self._num_sessions += 1
        try:
            yield
        finally:
            self._num_sessions -= 1
            if self._num_sessions == 0:
                self._sleep()

    def generate(
        self, prompts: Sequence[list[int]], seeds: Sequence[int], *, max_new_tokens: int, temperature: float
    ) -> list[Completion]:
        """See :class:`spice_fast.rollouts.engine.RolloutEngine`.

        Raises:
            EngineError: a prompt leaves no room for ``max_new_tokens``, or the engine samples other weights than the
                trainer's.
        """
        longest = max(map(len, prompts), default=0)
        if longest + max_new_tokens > self._max_model_len:
            raise EngineError(
                f"a prompt of {longest} tokens and {max_new_tokens} new ones do not fit into {self._max_model_len}, the "
                "smaller of max_model_len and the model's positions\nhint: shorten the passages or max_new_tokens, or raise "
                "max_model_len if the model has the positions"
            )
        with self.session():
            outputs = self._llm.generate(
                [self._vllm.TokensPrompt(prompt_token_ids=list(prompt)) for prompt in prompts],
                [self._sampling(seed, max_new_tokens, temperature) for seed in seeds],
                use_tqdm=False,
            )
            completions = [
                Completion(token_ids=list(output.token_ids), logprobs=list(output.logprobs.logprobs))
                for output in (request.outputs[0] for request in outputs)
            ]
            if completions and not self._is_checked:
                self._check(prompts, completions, temperature)
        return completions

    def _sampling(self, seed: int, max_new_tokens: int, temperature: float) -> Any:
        return self._vllm.SamplingParams(
            seed=seed,
            temperature=temperature,
            top_p=1.0,
            top_k=0,
            max_tokens=max_new_tokens,
            ignore_eos=True,
            stop_token_ids=self._eos_token_ids,
            detokenize=False,
            # The sampled token's alone, as one flat list.
            logprobs=0,
            flat_logprobs=True,
        )

    @torch.no_grad()
    def _load(self, vllm_model: torch.nn.Module) -> list[str]:
        """Runs on vLLM's model; names of its parameters that were left as they were."""
        assert self._model is not None
        loaded = vllm_model.load_weights(  # type: ignore[operator]  # every vLLM model has it, by its own protocol
            (name, parameter.detach()) for name, parameter in self._model.named_parameters()
        )
        return sorted({name for name, _ in vllm_model.named_parameters()} - loaded)

    def _check(self, prompts: Sequence[list[int]], completions: list[Completion], temperature: float) -> None:
        assert self._model is not None
        rows = sorted({i * len(prompts) // NUM_CHECKED_ROWS for i in range(NUM_CHECKED_ROWS)})
        try:
            check_drift(
                self._model,
                [prompts[i] for i in rows],
                [
                    Completion(
                        token_ids=completions[i].token_ids[:NUM_CHECKED_TOKENS],
                        logprobs=completions[i].logprobs[:NUM_CHECKED_TOKENS],
                    )
                    for i in rows
                ],
                temperature=temperature,
                dtype=self._dtype,
            )
        except EngineError as error:
            when = "never synced" if self._version is None else f"last synced at optimizer step {self._version}"
            raise EngineError(f"vLLM, {when}: {error}") from error
        self._is_checked = True

    def _wake(self, parts: set[str]) -> None:
        asleep = sorted(parts & self._asleep)
        if asleep:
            torch.cuda.empty_cache()  # what the trainer's allocator keeps for later is what vLLM needs now
            self._llm.wake_up(tags=asleep)
            self._asleep -= parts

    def _sleep(self) -> None:
        if self._sleeps:
            self._llm.sleep(level=1)
            self._asleep = {"weights", "kv_cache"}


def _import_vllm() -> ModuleType:
    """Loads vLLM into this process: no engine process of its own, no usage reports, its talk on stderr and short.

    Raises:
        MissingDependencyError: it is not installed, or a folder of the same name hides it.
    """
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
    os.environ["VLLM_NO_USAGE_STATS"] = "1"
    os.environ["VLLM_DO_NOT_TRACK"] = "1"
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("VLLM_LOGGING_STREAM", "ext://sys.stderr")
    try:
        import vllm
        from vllm import LLM, SamplingParams, TokensPrompt  # noqa: F401  # lazy attributes: loads the engine now
    except ImportError as error:
        raise MissingDependencyError(
            f"cannot import vllm: {error}\n"
            "hint: pip install 'spice-fast[vllm]' on a machine with a GPU; on one without, pip install --no-deps -r "
            "requirements/cpu.txt (from the repository); no folder on sys.path may be called vllm"
        ) from error
    module: ModuleType = vllm
    return module
