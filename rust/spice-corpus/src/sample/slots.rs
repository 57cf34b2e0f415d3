//! Slots: the places in a corpus where a passage may begin.

use std::sync::atomic::AtomicBool;

use super::sums::Sums;
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::keep::Keep;
use crate::store::ends::CHUNK;

/// Documents between two remembered sums: those of one word of a keep file.
pub(super) const BLOCK: u64 = 64;

/// Slots at least this long are one per document, whatever its length: a document has fewer than 2^32 bytes.
const WHOLE_DOCUMENTS: u64 = 1 << 33;

/// Number of slots of a document: its length over a slot's length, rounded to the nearest, halves up, at least one.
pub(super) fn slots_of(text_bytes: u64, slot_bytes: u64) -> u64 {
    let (whole, rest) = match (u32::try_from(text_bytes), u32::try_from(slot_bytes)) {
        // Nearly always, and several times as fast.
        (Ok(text), Ok(slot)) => (u64::from(text / slot), u64::from(text % slot)),
        _ => (text_bytes / slot_bytes, text_bytes % slot_bytes),
    };
    // `2 * rest >= slot_bytes` where doubling may overflow.
    (whole + u64::from(rest >= slot_bytes - rest)).max(1)
}

/// First byte of slot `slot` before it is moved to a boundary: slots are spread evenly.
pub(super) fn nominal_start(slot: u64, num_slots: u64, text_bytes: u64) -> u64 {
    // Below 2^32 each, so the product fits.
    slot * text_bytes / num_slots
}

/// The slots of all documents that are kept, in the order of the documents; and the document of a slot, by sums of slots
/// at every 64th document.
pub(super) struct Slots {
    slot_bytes: u64,
    keeps: Vec<Keep>,
    sums: Sums,
}

/// A slot inside its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub document: u64,
    /// Number among the document's slots.
    pub slot: u64,
}

impl Slots {
    /// Looks at every document's length once, unless an earlier call has left its sums in the corpus folder, or every
    /// document is one slot.
    ///
    /// # Errors
    /// A keep file of another corpus, nothing is kept, the sums cannot be written anywhere, or `stop` was set.
    pub(super) fn new(
        corpus: &Corpus,
        slot_bytes: u64,
        keeps: Vec<Keep>,
        threads: usize,
        stop: &AtomicBool,
    ) -> Result<Self, CorpusError> {
        for keep in &keeps {
            keep.check(corpus)?;
        }
        let num_documents = corpus.num_documents();
        let mut slots = Self {
            slot_bytes,
            keeps,
            sums: Sums::Line(num_documents),
        };
        if slot_bytes < WHOLE_DOCUMENTS || !slots.keeps.is_empty() {
            let key = [slot_bytes.to_le_bytes().to_vec(), slots.keeps_hash()].concat();
            let count = |block| slots.count(corpus, block);
            slots.sums = Sums::open(
                corpus,
                &key,
                num_documents.div_ceil(BLOCK),
                count,
                threads,
                stop,
            )?;
        }
        if slots.len() == 0 {
            return Err(CorpusError::NothingKept { num_documents });
        }
        Ok(slots)
    }

    pub(super) fn len(&self) -> u64 {
        self.sums.total()
    }

    pub(super) fn slot_bytes(&self) -> u64 {
        self.slot_bytes
    }

    /// Stands for the set of keep files, in whatever order and however often they were named; empty for none.
    pub(super) fn keeps_hash(&self) -> Vec<u8> {
        let mut hashes: Vec<_> = self.keeps.iter().map(Keep::hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes.concat().into_bytes()
    }

    /// The slot with number `number` over all kept documents, which must exist.
    ///
    /// # Errors
    /// The remembered sums or the catalogue are damaged.
    pub(super) fn find(&self, corpus: &Corpus, number: u64) -> Result<Slot, CorpusError> {
        let Some((block, before)) = self.sums.block_of(number) else {
            return Ok(Slot {
                document: number,
                slot: 0,
            });
        };
        let mut slot = number - before;
        let mut found = None;
        self.each_kept(corpus, block, |document, num_slots| {
            if slot < num_slots {
                found = Some(Slot { document, slot });
                return false;
            }
            slot -= num_slots;
            true
        })?;
        found.ok_or_else(|| self.sums.damaged(corpus))
    }

    /// Slots of the kept documents of a block.
    fn count(&self, corpus: &Corpus, block: u64) -> Result<u64, CorpusError> {
        let mut sum = 0;
        self.each_kept(corpus, block, |_, num_slots| {
            sum += num_slots;
            true
        })?;
        Ok(sum)
    }

    /// Gives the documents of a block that every keep file keeps, with their slots, while `take` says to go on.
    fn each_kept(
        &self,
        corpus: &Corpus,
        block: u64,
        mut take: impl FnMut(u64, u64) -> bool,
    ) -> Result<(), CorpusError> {
        let first = block * BLOCK;
        let kept = self
            .keeps
            .iter()
            .fold(u64::MAX, |word, keep| word & keep.word(block));
        let chunk = corpus.catalogue().chunk(first / CHUNK as u64)?;
        let lengths = chunk.lengths_from((first % CHUNK as u64) as usize);
        for (place, text_bytes) in (0..BLOCK).zip(lengths) {
            if kept >> place & 1 == 1 && !take(first + place, slots_of(text_bytes, self.slot_bytes))
            {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_rounded_with_halves_up_and_never_none() {
        let counts = [0, 1, 149, 150, 249, 250].map(|text_bytes| slots_of(text_bytes, 100));
        assert_eq!(counts, [1, 1, 1, 2, 2, 3]);
        assert_eq!(slots_of(u32::MAX.into(), WHOLE_DOCUMENTS), 1);
    }

    #[test]
    fn slots_are_spread_evenly() {
        assert_eq!(
            [0, 1, 2].map(|slot| nominal_start(slot, 3, 250)),
            [0, 83, 166]
        );
    }
}
