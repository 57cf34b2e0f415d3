//! Files that are read at offsets, on this machine or in an object store.

mod remote;

use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

pub(crate) use remote::{Object, list_objects};

/// Whether a path is an address in an object store: `s3://bucket/key`. One slash is enough: many a program takes `//` in a path
/// for `/`.
pub(crate) fn is_remote(path: &Path) -> bool {
    path.as_os_str().as_bytes().starts_with(b"s3:/")
}

/// An open file; threads and forked processes may share it.
#[derive(Debug)]
pub(crate) enum Blob {
    /// On this machine.
    Local(File),
    /// In an object store.
    Remote(Object),
}

impl Blob {
    /// # Errors
    /// It is not there, is no regular file, or cannot be reached.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if is_remote(path) {
            return Object::open(&path.to_string_lossy()).map(Self::Remote);
        }
        let file = File::open(path)?;
        if file.metadata()?.is_file() {
            Ok(Self::Local(file))
        } else {
            Err(io::Error::other("not a regular file"))
        }
    }

    /// Bytes of the file now.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn size(&self) -> io::Result<u64> {
        match self {
            Self::Local(file) => Ok(file.metadata()?.size()),
            Self::Remote(object) => Ok(object.size()),
        }
    }

    /// What an object is besides its size: xxh3-64 of its entity tag; 0 for a file.
    pub(crate) fn identity(&self) -> u64 {
        match self {
            Self::Local(_) => 0,
            Self::Remote(object) => object.identity(),
        }
    }

    /// Bytes that are worth asking for at once when reading from front to back.
    pub(crate) fn window_bytes(&self) -> usize {
        match self {
            Self::Local(_) => 0,
            Self::Remote(_) => 1 << 20,
        }
    }

    /// Fills the beginning of a buffer; 0 at the end of the file.
    ///
    /// # Errors
    /// The system refuses, or the object has changed.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Self::Local(file) => file.read_at(buffer, offset),
            Self::Remote(object) => object.read_at(buffer, offset),
        }
    }

    /// Fills a whole buffer.
    ///
    /// # Errors
    /// As for [`Blob::read_at`]; `UnexpectedEof` if the file is shorter.
    pub(crate) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Self::Local(file) => file.read_exact_at(buffer, offset),
            Self::Remote(object) => {
                if object.read_at(buffer, offset)? == buffer.len() {
                    Ok(())
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                }
            }
        }
    }
}
