//! The kinds of file that hold documents, and what a first reading of one finds.
//!
//! Every source is a stream of decoded bytes in which a document is a range: the bytes of the file itself, of its
//! decompressed frames, or of a Parquet column's values one after another. A frame, member or row group is a [`Unit`],
//! the smallest part that can be decoded alone.

mod column;
mod frames;
mod jsonl;
mod lines;
mod parquet;
mod pread;
mod rows;
mod stream;
mod text;

use std::ffi::OsStr;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

pub(crate) use column::{Value, values_of_line};
pub(crate) use frames::decode_frame;
pub(crate) use jsonl::{parse_line, text_of_line};
pub(crate) use parquet::ParquetFile;
pub(crate) use stream::{Cursor, Parsed, Placed, Stream};
pub(crate) use text::{Encoding, decode_text};

use crate::blob::Blob;
use crate::progress::Watch;

/// Longest document, record line or decoded unit: what one draw may have to hold in memory.
pub(crate) const MAX_UNIT_BYTES: u64 = 256 << 20;

/// Most faults that are listed per file; more are counted.
const MAX_FAULTS: usize = 1_000;

/// How a file holds documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One document, the whole file.
    Text,
    /// One JSON object per line.
    Jsonl,
    /// The same in gzip members.
    JsonlGzip,
    /// The same in zstd frames.
    JsonlZstd,
    /// One row per document.
    Parquet,
    /// A packed shard.
    Spk,
}

impl Format {
    /// All formats, each at the place of its code.
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Jsonl,
        Self::JsonlGzip,
        Self::JsonlZstd,
        Self::Parquet,
        Self::Spk,
    ];

    /// The format that a file's name promises, if any; upper and lower case are alike.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        if name.ends_with(".jsonl.gz") {
            return Some(Self::JsonlGzip);
        }
        if name.ends_with(".jsonl.zst") {
            return Some(Self::JsonlZstd);
        }
        match Path::new(&name).extension().and_then(OsStr::to_str)? {
            "txt" | "text" | "md" | "markdown" | "rst" => Some(Self::Text),
            "jsonl" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            "spk" => Some(Self::Spk),
            _ => None,
        }
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Jsonl => "jsonl",
            Self::JsonlGzip => "jsonl.gz",
            Self::JsonlZstd => "jsonl.zst",
            Self::Parquet => "parquet",
            Self::Spk => "spk",
        }
    }

    /// Whether its documents are in shards of ours, which know where each of them is.
    pub(crate) fn is_packed(self) -> bool {
        self == Self::Spk
    }
}

/// Where one document is, in a source's decoded stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    /// Number of its source.
    pub source: u32,
    /// Bytes of the whole record (for JSONL the line).
    pub length: u32,
    /// First byte of the record.
    pub offset: u64,
    /// Bytes of the document's text in UTF-8.
    pub text_bytes: u32,
    /// Line or row, counted from 1; 0 for a file that is one document.
    pub ordinal: u32,
    /// Lower half of the xxh3-128 of the text.
    pub checksum: u64,
}

/// The checksum of a text, as records and corpus hashes have it.
pub(crate) fn checksum(text: &[u8]) -> u64 {
    xxh3_128(text) as u64
}

/// The smallest part of a source that can be decoded alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    /// First byte in the file; for Parquet the number of the row group.
    pub start: u64,
    /// First byte in the decoded stream.
    pub decoded_start: u64,
}

/// Why a file or a record of it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Line or row, counted from 1; 0 for the whole file.
    pub ordinal: u32,
    /// What was found, and what would do.
    pub reason: String,
}

/// What a document must be to enter the corpus.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    /// Keys or columns that may hold the text, best first.
    pub text_keys: Vec<String>,
    /// Shorter documents are dropped.
    pub min_bytes: u64,
    /// Whether the first unreadable record ends the build, so that nothing behind it need be read.
    pub stops_at_fault: bool,
}

/// What a first reading of a source found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// Admitted documents in the order of the source; `Record::source` is still 0.
    pub records: Vec<Record>,
    /// Its units and, last, where they end; empty where the file is read directly.
    pub units: Vec<Unit>,
    /// Documents dropped as too short or blank.
    pub num_short: u64,
    /// Unreadable records, the first of them.
    pub faults: Vec<Fault>,
    /// All unreadable records.
    pub num_faults: u64,
    /// How a text file's characters are written.
    pub encoding: Encoding,
}

impl Scan {
    /// Takes a document in, or counts why not.
    fn admit(&mut self, admission: &Admission, place: Place, text: Result<&str, String>) {
        match text {
            Err(reason) => self.fault(place.ordinal, reason),
            Ok(text) if (text.len() as u64) < admission.min_bytes || text.trim().is_empty() => {
                self.num_short += 1;
            }
            Ok(text) => self.records.push(Record {
                source: 0,
                length: place.length,
                offset: place.offset,
                text_bytes: text.len() as u32,
                ordinal: place.ordinal,
                checksum: checksum(text.as_bytes()),
            }),
        }
    }

    fn fault(&mut self, ordinal: u32, reason: String) {
        self.num_faults += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { ordinal, reason });
        }
    }

    /// Whether nothing behind this need be read.
    fn ends_build(&self, admission: &Admission) -> bool {
        admission.stops_at_fault && self.num_faults > 0
    }

    /// Appends what was found in the next part of the same source.
    fn append(&mut self, next: Self) {
        self.records.extend(next.records);
        self.num_short += next.num_short;
        self.num_faults += next.num_faults;
        let room = MAX_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(next.faults.into_iter().take(room));
    }
}

/// Range and number of a record.
#[derive(Debug, Clone, Copy)]
struct Place {
    ordinal: u32,
    offset: u64,
    length: u32,
}

/// Reads a whole source once; gives its size and what it is besides (see [`Blob::identity`]) as well.
///
/// # Errors
/// Why the file as a whole cannot be read; also, with any text, when the watch is stopped.
pub(crate) fn scan(
    path: &Path,
    format: Format,
    admission: &Admission,
    watch: Watch<'_>,
) -> Result<(Scan, u64, u64), String> {
    let cannot_open = |error: std::io::Error| format!("cannot open: {error}");
    let file = Blob::open(path).map_err(cannot_open)?;
    let size = file.size().map_err(cannot_open)?;
    let identity = file.identity();
    let scan = match format {
        Format::Text => text::scan(&file, size, admission, watch),
        Format::Jsonl => jsonl::scan(&file, size, admission, watch),
        Format::JsonlGzip | Format::JsonlZstd => {
            frames::scan(&file, size, format, admission, watch)
        }
        Format::Parquet => parquet::scan(file, size, admission, watch),
        // What a shard holds stands in the shard: nothing is to be found by reading its text.
        Format::Spk => Ok(Scan::default()),
    }?;
    Ok((scan, size, identity))
}
