//! Full-text search: which documents a query is about, by BM25. Texts are read from the corpus; the index holds words and
//! how often each document has them.
//!
//! The index has parts, each over a range of documents and each whole: built under a temporary name, then renamed. Words are
//! weighed over all parts together, so a score does not depend on how the documents are divided.

mod build;
mod search;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

pub use build::{IndexOptions, build_index};
pub use search::{Hit, SearchIndex, Snippet};

use crate::corpus::Corpus;
use crate::error::CorpusError;
use words::WordTokenizer;

/// File that names the parts; an index without it is not complete.
const MANIFEST: &str = "index.json";
const FORMAT_VERSION: u64 = 1;
/// Name of the only field, and of its tokenizer. Documents have no field: a part has them in their order from its first on.
const TEXT: &str = "text";

/// What `index.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexManifest {
    /// Version of the format.
    pub format_version: u64,
    /// Hash of the corpus.
    pub corpus: String,
    /// Whether the places of words are in it, so that phrases can be searched.
    pub has_positions: bool,
    /// Documents in it.
    pub num_documents: u64,
    /// First document and the one past the last, of each part.
    pub parts: Vec<(u64, u64)>,
}

impl IndexManifest {
    /// Reads it, and checks that it is of this corpus; none where there is no complete index.
    ///
    /// # Errors
    /// It is damaged, newer, or of another corpus.
    pub(crate) fn read(folder: &Path, corpus: &Corpus) -> Result<Option<Self>, CorpusError> {
        let path = folder.join(MANIFEST);
        let json = match fs::read(&path) {
            Ok(json) => json,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CorpusError::io(&path, "read")(error)),
        };
        let manifest: Self = serde_json::from_slice(&json)
            .map_err(|error| unusable(folder, &format!("damaged {MANIFEST}: {error}")))?;
        if manifest.format_version != FORMAT_VERSION {
            let found = manifest.format_version;
            return Err(unusable(
                folder,
                &format!("format {found}; expected {FORMAT_VERSION}"),
            ));
        }
        if manifest.corpus != corpus.hash() {
            let reason = format!("of corpus {}; expected {}", manifest.corpus, corpus.hash());
            return Err(unusable(folder, &reason));
        }
        Ok(Some(manifest))
    }
}

/// Where the index of a corpus lies unless another place is named: beside it.
pub fn index_folder(corpus: &Corpus) -> PathBuf {
    let mut name = corpus.folder().as_os_str().to_owned();
    name.push(".index");
    PathBuf::from(name)
}

fn unusable(folder: &Path, reason: &str) -> CorpusError {
    CorpusError::damaged(folder, format!("index that cannot be used: {reason}"))
}

/// The error of the search library, as one of ours.
fn failed(folder: &Path) -> impl Fn(tantivy::TantivyError) -> CorpusError {
    let folder = folder.to_owned();
    move |error| unusable(&folder, &error.to_string())
}

/// Name of the folder of a part, which says all that its contents depend on.
fn part_name((first, last): (u64, u64), has_positions: bool, corpus: &str) -> String {
    let kind = if has_positions {
        "positions"
    } else {
        "frequencies"
    };
    format!("part-{first:012}-{last:012}-{kind}-{corpus}")
}

struct Fields {
    schema: Schema,
    text: Field,
}

impl Fields {
    fn new(has_positions: bool) -> Self {
        let mut schema = Schema::builder();
        let record = if has_positions {
            IndexRecordOption::WithFreqsAndPositions
        } else {
            IndexRecordOption::WithFreqs
        };
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TEXT)
            .set_index_option(record);
        let text =
            schema.add_text_field(TEXT, TextOptions::default().set_indexing_options(indexing));
        Self {
            schema: schema.build(),
            text,
        }
    }
}

fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::new();
    tokenizers.register(TEXT, TextAnalyzer::from(WordTokenizer::default()));
    tokenizers
}
