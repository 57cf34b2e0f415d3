//! A corpus without texts, of any size: what catalogue and sampler cost before there is a corpus to try it with.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::{Builder, Counts, OnError, check_output, place_of};
use crate::build::BuildReport;
use crate::build::staging::Staging;
use crate::catalogue::CatalogueWriter;
use crate::error::CorpusError;
use crate::progress::{Progress, Watch};
use crate::sample::mix64;
use crate::source::{Admission, Format};

/// Documents of one shard that is not there: about 1 GiB of text.
const SHARD_DOCUMENTS: u64 = 100_000;
/// Shortest document.
const MIN_BYTES: u64 = 2_700;

/// Bytes of text of a document: 2,700 and up to 2^8 to 2^16 more, in all 10 kB on average, with a long tail.
fn text_bytes(document: u64) -> u32 {
    let random = mix64(document);
    let most = 1 << (8 + random % 9);
    (MIN_BYTES + (random >> 8) % most) as u32
}

/// Writes the catalogue of `num_documents` documents of 10 kB on average, as if they were packed in shards of 1 GiB. Samplers
/// open it and say which document and bytes a draw is; to read a text is an error.
///
/// # Errors
/// No documents, `output` exists, the disk is full, or `stop` was set.
pub fn build_synthetic(
    num_documents: u64,
    output: &Path,
    overwrite: bool,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<BuildReport, CorpusError> {
    let output = place_of(output, overwrite);
    check_output(&output, overwrite)?;
    let watch = Watch::new(progress, stop);
    progress.set_total(num_documents);
    let mut folder = Staging::new(&output)?;
    let mut builder = Builder {
        on_error: OnError::Stop,
        writer: CatalogueWriter::create(folder.path())?,
        counts: Counts::default(),
        num_files: 0,
        skipped: Vec::new(),
        num_skipped: 0,
    };
    let mut first = 0;
    while first < num_documents {
        watch.check()?;
        let end = (first + SHARD_DOCUMENTS).min(num_documents);
        let path = PathBuf::from(format!("synthetic-{:08}.spk", first / SHARD_DOCUMENTS));
        builder.writer.begin(&path, Format::Spk, 0, first, &[]);
        let mut num_bytes = 0;
        for document in first..end {
            let text_bytes = text_bytes(document);
            num_bytes += u64::from(text_bytes);
            builder.writer.push(text_bytes, mix64(document), None)?;
        }
        builder.num_files += 1;
        builder.count(Format::Spk, end - first, num_bytes);
        watch.advance(end - first);
        first = end;
    }
    let admission = Admission {
        text_keys: vec!["text".to_owned()],
        min_bytes: MIN_BYTES,
        stops_at_fault: true,
    };
    let report = builder.finish(&folder, &output, &admission)?;
    folder.commit(&output, overwrite)?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_have_ten_kilobytes_on_average() {
        let lengths: Vec<u64> = (0..100_000)
            .map(|document| text_bytes(document).into())
            .collect();
        let mean = lengths.iter().sum::<u64>() / 100_000;
        assert!((9_500..10_500).contains(&mean), "{mean}");
        assert!(
            lengths
                .iter()
                .all(|&length| (MIN_BYTES..70_000).contains(&length))
        );
    }
}
