//! Looks at everything that a corpus is made of, and names what is no longer as it was.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use crate::build::thread_pool;
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::progress::{Progress, Watch};
use crate::store::Wound;

/// Documents read in place and checked together.
const BATCH: u64 = 1_024;

/// Something that is not as it was when the corpus was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// First and last document that it concerns, where that is known.
    pub documents: Option<(u64, u64)>,
    /// What is wrong; in files of ours with part and range of bytes.
    pub reason: String,
}

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Documents of the corpus.
    pub num_documents: u64,
    /// Their text in bytes.
    pub num_bytes: u64,
    /// Everything that is damaged, in the order of the documents.
    pub damage: Vec<Damage>,
}

/// Reads everything that a corpus is made of: every byte of its own files and shards, and every document that is read in
/// place (not what lies between documents there).
///
/// # Errors
/// The folder is no corpus, its manifest or the header of its catalogue is damaged (named in the message), or `stop` was set.
pub fn verify(
    folder: &Path,
    threads: Option<usize>,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<VerifyReport, CorpusError> {
    let corpus = Corpus::open(folder)?;
    let watch = Watch::new(progress, stop);
    let catalogue = corpus.catalogue();
    let own = |name: &str, reason: String| Damage {
        path: corpus.folder().join(name),
        documents: None,
        reason,
    };
    let mut damage = Vec::new();
    if !corpus.has_intact_skipped()? {
        damage.push(own("skipped.json", "wrong checksum".to_owned()));
    }
    let wounds = catalogue.damage();
    if !wounds.is_empty() {
        // What it says of the sources cannot be relied on.
        damage.extend(wounds.into_iter().map(|(documents, reason)| Damage {
            documents,
            ..own("catalogue.bin", reason)
        }));
        return Ok(report(&corpus, damage));
    }
    let sources: Vec<u32> = (0..catalogue.num_sources()).collect();
    let mut total = 0;
    for &source in &sources {
        total += catalogue.source(source)?.size;
    }
    progress.set_total(total);
    let pool = thread_pool(threads)?;
    let found: Vec<Result<Vec<Damage>, CorpusError>> = pool.install(|| {
        sources
            .par_iter()
            .with_max_len(1)
            .map(|&source| {
                if catalogue.source(source)?.format.is_packed() {
                    check_shard(&corpus, source, watch)
                } else {
                    check_in_place(&corpus, source, watch)
                }
            })
            .collect()
    });
    for wounds in found {
        damage.extend(wounds?);
    }
    Ok(report(&corpus, damage))
}

fn report(corpus: &Corpus, damage: Vec<Damage>) -> VerifyReport {
    VerifyReport {
        num_documents: corpus.num_documents(),
        num_bytes: corpus.num_bytes(),
        damage,
    }
}

fn check_shard(corpus: &Corpus, source: u32, watch: Watch<'_>) -> Result<Vec<Damage>, CorpusError> {
    let documents = corpus.catalogue().documents_of(source)?;
    let path = corpus.source_path(source)?;
    let all = || Some((documents.start, documents.end.saturating_sub(1)));
    let shard = match corpus.shard(source) {
        Ok(shard) => shard,
        Err(error) => {
            return Ok(vec![Damage {
                path,
                documents: all(),
                reason: reason_of(error),
            }]);
        }
    };
    let wounds = shard.wounds(&mut |num_bytes| {
        watch.advance(num_bytes);
        watch.check()
    })?;
    let damage = wounds.into_iter().map(
        |Wound {
             documents: hit,
             reason,
         }| Damage {
            path: path.clone(),
            documents: hit.map_or_else(all, |hit| {
                Some((documents.start + hit.start(), documents.start + hit.end()))
            }),
            reason,
        },
    );
    Ok(damage.collect())
}

fn check_in_place(
    corpus: &Corpus,
    source: u32,
    watch: Watch<'_>,
) -> Result<Vec<Damage>, CorpusError> {
    let documents = corpus.catalogue().documents_of(source)?;
    let path = corpus.source_path(source)?;
    let size = corpus.catalogue().source(source)?.size;
    let num_documents = documents.end - documents.start;
    let mut damage = Vec::new();
    for first in documents.clone().step_by(BATCH as usize) {
        let last = documents.end.min(first + BATCH);
        let wounds: Vec<Option<Damage>> = (first..last)
            .into_par_iter()
            .map(|index| {
                watch.check()?;
                Ok(corpus.text(index).err().map(|error| Damage {
                    path: path.clone(),
                    documents: Some((index, index)),
                    reason: reason_of(error),
                }))
            })
            .collect::<Result<_, CorpusError>>()?;
        damage.extend(wounds.into_iter().flatten());
        watch.advance(
            (u128::from(size) * u128::from(last - first) / u128::from(num_documents)) as u64,
        );
    }
    Ok(damage)
}

fn reason_of(error: CorpusError) -> String {
    match error {
        CorpusError::Shard { reason, .. } | CorpusError::Changed { reason, .. } => reason,
        other => other.to_string(),
    }
}
