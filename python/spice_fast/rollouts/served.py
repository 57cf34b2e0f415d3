"""An engine over HTTP: another model behind an OpenAI-compatible server writes, and its text is counted in our tokens."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from spice_fast.errors import EngineError, MissingDependencyError
from spice_fast.records import Prompt
from spice_fast.rollouts.engine import Completion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

NUM_CONNECTIONS = 64
"""Requests under way at a time; the server batches them."""
NUM_RETRIES = 8
"""After a refused connection, a timeout, or a status of 408, 409, 429 or 5xx; waits of 0.5 s doubling to 8 s between."""
FINISHED = ("stop", "length")
"""Reasons to stop that leave a text as the model wrote it."""


class Encoder(Protocol):
    """The part of a transformers tokenizer that counts what was written."""

    eos_token_id: int

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Token ids of a text."""


class ServedEngine:
    """Samples a served model, which knows nothing of our weights: for a Challenger that is not trained.

    Prompts go out as messages, so that the server applies its own model's chat template. A completion keeps the text word for
    word; its token ids are the policy's own tokenizer's, for the records, and its log-probabilities are NaN: nobody
    may train on them. The seed is sent along; whether the server's text depends on it alone is the server's affair.

    Args:
        url: base URL of the server, such as ``http://host:8000/v1``.
        model: name of the served model.
        tokenizer: the policy's.
        num_retries: tries after the first one that failed.

    Raises:
        MissingDependencyError: the client library is not installed.
    """

    def __init__(self, *, url: str, model: str, tokenizer: Encoder, num_retries: int = NUM_RETRIES) -> None:
        try:
            from openai import OpenAI
        except ImportError as error:
            raise MissingDependencyError(
                f"challenger.url needs the openai client: {error}\nhint: pip install 'spice-fast[served]'"
            ) from error
        self._url = url
        self._model = model
        self._tokenizer = tokenizer
        # Servers of one's own rarely ask for a key, and the client insists on one.
        self._client = OpenAI(base_url=url, api_key=os.environ.get("OPENAI_API_KEY", "none"), max_retries=num_retries)

    def sync(self, version: int) -> None:
        """The served model has its own weights."""

    def session(self) -> AbstractContextManager[None]:
        """The server is always awake."""
        return nullcontext()

    def generate(
        self, prompts: Sequence[list[int]], seeds: Sequence[int], *, max_new_tokens: int, temperature: float
    ) -> list[Completion]:
        """See :class:`spice_fast.rollouts.engine.RolloutEngine`; ``max_new_tokens`` are the served model's.

        Raises:
            EngineError: the server cannot be reached, refuses a request, or breaks one off, after all retries.
        """

        def write(prompt: list[int], seed: int) -> Completion:
            assert isinstance(prompt, Prompt), "prompts for a server carry their messages"
            return self._write(prompt, seed, max_new_tokens, temperature)

        with ThreadPoolExecutor(NUM_CONNECTIONS) as pool:
            return list(pool.map(write, prompts, seeds))

    def _write(self, prompt: Prompt, seed: int, max_new_tokens: int, temperature: float) -> Completion:
        from openai import APIError

        messages: Any = [{"role": role, "content": content} for role, content in prompt.messages]
        try:
            answer = self._client.chat.completions.create(
                model=self._model,
                messages=messages,
                seed=seed,
                max_tokens=max_new_tokens,
                temperature=temperature,
                top_p=1.0,
            )
        except APIError as error:
            raise EngineError(
                f"{self._url}, model {self._model}: {error}\n"
                f"hint: see that `curl {self._url.rstrip('/')}/models` answers and lists the model; then go on with --resume"
            ) from error
        reason = answer.choices[0].finish_reason if answer.choices else "no choice"
        if reason not in FINISHED:
            raise EngineError(
                f"{self._url}, model {self._model}: ended a text with {reason!r}; expected stop or length"
            )
        # A model that reasons apart may be cut off before its first word: that is its text, not a failure.
        text = answer.choices[0].message.content or ""
        tokens = self._tokenizer.encode(text, add_special_tokens=False)
        if reason == "stop" or not tokens:
            tokens = [*tokens, self._tokenizer.eos_token_id]
        return Completion(token_ids=tokens, logprobs=[math.nan] * len(tokens), text=text)
