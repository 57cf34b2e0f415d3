//! Makes a corpus: reads every source once and writes where its documents are. The texts stay where they lie.

mod lock;
pub(crate) mod staging;
mod synthetic;
pub(crate) mod walk;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::catalogue::{CatalogueWriter, FormatCount, MAX_SKIPPED, Manifest, Skipped, absolute};
use crate::error::CorpusError;
use crate::progress::{Progress, Watch};
use crate::source::{Admission, Encoding, Format, Scan, scan};
use crate::store::Shard;
use crate::workers::{map_until_failure, num_threads};
use staging::Staging;
pub use synthetic::build_synthetic;
use walk::Input;

/// Files whose findings are held in memory together, at most this many and about this many bytes.
const BATCH_FILES: usize = 1_024;
const BATCH_BYTES: u64 = 4 << 30;

/// What to do with a file or record that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// The first one stops the build, and nothing is written.
    Stop,
    /// It is named with its reason, counted, and left out.
    Skip,
}

/// How to build a corpus.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// JSON keys or Parquet columns that may hold the text, best first.
    pub text_keys: Vec<String>,
    /// Documents of fewer bytes are dropped and counted; so are blank ones whatever the limit.
    pub min_bytes: u64,
    /// What to do with what cannot be read.
    pub on_error: OnError,
    /// Replace an existing corpus.
    pub overwrite: bool,
    /// Number of threads; none for one per core. It changes no result.
    pub threads: Option<usize>,
}

/// What a build did.
#[derive(Debug, Clone)]
pub struct BuildReport {
    /// The corpus.
    pub manifest: Manifest,
    /// What was skipped, the first 10,000.
    pub skipped: Vec<Skipped>,
}

/// Builds a corpus from files and folders. The result is a function of the files' names and contents, byte for byte.
///
/// The corpus is written under a temporary name beside `output` and renamed at the end: stopped at any moment, even
/// killed, a build leaves at `output` what was there before (a killed one leaves its temporary folder as well, which the
/// next build of the same output removes).
///
/// # Errors
/// An input is missing, nothing is left, something cannot be read ([`OnError::Stop`]), `output` exists or another process
/// builds it, the disk is full, or `stop` was set.
pub fn build(
    inputs: &[PathBuf],
    output: &Path,
    options: &BuildOptions,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<BuildReport, CorpusError> {
    check_options(inputs, output, options)?;
    let output = place_of(output, options.overwrite);
    check_output(&output, options.overwrite)?;
    let watch = Watch::new(progress, stop);
    let (files, skipped) = walk::walk(inputs, options.on_error, watch)?;
    progress.set_total(files.iter().map(|file| file.size).sum());

    let mut folder = Staging::new(&output)?;
    let mut builder = Builder {
        on_error: options.on_error,
        writer: CatalogueWriter::create(folder.path())?,
        num_files: 0,
        counts: Counts::default(),
        num_skipped: skipped.len() as u64,
        skipped,
    };
    builder.skipped.truncate(MAX_SKIPPED);
    let admission = Admission {
        text_keys: options.text_keys.clone(),
        min_bytes: options.min_bytes,
        stops_at_fault: options.on_error == OnError::Stop,
    };
    let pool = thread_pool(options.threads)?;
    let mut rest = &files[..];
    while !rest.is_empty() {
        let (batch, later) = rest.split_at(batch_length(rest));
        let scans = pool.install(|| {
            map_until_failure(
                batch.len(),
                |place| scan(&batch[place].path, batch[place].format, &admission, watch),
                |result| ends_build(result, options.on_error),
            )
        });
        watch.check()?;
        for (file, result) in batch.iter().zip(scans) {
            if file.format.is_packed() {
                builder.take_shard(&file.path)?;
            } else {
                builder.take(file, result)?;
            }
        }
        rest = later;
    }
    let report = builder.finish(&folder, &output, &admission)?;
    watch.check()?;
    check_output(&output, options.overwrite)?;
    folder.commit(&output, options.overwrite)?;
    Ok(report)
}

/// Threads that live as long as the build.
pub(crate) fn thread_pool(threads: Option<usize>) -> Result<rayon::ThreadPool, CorpusError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(num_threads(threads))
        .build()
        .map_err(|error| CorpusError::threads(std::io::Error::other(error)))
}

pub(crate) fn check_options(
    inputs: &[PathBuf],
    output: &Path,
    options: &BuildOptions,
) -> Result<(), CorpusError> {
    let bad = |name, found: &str, expected| {
        Err(CorpusError::Argument {
            name,
            found: found.to_owned(),
            expected,
        })
    };
    if inputs.is_empty() {
        return bad("inputs", "none", "at least one file or folder");
    }
    if output.as_os_str().is_empty() {
        return bad("output", "empty", "a folder");
    }
    if options.text_keys.is_empty() {
        return bad("text_keys", "none", "at least one key");
    }
    if options.threads == Some(0) {
        return bad("threads", "0", "at least 1");
    }
    Ok(())
}

/// Where the corpus goes. A link to an older corpus stays, and what it points to is replaced.
pub(crate) fn place_of(output: &Path, overwrite: bool) -> PathBuf {
    let output = absolute(output);
    if overwrite && output.is_symlink() {
        fs::canonicalize(&output).unwrap_or(output)
    } else {
        output
    }
}

pub(crate) fn check_output(output: &Path, overwrite: bool) -> Result<(), CorpusError> {
    // A broken link is there as well.
    if fs::symlink_metadata(output).is_err() {
        return Ok(());
    }
    let path = output.to_owned();
    if !overwrite {
        return Err(CorpusError::OutputExists { path });
    }
    if Manifest::is_alone_in(output) {
        Ok(())
    } else {
        Err(CorpusError::OutputIsForeign { path })
    }
}

fn ends_build(result: &Result<(Scan, u64, u64), String>, on_error: OnError) -> bool {
    let is_fine = result.as_ref().is_ok_and(|(scan, ..)| scan.num_faults == 0);
    on_error == OnError::Stop && !is_fine
}

fn batch_length(files: &[Input]) -> usize {
    let mut num_bytes = 0;
    let fits = files.iter().take(BATCH_FILES).take_while(|file| {
        num_bytes += file.size;
        num_bytes <= BATCH_BYTES
    });
    fits.count().max(1)
}

#[derive(Default)]
struct Counts {
    num_short: u64,
    num_utf16: u64,
    num_windows_1252: u64,
    formats: Vec<FormatCount>,
}

/// Puts together what the sources gave, in their order.
struct Builder {
    on_error: OnError,
    writer: CatalogueWriter,
    counts: Counts,
    /// Files that could be read.
    num_files: u64,
    skipped: Vec<Skipped>,
    num_skipped: u64,
}

impl Builder {
    fn take(
        &mut self,
        file: &Input,
        result: Result<(Scan, u64, u64), String>,
    ) -> Result<(), CorpusError> {
        let path = file.path.display();
        let (scan, size, identity) = match result {
            Ok(found) => found,
            Err(reason) => {
                self.num_skipped += 1;
                return self.skip(path.to_string(), reason);
            }
        };
        self.num_files += 1;
        self.num_skipped += scan.num_faults;
        for fault in &scan.faults {
            let place = match fault.ordinal {
                0 => path.to_string(),
                ordinal => format!("{path}:{ordinal}"),
            };
            self.skip(place, fault.reason.clone())?;
        }
        self.counts.num_short += scan.num_short;
        if scan.records.is_empty() {
            return Ok(());
        }
        self.count_encoding(scan.encoding);
        let num_bytes = scan
            .records
            .iter()
            .map(|record| u64::from(record.text_bytes))
            .sum();
        self.count(file.format, scan.records.len() as u64, num_bytes);
        self.writer
            .push_scan(&file.path, file.format, size, identity, &scan)
    }

    /// Takes in a shard: it knows its documents, and all of them were admitted when it was packed.
    fn take_shard(&mut self, path: &Path) -> Result<(), CorpusError> {
        let shard = match Shard::open(path) {
            Ok(shard) if shard.num_documents() > 0 => shard,
            Ok(_) => {
                self.num_files += 1;
                return Ok(());
            }
            Err(error @ CorpusError::Shard { .. }) if self.on_error == OnError::Skip => {
                self.num_skipped += 1;
                return self.skip(path.display().to_string(), error.to_string());
            }
            Err(error) => return Err(error),
        };
        self.num_files += 1;
        self.count(Format::Spk, shard.num_documents(), shard.text_bytes());
        self.writer.push_shard(path, &shard)
    }

    fn skip(&mut self, place: String, reason: String) -> Result<(), CorpusError> {
        if self.on_error == OnError::Stop {
            return Err(CorpusError::Document { place, reason });
        }
        if self.skipped.len() < MAX_SKIPPED {
            self.skipped.push(Skipped { place, reason });
        }
        Ok(())
    }

    fn count_encoding(&mut self, encoding: Encoding) {
        self.counts.num_utf16 += u64::from(encoding == Encoding::Utf16);
        self.counts.num_windows_1252 += u64::from(encoding == Encoding::Windows1252);
    }

    fn count(&mut self, format: Format, num_documents: u64, num_bytes: u64) {
        let formats = &mut self.counts.formats;
        let place = formats
            .binary_search_by_key(&format, |count| count.format)
            .unwrap_or_else(|place| {
                formats.insert(
                    place,
                    FormatCount {
                        format,
                        num_sources: 0,
                        num_documents: 0,
                        num_bytes: 0,
                    },
                );
                place
            });
        formats[place].num_sources += 1;
        formats[place].num_documents += num_documents;
        formats[place].num_bytes += num_bytes;
    }

    fn finish(
        self,
        folder: &Staging,
        output: &Path,
        admission: &Admission,
    ) -> Result<BuildReport, CorpusError> {
        let (num_documents, num_bytes) = self.writer.totals();
        let num_sources = self.writer.num_sources();
        if num_documents == 0 {
            return Err(CorpusError::Empty {
                num_files: self.num_files,
                num_short: self.counts.num_short,
                num_skipped: self.num_skipped,
                min_bytes: admission.min_bytes,
            });
        }
        let written = self.writer.finish()?;
        let mut manifest = Manifest {
            format_version: Manifest::FORMAT_VERSION,
            hash: written.hash,
            num_documents,
            num_bytes,
            num_sources,
            num_short: self.counts.num_short,
            num_skipped: self.num_skipped,
            num_utf16: self.counts.num_utf16,
            num_windows_1252: self.counts.num_windows_1252,
            formats: self.counts.formats,
            text_keys: admission.text_keys.clone(),
            min_bytes: admission.min_bytes,
            folder: output.display().to_string(),
            catalogue_checksum: written.checksum,
            skipped_checksum: String::new(),
            checksum: String::new(),
        };
        manifest.write(folder.path(), &self.skipped)?;
        Ok(BuildReport {
            manifest,
            skipped: self.skipped,
        })
    }
}
