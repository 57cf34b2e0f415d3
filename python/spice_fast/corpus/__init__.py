"""Documents in, passages out: the typed face of the corpus crate. Loads neither numpy nor torch.

``build`` looks at files where they lie and writes where their documents are; ``pack`` writes the texts themselves; ``Corpus`` reads documents by number;
``Sampler`` turns a number into a passage.
"""

from spice_fast.corpus.build import CorpusFacts, FormatCount, Skipped, build
from spice_fast.corpus.pack import pack
from spice_fast.corpus.reader import Corpus, CorpusStats, Document
from spice_fast.corpus.sampler import Sampler

__all__ = ["Corpus", "CorpusFacts", "CorpusStats", "Document", "FormatCount", "Sampler", "Skipped", "build", "pack"]
