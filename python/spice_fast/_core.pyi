"""The compiled core: flat arrays and lists across the border; its typed faces are the packages beside this file."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Self, final

import numpy as np
import numpy.typing as npt

__all__ = [
    "CHALLENGER_REWARDS",
    "POLICIES",
    "REASONS",
    "RULES",
    "ArrowBatch",
    "CompiledGolds",
    "CorpusReader",
    "KeepFile",
    "PassageMix",
    "PassageSampler",
    "__version__",
    "build_corpus",
    "build_synthetic",
    "challenger_rewards",
    "check_batch",
    "dr_grpo",
    "explain",
    "export_corpus",
    "extract",
    "filter_corpus",
    "pack_corpus",
    "parse_task_kinds",
    "parse_tasks",
    "reasoner_rewards",
    "stream_documents",
    "stream_passages",
    "take_documents",
    "take_passages",
    "verify_corpus",
]

__version__: str

# -- corpus -----------------------------------------------------------------------------------------------------------

def build_corpus(
    inputs: Sequence[str | PathLike[str]],
    output: str | PathLike[str],
    text_keys: Sequence[str],
    min_bytes: int,
    on_error: str,
    overwrite: bool,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> dict[str, Any]: ...
def build_synthetic(
    num_documents: int,
    output: str | PathLike[str],
    overwrite: bool,
    progress: Callable[[int, int], object] | None,
) -> dict[str, Any]: ...
def filter_corpus(
    corpus: CorpusReader,
    comparisons: Sequence[str],
    output: str | PathLike[str],
    made_by: str,
    overwrite: bool,
    progress: Callable[[int, int], object] | None,
) -> tuple[int, int, int]: ...
def pack_corpus(
    inputs: Sequence[str | PathLike[str]],
    output: str | PathLike[str],
    text_keys: Sequence[str],
    min_bytes: int,
    on_error: str,
    overwrite: bool,
    threads: int | None,
    codec: str,
    shard_bytes: int,
    progress: Callable[[int, int], object] | None,
) -> dict[str, Any]: ...
def verify_corpus(
    folder: str | PathLike[str], threads: int | None, progress: Callable[[int, int], object] | None
) -> tuple[int, int, list[tuple[Path, tuple[int, int] | None, str]]]: ...

@final
class CorpusReader:
    def __new__(cls, folder: str | PathLike[str]) -> CorpusReader: ...
    @property
    def folder(self) -> Path: ...
    @property
    def num_documents(self) -> int: ...
    @property
    def num_bytes(self) -> int: ...
    @property
    def hash(self) -> str: ...
    def read(self, indices: Sequence[int], threads: int | None) -> list[str]: ...
    def batch_end(self, first: int, stop: int, max_rows: int) -> int: ...
    def document(self, index: int) -> tuple[Path, int | None, str, int, list[str | None]]: ...
    def stats(self) -> tuple[dict[str, Any], list[tuple[int, int]]]: ...

@final
class KeepFile:
    @staticmethod
    def open(path: str | PathLike[str], corpus: CorpusReader | None) -> KeepFile: ...
    @staticmethod
    def write(
        path: str | PathLike[str], corpus: CorpusReader, documents: Sequence[int], made_by: str, overwrite: bool
    ) -> KeepFile: ...
    @property
    def num_documents(self) -> int: ...
    @property
    def num_kept(self) -> int: ...
    @property
    def hash(self) -> str: ...
    @property
    def corpus_hash(self) -> str: ...
    @property
    def made_by(self) -> str: ...
    def is_kept(self, index: int) -> bool: ...
    def documents(self, first: int, last: int) -> list[int]: ...
    def verify(self) -> None: ...

@final
class PassageSampler:
    @staticmethod
    def with_tokens(
        corpus: CorpusReader,
        seed: int,
        max_tokens: int,
        tokenizer: str | PathLike[str],
        keeps: Sequence[str | PathLike[str]],
        locality: tuple[int, int] | None,
    ) -> PassageSampler: ...
    @staticmethod
    def with_bytes(
        corpus: CorpusReader,
        seed: int,
        max_bytes: int,
        keeps: Sequence[str | PathLike[str]],
        locality: tuple[int, int] | None,
    ) -> PassageSampler: ...
    @property
    def num_slots(self) -> int: ...
    @property
    def bytes_per_token(self) -> float | None: ...
    @property
    def hash(self) -> str: ...
    def quality(self) -> tuple[float, float, int]: ...
    def places(self, draws: Sequence[int]) -> list[tuple[int, int, int]]: ...
    def draw(
        self, draws: Sequence[int], threads: int | None
    ) -> tuple[list[int], list[int], list[int], list[int], list[str]]: ...

@final
class PassageMix:
    def __new__(cls, samplers: Sequence[PassageSampler], shares: Sequence[int], seed: int) -> PassageMix: ...
    @property
    def hash(self) -> str: ...
    @property
    def num_covering_draws(self) -> int: ...
    def places(self, draws: Sequence[int]) -> tuple[list[int], list[int]]: ...
    def draw(
        self, draws: Sequence[int], threads: int | None
    ) -> tuple[list[int], tuple[list[int], list[int], list[int], list[int], list[str]]]: ...

@final
class ArrowBatch:
    """An Arrow record batch; ``len`` is its number of rows."""

    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...

def take_documents(
    corpus: CorpusReader, indices: Sequence[int], with_places: bool, threads: int | None
) -> ArrowBatch: ...
def take_passages(
    sampler: PassageSampler, draws: Sequence[int], with_places: bool, threads: int | None
) -> ArrowBatch: ...
def stream_documents(
    corpus: CorpusReader,
    first: int,
    stop: int,
    max_rows: int,
    with_places: bool,
    threads: int | None,
    requested_schema: object,
) -> object: ...
def stream_passages(
    sampler: PassageSampler,
    first: int,
    stop: int,
    stride: int,
    max_rows: int,
    with_places: bool,
    threads: int | None,
    requested_schema: object,
) -> object: ...
def export_corpus(
    corpus: CorpusReader,
    folder: str | PathLike[str],
    file_bytes: int,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> tuple[list[Path], int, int]: ...

# -- answers ----------------------------------------------------------------------------------------------------------

RULES: list[tuple[str, bool | None, str]]
REASONS: list[str]
POLICIES: list[tuple[str, list[tuple[str, bool]]]]

def parse_tasks(
    responses: Sequence[str], kinds: Sequence[str]
) -> list[str | tuple[str, str, list[str], list[str]]]: ...
def parse_task_kinds(responses: Sequence[str]) -> list[str | None]: ...
def check_batch(
    golds: Sequence[str],
    responses: Sequence[str],
    kinds: Sequence[str] | None,
    choices: Sequence[Sequence[str] | None] | None,
    policy: tuple[str, Sequence[tuple[str, bool]]],
    mode: str,
    threads: int | None,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.int64]]: ...

@final
class CompiledGolds:
    def __new__(
        cls,
        golds: Sequence[str],
        kinds: Sequence[str] | None,
        choices: Sequence[Sequence[str] | None] | None,
    ) -> Self: ...
    def __len__(self) -> int: ...
    def check_batch(
        self,
        gold_index: Sequence[int],
        responses: Sequence[str],
        policy: tuple[str, Sequence[tuple[str, bool]]],
        mode: str,
        threads: int | None,
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.int64]]: ...

def extract(
    text: str, policy: tuple[str, Sequence[tuple[str, bool]]]
) -> tuple[int, int, Literal["box", "answer_tag", "hashes"]] | None: ...
def explain(
    gold: str,
    response: str,
    kind: str | None,
    choices: Sequence[str],
    policy: tuple[str, Sequence[tuple[str, bool]]],
    mode: str,
) -> list[str]: ...

# -- rewards ----------------------------------------------------------------------------------------------------------

CHALLENGER_REWARDS: list[str]

def challenger_rewards(
    name: str,
    num_correct: npt.NDArray[np.uint32],
    num_answers: npt.NDArray[np.uint32],
    refusal: npt.NDArray[np.uint8],
    *,
    gate_penalty: float | None,
    format_penalty: float | None,
    parameters: Sequence[tuple[str, float]],
) -> npt.NDArray[np.float64]: ...
def reasoner_rewards(equivalent: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]: ...
def dr_grpo(
    rewards: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64],
    roles: npt.NDArray[np.uint8],
    valid: npt.NDArray[np.bool_] | None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8], int]: ...
