//! Export: the documents of a corpus as Parquet files, resumed at the file after the last whole one.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde::{Deserialize, Serialize};

use crate::batch::DocumentBatch;
use crate::corpus::{Corpus, DocumentPlace};
use crate::error::CorpusError;
use crate::progress::{Progress, Watch};
use crate::whole_file::{is_temporary, persist, temporary_beside};

/// File that says what the folder holds.
const PLAN: &str = "export.json";
/// Version of the plan and of the files' layout.
const VERSION: u32 = 1;
/// Documents of a row group, at most.
const GROUP_ROWS: u64 = 10_000;

const SCHEMA: &str = "
message document {
  REQUIRED INT64 document (INTEGER(64, false));
  REQUIRED BINARY path (STRING);
  OPTIONAL INT32 ordinal (INTEGER(32, false));
  OPTIONAL BINARY id (STRING);
  OPTIONAL BINARY source (STRING);
  OPTIONAL BINARY url (STRING);
  OPTIONAL BINARY license (STRING);
  REQUIRED BINARY text (STRING);
}";

/// What an export has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportReport {
    /// The files in order of their documents.
    pub files: Vec<PathBuf>,
    /// Files of them that an earlier call had written.
    pub num_resumed: usize,
    /// Documents in all of them.
    pub num_documents: u64,
}

/// What the files of a folder are a function of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Plan {
    version: u32,
    corpus: String,
    file_bytes: u64,
}

/// Writes all documents in order into Parquet files (zstd level 3) of about `file_bytes` of text: `part-00000.parquet` and so on, a
/// function of the corpus, byte for byte. A file appears whole or not at all; a later call with the same corpus and size writes
/// only what is missing.
///
/// # Errors
/// The folder holds something else; a source is gone or changed; the disk refuses; or `stop` was set.
pub fn export(
    corpus: &Corpus,
    folder: &Path,
    file_bytes: u64,
    threads: Option<usize>,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<ExportReport, CorpusError> {
    let plan = Plan {
        version: VERSION,
        corpus: corpus.hash().to_owned(),
        file_bytes,
    };
    begin(folder, &plan)?;
    progress.set_total(corpus.num_bytes());
    let watch = Watch::new(progress, stop);
    let mut report = ExportReport {
        files: Vec::new(),
        num_resumed: 0,
        num_documents: corpus.num_documents(),
    };
    let mut first = 0;
    while first < corpus.num_documents() {
        let end = corpus.end_of_bytes(first, u64::MAX, file_bytes);
        let path = folder.join(format!("part-{:05}.parquet", report.files.len()));
        if path.exists() {
            watch.check()?;
            watch.advance((first..end).map(|index| corpus.text_bytes(index)).sum());
            report.num_resumed += 1;
        } else {
            write_file(corpus, first, end, &path, threads, watch, stop)?;
        }
        report.files.push(path);
        first = end;
    }
    Ok(report)
}

/// Makes the folder, or finds it begun by the same plan; nothing half-written stays.
fn begin(folder: &Path, plan: &Plan) -> Result<(), CorpusError> {
    fs::create_dir_all(folder).map_err(CorpusError::io(folder, "create"))?;
    let path = folder.join(PLAN);
    match fs::read(&path) {
        Ok(bytes) => {
            if serde_json::from_slice::<Plan>(&bytes).ok().as_ref() != Some(plan) {
                return Err(CorpusError::ExportIsForeign {
                    path: folder.to_owned(),
                });
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut entries = fs::read_dir(folder).map_err(CorpusError::io(folder, "read"))?;
            if entries.next().is_some() {
                return Err(CorpusError::ExportIsForeign {
                    path: folder.to_owned(),
                });
            }
            let bytes = serde_json::to_vec_pretty(plan)
                .map_err(|error| CorpusError::io(&path, "write")(std::io::Error::other(error)))?;
            let mut file = temporary_beside(&path)?;
            file.write_all(&bytes)
                .map_err(CorpusError::io(&path, "write"))?;
            persist(file, &path, false)?;
        }
        Err(error) => return Err(CorpusError::io(&path, "read")(error)),
    }
    for entry in fs::read_dir(folder).map_err(CorpusError::io(folder, "read"))? {
        let entry = entry.map_err(CorpusError::io(folder, "read"))?;
        if is_temporary(&entry.file_name()) {
            fs::remove_file(entry.path()).map_err(CorpusError::io(&entry.path(), "remove"))?;
        }
    }
    Ok(())
}

fn write_file(
    corpus: &Corpus,
    first: u64,
    end: u64,
    path: &Path,
    threads: Option<usize>,
    watch: Watch<'_>,
    stop: &AtomicBool,
) -> Result<(), CorpusError> {
    let mut file = temporary_beside(path)?;
    let cannot_write = |error: ParquetError| match error {
        ParquetError::External(error) => {
            let error = error.downcast::<std::io::Error>();
            let error = error.map_or_else(std::io::Error::other, |error| *error);
            CorpusError::io(path, "write")(error)
        }
        error => CorpusError::io(path, "write")(std::io::Error::other(error)),
    };
    let schema = parse_message_type(SCHEMA).map_err(cannot_write)?;
    let properties = WriterProperties::builder()
        .set_created_by("spice-fast export 1".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_column_dictionary_enabled("text".into(), false)
        .build();
    let mut writer =
        SerializedFileWriter::new(file.as_file_mut(), Arc::new(schema), Arc::new(properties))
            .map_err(cannot_write)?;
    let mut next = first;
    while next < end {
        let group_end = corpus.batch_end(next, end, GROUP_ROWS);
        let indices: Vec<_> = (next..group_end).collect();
        let batch = corpus.take(&indices, true, threads, stop)?;
        let num_bytes = batch.texts.num_bytes();
        let mut group = writer.next_row_group().map_err(cannot_write)?;
        write_group(&mut group, batch).map_err(cannot_write)?;
        group.close().map_err(cannot_write)?;
        watch.advance(num_bytes);
        watch.check()?;
        next = group_end;
    }
    writer.close().map_err(cannot_write)?;
    persist(file, path, false)
}

/// The columns in the order of the schema.
fn write_group<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    batch: DocumentBatch,
) -> Result<(), ParquetError> {
    let places = batch.places.unwrap_or_default();
    let documents: Vec<_> = batch
        .documents
        .iter()
        .map(|&number| number.cast_signed())
        .collect();
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column
        .typed::<Int64Type>()
        .write_batch(&documents, None, None)?;
    column.close()?;
    let path = |place: &DocumentPlace| Some(place.path.to_string_lossy().into_owned());
    write_texts(group, places.iter().map(path), false)?;
    let ordinals: Vec<_> = places.iter().map(|place| place.ordinal).collect();
    let known: Vec<_> = ordinals
        .iter()
        .flatten()
        .map(|&ordinal| ordinal.cast_signed())
        .collect();
    let levels: Vec<_> = ordinals
        .iter()
        .map(|ordinal| i16::from(ordinal.is_some()))
        .collect();
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column
        .typed::<Int32Type>()
        .write_batch(&known, Some(&levels), None)?;
    column.close()?;
    write_texts(
        group,
        places.iter().map(|place| place.facts.id.clone()),
        true,
    )?;
    write_texts(
        group,
        places.iter().map(|place| place.facts.source.clone()),
        true,
    )?;
    write_texts(
        group,
        places.iter().map(|place| place.facts.url.clone()),
        true,
    )?;
    write_texts(
        group,
        places.iter().map(|place| place.facts.license.clone()),
        true,
    )?;
    let (bytes, offsets) = batch.texts.into_parts();
    let bytes = Bytes::from(bytes);
    let slice = |ends: &[usize]| ByteArray::from(bytes.slice(ends[0]..ends[1]));
    let texts: Vec<_> = offsets.windows(2).map(slice).collect();
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column
        .typed::<ByteArrayType>()
        .write_batch(&texts, None, None)?;
    column.close()
}

fn write_texts<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    texts: impl Iterator<Item = Option<String>>,
    may_be_null: bool,
) -> Result<(), ParquetError> {
    let (mut known, mut levels) = (Vec::new(), Vec::new());
    for text in texts {
        levels.push(i16::from(text.is_some()));
        known.extend(text.map(|text| ByteArray::from(text.into_bytes())));
    }
    let mut column = group.next_column()?.ok_or_else(missing)?;
    let levels = may_be_null.then_some(levels.as_slice());
    column
        .typed::<ByteArrayType>()
        .write_batch(&known, levels, None)?;
    column.close()
}

fn missing() -> ParquetError {
    ParquetError::General("fewer columns than the schema has".to_owned())
}
