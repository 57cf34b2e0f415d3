//! How far a build is, and whether it should stop: two counters and a flag that threads share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::CorpusError;

/// Shared between a build and whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    done_bytes: AtomicU64,
    total_bytes: AtomicU64,
}

impl Progress {
    /// Bytes read so far and bytes to read, both of source files as they lie on disk; the total is 0 until it is known.
    pub fn bytes(&self) -> (u64, u64) {
        let total = self.total_bytes.load(Ordering::Relaxed);
        (self.done_bytes.load(Ordering::Relaxed).min(total), total)
    }

    pub(crate) fn set_total(&self, bytes: u64) {
        self.total_bytes.store(bytes, Ordering::Relaxed);
    }
}

/// What the reading side of a build sees of the watcher.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch<'a> {
    progress: &'a Progress,
    stop: &'a AtomicBool,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(progress: &'a Progress, stop: &'a AtomicBool) -> Self {
        Self { progress, stop }
    }

    pub(crate) fn advance(&self, bytes: u64) {
        self.progress.done_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// # Errors
    /// `Interrupted` once the flag is set.
    pub(crate) fn check(&self) -> Result<(), CorpusError> {
        check(self.stop)
    }
}

/// # Errors
/// `Interrupted` once the flag is set.
pub(crate) fn check(stop: &AtomicBool) -> Result<(), CorpusError> {
    if stop.load(Ordering::Relaxed) {
        Err(CorpusError::Interrupted)
    } else {
        Ok(())
    }
}
