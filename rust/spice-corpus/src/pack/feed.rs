//! Documents of all inputs in order, a batch at a time: read by one thread, parsed by all.

use std::path::PathBuf;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::build::walk::Input;
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::progress::Watch;
use crate::source::{Cursor, Encoding, Parsed, Placed, Stream};
use crate::store::Facts;

/// How much is read before it is parsed together.
const BATCH_BYTES: usize = 8 << 20;
const BATCH_RECORDS: usize = 16_384;

/// What documents are packed from.
pub(super) enum Source {
    /// A file, read from front to back.
    File(Input),
    /// A corpus, document by document.
    Corpus(Box<Corpus>),
}

impl Source {
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Self::File(file) => file.path.clone(),
            Self::Corpus(corpus) => corpus.folder().to_owned(),
        }
    }

    /// Bytes to read, for progress.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::File(file) => file.size,
            Self::Corpus(corpus) => corpus.num_bytes(),
        }
    }
}

/// Consecutive records of one source.
pub(super) struct Part {
    /// Number of the source.
    pub source: usize,
    pub records: Vec<Record>,
    /// Set behind the last record: its end was reached, or why it cannot be read further.
    pub end: Option<Result<(), String>>,
}

/// A record that was read and parsed.
pub(super) struct Record {
    /// Line or row, counted from 1; 0 for a file that is one document.
    pub ordinal: u32,
    /// Where reading would go on behind it.
    pub behind: Cursor,
    pub document: Result<Document, Fault>,
}

/// A document that can be packed.
pub(super) struct Document {
    pub text: String,
    pub hash: u128,
    pub facts: Facts,
    pub encoding: Encoding,
    /// File that it was read from first, where that is not the source.
    pub origin: Option<String>,
}

/// Why there is no document.
pub(super) enum Fault {
    /// The record is at fault, and may be left out.
    Record(String),
    /// The corpus is.
    Corpus(CorpusError),
}

/// Reads sources one after another.
pub(super) struct Feed<'a> {
    sources: &'a [Source],
    keys: &'a [String],
    watch: Watch<'a>,
    next: usize,
    from: Cursor,
    open: Option<Stream<'a>>,
}

/// A record before it is parsed.
enum Raw<'a> {
    Placed(Placed),
    Document(&'a Corpus, u64),
}

struct RawPart<'a> {
    source: usize,
    records: Vec<Raw<'a>>,
    end: Option<Result<(), String>>,
}

impl<'a> Feed<'a> {
    /// Goes on behind `from` of source `next`.
    pub(super) fn new(
        sources: &'a [Source],
        keys: &'a [String],
        next: usize,
        from: Cursor,
        watch: Watch<'a>,
    ) -> Self {
        let passed: u64 = sources[..next].iter().map(Source::size).sum();
        watch.advance(passed + from.offset);
        Self {
            sources,
            keys,
            watch,
            next,
            from,
            open: None,
        }
    }

    /// The next records; nothing at the end.
    pub(super) fn next_batch(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        let (mut num_bytes, mut num_records) = (0, 0);
        while self.next < self.sources.len()
            && num_bytes < BATCH_BYTES
            && num_records < BATCH_RECORDS
            && !self.watch.is_stopped()
        {
            let part = self.next_part(&mut num_bytes);
            num_records += part.records.len() + 1;
            parts.push(part);
        }
        parts
            .into_iter()
            .map(|part| Part {
                source: part.source,
                records: part
                    .records
                    .into_par_iter()
                    .map(|raw| parse(raw, self.keys))
                    .collect(),
                end: part.end,
            })
            .collect()
    }

    fn next_part(&mut self, num_bytes: &mut usize) -> RawPart<'a> {
        let mut part = RawPart {
            source: self.next,
            records: Vec::new(),
            end: None,
        };
        let has_room = |part: &RawPart<'_>, num_bytes: usize| {
            num_bytes < BATCH_BYTES && part.records.len() < BATCH_RECORDS
        };
        match &self.sources[self.next] {
            Source::Corpus(corpus) => {
                let mut index = self.from.ordinal;
                while index < corpus.num_documents() && has_room(&part, *num_bytes) {
                    let text_bytes = corpus.catalogue().text_bytes(index);
                    *num_bytes += text_bytes as usize;
                    self.watch.advance(text_bytes);
                    part.records.push(Raw::Document(corpus, index));
                    index += 1;
                }
                self.from.ordinal = index;
                part.end = (index >= corpus.num_documents()).then_some(Ok(()));
            }
            Source::File(file) => {
                let open = self.open.take().map_or_else(
                    || Stream::open(&file.path, file.format, self.keys, self.from, self.watch),
                    Ok,
                );
                let mut stream = match open {
                    Ok(stream) => stream,
                    Err(reason) => return self.end(part, Err(reason)),
                };
                while has_room(&part, *num_bytes) {
                    match stream.next() {
                        Ok(Some(placed)) => {
                            *num_bytes += placed.record.num_bytes();
                            part.records.push(Raw::Placed(placed));
                        }
                        Ok(None) => return self.end(part, Ok(())),
                        Err(reason) => return self.end(part, Err(reason)),
                    }
                }
                self.open = Some(stream);
                return part;
            }
        }
        if part.end.is_some() {
            return self.end(part, Ok(()));
        }
        part
    }

    fn end(&mut self, mut part: RawPart<'a>, end: Result<(), String>) -> RawPart<'a> {
        part.end = Some(end);
        self.next += 1;
        self.from = Cursor::default();
        part
    }
}

fn parse(raw: Raw<'_>, keys: &[String]) -> Record {
    match raw {
        Raw::Placed(placed) => Record {
            ordinal: placed.ordinal,
            behind: placed.behind,
            document: placed
                .record
                .parse(keys)
                .map(|parsed| document(parsed, None))
                .map_err(Fault::Record),
        },
        Raw::Document(corpus, index) => {
            let read = || {
                let place = corpus.document(index)?;
                let parsed = Parsed {
                    text: corpus.text(index)?,
                    facts: place.facts,
                    encoding: Encoding::Utf8,
                };
                let origin = place.path.to_string_lossy().into_owned();
                Ok((place.ordinal.unwrap_or(0), document(parsed, Some(origin))))
            };
            let behind = Cursor {
                ordinal: index + 1,
                offset: 0,
            };
            match read() {
                Ok((ordinal, document)) => Record {
                    ordinal,
                    behind,
                    document: Ok(document),
                },
                Err(error) => Record {
                    ordinal: 0,
                    behind,
                    document: Err(Fault::Corpus(error)),
                },
            }
        }
    }
}

fn document(parsed: Parsed, origin: Option<String>) -> Document {
    Document {
        hash: xxh3_128(parsed.text.as_bytes()),
        text: parsed.text,
        facts: parsed.facts,
        encoding: parsed.encoding,
        origin,
    }
}
