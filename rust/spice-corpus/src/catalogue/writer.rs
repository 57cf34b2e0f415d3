//! Writes a catalogue: documents go to disk as they come, so memory is bounded by the number of files.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3Default;

use super::CATALOGUE;
use super::format::{self, HEADER_BYTES, Header, Source};
use crate::error::CorpusError;
use crate::source::{Format, Scan};

/// A catalogue in the making.
pub(crate) struct CatalogueWriter {
    path: PathBuf,
    file: BufWriter<File>,
    hasher: Xxh3Default,
    header: Header,
    sources: Vec<u8>,
    units: Vec<u8>,
    paths: Vec<u8>,
}

impl CatalogueWriter {
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(folder: &Path) -> Result<Self, CorpusError> {
        let path = folder.join(CATALOGUE);
        let open = || -> io::Result<BufWriter<File>> {
            let mut file = BufWriter::with_capacity(1 << 20, File::create_new(&path)?);
            file.write_all(&[0; HEADER_BYTES as usize])?;
            Ok(file)
        };
        let file = open().map_err(CorpusError::io(&path, "write"))?;
        Ok(Self {
            path,
            file,
            hasher: Xxh3Default::new(),
            header: Header::default(),
            sources: Vec::new(),
            units: Vec::new(),
            paths: Vec::new(),
        })
    }

    /// Appends a source with at least one document.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn push(
        &mut self,
        path: &Path,
        format: Format,
        size: u64,
        scan: &Scan,
    ) -> Result<(), CorpusError> {
        let source = Source {
            size,
            first_unit: self.header.num_units,
            first_document: self.header.num_documents,
            path_start: self.paths.len() as u64,
            num_units: scan.units.len().saturating_sub(1) as u32,
            format,
        };
        for record in &scan.records {
            let record = crate::source::Record {
                source: self.header.num_sources as u32,
                ..*record
            };
            self.hasher.update(&record.text_bytes.to_le_bytes());
            self.hasher.update(&record.checksum.to_le_bytes());
            self.header.num_text_bytes += u64::from(record.text_bytes);
            self.file
                .write_all(&format::encode_record(&record))
                .map_err(CorpusError::io(&self.path, "write"))?;
        }
        self.header.num_documents += scan.records.len() as u64;
        self.header.num_sources += 1;
        self.header.num_units += scan.units.len() as u64;
        self.sources.extend(format::encode_source(&source));
        self.units.extend(
            scan.units
                .iter()
                .flat_map(|&unit| format::encode_unit(unit)),
        );
        self.paths.extend(path.as_os_str().as_bytes());
        Ok(())
    }

    /// Documents so far, and their bytes of text.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.header.num_documents, self.header.num_text_bytes)
    }

    /// Files so far.
    pub(crate) fn num_sources(&self) -> u64 {
        self.header.num_sources
    }

    /// Completes the file on disk; gives the corpus hash.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn finish(mut self) -> Result<String, CorpusError> {
        self.header.num_path_bytes = self.paths.len() as u64;
        let write = || -> io::Result<()> {
            self.file.write_all(&self.sources)?;
            self.file.write_all(&self.units)?;
            self.file.write_all(&self.paths)?;
            let file = self
                .file
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            file.write_all_at(&self.header.encode(), 0)?;
            file.sync_all()
        };
        write().map_err(CorpusError::io(&self.path, "write"))?;
        Ok(format!("{:032x}", self.hasher.digest128()))
    }
}
