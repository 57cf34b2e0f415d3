//! Finds pieces of benchmark items in documents: any thirteen words in a row.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use tempfile::TempDir;
use xxhash_rust::xxh3::Xxh3Default;

use super::words::{for_each_run, have_same_words};
use crate::build::{BuildOptions, OnError, build};
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::progress::Progress;
use crate::workers::{map_rows, num_threads};

/// Words in a run unless another number is asked for: as GPT-3's report counts.
pub const RUN_WORDS: usize = 13;
/// Bits of the first look for each run; most runs of a corpus are in no benchmark, and 1 in 16 of those is looked up.
const FILTER_BITS: usize = 16;
const NONE: u64 = u64::MAX;

/// Benchmark items, and every run of words in them.
#[derive(Debug)]
pub struct Benchmark {
    items: Vec<Item>,
    run_words: usize,
    num_short: u64,
    num_runs: usize,
    /// Bit `number mod length` is set for every run.
    filter: Vec<u64>,
    /// Open addressing: a run's number, and where it is.
    slots: Vec<(u64, Piece)>,
    /// Items of fewer words than a run, by the number of all their words: the first of each.
    short_items: BTreeMap<u64, usize>,
    hash: u128,
}

#[derive(Debug)]
struct Item {
    place: String,
    text: String,
}

/// A piece of an item: its number, first byte, and the one past its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    item: u32,
    start: u32,
    end: u32,
}

/// A run of words that a document shares with a benchmark item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match<'b> {
    /// First byte in the document.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Number of the item.
    pub item: usize,
    /// Where the item is: `path:line`.
    pub place: &'b str,
}

impl Benchmark {
    /// From items: where each is, and its text. Items of fewer than `run_words` words cannot be found; they are counted.
    ///
    /// # Errors
    /// `run_words` is 0, or the texts are 4 GiB or more.
    pub fn new(items: Vec<(String, String)>, run_words: usize) -> Result<Self, CorpusError> {
        let bad = |name, found: String, expected| {
            Err(CorpusError::Argument {
                name,
                found,
                expected,
            })
        };
        if run_words == 0 {
            return bad("run_words", "0".to_owned(), "at least 1");
        }
        let items: Vec<Item> = items
            .into_iter()
            .map(|(place, text)| Item { place, text })
            .collect();
        let num_bytes: usize = items.iter().map(|item| item.text.len()).sum();
        if num_bytes >= u32::MAX as usize {
            return bad("benchmark", format!("{num_bytes} bytes"), "less than 4 GiB");
        }
        let (mut runs, mut num_short, mut short_items) = (Vec::new(), 0, BTreeMap::new());
        let mut hasher = Xxh3Default::new();
        hasher.update(&(run_words as u64).to_le_bytes());
        for (number, item) in items.iter().enumerate() {
            hasher.update(&(item.text.len() as u64).to_le_bytes());
            hasher.update(item.text.as_bytes());
            let before = runs.len();
            for_each_run(&item.text, run_words, false, |run, start, end| {
                let piece = Piece {
                    item: number as u32,
                    start: start as u32,
                    end: end as u32,
                };
                runs.push((run.min(NONE - 1), piece));
                true
            });
            if runs.len() == before {
                num_short += 1;
                for_each_run(&item.text, run_words, true, |whole, _, _| {
                    short_items.entry(whole).or_insert(number);
                    true
                });
            }
        }
        let mut benchmark = Self {
            items,
            run_words,
            num_short,
            num_runs: 0,
            filter: vec![0; (runs.len() * FILTER_BITS).next_power_of_two().div_ceil(64)],
            slots: vec![
                (
                    NONE,
                    Piece {
                        item: 0,
                        start: 0,
                        end: 0
                    }
                );
                (runs.len() * 2 + 1).next_power_of_two()
            ],
            short_items,
            hash: hasher.digest128(),
        };
        for (run, piece) in runs {
            benchmark.insert(run, piece);
        }
        Ok(benchmark)
    }

    /// From files or folders of any format that a corpus may have; `text_keys` may hold an item's text, best first.
    ///
    /// # Errors
    /// A file is missing or cannot be read, nothing is in it, or as for [`Benchmark::new`].
    pub fn read(
        inputs: &[PathBuf],
        text_keys: &[String],
        run_words: usize,
        stop: &AtomicBool,
    ) -> Result<Self, CorpusError> {
        let folder =
            TempDir::new().map_err(CorpusError::io(&std::env::temp_dir(), "write into"))?;
        let output = folder.path().join("benchmark");
        let options = BuildOptions {
            text_keys: text_keys.to_vec(),
            min_bytes: 0,
            on_error: OnError::Stop,
            overwrite: false,
            threads: Some(1),
        };
        build(inputs, &output, &options, &Progress::default(), stop)?;
        let corpus = Corpus::open(&output)?;
        let items = (0..corpus.num_documents())
            .map(|number| Ok((place_of(&corpus, number)?, corpus.text(number)?)));
        Self::new(items.collect::<Result<_, CorpusError>>()?, run_words)
    }

    /// Items.
    pub fn num_items(&self) -> u64 {
        self.items.len() as u64
    }

    /// Items of too few words to be found.
    pub fn num_short(&self) -> u64 {
        self.num_short
    }

    /// Different runs of words.
    pub fn num_runs(&self) -> u64 {
        self.num_runs as u64
    }

    /// Where an item is.
    pub fn place(&self, item: usize) -> Option<&str> {
        self.items.get(item).map(|item| item.place.as_str())
    }

    /// Stands for all items, their order, and the number of words.
    pub fn hash(&self) -> u128 {
        self.hash
    }

    /// The first run of words that a text shares with an item; of equal runs of several items, the first item's.
    pub fn find(&self, text: &str) -> Option<Match<'_>> {
        let mut found = None;
        for_each_run(text, self.run_words, false, |run, start, end| {
            let run = run.min(NONE - 1);
            let bit = run as usize & (self.filter.len() * 64 - 1);
            if self.filter[bit / 64] >> (bit % 64) & 1 == 0 {
                return true;
            }
            let (number, piece) = self.slots[self.slot(run)];
            if number == NONE {
                return true;
            }
            let item = &self.items[piece.item as usize];
            // Two runs may have one number, so words decide.
            let known = &item.text[piece.start as usize..piece.end as usize];
            if have_same_words(known, &text[start..end]) {
                found = Some(Match {
                    start,
                    end,
                    item: piece.item as usize,
                    place: &item.place,
                });
            }
            found.is_none()
        });
        found
    }

    /// The item that a question is of: one that it shares a run of words with; for a question of fewer words than a run, one that
    /// has the same words and no other.
    pub fn find_question(&self, text: &str) -> Option<usize> {
        if let Some(found) = self.find(text) {
            return Some(found.item);
        }
        let (mut is_long, mut item) = (false, None);
        for_each_run(text, self.run_words, false, |_, _, _| {
            is_long = true;
            false
        });
        if !is_long {
            for_each_run(text, self.run_words, true, |whole, _, _| {
                item = self.short_items.get(&whole).copied();
                true
            });
        }
        item.filter(|&item| have_same_words(&self.items[item].text, text))
    }

    /// [`Benchmark::find_question`] of many.
    ///
    /// # Errors
    /// `stop` was set, or the system gives no thread.
    pub fn find_questions(
        &self,
        texts: &[&str],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Vec<Option<usize>>, CorpusError> {
        let find = |(): &mut (), text: &&str| Ok(self.find_question(text));
        map_rows(texts, num_threads(threads), stop, |_| (), || (), find)
    }

    /// Of texts that share a run of words with an item: number of the text, first byte, end, and number of the item.
    ///
    /// # Errors
    /// `stop` was set, or the system gives no thread.
    pub fn find_all(
        &self,
        texts: &[&str],
        threads: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<Vec<(u64, u64, u64, u64)>, CorpusError> {
        let threads = num_threads(threads);
        let find = |(): &mut (), text: &&str| Ok(self.find(text));
        let found = map_rows(texts, threads, stop, |_| (), || (), find)?;
        let rows = (0..).zip(found).filter_map(|(text, found)| {
            let found = found?;
            Some((
                text,
                found.start as u64,
                found.end as u64,
                found.item as u64,
            ))
        });
        Ok(rows.collect())
    }

    fn insert(&mut self, run: u64, piece: Piece) {
        let bit = run as usize & (self.filter.len() * 64 - 1);
        self.filter[bit / 64] |= 1 << (bit % 64);
        let slot = self.slot(run);
        if self.slots[slot].0 == NONE {
            self.slots[slot] = (run, piece);
            self.num_runs += 1;
        }
    }

    /// Where a run is, or would be.
    fn slot(&self, run: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (run >> 32) as usize & mask;
        while self.slots[slot].0 != run && self.slots[slot].0 != NONE {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// Where a document comes from: `path`, or `path:line`.
///
/// # Errors
/// The catalogue is damaged, or its source is gone.
pub(super) fn place_of(corpus: &Corpus, document: u64) -> Result<String, CorpusError> {
    let place = corpus.document(document)?;
    let path = place.path.display();
    Ok(match place.ordinal {
        None => path.to_string(),
        Some(ordinal) => format!("{path}:{ordinal}"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn benchmark(texts: &[&str]) -> Benchmark {
        let items = texts
            .iter()
            .zip(1..)
            .map(|(text, line)| (format!("items:{line}"), (*text).to_owned()));
        Benchmark::new(items.collect(), 4).unwrap()
    }

    #[test]
    fn a_piece_is_found_whatever_its_punctuation() {
        let benchmark = benchmark(&["too short", "What is the largest river of France?"]);
        assert_eq!(
            (
                benchmark.num_items(),
                benchmark.num_short(),
                benchmark.num_runs()
            ),
            (2, 1, 4)
        );
        let text = "They asked: is the\nLARGEST river (of) all";
        let found = benchmark.find(text).unwrap();
        assert_eq!(&text[found.start..found.end], "is the\nLARGEST river");
        assert_eq!((found.item, found.place), (1, "items:2"));
        assert_eq!(benchmark.find("the largest rivers of France"), None);
    }

    #[test]
    fn a_short_question_is_found_by_all_of_its_words() {
        let benchmark = benchmark(&["Define heat.", "What is the largest river of France?"]);
        assert_eq!(benchmark.find_question("define HEAT"), Some(0));
        assert_eq!(
            benchmark.find_question("the largest river of Spain"),
            Some(1)
        );
        for other in ["define heat capacity", "heat", "largest river of", "?"] {
            assert_eq!(benchmark.find_question(other), None, "{other}");
        }
        assert_eq!(benchmark.place(1), Some("items:2"));
        assert_eq!(benchmark.place(2), None);
    }

    proptest! {
        #[test]
        fn a_text_matches_when_four_words_in_a_row_are_in_an_item(
            items in proptest::collection::vec("[a-c]( [a-c]){0,8}", 1..5), text in "[a-c]( [a-c]){0,12}",
        ) {
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            let words: Vec<&str> = text.split(' ').collect();
            let is_shared = |run: &&[&str]| {
                items.iter().any(|item| format!(" {item} ").contains(&format!(" {} ", run.join(" "))))
            };
            let expected = words.windows(4).find(is_shared).map(|run| run.join(" "));
            let benchmark = benchmark(&items);
            let found = benchmark.find(&text).map(|found| text[found.start..found.end].to_owned());
            prop_assert_eq!(found, expected);
        }
    }
}
