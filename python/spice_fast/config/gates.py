"""Settings of the gates: what a parsed task must pass besides its format. Which are on, `challenger.gates` says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from spice_fast.config.settings import Settings

GateName = Literal["grounded", "leak", "self_contained", "copy_ratio", "memory", "contamination", "answerability"]
PASSAGE_GATES: tuple[GateName, ...] = ("grounded", "copy_ratio", "answerability")
"""Gates that look into the passage, so there must be one."""

Share = Annotated[float, Field(gt=0, le=1)]


class CopyRatioConfig(Settings):
    """The gate `copy_ratio`."""

    run_words: Annotated[int, Field(ge=1, le=1000)] = 8
    """Words in a row that count as copied when they stand in the passage."""
    limit: Annotated[float, Field(ge=0, lt=1)] = 0.5
    """Largest share of a question's runs of words that may be copied."""


class MemoryConfig(Settings):
    """The gate `memory`."""

    similarity: Share = 0.8
    """Estimated share of runs of five words in common (Jaccard) from which on a question is a repetition."""
    capacity: Annotated[int, Field(ge=1, le=2**32 - 1)] = 1_000_000
    """Questions remembered, 68 bytes each; beyond that the oldest are forgotten. A run at the paper's size accepts 655,360 at most."""


class ContaminationConfig(Settings):
    """The gate `contamination`."""

    benchmarks: tuple[str, ...] = ()
    """Files or folders of benchmark items, in any format that a corpus may have."""
    text_keys: tuple[str, ...] = ("question", "problem", "prompt", "text")
    """JSON keys and Parquet columns that may hold an item's text, best first."""
    run_words: Annotated[int, Field(ge=1, le=1000)] = 13
    """Words in a row that a question must not share with an item."""


class AnswerabilityConfig(Settings):
    """The gate `answerability`."""

    votes: Annotated[int, Field(ge=1)] = 4
    """M: answers to every task by the current policy, with the passage before it."""
    min_share: Share = 0.5
    """Share of the votes that must equal the gold. Guesses at four options pass 0.5 of 4 in 26 % of cases, 0.75 in 5 %."""


class GatesConfig(Settings):
    """Parameters of the gates that have any."""

    copy_ratio: CopyRatioConfig = CopyRatioConfig()
    memory: MemoryConfig = MemoryConfig()
    contamination: ContaminationConfig = ContaminationConfig()
    answerability: AnswerabilityConfig = AnswerabilityConfig()
