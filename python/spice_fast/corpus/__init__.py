"""Documents in, passages out: the typed face of the corpus crate. Loads neither numpy nor torch.

``build`` looks at files where they lie and writes where their documents are; ``Corpus`` reads documents by number;
``Sampler`` turns a number into a passage.
"""

from spice_fast.corpus.build import CorpusFacts, FormatCount, Skipped, build
from spice_fast.corpus.chunking import Chunks, TokenCounter, chunk
from spice_fast.corpus.reader import Corpus, CorpusStats, Document
from spice_fast.corpus.sampler import Sampler

__all__ = [
    "Chunks",
    "Corpus",
    "CorpusFacts",
    "CorpusStats",
    "Document",
    "FormatCount",
    "Sampler",
    "Skipped",
    "TokenCounter",
    "build",
    "chunk",
]
