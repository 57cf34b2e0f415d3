//! Packs documents once into shards of small compressed blocks: for many small readings, on one disk or many machines.
//!
//! While one thread reads and all parse the next batch, the last one is compressed and written in order: shards are a function
//! of the inputs alone. A note for every finished shard says where reading goes on, so that a killed packing is taken up there.

mod feed;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::build::staging::Staging;
use crate::build::{
    BuildOptions, BuildReport, OnError, check_options, check_output, place_of, thread_pool, walk,
};
use crate::catalogue::{CatalogueWriter, FormatCount, MAX_SKIPPED, Manifest, Skipped};
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::progress::{Progress, Watch};
use crate::source::{Cursor, Encoding, Format};
use crate::store::{Codec, Shard, ShardWriter, is_shard_name, shard_name};
use feed::{Document, Fault, Feed, Part, Source};

/// Smallest and largest text of a shard: positions in it have 32 bits, and one more document must fit.
const SHARD_BYTES: std::ops::RangeInclusive<u64> = 1 << 16..=2 << 30;

/// How to pack a corpus.
#[derive(Debug, Clone)]
pub struct PackOptions {
    /// What to read and admit, as for [`build`](crate::build()).
    pub read: BuildOptions,
    /// How blocks are stored.
    pub codec: Codec,
    /// Text of a shard in bytes: a shard ends before the document that would make it longer.
    pub shard_bytes: u64,
}

/// How far packing is: noted for every finished shard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct State {
    /// Stands for inputs and options.
    fingerprint: String,
    /// Source that is being read, and how far.
    source: usize,
    cursor: Cursor,
    num_files: u64,
    num_short: u64,
    num_skipped: u64,
    num_utf16: u64,
    num_windows_1252: u64,
    skipped: Vec<Skipped>,
}

/// Packs files, folders and corpora into shards of a new corpus. Shards are a function of the inputs' names and contents and
/// of the options, byte for byte, whatever the number of threads and however often it was interrupted.
///
/// The corpus appears at `output` whole or not at all. Stopped or killed after a first shard is finished, a later call with the
/// same inputs and options goes on behind the last finished shard.
///
/// # Errors
/// As for [`build`](crate::build()); or a corpus among the inputs has changed.
pub fn pack(
    inputs: &[PathBuf],
    output: &Path,
    options: &PackOptions,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<BuildReport, CorpusError> {
    let read = &options.read;
    check_options(inputs, output, read)?;
    if !SHARD_BYTES.contains(&options.shard_bytes) {
        return Err(CorpusError::Argument {
            name: "shard_bytes",
            found: options.shard_bytes.to_string(),
            expected: "65536 to 2147483648",
        });
    }
    let output = place_of(output, read.overwrite);
    check_output(&output, read.overwrite)?;
    let watch = Watch::new(progress, stop);
    let (sources, skipped) = find_sources(inputs, read.on_error, watch)?;
    progress.set_total(sources.iter().map(Source::size).sum());
    let first = State {
        fingerprint: fingerprint(&sources, options),
        num_skipped: skipped.len() as u64,
        skipped,
        ..State::default()
    };
    let pool = thread_pool(read.threads)?;
    let mut staging = Staging::reopen(&output)?;
    let (num_shards, state) = resume(&mut staging, first)?;
    let mut packer = Packer {
        sources: &sources,
        options,
        staging,
        num_shards,
        shard: None,
        state,
    };
    let mut feed = Feed::new(
        &sources,
        &read.text_keys,
        packer.state.source,
        packer.state.cursor,
        watch,
    );
    let mut parts = pool.install(|| feed.next_batch());
    while !parts.is_empty() {
        let (next, taken) = pool.install(|| {
            rayon::join(
                || feed.next_batch(),
                || parts.into_iter().try_for_each(|part| packer.take(part)),
            )
        });
        watch.check()?;
        taken?;
        parts = next;
    }
    watch.check()?;
    pool.install(|| packer.finish_shard())?;
    let report = packer.finish(&output)?;
    watch.check()?;
    check_output(&output, read.overwrite)?;
    packer.staging.commit(&output, read.overwrite)?;
    Ok(report)
}

/// Files below the inputs and corpora among them, in order.
fn find_sources(
    inputs: &[PathBuf],
    on_error: OnError,
    watch: Watch<'_>,
) -> Result<(Vec<Source>, Vec<Skipped>), CorpusError> {
    let (mut sources, mut skipped) = (Vec::new(), Vec::new());
    for group in inputs.chunk_by(|a, b| !is_corpus(a) && !is_corpus(b)) {
        if let [input] = group
            && is_corpus(input)
        {
            sources.push(Source::Corpus(Box::new(Corpus::open(input)?)));
            continue;
        }
        let (files, missed) = walk::walk(group, on_error, watch)?;
        sources.extend(files.into_iter().map(Source::File));
        skipped.extend(missed);
    }
    skipped.truncate(MAX_SKIPPED);
    Ok((sources, skipped))
}

fn is_corpus(path: &Path) -> bool {
    path.join("catalogue.bin").is_file() && path.join("manifest.json").is_file()
}

/// Stands for everything that shards depend on; files by path, size and time of change.
fn fingerprint(sources: &[Source], options: &PackOptions) -> String {
    let mut seen = vec![format!(
        "{:?} {} {:?} {:?} {}",
        options.read.text_keys,
        options.read.min_bytes,
        options.read.on_error,
        options.codec,
        options.shard_bytes
    )];
    seen.extend(sources.iter().map(|source| match source {
        Source::Corpus(corpus) => format!("corpus {}", corpus.hash()),
        Source::File(file) => {
            let path = file.path.as_os_str().to_string_lossy();
            format!("{path} {} {}", file.size, file.version)
        }
    }));
    let seen = seen.join("\n");
    format!("{:032x}", xxh3_128(seen.as_bytes()))
}

/// How many shards of a killed packing are finished, and where it goes on; what it left besides is removed.
fn resume(staging: &mut Staging, first: State) -> Result<(usize, State), CorpusError> {
    let notes = staging.lock().notes()?;
    let mut lines = Vec::new();
    let mut last = first;
    for (number, line) in notes.lines().enumerate() {
        let Ok(state) = serde_json::from_str::<State>(line) else {
            break;
        };
        let shard = staging.path().join(shard_name(number));
        if state.fingerprint != last.fingerprint || Shard::open(&shard).is_err() {
            break;
        }
        last = state;
        lines.push(line.to_owned());
    }
    let num_shards = lines.len();
    let finished: Vec<String> = (0..num_shards).map(shard_name).collect();
    staging.lock().replace_notes(&lines)?;
    staging.retain(|name| finished.iter().any(|kept| kept == name))?;
    staging.keep(num_shards > 0);
    Ok((num_shards, last))
}

/// Puts documents into shards, one after another.
struct Packer<'a> {
    sources: &'a [Source],
    options: &'a PackOptions,
    staging: Staging,
    num_shards: usize,
    shard: Option<ShardWriter>,
    /// Everything up to the last record that was taken.
    state: State,
}

impl Packer<'_> {
    fn take(&mut self, part: Part) -> Result<(), CorpusError> {
        let path = self.sources[part.source].path();
        let path = path.to_string_lossy();
        for record in part.records {
            match record.document {
                Ok(document) => self.admit(document, &path, record.ordinal)?,
                Err(Fault::Corpus(error)) => return Err(error),
                Err(Fault::Record(reason)) => {
                    let place = match record.ordinal {
                        0 => path.to_string(),
                        ordinal => format!("{path}:{ordinal}"),
                    };
                    self.skip(place, reason)?;
                }
            }
            self.state.source = part.source;
            self.state.cursor = record.behind;
        }
        if let Some(end) = part.end {
            self.state.source = part.source + 1;
            self.state.cursor = Cursor::default();
            match end {
                Ok(()) => self.state.num_files += 1,
                Err(reason) => self.skip(path.to_string(), reason)?,
            }
        }
        Ok(())
    }

    fn admit(&mut self, document: Document, path: &str, ordinal: u32) -> Result<(), CorpusError> {
        let text = &document.text;
        if (text.len() as u64) < self.options.read.min_bytes || text.trim().is_empty() {
            self.state.num_short += 1;
            return Ok(());
        }
        let is_full = |shard: &ShardWriter| {
            shard.num_documents() > 0
                && shard.text_bytes() + text.len() as u64 > self.options.shard_bytes
        };
        if self.shard.as_ref().is_some_and(is_full) {
            self.finish_shard()?;
        }
        let shard = if let Some(shard) = &mut self.shard {
            shard
        } else {
            let path = self.staging.path().join(shard_name(self.num_shards));
            let shard = ShardWriter::create(&path, self.options.codec)?;
            self.shard.insert(shard)
        };
        self.state.num_utf16 += u64::from(document.encoding == Encoding::Utf16);
        self.state.num_windows_1252 += u64::from(document.encoding == Encoding::Windows1252);
        let origin = document.origin.as_deref().unwrap_or(path);
        shard.push(text, document.hash, origin, ordinal, document.facts)
    }

    fn skip(&mut self, place: String, reason: String) -> Result<(), CorpusError> {
        if self.options.read.on_error == OnError::Stop {
            return Err(CorpusError::Document { place, reason });
        }
        self.state.num_skipped += 1;
        if self.state.skipped.len() < MAX_SKIPPED {
            self.state.skipped.push(Skipped { place, reason });
        }
        Ok(())
    }

    /// Completes the shard in the making, if there is one, and notes it.
    fn finish_shard(&mut self) -> Result<(), CorpusError> {
        let Some(shard) = self.shard.take() else {
            return Ok(());
        };
        shard.finish()?;
        let note = serde_json::to_string(&self.state)
            .map_err(|error| CorpusError::io(self.staging.path(), "note")(error.into()))?;
        self.staging.lock().note(&note)?;
        self.staging.keep(true);
        self.num_shards += 1;
        Ok(())
    }

    /// Writes catalogue and manifest over the finished shards.
    fn finish(&mut self, output: &Path) -> Result<BuildReport, CorpusError> {
        let (state, read) = (&self.state, &self.options.read);
        let folder = self.staging.path();
        if self.num_shards == 0 {
            return Err(CorpusError::Empty {
                num_files: state.num_files,
                num_short: state.num_short,
                num_skipped: state.num_skipped,
                min_bytes: read.min_bytes,
            });
        }
        self.staging.retain(|name| is_shard_name(name.as_ref()))?;
        let mut writer = CatalogueWriter::create(folder)?;
        for name in (0..self.num_shards).map(shard_name) {
            let shard = Shard::open(&folder.join(&name))?;
            writer.push_shard(Path::new(&name), &shard)?;
        }
        let (num_documents, num_bytes) = writer.totals();
        let num_sources = writer.num_sources();
        let written = writer.finish()?;
        let mut manifest = Manifest {
            format_version: Manifest::FORMAT_VERSION,
            hash: written.hash,
            num_documents,
            num_bytes,
            num_sources,
            num_short: state.num_short,
            num_skipped: state.num_skipped,
            num_utf16: state.num_utf16,
            num_windows_1252: state.num_windows_1252,
            formats: vec![FormatCount {
                format: Format::Spk,
                num_sources,
                num_documents,
                num_bytes,
            }],
            text_keys: read.text_keys.clone(),
            min_bytes: read.min_bytes,
            folder: output.display().to_string(),
            catalogue_checksum: written.checksum,
            skipped_checksum: String::new(),
            checksum: String::new(),
        };
        manifest.write(folder, &state.skipped)?;
        Ok(BuildReport {
            manifest,
            skipped: state.skipped.clone(),
        })
    }
}
