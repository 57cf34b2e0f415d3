"""Documents in, passages out: the typed face of the corpus crate. Loads neither numpy nor torch.

``build`` looks at files where they lie and writes where their documents are; ``pack`` writes the texts themselves;
``verify`` says whether all of it is as it was.
``Corpus`` reads documents by number, ``Sampler`` turns a number into a passage, ``Keep`` says which documents it draws, ``Mix``
makes one of several.
"""

from spice_fast._core import ArrowBatch
from spice_fast.corpus.batches import DocumentBatches, PassageBatches
from spice_fast.corpus.build import CorpusFacts, FormatCount, Skipped, build, build_synthetic
from spice_fast.corpus.chunking import Chunks, TokenCounter, chunk
from spice_fast.corpus.export import Export, export
from spice_fast.corpus.filter import Benchmark, FilterReport, decontaminate, dedup, minhash
from spice_fast.corpus.keep import Filtered, Keep, filter_documents
from spice_fast.corpus.mix import Mix, resolve_shares
from spice_fast.corpus.pack import pack
from spice_fast.corpus.reader import Corpus, CorpusStats, Document
from spice_fast.corpus.sampler import Quality, Sampler
from spice_fast.corpus.search import Hit, SearchIndex, Snippet
from spice_fast.corpus.shard import ShardConfig, ShardFile, ShardManifest, process_shard, shard_ranges
from spice_fast.corpus.stream import State, Stream
from spice_fast.corpus.verify import Damage, Verification, verify

__all__ = [
    "ArrowBatch",
    "Benchmark",
    "Chunks",
    "Corpus",
    "CorpusFacts",
    "CorpusStats",
    "Damage",
    "Document",
    "DocumentBatches",
    "Export",
    "FilterReport",
    "Filtered",
    "FormatCount",
    "Hit",
    "Keep",
    "Mix",
    "PassageBatches",
    "Quality",
    "Sampler",
    "SearchIndex",
    "ShardConfig",
    "ShardFile",
    "ShardManifest",
    "Skipped",
    "Snippet",
    "State",
    "Stream",
    "TokenCounter",
    "Verification",
    "build",
    "build_synthetic",
    "chunk",
    "decontaminate",
    "dedup",
    "export",
    "filter_documents",
    "minhash",
    "pack",
    "process_shard",
    "resolve_shares",
    "shard_ranges",
    "verify",
]
