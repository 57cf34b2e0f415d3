//! The sampler: passage = f(seed, k). Its whole state is those two numbers.
//!
//! A document has slots, about one per passage length. An epoch visits every slot of the corpus once, in an order keyed by
//! (seed, epoch); draw k is place `k mod slots` of epoch `k div slots`. Any rank can draw any k at any time.

mod boundary;
mod cut;
mod mix;
mod order;
mod permute;
mod slots;
mod sums;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use xxhash_rust::xxh3::Xxh3Default;

pub use cut::{Budget, TokenBudget};
pub use mix::{BLOCK_DRAWS, Mix, MixOrder};
pub use order::{Locality, Quality};
pub use permute::Permutation;
pub(crate) use permute::mix as mix64;
pub(crate) use sums::is_sums_file;

use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::keep::Keep;
use crate::progress::check;
use crate::workers::{map_rows, num_threads};
use order::Order;
use slots::{Slot, Slots, nominal_start, slots_of};

/// Documents whose beginnings tell how many bytes a token has, spread evenly over the corpus.
const MEASURED_DOCUMENTS: u64 = 64;
/// How much of each is looked at.
const MEASURED_BYTES: usize = 4_096;

/// Version of the rule from (seed, k) to a passage; part of the hash.
const RULE: &[u8] = b"spice passages 1";

/// Most neighbours that [`Sampler::quality`] looks at.
const QUALITY_PAIRS: u64 = 1 << 18;

/// What decides which passages are drawn, and in which order.
#[derive(Debug)]
pub struct SamplerOptions {
    /// Key of the order.
    pub seed: u64,
    /// How long a passage may be. With [`WHOLE_DOCUMENTS`](Budget::WHOLE_DOCUMENTS) every document is one passage.
    pub budget: Budget,
    /// A document is drawn when each of these keeps it; none keep every document.
    pub keeps: Vec<Keep>,
    /// None for the global order.
    pub locality: Option<Locality>,
    /// Threads that count slots; none for one per core. It changes no result.
    pub threads: Option<usize>,
}

impl SamplerOptions {
    /// Every document in the global order; [`Sampler::new`] counts slots on all cores.
    pub fn new(seed: u64, budget: Budget) -> Self {
        Self {
            seed,
            budget,
            keeps: Vec::new(),
            locality: None,
            threads: None,
        }
    }
}

/// Draws passages.
pub struct Sampler {
    corpus: Arc<Corpus>,
    seed: u64,
    budget: Budget,
    locality: Option<Locality>,
    bytes_per_token: Option<f64>,
    slots: Slots,
    hash: String,
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Number of its document.
    pub document: u64,
    /// First byte in the document's text.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
    /// The piece itself.
    pub text: String,
    /// Its length in the unit of the budget: tokens of its own text alone, or bytes.
    pub length: u64,
}

/// A slot as it lies in its document, before its passage is cut at boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotPlace {
    /// Number of the document.
    pub document: u64,
    /// First byte in its text.
    pub start: u64,
    /// One past the last byte: the next slot's first, or the text's end.
    pub end: u64,
}

impl Sampler {
    /// A sampler over a corpus. With a budget in tokens it reads the beginnings of 64 documents, to learn how many bytes a
    /// slot of so many tokens has; keep files do not change that.
    ///
    /// The first sampler of a slot length over more than a million documents counts their slots and leaves the sums in the
    /// corpus folder; later ones open them in the same time for any number of documents.
    ///
    /// # Errors
    /// The budget or the locality is 0, a measured document cannot be read, a keep file is of another corpus, nothing is
    /// kept, or `stop` was set.
    pub fn new(
        corpus: Arc<Corpus>,
        options: SamplerOptions,
        stop: &AtomicBool,
    ) -> Result<Self, CorpusError> {
        let SamplerOptions {
            seed,
            budget,
            keeps,
            locality,
            threads,
        } = options;
        let mut hasher = Xxh3Default::new();
        hasher.update(RULE);
        hasher.update(corpus.hash().as_bytes());
        hasher.update(&seed.to_le_bytes());
        let (slot_bytes, bytes_per_token) = match &budget {
            Budget::Bytes(max_bytes) => (*max_bytes, None),
            Budget::Tokens(tokens) => {
                let (num_bytes, num_tokens) = measure(&corpus, tokens, stop)?;
                let wanted = u128::from(num_bytes) * tokens.max_tokens as u128;
                let slot_bytes =
                    (2 * wanted + u128::from(num_tokens)) / (2 * u128::from(num_tokens));
                hasher.update(&tokens.file_hash.to_le_bytes());
                hasher.update(&(tokens.max_tokens as u64).to_le_bytes());
                (
                    slot_bytes as u64,
                    Some(num_bytes as f64 / num_tokens as f64),
                )
            }
        };
        if slot_bytes == 0 {
            return Err(zero("passage_tokens or passage_bytes"));
        }
        hasher.update(&slot_bytes.to_le_bytes());
        let slots = Slots::new(&corpus, slot_bytes, keeps, num_threads(threads), stop)?;
        // What is not asked for leaves the hash as it is without.
        let keeps_hash = slots.keeps_hash();
        if !keeps_hash.is_empty() {
            hasher.update(b"keeps");
            hasher.update(&keeps_hash);
        }
        if let Some(Locality { stretch, window }) = locality {
            if stretch == 0 || window == 0 {
                return Err(zero("locality"));
            }
            hasher.update(b"locality");
            hasher.update(&stretch.to_le_bytes());
            hasher.update(&window.to_le_bytes());
        }
        let hash = format!("{:032x}", hasher.digest128());
        Ok(Self {
            corpus,
            seed,
            budget,
            locality,
            bytes_per_token,
            slots,
            hash,
        })
    }

    /// Slots, that is draws in an epoch.
    pub fn num_slots(&self) -> u64 {
        self.slots.len()
    }

    /// Length of a slot in bytes.
    pub fn slot_bytes(&self) -> u64 {
        self.slots.slot_bytes()
    }

    /// Bytes per token as measured; none for a budget in bytes.
    pub fn bytes_per_token(&self) -> Option<f64> {
        self.bytes_per_token
    }

    /// 32 hexadecimal digits that stand for everything that passages depend on: corpus, seed, budget, tokenizer file, keep
    /// files, locality.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The passages of some draws, row i for `draws[i]`; any order, any numbers.
    ///
    /// # Errors
    /// A source is gone or changed, or `stop` was set.
    pub fn draw(
        &self,
        draws: &[u64],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Vec<Passage>, CorpusError> {
        let slots = self.slots_of_draws(draws)?;
        let threads = num_threads(threads);
        // Each thread remembers its last document: neighbours in key order may share it.
        let remember = || (u64::MAX, String::new());
        map_rows(
            &slots,
            threads,
            stop,
            |&slot| slot,
            remember,
            |last, slot| {
                if last.0 != slot.document {
                    *last = (slot.document, self.corpus.text(slot.document)?);
                }
                self.cut(&last.1, slot.document, slot.slot)
            },
        )
    }

    /// The documents of some draws, where every document is one passage.
    pub(crate) fn whole_documents(&self, draws: &[u64]) -> Option<Result<Vec<u64>, CorpusError>> {
        matches!(self.budget, Budget::Bytes(u64::MAX)).then(|| {
            let slots = self.places(draws)?;
            Ok(slots.into_iter().map(|slot| slot.document).collect())
        })
    }

    pub(crate) fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// How well an epoch of this order shuffles the corpus, judged by epoch 0 and at most 262,144 pairs of neighbours.
    pub fn quality(&self) -> Quality {
        Quality::of(&self.order(0), QUALITY_PAIRS)
    }

    /// Where the slots of some draws lie, row i for `draws[i]`, without a look at any text.
    ///
    /// # Errors
    /// The catalogue is damaged.
    pub fn places(&self, draws: &[u64]) -> Result<Vec<SlotPlace>, CorpusError> {
        let place = |Slot { document, slot }| {
            let text_bytes = self.corpus.catalogue().text_bytes(document);
            let num_slots = slots_of(text_bytes, self.slot_bytes());
            SlotPlace {
                document,
                start: nominal_start(slot, num_slots, text_bytes),
                end: nominal_start(slot + 1, num_slots, text_bytes),
            }
        };
        Ok(self.slots_of_draws(draws)?.into_iter().map(place).collect())
    }

    /// The slots of some draws, row i for `draws[i]`.
    fn slots_of_draws(&self, draws: &[u64]) -> Result<Vec<Slot>, CorpusError> {
        let num_slots = self.num_slots();
        let mut order = self.order(0);
        let find = |draw: &u64| {
            let (epoch, index) = (draw / num_slots, draw % num_slots);
            if epoch != order.epoch() {
                order = self.order(epoch);
            }
            self.slots.find(&self.corpus, order.apply(index))
        };
        draws.iter().map(find).collect()
    }

    fn order(&self, epoch: u64) -> Order {
        Order::new(self.seed, epoch, self.num_slots(), self.locality)
    }

    fn cut(&self, text: &str, document: u64, slot: u64) -> Result<Passage, CorpusError> {
        let text_bytes = text.len() as u64;
        let slot_bytes = self.slot_bytes();
        let nominal = nominal_start(slot, slots_of(text_bytes, slot_bytes), text_bytes);
        let start = cut::passage_start(text, nominal as usize, slot_bytes);
        let (end, length) = cut::passage_end(text, start, &self.budget, slot_bytes)?;
        Ok(Passage {
            document,
            start: start as u64,
            end: end as u64,
            text: text[start..end].to_owned(),
            length: length as u64,
        })
    }
}

fn zero(name: &'static str) -> CorpusError {
    CorpusError::Argument {
        name,
        found: "0".to_owned(),
        expected: "at least 1",
    }
}

/// Bytes and tokens of the measured beginnings.
fn measure(
    corpus: &Corpus,
    budget: &TokenBudget,
    stop: &AtomicBool,
) -> Result<(u64, u64), CorpusError> {
    let num_documents = corpus.num_documents();
    let num_measured = num_documents.min(MEASURED_DOCUMENTS);
    let (mut num_bytes, mut num_tokens) = (0, 0);
    for place in 0..num_measured {
        check(stop)?;
        let document = u128::from(place) * u128::from(num_documents) / u128::from(num_measured);
        let text = corpus.text(document as u64)?;
        let beginning = &text[..text.floor_char_boundary(MEASURED_BYTES)];
        num_bytes += beginning.len() as u64;
        num_tokens += budget.count(beginning)? as u64;
    }
    Ok((num_bytes, num_tokens.max(1)))
}
