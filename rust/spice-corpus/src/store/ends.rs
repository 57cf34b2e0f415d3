//! Where documents end in a stream of text: Elias-Fano in chunks of 512 documents, about two bytes a document.
//!
//! A chunk of `n` documents whose text has `u` bytes keeps the `n` ends, counted from the chunk's first byte. With
//! `l = floor(log2(u / n))` (0 where `u < n`), the lower `l` bits of each end stand one after another in the *lower* bits;
//! of end `i` with upper part `h`, bit `h + i` of the *upper* bits is set. Upper bits are `n + (u >> l) + 1`, lower bits
//! `n * l`; both are filled up to whole 64-bit words, upper first. Bit `b` of a word sequence is bit `b % 8` of byte `b / 8`.
//!
//! A directory has one entry a chunk, and one behind the last. It knows where each chunk's text and bytes begin, so any
//! document is found in constant time, and what a chunk says is checked where it is used.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

/// Documents of a chunk; the last one may have fewer.
pub(crate) const CHUNK: usize = 512;
pub(crate) const ENTRY_BYTES: usize = 24;

/// One row of the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Bytes of text before the chunk.
    pub first_byte: u64,
    /// Where the chunk is, counted from the place that the owner of the directory says.
    pub position: u64,
    /// Lower half of the xxh3-64 of the chunk, rows behind the ends included.
    pub checksum: u32,
    /// A shard: block in which the chunk's first byte lies. A catalogue: 1 where rows follow the ends, else 0.
    pub extra: u32,
}

impl Entry {
    pub(crate) fn encode(&self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..8].copy_from_slice(&self.first_byte.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.position.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.checksum.to_le_bytes());
        bytes[20..].copy_from_slice(&self.extra.to_le_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            first_byte: u64_at(bytes, 0)?,
            position: u64_at(bytes, 8)?,
            checksum: u32_at(bytes, 16)?,
            extra: u32_at(bytes, 20)?,
        })
    }
}

/// Number of chunks of so many documents.
pub(crate) fn num_chunks(num_documents: u64) -> u64 {
    num_documents.div_ceil(CHUNK as u64)
}

/// Lengths of documents on their way into a chunk.
#[derive(Debug, Default)]
pub(crate) struct ChunkWriter {
    /// Bytes of text before the chunk.
    first_byte: u64,
    ends: Vec<u64>,
}

impl ChunkWriter {
    pub(crate) fn push(&mut self, num_bytes: u64) {
        let end = self.ends.last().copied().unwrap_or(0) + num_bytes;
        self.ends.push(end);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.ends.len() == CHUNK
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of text before the next document.
    pub(crate) fn num_bytes(&self) -> u64 {
        self.first_byte + self.ends.last().copied().unwrap_or(0)
    }

    /// Appends the chunk's ends to `out` and begins the next chunk; gives the bytes of text before the finished one.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) -> u64 {
        let total = self.ends.last().copied().unwrap_or(0);
        let shape = Shape::new(self.ends.len() as u64, total);
        let start = out.len();
        out.resize(start + shape.num_bytes(), 0);
        let (upper, lower) = out[start..].split_at_mut(shape.upper_words * 8);
        for (place, &end) in self.ends.iter().enumerate() {
            let bit = (end >> shape.low_bits) as usize + place;
            upper[bit / 8] |= 1 << (bit % 8);
            put_bits(lower, place * shape.low_bits, shape.low_bits, end);
        }
        self.ends.clear();
        let first_byte = self.first_byte;
        self.first_byte += total;
        first_byte
    }
}

/// How a chunk is laid out; follows from its number of documents and bytes.
#[derive(Debug, Clone, Copy)]
struct Shape {
    low_bits: usize,
    upper_words: usize,
    lower_words: usize,
}

impl Shape {
    fn new(num_documents: u64, num_bytes: u64) -> Self {
        let low_bits = num_bytes
            .checked_div(num_documents)
            .and_then(u64::checked_ilog2)
            .unwrap_or(0);
        // At most twice the number of documents, so nothing overflows for chunks of at most 512.
        let upper_bits = num_documents + (num_bytes >> low_bits) + 1;
        Self {
            low_bits: low_bits as usize,
            upper_words: upper_bits.div_ceil(64) as usize,
            lower_words: (num_documents * u64::from(low_bits)).div_ceil(64) as usize,
        }
    }

    fn num_bytes(&self) -> usize {
        (self.upper_words + self.lower_words) * 8
    }
}

/// A directory and its chunks inside a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub num_documents: u64,
    /// First byte of the directory in the file.
    pub directory: u64,
    /// What positions are counted from.
    pub origin: u64,
}

impl Ends {
    /// The row of a chunk, or the one behind the last chunk.
    pub(crate) fn entry(&self, file: &[u8], chunk: u64) -> Option<Entry> {
        let start = self
            .directory
            .checked_add(chunk.checked_mul(ENTRY_BYTES as u64)?)?;
        let start = usize::try_from(start).ok()?;
        Entry::decode(file.get(start..start.checked_add(ENTRY_BYTES)?)?)
    }

    /// A chunk; none for one that is not there or is damaged.
    pub(crate) fn chunk<'a>(&self, file: &'a [u8], number: u64) -> Option<Chunk<'a>> {
        let first = number.checked_mul(CHUNK as u64)?;
        let num_documents = self.num_documents.checked_sub(first)?.min(CHUNK as u64);
        if num_documents == 0 {
            return None;
        }
        let (entry, next) = (self.entry(file, number)?, self.entry(file, number + 1)?);
        let num_bytes = next.first_byte.checked_sub(entry.first_byte)?;
        let start = usize::try_from(self.origin.checked_add(entry.position)?).ok()?;
        let end = usize::try_from(self.origin.checked_add(next.position)?).ok()?;
        let bytes = file.get(start..end)?;
        let shape = Shape::new(num_documents, num_bytes);
        let upper = bytes.get(..shape.upper_words * 8)?;
        let lower = bytes.get(shape.upper_words * 8..shape.num_bytes())?;
        Some(Chunk {
            entry,
            num_documents: num_documents as usize,
            num_bytes,
            low_bits: shape.low_bits,
            upper,
            lower,
            bytes,
            rows: &bytes[shape.num_bytes()..],
        })
    }

    /// The bytes of text of a document.
    pub(crate) fn range(&self, file: &[u8], index: u64) -> Option<Range<u64>> {
        let chunk = self.chunk(file, index / CHUNK as u64)?;
        let range = chunk.range((index % CHUNK as u64) as usize)?;
        let first = chunk.entry.first_byte;
        Some(first.checked_add(range.start)?..first.checked_add(range.end)?)
    }
}

/// A chunk inside a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    pub entry: Entry,
    /// Documents in it.
    pub num_documents: usize,
    /// Their text in bytes.
    pub num_bytes: u64,
    low_bits: usize,
    upper: &'a [u8],
    lower: &'a [u8],
    /// All of it.
    bytes: &'a [u8],
    /// What follows the ends.
    pub rows: &'a [u8],
}

impl Chunk<'_> {
    /// Bytes of a document, counted from the chunk's first; none beyond the last document, or where it is damaged.
    pub(crate) fn range(&self, place: usize) -> Option<Range<u64>> {
        if place >= self.num_documents {
            return None;
        }
        let before = place.checked_sub(1);
        let bit = before.map_or(Some(0), |before| Some(select(self.upper, before)? + 1))?;
        let start = before.map_or(Some(0), |before| self.end_at(before, bit - 1))?;
        let end = self.end_at(place, next_one(self.upper, bit)?)?;
        (start <= end && end <= self.num_bytes).then_some(start..end)
    }

    /// Lengths of the documents from `place` on; they end early where the chunk is damaged.
    pub(crate) fn lengths_from(&self, place: usize) -> Lengths<'_> {
        let before = place.checked_sub(1);
        let start = before.map_or(Some((0, 0)), |before| {
            Some((select(self.upper, before)? + 1, self.end(before)?))
        });
        // Where there is no such place, nothing is behind it.
        let (bit, end) = start.unwrap_or((self.upper.len() * 8, 0));
        let (number, used) = (bit / 64, bit % 64);
        let mut words = self.upper.as_chunks::<8>().0[number.min(self.upper.len() / 8)..].iter();
        let word = words.next().map_or(0, |word| u64::from_le_bytes(*word));
        Lengths {
            chunk: self,
            words,
            word: word & u64::MAX << used,
            first_bit: number * 64,
            place,
            end,
        }
    }

    /// Appends the ends of all documents, counted from the chunk's first byte; none where it is damaged.
    pub(crate) fn ends(&self, ends: &mut Vec<u64>) -> Option<()> {
        let (mut place, mut last) = (0, 0);
        for (number, word) in words(self.upper).enumerate() {
            let mut word = word;
            while word != 0 && place < self.num_documents {
                let bit = number * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                let high = bit.checked_sub(place)? as u64;
                let end = high << self.low_bits
                    | get_bits(self.lower, place * self.low_bits, self.low_bits);
                if end < last || end > self.num_bytes {
                    return None;
                }
                last = end;
                ends.push(end);
                place += 1;
            }
        }
        (place == self.num_documents && last == self.num_bytes).then_some(())
    }

    /// Whether its bytes are those that were written.
    pub(crate) fn is_intact(&self) -> bool {
        xxh3_64(self.bytes) as u32 == self.entry.checksum
    }

    fn end(&self, place: usize) -> Option<u64> {
        self.end_at(place, select(self.upper, place)?)
    }

    /// The end of document `place`, whose bit is number `bit`.
    fn end_at(&self, place: usize, bit: usize) -> Option<u64> {
        let high = bit.checked_sub(place)? as u64;
        let low = get_bits(self.lower, place * self.low_bits, self.low_bits);
        Some(high << self.low_bits | low)
    }
}

/// See [`Chunk::lengths_from`].
pub(crate) struct Lengths<'a> {
    chunk: &'a Chunk<'a>,
    /// Upper words behind this one.
    words: std::slice::Iter<'a, [u8; 8]>,
    /// What is left of this one.
    word: u64,
    /// Number of its lowest bit.
    first_bit: usize,
    place: usize,
    /// Of the document before.
    end: u64,
}

impl Iterator for Lengths<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        if self.place >= self.chunk.num_documents {
            return None;
        }
        while self.word == 0 {
            self.word = u64::from_le_bytes(*self.words.next()?);
            self.first_bit += 64;
        }
        let bit = self.first_bit + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        let low_bits = self.chunk.low_bits;
        let high = bit.checked_sub(self.place)? as u64;
        let end = high << low_bits | get_bits(self.chunk.lower, self.place * low_bits, low_bits);
        let length = end.checked_sub(self.end)?;
        (self.place, self.end) = (self.place + 1, end);
        Some(length)
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().map(|word| u64::from_le_bytes(*word))
}

/// Place of the first set bit from `bit` on.
fn next_one(bytes: &[u8], bit: usize) -> Option<usize> {
    let mut mask = u64::MAX << (bit % 64);
    words(bytes)
        .enumerate()
        .skip(bit / 64)
        .find_map(|(number, word)| {
            let word = word & std::mem::replace(&mut mask, u64::MAX);
            (word != 0).then(|| number * 64 + word.trailing_zeros() as usize)
        })
}

/// Place of set bit `rank`, counted from 0.
fn select(bytes: &[u8], rank: usize) -> Option<usize> {
    let mut rest = rank;
    for (number, word) in words(bytes).enumerate() {
        let ones = word.count_ones() as usize;
        if rest < ones {
            let mut word = word;
            for _ in 0..rest {
                word &= word - 1;
            }
            return Some(number * 64 + word.trailing_zeros() as usize);
        }
        rest -= ones;
    }
    None
}

/// Writes the lower `width` bits of `value` at bit `place` of zeros.
fn put_bits(bytes: &mut [u8], place: usize, width: usize, value: u64) {
    if width == 0 {
        return;
    }
    let value = u128::from(value & (u64::MAX >> (64 - width))) << (place % 8);
    for (byte, part) in bytes[place / 8..]
        .iter_mut()
        .zip(value.to_le_bytes())
        .take((place % 8 + width).div_ceil(8))
    {
        *byte |= part;
    }
}

/// The `width` bits at bit `place`; `place + width` must not lie beyond the end.
fn get_bits(bytes: &[u8], place: usize, width: usize) -> u64 {
    if width == 0 {
        return 0;
    }
    let mut window = [0; 16];
    let part = &bytes[place / 8..];
    // One copy of a fixed size where there is room for it: the common case, and several times as fast.
    if let Some(eight) = part.first_chunk::<8>()
        && place % 8 + width <= 64
    {
        return u64::from_le_bytes(*eight) >> (place % 8) & (u64::MAX >> (64 - width));
    }
    let num = part.len().min(16);
    window[..num].copy_from_slice(&part[..num]);
    (u128::from_le_bytes(window) >> (place % 8)) as u64 & (u64::MAX >> (64 - width))
}

pub(super) fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    bytes
        .get(place..)?
        .first_chunk()
        .copied()
        .map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], place: usize) -> Option<u64> {
    bytes
        .get(place..)?
        .first_chunk()
        .copied()
        .map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Chunks, then the directory, as a shard has them.
    fn write(lengths: &[u64]) -> (Vec<u8>, Ends) {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        let mut writer = ChunkWriter::default();
        for (place, &length) in lengths.iter().enumerate() {
            writer.push(length);
            if writer.is_full() || place + 1 == lengths.len() {
                let position = file.len() as u64;
                let first_byte = writer.finish(&mut file);
                let checksum = xxh3_64(&file[position as usize..]) as u32;
                let entry = Entry {
                    first_byte,
                    position,
                    checksum,
                    extra: 0,
                };
                directory.extend(entry.encode());
            }
        }
        let last = Entry {
            first_byte: writer.num_bytes(),
            position: file.len() as u64,
            ..Entry::default()
        };
        directory.extend(last.encode());
        let ends = Ends {
            num_documents: lengths.len() as u64,
            directory: file.len() as u64,
            origin: 0,
        };
        file.extend(directory);
        (file, ends)
    }

    fn lengths() -> impl Strategy<Value = Vec<u64>> {
        let length = prop_oneof![
            Just(0),
            0_u64..4,
            0_u64..20_000,
            0_u64..(1 << 28),
            Just(1_u64 << 45)
        ];
        proptest::collection::vec(length, 0..1_300)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_document_has_the_range_of_a_running_sum(lengths in lengths()) {
            let (file, ends) = write(&lengths);
            let mut start = 0;
            let mut all = Vec::new();
            for (index, length) in lengths.iter().enumerate() {
                prop_assert_eq!(ends.range(&file, index as u64), Some(start..start + length));
                start += length;
            }
            prop_assert_eq!(ends.range(&file, lengths.len() as u64), None);
            for number in 0..num_chunks(ends.num_documents) {
                let chunk = ends.chunk(&file, number).unwrap();
                prop_assert!(chunk.is_intact());
                let before = all.len();
                chunk.ends(&mut all).unwrap();
                all[before..].iter_mut().for_each(|end| *end += chunk.entry.first_byte);
            }
            let sums: Vec<u64> = lengths.iter().scan(0, |sum, length| { *sum += length; Some(*sum) }).collect();
            prop_assert_eq!(all, sums);
        }

        #[test]
        fn a_document_of_ordinary_length_has_about_two_bytes(seed: u64) {
            let mut state = seed;
            let lengths: Vec<u64> = (0..5_120).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) % 20_000
            }).collect();
            let (file, _) = write(&lengths);
            prop_assert!(file.len() as f64 / 5_120.0 < 2.1, "{} bytes", file.len());
        }

        #[test]
        fn no_flipped_bit_makes_us_panic(lengths in lengths(), flips in proptest::collection::vec((any::<usize>(), 0..8), 1..5)) {
            let (mut file, ends) = write(&lengths);
            for (place, bit) in flips {
                let place = place % file.len();
                file[place] ^= 1_u8 << bit;
            }
            for index in 0..lengths.len() as u64 {
                let _ = ends.range(&file, index);
            }
            for number in 0..num_chunks(ends.num_documents) {
                if let Some(chunk) = ends.chunk(&file, number) {
                    let _ = chunk.ends(&mut Vec::new());
                }
            }
        }
    }
}
