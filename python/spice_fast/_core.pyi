"""The compiled core: flat arrays and lists across the border; its typed faces are the packages beside this file."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias, final

import numpy as np
import numpy.typing as npt

__all__ = [
    "ANSWER_KINDS",
    "CHALLENGER_REWARDS",
    "ESTIMATORS",
    "POLICIES",
    "REASONS",
    "RULES",
    "ArrowBatch",
    "BenchmarkRuns",
    "CompiledGolds",
    "CorpusReader",
    "KeepFile",
    "PassageMix",
    "PassageSampler",
    "QuestionMemory",
    "SearchIndex",
    "TokenCounter",
    "__version__",
    "advantages",
    "build_corpus",
    "build_index",
    "build_synthetic",
    "challenger_rewards",
    "check_batch",
    "chosen_options",
    "chunk_corpus",
    "chunk_texts",
    "cluster_shares",
    "copied_runs",
    "decontaminate",
    "dedup",
    "explain",
    "export_corpus",
    "extract",
    "filter_corpus",
    "minhash",
    "pack_corpus",
    "parse_task_kinds",
    "parse_tasks",
    "process_shard",
    "reasoner_rewards",
    "shuffle_options",
    "stream_documents",
    "stream_passages",
    "take_documents",
    "take_passages",
    "value_steps",
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
class TokenCounter:
    def __new__(cls, path: str | PathLike[str]) -> TokenCounter: ...
    @property
    def is_fast(self) -> bool: ...
    def encode(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64]]: ...

def chunk_texts(
    texts: Sequence[str], unit: str, most: int, tokenizer: TokenCounter | None, threads: int | None
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint32] | None]: ...
def chunk_corpus(
    corpus: CorpusReader,
    documents: Sequence[int],
    unit: str,
    most: int,
    tokenizer: TokenCounter | None,
    threads: int | None,
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint32] | None]: ...

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

@final
class BenchmarkRuns:
    @staticmethod
    def from_texts(texts: Sequence[str], run_words: int) -> BenchmarkRuns: ...
    @staticmethod
    def from_files(paths: Sequence[str | PathLike[str]], text_keys: Sequence[str], run_words: int) -> BenchmarkRuns: ...
    @property
    def num_items(self) -> int: ...
    @property
    def hash(self) -> str: ...
    @property
    def num_short(self) -> int: ...
    @property
    def num_runs(self) -> int: ...
    def find_questions(self, texts: Sequence[str], threads: int | None) -> list[str | None]: ...
    def find(
        self, texts: Sequence[str], threads: int | None
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64]]: ...

def dedup(
    corpus: CorpusReader,
    output: str | PathLike[str],
    threshold: float | None,
    shard_documents: int,
    threads: int | None,
    overwrite: bool,
    progress: Callable[[int, int], object] | None,
) -> tuple[int, int, int, int]: ...
def decontaminate(
    corpus: CorpusReader,
    output: str | PathLike[str],
    benchmark: BenchmarkRuns,
    shard_documents: int,
    threads: int | None,
    overwrite: bool,
    progress: Callable[[int, int], object] | None,
) -> tuple[int, int, int, int]: ...

@final
class QuestionMemory:
    def __new__(cls, capacity: int, threshold: float) -> QuestionMemory: ...
    @property
    def num_questions(self) -> int: ...
    @property
    def num_rounds(self) -> int: ...
    @property
    def num_bytes(self) -> int: ...
    def remember(self, questions: Sequence[str], threads: int | None) -> None: ...
    def find(self, questions: Sequence[str], threads: int | None) -> list[tuple[int, float] | None]: ...
    def to_bytes(self) -> bytes: ...
    def restore(self, state: bytes) -> None: ...

def copied_runs(
    questions: Sequence[str],
    passage_of: Sequence[int],
    passages: Sequence[str],
    run_words: int,
    threads: int | None,
) -> list[tuple[int, int]]: ...
def minhash(texts: Sequence[str], threads: int | None) -> npt.NDArray[np.uint32]: ...
def process_shard(
    corpus: CorpusReader,
    first: int,
    last: int,
    folder: str | PathLike[str],
    chunk_size: tuple[str, int] | None,
    tokenizer: TokenCounter | None,
    fingerprints: bool,
    benchmark: BenchmarkRuns | None,
    threads: int | None,
) -> tuple[str, list[tuple[str, int, str]]]: ...
def build_index(
    corpus: CorpusReader,
    folder: str | PathLike[str] | None,
    has_positions: bool,
    memory_bytes: int,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> tuple[int, int]: ...

@final
class SearchIndex:
    def __new__(cls, corpus: CorpusReader, folder: str | PathLike[str] | None) -> SearchIndex: ...
    @property
    def has_positions(self) -> bool: ...
    def search(self, query: str, limit: int) -> list[tuple[int, float]]: ...
    def like(self, text: str, limit: int) -> list[tuple[int, float]]: ...
    def snippet(self, document: int, query: str) -> tuple[int, int, str]: ...
    def keep(self, query: str, most: int | None, path: str | PathLike[str], overwrite: bool) -> int: ...

# -- answers ----------------------------------------------------------------------------------------------------------

RULES: list[tuple[str, bool | None, str]]
ANSWER_KINDS: list[str]
REASONS: list[str]
POLICIES: list[tuple[str, list[tuple[str, bool]]]]

_VerdictArrays: TypeAlias = tuple[
    npt.NDArray[np.uint8],
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
    npt.NDArray[np.uint8],
    npt.NDArray[np.uint8],
    npt.NDArray[np.uint32],
]

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
) -> _VerdictArrays: ...
def value_steps(text: str) -> list[tuple[str, str, list[int]]] | None: ...

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
    ) -> _VerdictArrays: ...

def extract(
    text: str, policy: tuple[str, Sequence[tuple[str, bool]]]
) -> tuple[int, int, Literal["box", "answer_tag", "hashes", "phrase"]] | None: ...
def explain(
    gold: str,
    response: str,
    kind: str | None,
    choices: Sequence[str],
    policy: tuple[str, Sequence[tuple[str, bool]]],
    mode: str,
) -> list[str]: ...
def shuffle_options(choices: Sequence[str], seed: int) -> list[int]: ...
def chosen_options(
    responses: Sequence[str],
    choices: Sequence[str],
    permutation: Sequence[int],
    policy: tuple[str, Sequence[tuple[str, bool]]],
    mode: str,
) -> list[tuple[int, int] | None]: ...

# -- rewards ----------------------------------------------------------------------------------------------------------

CHALLENGER_REWARDS: list[tuple[str, list[str]]]
ESTIMATORS: list[tuple[str, bool, bool]]

def challenger_rewards(
    name: str,
    refusal: npt.NDArray[np.uint8],
    *,
    num_correct: npt.NDArray[np.uint32] | None,
    num_answers: npt.NDArray[np.uint32] | None,
    chance: npt.NDArray[np.float64] | None,
    num_mode: npt.NDArray[np.uint32] | None,
    cluster_share: npt.NDArray[np.float64] | None,
    num_correct_open: npt.NDArray[np.uint32] | None,
    num_answers_open: npt.NDArray[np.uint32] | None,
    gate_penalty: float | None,
    format_penalty: float | None,
    parameters: Sequence[tuple[str, float]],
) -> npt.NDArray[np.float64]: ...
def reasoner_rewards(equivalent: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]: ...
def cluster_shares(texts: Sequence[str], threshold: float) -> npt.NDArray[np.float64]: ...
def advantages(
    estimator: str,
    rewards: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64],
    roles: npt.NDArray[np.uint8],
    valid: npt.NDArray[np.bool_] | None,
    lengths: npt.NDArray[np.uint32] | None,
    baselines: npt.NDArray[np.float64],
    parameters: Sequence[tuple[str, float]],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8], int, npt.NDArray[np.float64]]: ...
