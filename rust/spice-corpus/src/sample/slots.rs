//! Slots: the places in a corpus where a passage may begin.

use crate::catalogue::Catalogue;

/// Documents between two remembered sums: 8 bytes of memory for each such block.
const BLOCK: u64 = 64;

/// Number of slots of a document: its length over a slot's length, rounded to the nearest, halves up, at least one.
pub(super) fn slots_of(text_bytes: u64, slot_bytes: u64) -> u64 {
    let (whole, rest) = (text_bytes / slot_bytes, text_bytes % slot_bytes);
    // `2 * rest >= slot_bytes` where doubling may overflow.
    (whole + u64::from(rest >= slot_bytes - rest)).max(1)
}

/// First byte of slot `slot` before it is moved to a boundary: slots are spread evenly.
pub(super) fn nominal_start(slot: u64, num_slots: u64, text_bytes: u64) -> u64 {
    // Below 2^32 each, so the product fits.
    slot * text_bytes / num_slots
}

/// Finds the document of a slot: sums of slots at every 64th document, and the catalogue for the rest.
#[derive(Debug)]
pub(super) struct Slots {
    slot_bytes: u64,
    /// Slots of all documents before each block, and last of all documents.
    sums: Vec<u64>,
}

/// A slot inside its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub document: u64,
    /// Number among the document's slots.
    pub slot: u64,
}

impl Slots {
    /// Looks at every document's length once.
    pub(super) fn new(catalogue: &Catalogue, slot_bytes: u64) -> Self {
        let num_documents = catalogue.num_documents();
        let mut sums = Vec::with_capacity((num_documents / BLOCK + 2) as usize);
        let mut sum = 0;
        for document in 0..num_documents {
            if document % BLOCK == 0 {
                sums.push(sum);
            }
            sum += slots_of(catalogue.text_bytes(document), slot_bytes);
        }
        sums.push(sum);
        Self { slot_bytes, sums }
    }

    pub(super) fn len(&self) -> u64 {
        self.sums.last().copied().unwrap_or(0)
    }

    pub(super) fn slot_bytes(&self) -> u64 {
        self.slot_bytes
    }

    /// The slot with number `number` over all documents, which must exist.
    pub(super) fn find(&self, catalogue: &Catalogue, number: u64) -> Slot {
        let block = self.sums.partition_point(|&sum| sum <= number) - 1;
        let mut slot = number - self.sums[block];
        let mut document = block as u64 * BLOCK;
        loop {
            let num_slots = slots_of(catalogue.text_bytes(document), self.slot_bytes);
            if slot < num_slots {
                return Slot { document, slot };
            }
            slot -= num_slots;
            document += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_rounded_with_halves_up_and_never_none() {
        let counts = [0, 1, 149, 150, 249, 250].map(|text_bytes| slots_of(text_bytes, 100));
        assert_eq!(counts, [1, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn slots_are_spread_evenly() {
        assert_eq!(
            [0, 1, 2].map(|slot| nominal_start(slot, 3, 250)),
            [0, 83, 166]
        );
    }
}
