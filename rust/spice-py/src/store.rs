//! Packed corpora: paths and options in, facts out.

use std::path::PathBuf;

use pyo3::prelude::*;
use spice_corpus::{Codec, PackOptions};

use crate::boundary::with_progress;
use crate::corpus::{Facts, build_options};
use crate::error::classes;

/// Packs a corpus; `progress(done_bytes, total_bytes)` is called about every 50 ms.
#[pyfunction]
fn pack_corpus(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    output: PathBuf,
    text_keys: Vec<String>,
    min_bytes: u64,
    on_error: &str,
    overwrite: bool,
    threads: Option<usize>,
    codec: &str,
    shard_bytes: u64,
    progress: Option<Py<PyAny>>,
) -> PyResult<Facts> {
    let options = PackOptions {
        read: build_options(text_keys, min_bytes, on_error, overwrite, threads)?,
        codec: match codec {
            "zstd" => Codec::Zstd,
            "raw" => Codec::Raw,
            _ => {
                return Err(classes::ConfigError::new_err(format!(
                    "codec: {codec}; expected zstd or raw"
                )));
            }
        },
        shard_bytes,
    };
    let report = with_progress(py, progress, |counters, stop| {
        spice_corpus::pack(&inputs, &output, &options, counters, stop)
    })?;
    Ok(Facts::new(report.manifest, report.skipped))
}

/// A file, the documents concerned (first and last), and what is wrong.
type Damage = (PathBuf, Option<(u64, u64)>, String);

/// Documents, bytes of text and damage of a corpus; `progress` as for packing.
#[pyfunction]
fn verify_corpus(
    py: Python<'_>,
    folder: PathBuf,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(u64, u64, Vec<Damage>)> {
    let report = with_progress(py, progress, |counters, stop| {
        spice_corpus::verify(&folder, threads, counters, stop)
    })?;
    let damage = report.damage.into_iter();
    let damage = damage.map(|one| (one.path, one.documents, one.reason));
    Ok((report.num_documents, report.num_bytes, damage.collect()))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pack_corpus, module)?)?;
    module.add_function(wrap_pyfunction!(verify_corpus, module)?)
}
