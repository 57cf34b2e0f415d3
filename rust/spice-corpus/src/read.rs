//! Reads documents out of their sources, and notices when a source is no longer what it was.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::blob::{Blob, is_remote};
use crate::cache::Cache;
use crate::catalogue::{Catalogue, Found, Manifest, Source};
use crate::corpus::DocumentPlace;
use crate::error::CorpusError;
use crate::source::{
    Format, MAX_UNIT_BYTES, ParquetFile, Record, checksum, decode_frame, decode_text, parse_line,
    text_of_line,
};
use crate::store::{Facts, Scratch, Shard};

/// Files kept open.
const MAX_OPEN_FILES: usize = 64;
/// Shards kept open: more than files, because they are small to hold and all of them are drawn from.
const MAX_OPEN_SHARDS: usize = 256;
/// Decoded units kept in memory.
const MAX_UNITS: usize = 64;
const MAX_CACHE_BYTES: usize = 256 << 20;
/// What the facts of a document are taken to need in memory.
const FACTS_BYTES: usize = 256;

/// The reading side of a corpus; threads share it.
pub(crate) struct Reader {
    folder: PathBuf,
    manifest: Manifest,
    catalogue: Catalogue,
    files: Cache<u32, OpenFile>,
    units: Cache<(u32, u32), Vec<u8>>,
    /// Facts of the rows of row groups.
    facts: Cache<(u32, usize), Vec<Facts>>,
    shards: Cache<u32, Shard>,
    /// Decoders that no thread uses now.
    scratches: Mutex<Vec<Scratch>>,
}

struct OpenFile {
    path: PathBuf,
    handle: Handle,
}

enum Handle {
    Plain(Blob),
    Parquet(ParquetFile),
}

impl Reader {
    pub(crate) fn new(folder: PathBuf, manifest: Manifest, catalogue: Catalogue) -> Self {
        Self {
            folder,
            manifest,
            catalogue,
            files: Cache::new(MAX_OPEN_FILES, usize::MAX),
            units: Cache::new(MAX_UNITS, MAX_CACHE_BYTES),
            facts: Cache::new(MAX_UNITS, MAX_CACHE_BYTES),
            shards: Cache::new(MAX_OPEN_SHARDS, MAX_CACHE_BYTES),
            scratches: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a source is now.
    ///
    /// # Errors
    /// The catalogue is damaged.
    pub(crate) fn path(&self, source: u32) -> Result<PathBuf, CorpusError> {
        let path = self.catalogue.path(source)?;
        if is_remote(&path) {
            return Ok(path);
        }
        let size = self.catalogue.source(source)?.size;
        Ok(self.manifest.locate(&self.folder, path, size))
    }

    /// The text of document `index`, which must exist; checked against the checksum of the build.
    ///
    /// # Errors
    /// The source is gone or changed, or the catalogue is damaged.
    pub(crate) fn text(&self, index: u64) -> Result<String, CorpusError> {
        let found = self.catalogue.find(index)?;
        if let Some(record) = found.record {
            return self.text_in_place(record);
        }
        let mut text = Vec::new();
        self.packed_text(&found, &mut text)?;
        String::from_utf8(text).map_err(|_| self.not_utf8(&found))
    }

    /// What `work` makes of the text of document `index`, which must exist: handed over where it lies if that is raw in a shard, else
    /// by way of `scratch`.
    ///
    /// # Errors
    /// As for [`Reader::text`].
    pub(crate) fn with_text<T>(
        &self,
        index: u64,
        scratch: &mut Vec<u8>,
        work: impl FnOnce(&str) -> T,
    ) -> Result<T, CorpusError> {
        let found = self.catalogue.find(index)?;
        if let Some(record) = found.record {
            return Ok(work(&self.text_in_place(record)?));
        }
        let shard = self.shard(found.source)?;
        let text = match shard.raw_text(found.place)? {
            Some(text) if text.len() as u64 == found.text_bytes => text,
            Some(_) => return Err(self.catalogue.damaged()),
            None => {
                scratch.clear();
                self.packed_text(&found, scratch)?;
                scratch
            }
        };
        let text = simdutf8::basic::from_utf8(text).map_err(|_| self.not_utf8(&found))?;
        Ok(work(text))
    }

    /// Whether document `index`, which must exist, lies raw in a shard.
    ///
    /// # Errors
    /// The shard is gone or damaged, or the catalogue is.
    pub(crate) fn lies_raw(&self, index: u64) -> Result<bool, CorpusError> {
        let found = self.catalogue.find(index)?;
        Ok(found.record.is_none() && self.shard(found.source)?.is_raw())
    }

    /// An open shard, the one that the catalogue was made of.
    ///
    /// # Errors
    /// It is gone, damaged, or another one.
    pub(crate) fn shard(&self, source: u32) -> Result<Arc<Shard>, CorpusError> {
        self.shards.get(source, || {
            let path = self.path(source)?;
            let shard = Shard::open(&path)?;
            let row = self.catalogue.source(source)?;
            if (shard.size(), shard.identity()) == (row.size, row.identity) {
                let held_bytes = shard.held_bytes();
                Ok((shard, held_bytes))
            } else {
                Err(CorpusError::Changed {
                    path,
                    reason: "another shard".to_owned(),
                })
            }
        })
    }

    /// Where document `index`, which must exist, comes from, and what its record says of it.
    ///
    /// # Errors
    /// The source is gone or changed, or the catalogue is damaged.
    pub(crate) fn place(&self, index: u64) -> Result<DocumentPlace, CorpusError> {
        let found = self.catalogue.find(index)?;
        let format = self.catalogue.source(found.source)?.format;
        let (path, ordinal, facts) = if let Some(record) = found.record {
            let facts = self.facts_in_place(&record)?;
            (self.path(found.source)?, record.ordinal, facts)
        } else {
            let (origin, row) = self.shard(found.source)?.facts(found.place)?;
            (PathBuf::from(origin), row.ordinal, row.facts)
        };
        Ok(DocumentPlace {
            path,
            ordinal: (ordinal > 0).then_some(ordinal),
            format,
            num_bytes: found.text_bytes,
            facts,
        })
    }

    fn facts_in_place(&self, record: &Record) -> Result<Facts, CorpusError> {
        let source = self.catalogue.source(record.source)?;
        let file = self.file(record.source, &source)?;
        match &file.handle {
            Handle::Parquet(parquet) => {
                let changed = |reason: String| CorpusError::Changed {
                    path: file.path.clone(),
                    reason,
                };
                let row = u64::from(record.ordinal).saturating_sub(1);
                let (group, place) = parquet.place_of(row).map_err(changed)?;
                let rows = self.facts.get((record.source, group), || {
                    let rows = parquet.facts(group).map_err(changed)?;
                    let num_bytes = rows.len() * FACTS_BYTES;
                    Ok::<_, CorpusError>((rows, num_bytes))
                })?;
                Ok(rows.get(place).cloned().unwrap_or_default())
            }
            Handle::Plain(_) if source.format == Format::Text => Ok(Facts::default()),
            Handle::Plain(_) => {
                let line = self.bytes(&file, &source, record)?;
                let parsed = parse_line(&line, &self.manifest.text_keys);
                parsed
                    .map(|(_, facts)| facts)
                    .map_err(|reason| CorpusError::Changed {
                        path: file.path.clone(),
                        reason: format!("{} changed: {reason}", spot(record)),
                    })
            }
        }
    }

    /// What `work` makes of the line of a document that is a line of a file in place.
    ///
    /// # Errors
    /// The source is gone or changed, or `work` says why it is.
    pub(crate) fn with_line<T>(
        &self,
        index: u64,
        work: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Result<T, CorpusError> {
        self.with_record(index, |file, source, record| {
            work(&self.bytes(file, source, record)?)
                .map_err(|reason| file.changed(format!("{} changed: {reason}", spot(record))))
        })
    }

    /// What `work` makes of the Parquet file in place that a document is a row of, and of its row, counted from 0.
    ///
    /// # Errors
    /// The source is gone or changed, or `work` says why it is.
    pub(crate) fn with_parquet<T>(
        &self,
        index: u64,
        work: impl FnOnce(&ParquetFile, u64) -> Result<T, String>,
    ) -> Result<T, CorpusError> {
        self.with_record(index, |file, _, record| match &file.handle {
            Handle::Parquet(parquet) => work(parquet, u64::from(record.ordinal).saturating_sub(1))
                .map_err(|reason| file.changed(reason)),
            Handle::Plain(_) => Err(self.catalogue.damaged()),
        })
    }

    fn with_record<T>(
        &self,
        index: u64,
        work: impl FnOnce(&OpenFile, &Source, &Record) -> Result<T, CorpusError>,
    ) -> Result<T, CorpusError> {
        let record = self.catalogue.find(index)?.record;
        let record = record.ok_or_else(|| self.catalogue.damaged())?;
        let source = self.catalogue.source(record.source)?;
        work(&*self.file(record.source, &source)?, &source, &record)
    }

    fn file(&self, index: u32, source: &Source) -> Result<Arc<OpenFile>, CorpusError> {
        self.files.get(index, || Ok((self.open(index, source)?, 0)))
    }

    fn packed_text(&self, found: &Found, out: &mut Vec<u8>) -> Result<(), CorpusError> {
        let shard = self.shard(found.source)?;
        // Never waits: in a forked child the lock may be held by a thread that is not there.
        let spare = self.scratches.try_lock().ok();
        let spare = spare.and_then(|mut scratches| scratches.pop());
        let mut scratch = spare.unwrap_or_default();
        let start = out.len();
        shard.text(found.place, found.source.into(), &mut scratch, out)?;
        if let Ok(mut scratches) = self.scratches.try_lock() {
            scratches.push(scratch);
        }
        if (out.len() - start) as u64 == found.text_bytes {
            Ok(())
        } else {
            Err(self.catalogue.damaged())
        }
    }

    fn not_utf8(&self, found: &Found) -> CorpusError {
        CorpusError::Shard {
            path: self.path(found.source).unwrap_or_default(),
            reason: format!("document {} of the shard is not UTF-8", found.place),
        }
    }

    fn text_in_place(&self, record: Record) -> Result<String, CorpusError> {
        let source = self.catalogue.source(record.source)?;
        let file = self.file(record.source, &source)?;
        let changed = |reason: String| CorpusError::Changed {
            path: file.path.clone(),
            reason,
        };
        let bytes = self.bytes(&file, &source, &record)?;
        let text = match source.format {
            Format::Text => decode_text(&bytes).map(|(_, text)| text.into_owned()),
            Format::Jsonl | Format::JsonlGzip | Format::JsonlZstd => {
                text_of_line(&bytes, &self.manifest.text_keys)
            }
            Format::Parquet | Format::Spk => {
                String::from_utf8(bytes).map_err(|error| error.to_string())
            }
        };
        match text {
            Ok(text)
                if text.len() == record.text_bytes as usize
                    && checksum(text.as_bytes()) == record.checksum =>
            {
                Ok(text)
            }
            Ok(_) => Err(changed(format!("{} changed", spot(&record)))),
            Err(reason) => Err(changed(format!("{} changed: {reason}", spot(&record)))),
        }
    }

    fn open(&self, index: u32, source: &Source) -> Result<OpenFile, CorpusError> {
        let path = self.path(index)?;
        let changed = |reason: String| CorpusError::Changed {
            path: path.clone(),
            reason,
        };
        let cannot_open = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => changed("the file is gone".to_owned()),
            _ => CorpusError::io(&path, "open")(error),
        };
        let file = Blob::open(&path).map_err(cannot_open)?;
        let size = file.size().map_err(CorpusError::io(&path, "open"))?;
        if size != source.size {
            return Err(changed(format!(
                "{size} bytes, and {} when it was read",
                source.size
            )));
        }
        if file.identity() != source.identity {
            return Err(changed("another entity tag".to_owned()));
        }
        let handle = match source.format {
            Format::Parquet => Handle::Parquet(
                ParquetFile::open(Arc::new(file), &self.manifest.text_keys).map_err(changed)?,
            ),
            _ => Handle::Plain(file),
        };
        Ok(OpenFile { path, handle })
    }

    /// The bytes of a record.
    fn bytes(
        &self,
        file: &OpenFile,
        source: &Source,
        record: &Record,
    ) -> Result<Vec<u8>, CorpusError> {
        if u64::from(record.length) > MAX_UNIT_BYTES {
            return Err(self.catalogue.damaged());
        }
        if source.num_units == 0 {
            let mut bytes = vec![0; record.length as usize];
            file.read_at(&mut bytes, record.offset)?;
            return Ok(bytes);
        }
        // A line may begin in one unit and end in a later one.
        let end = record.offset.saturating_add(record.length.into());
        let mut bytes = Vec::with_capacity(record.length as usize);
        let mut index = self.catalogue.unit_at(source, record.offset)?;
        while bytes.len() < record.length as usize {
            let unit_start = self.catalogue.unit(source, index)?.decoded_start;
            let unit = self.unit(file, record.source, source, index)?;
            let from = record.offset.max(unit_start) - unit_start;
            let to = end.saturating_sub(unit_start).min(unit.len() as u64);
            let part = unit.get(from as usize..to as usize);
            bytes.extend_from_slice(part.ok_or_else(|| self.catalogue.damaged())?);
            index += 1;
        }
        Ok(bytes)
    }

    /// A decoded unit, as long as the catalogue says.
    fn unit(
        &self,
        file: &OpenFile,
        source_index: u32,
        source: &Source,
        index: u32,
    ) -> Result<Arc<Vec<u8>>, CorpusError> {
        let unit = self.catalogue.unit(source, index)?;
        let next = self.catalogue.unit(source, index.saturating_add(1))?;
        let length = |start: u64, end: u64, most: u64| {
            let length = end.checked_sub(start).filter(|&length| length <= most);
            length.ok_or_else(|| self.catalogue.damaged())
        };
        let num_file_bytes = length(unit.start, next.start, source.size)?;
        let num_bytes = length(unit.decoded_start, next.decoded_start, MAX_UNIT_BYTES)?;
        let changed = |reason: String| CorpusError::Changed {
            path: file.path.clone(),
            reason,
        };
        self.units.get((source_index, index), || {
            let decoded = match &file.handle {
                Handle::Parquet(parquet) => {
                    parquet
                        .row_group(unit.start as usize)
                        .map_err(changed)?
                        .bytes
                }
                Handle::Plain(_) => {
                    let mut bytes = vec![0; num_file_bytes as usize];
                    file.read_at(&mut bytes, unit.start)?;
                    decode_frame(source.format, &bytes, num_bytes).map_err(|error| {
                        changed(format!("the frame at byte {} changed: {error}", unit.start))
                    })?
                }
            };
            if decoded.len() as u64 == num_bytes {
                Ok((decoded, num_bytes as usize))
            } else {
                Err(changed(format!("row group {} changed", unit.start)))
            }
        })
    }
}

impl OpenFile {
    fn changed(&self, reason: String) -> CorpusError {
        CorpusError::Changed {
            path: self.path.clone(),
            reason,
        }
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<(), CorpusError> {
        let Handle::Plain(file) = &self.handle else {
            return Ok(());
        };
        file.read_exact_at(bytes, offset)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => CorpusError::Changed {
                    path: self.path.clone(),
                    reason: "the file is shorter".to_owned(),
                },
                io::ErrorKind::InvalidData => CorpusError::Changed {
                    path: self.path.clone(),
                    reason: error.to_string(),
                },
                _ => CorpusError::io(&self.path, "read")(error),
            })
    }
}

fn spot(record: &Record) -> String {
    match record.ordinal {
        0 => "its text".to_owned(),
        ordinal => format!("record {ordinal}"),
    }
}
