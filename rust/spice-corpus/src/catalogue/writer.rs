//! Writes a catalogue: documents go to disk as they come, so memory is bounded by the number of files.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use super::CATALOGUE;
use super::format::{self, HEADER_BYTES, Header, RECORD_BYTES, Source};
use crate::error::CorpusError;
use crate::source::{Format, Record, Scan, Unit};
use crate::store::Shard;
use crate::store::ends::{ChunkWriter, Entry};

/// A catalogue in the making: [`begin`](Self::begin) a source, [`push`](Self::push) its documents, and so on.
pub(crate) struct CatalogueWriter {
    path: PathBuf,
    file: BufWriter<File>,
    /// Where `file` is.
    position: u64,
    /// A file without a name: an entry for every 512 documents is too much to keep in memory.
    directory: BufWriter<File>,
    directory_hasher: Xxh3Default,
    hasher: Xxh3Default,
    header: Header,
    ends: ChunkWriter,
    chunk: Vec<u8>,
    rows: Vec<u8>,
    /// Whether a document of this chunk is read in place.
    has_rows: bool,
    sources: Vec<u8>,
    units: Vec<u8>,
    paths: Vec<u8>,
}

/// A finished catalogue.
pub(crate) struct Written {
    /// 32 hexadecimal digits that stand for all texts and their order.
    pub hash: String,
    /// 16 hexadecimal digits that stand for the file.
    pub checksum: String,
}

impl CatalogueWriter {
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(folder: &Path) -> Result<Self, CorpusError> {
        let path = folder.join(CATALOGUE);
        let open = || -> io::Result<(BufWriter<File>, BufWriter<File>)> {
            let mut file = BufWriter::with_capacity(1 << 20, File::create_new(&path)?);
            file.write_all(&[0; HEADER_BYTES as usize])?;
            let directory = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(folder)?);
            Ok((file, directory))
        };
        let (file, directory) = open().map_err(CorpusError::io(&path, "write"))?;
        Ok(Self {
            path,
            file,
            position: HEADER_BYTES,
            directory,
            directory_hasher: Xxh3Default::new(),
            hasher: Xxh3Default::new(),
            header: Header::default(),
            ends: ChunkWriter::default(),
            chunk: Vec::new(),
            rows: Vec::new(),
            has_rows: false,
            sources: Vec::new(),
            units: Vec::new(),
            paths: Vec::new(),
        })
    }

    /// Begins a source; documents that are pushed from now on are of it, and there must be one.
    pub(crate) fn begin(
        &mut self,
        path: &Path,
        format: Format,
        size: u64,
        identity: u64,
        units: &[Unit],
    ) {
        let source = Source {
            size,
            first_unit: self.header.num_units,
            first_document: self.header.num_documents,
            path_start: self.paths.len() as u64,
            identity,
            num_units: units.len().saturating_sub(1) as u32,
            format,
        };
        self.header.num_sources += 1;
        self.header.num_units += units.len() as u64;
        self.sources.extend(format::encode_source(&source));
        self.units
            .extend(units.iter().flat_map(|&unit| format::encode_unit(unit)));
        self.paths.extend(path.as_os_str().as_bytes());
    }

    /// Appends a document of so many bytes. `checksum` is the lower half of the xxh3-128 of its text; `record` says where it
    /// is in a source that is read in place.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn push(
        &mut self,
        text_bytes: u32,
        checksum: u64,
        record: Option<&Record>,
    ) -> Result<(), CorpusError> {
        let mut identity = [0; 12];
        identity[..4].copy_from_slice(&text_bytes.to_le_bytes());
        identity[4..].copy_from_slice(&checksum.to_le_bytes());
        self.hasher.update(&identity);
        match record {
            Some(record) => {
                self.has_rows = true;
                self.rows.extend(format::encode_record(record));
            }
            None => self.rows.extend([0; RECORD_BYTES as usize]),
        }
        self.ends.push(text_bytes.into());
        self.header.num_documents += 1;
        if self.ends.is_full() {
            self.finish_chunk()
                .map_err(CorpusError::io(&self.path, "write"))?;
        }
        Ok(())
    }

    /// Appends a source that is read in place, with all its documents.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn push_scan(
        &mut self,
        path: &Path,
        format: Format,
        size: u64,
        identity: u64,
        scan: &Scan,
    ) -> Result<(), CorpusError> {
        self.begin(path, format, size, identity, &scan.units);
        for record in &scan.records {
            self.push(record.text_bytes, record.checksum, Some(record))?;
        }
        Ok(())
    }

    /// Appends a shard, under this path, with all its documents.
    ///
    /// # Errors
    /// The disk is full, or the shard is damaged.
    pub(crate) fn push_shard(&mut self, path: &Path, shard: &Shard) -> Result<(), CorpusError> {
        self.begin(path, Format::Spk, shard.size(), shard.identity(), &[]);
        for (index, length) in shard.lengths()?.into_iter().enumerate() {
            self.push(length, shard.hash(index as u64)? as u64, None)?;
        }
        Ok(())
    }

    /// Documents so far, and their bytes of text.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.header.num_documents, self.ends.num_bytes())
    }

    /// Files so far.
    pub(crate) fn num_sources(&self) -> u64 {
        self.header.num_sources
    }

    /// Completes the file on disk.
    ///
    /// # Errors
    /// The disk is full.
    pub(crate) fn finish(mut self) -> Result<Written, CorpusError> {
        let failed = CorpusError::io(&self.path, "write");
        let mut write = || -> io::Result<()> {
            if !self.ends.is_empty() {
                self.finish_chunk()?;
            }
            self.finish_tables()
        };
        write().map_err(failed)?;
        Ok(Written {
            hash: format!("{:032x}", self.hasher.digest128()),
            checksum: format!("{:016x}", self.header.checksum()),
        })
    }

    fn finish_chunk(&mut self) -> io::Result<()> {
        self.chunk.clear();
        let first_byte = self.ends.finish(&mut self.chunk);
        if self.has_rows {
            self.chunk.extend(&self.rows);
        }
        let entry = Entry {
            first_byte,
            position: self.position,
            checksum: xxh3_64(&self.chunk) as u32,
            extra: self.has_rows.into(),
        };
        self.file.write_all(&self.chunk)?;
        self.position += self.chunk.len() as u64;
        self.rows.clear();
        self.has_rows = false;
        self.write_entry(&entry)
    }

    fn write_entry(&mut self, entry: &Entry) -> io::Result<()> {
        let entry = entry.encode();
        self.directory_hasher.update(&entry);
        self.directory.write_all(&entry)
    }

    fn finish_tables(&mut self) -> io::Result<()> {
        self.header.num_text_bytes = self.ends.num_bytes();
        self.header.directory_start = self.position;
        self.write_entry(&Entry {
            first_byte: self.header.num_text_bytes,
            position: self.position,
            ..Entry::default()
        })?;
        self.directory.flush()?;
        let directory = self.directory.get_mut();
        directory.rewind()?;
        io::copy(directory, &mut self.file)?;
        for table in [&self.sources, &self.units, &self.paths] {
            self.file.write_all(table)?;
        }
        self.header.num_path_bytes = self.paths.len() as u64;
        self.header.checksums = [
            self.directory_hasher.digest(),
            xxh3_64(&self.sources),
            xxh3_64(&self.units),
            xxh3_64(&self.paths),
        ];
        self.file.flush()?;
        let file = self.file.get_ref();
        file.write_all_at(&self.header.encode(), 0)?;
        file.sync_all()
    }
}
