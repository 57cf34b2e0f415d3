//! Many texts in one buffer, as Arrow lays them out.

use std::mem::MaybeUninit;
use std::sync::atomic::AtomicBool;

use crate::error::CorpusError;
use crate::workers::for_each;

/// Texts one behind another: text i is bytes `offsets[i]..offsets[i + 1]`, and is UTF-8. The layout of Arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl Texts {
    /// Number of texts.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.offsets
            .windows(2)
            .map(|ends| &self.bytes[ends[0]..ends[1]])
    }

    /// The buffer and its offsets, one more than texts. Every piece between two offsets is UTF-8.
    pub fn into_parts(self) -> (Vec<u8>, Vec<usize>) {
        (self.bytes, self.offsets)
    }

    /// Length of all texts together.
    pub(crate) fn num_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Reads texts of known lengths, each into its place in the buffer. Rows are visited by ascending key on at most `threads`
    /// threads; `read(key, scratch, room)` must write the row's text into its room; `scratch` is the thread's own.
    ///
    /// # Errors
    /// The error of the first failing row in the order of keys; `Interrupted` when `stop` was set; or the system gives no
    /// thread.
    ///
    /// # Panics
    /// A text has another length than was said.
    pub(crate) fn read<K: Copy + Ord + Send>(
        rows: impl ExactSizeIterator<Item = (K, u64)>,
        threads: usize,
        stop: &AtomicBool,
        read: impl Fn(K, &mut Vec<u8>, &mut Room<'_>) -> Result<(), CorpusError> + Sync,
    ) -> Result<Self, CorpusError> {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        let mut keys = Vec::with_capacity(rows.len());
        let mut end = 0;
        offsets.push(0);
        for (key, num_bytes) in rows {
            end = usize::saturating_add(end, num_bytes as usize);
            offsets.push(end);
            keys.push(key);
        }
        let mut bytes: Vec<u8> = Vec::new();
        bytes
            .try_reserve_exact(end)
            .map_err(|_| CorpusError::Memory {
                num_bytes: end as u64,
            })?;
        let mut free = &mut bytes.spare_capacity_mut()[..end];
        let mut jobs = Vec::with_capacity(keys.len());
        for (key, ends) in keys.into_iter().zip(offsets.windows(2)) {
            let (place, rest) = free.split_at_mut(ends[1] - ends[0]);
            free = rest;
            let is_written = false;
            jobs.push((key, Room { place, is_written }));
        }
        jobs.sort_by_key(|&(key, _)| key);
        for_each(
            &mut jobs,
            threads,
            stop,
            Vec::new,
            |scratch, (key, room)| read(*key, scratch, room),
        )?;
        let is_whole = jobs.iter().all(|(_, room)| room.is_written);
        assert!(is_whole, "a text is missing");
        // SAFETY: the rooms cover the buffer up to `end`, and each says that its whole text was written.
        #[expect(unsafe_code)]
        unsafe {
            bytes.set_len(end);
        }
        Ok(Self { bytes, offsets })
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let (mut bytes, mut offsets) = (Vec::new(), vec![0]);
        for text in texts {
            bytes.extend_from_slice(text.as_bytes());
            offsets.push(bytes.len());
        }
        Self { bytes, offsets }
    }
}

/// Where one text belongs.
#[derive(Debug)]
pub(crate) struct Room<'a> {
    place: &'a mut [MaybeUninit<u8>],
    is_written: bool,
}

impl Room<'_> {
    /// # Panics
    /// The text has another length than was said.
    pub(crate) fn write(&mut self, text: &str) {
        self.place.write_copy_of_slice(text.as_bytes());
        self.is_written = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_stand_in_the_order_of_rows_whatever_the_keys_and_threads(
            rows in prop::collection::vec((0_u8..9, ".{0,9}"), 0..40),
            threads in 1_usize..5,
        ) {
            let naive: Texts = rows.iter().map(|(_, text)| text.as_str()).collect();
            let stop = AtomicBool::new(false);
            let keys = rows.iter().enumerate().map(|(row, (key, text))| ((*key, row), text.len() as u64));
            let read = Texts::read(keys, threads, &stop, |(_, row), _, room| {
                room.write(&rows[row].1);
                Ok(())
            });
            prop_assert_eq!(&read.unwrap(), &naive);
            prop_assert_eq!(naive.len(), rows.len());
            prop_assert!(naive.iter().eq(rows.iter().map(|(_, text)| text.as_bytes())));
        }
    }

    #[test]
    #[should_panic(expected = "a text is missing")]
    fn a_text_that_was_not_written_is_never_shown() {
        let stop = AtomicBool::new(false);
        let _ = Texts::read([(0, 3)].into_iter(), 1, &stop, |_, _, _| Ok(()));
    }
}
