"""Documents in, passages out: the typed face of the corpus crate. Loads neither numpy nor torch.

``build`` looks at files where they lie and writes where their documents are; ``Corpus`` reads documents by number;
``Sampler`` turns a number into a passage.
"""

from spice_fast._core import ArrowBatch
from spice_fast.corpus.batches import DocumentBatches, PassageBatches
from spice_fast.corpus.build import CorpusFacts, FormatCount, Skipped, build
from spice_fast.corpus.export import Export, export
from spice_fast.corpus.reader import Corpus, CorpusStats, Document
from spice_fast.corpus.sampler import Sampler

__all__ = [
    "ArrowBatch",
    "Corpus",
    "CorpusFacts",
    "CorpusStats",
    "Document",
    "DocumentBatches",
    "Export",
    "FormatCount",
    "PassageBatches",
    "Sampler",
    "Skipped",
    "build",
    "export",
]
