"""Which passages a run reads: one corpus, or several in exact proportions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spice_fast.corpus import Corpus, Mix, Sampler

if TYPE_CHECKING:
    from pathlib import Path

    from spice_fast.config import RunConfig


def passage_sampler(config: RunConfig, tokenizer: Path) -> Sampler | Mix:
    """What draws the passages of a run, with the budget in tokens of ``tokenizer``.

    Raises:
        MissingFileError: no corpus or keep file where the configuration says.
        CorpusError: no corpus, a keep file of another one, or one that keeps nothing.
    """
    sources = (config.corpus, *config.corpus.also)
    samplers = [
        Sampler(
            Corpus.open(source.path),
            seed=config.seed,
            passage_tokens=config.corpus.passage_tokens,
            tokenizer=tokenizer,
            keep=source.keep,
        )
        for source in sources
    ]
    if len(samplers) == 1:
        return samplers[0]
    return Mix(samplers, [source.weight for source in sources], seed=config.seed)
