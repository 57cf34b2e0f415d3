//! Counts tokens: exactly as the tokenizers library does, and faster where the tokenizer is one that we know.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokenizers::Tokenizer;
use xxhash_rust::xxh3::xxh3_128;

use crate::bpe::{BytePairs, hard_end};
use crate::error::CorpusError;
use crate::progress::check;

/// An open tokenizer.
#[derive(Debug)]
pub struct TokenCounter {
    tokenizer: Box<Tokenizer>,
    /// The same tokenizer, faster, if it is of a kind that we know.
    byte_pairs: Option<BytePairs>,
    path: PathBuf,
    /// xxh3-128 of the tokenizer file.
    pub(crate) file_hash: u128,
}

/// A number of tokens, and the tokenizer that counts them.
#[derive(Debug, Clone)]
pub struct TokenBudget {
    pub(crate) counter: Arc<TokenCounter>,
    /// Most tokens of a passage or chunk.
    pub(crate) max_tokens: usize,
}

impl TokenBudget {
    /// A budget in tokens of a `tokenizer.json`.
    ///
    /// # Errors
    /// As for [`TokenCounter::open`].
    pub fn open(path: &Path, max_tokens: u32) -> Result<Self, CorpusError> {
        Ok(Self::new(Arc::new(TokenCounter::open(path)?), max_tokens))
    }

    /// A budget in tokens of an open tokenizer.
    pub fn new(counter: Arc<TokenCounter>, max_tokens: u32) -> Self {
        let max_tokens = max_tokens as usize;
        Self {
            counter,
            max_tokens,
        }
    }

    /// Number of tokens of a text alone, without special tokens around it.
    ///
    /// # Errors
    /// The tokenizer cannot encode it.
    pub fn count(&self, text: &str) -> Result<usize, CorpusError> {
        self.counter.count(text)
    }

    /// Number of tokens, and a byte behind which token `max_tokens` and later ones lie (none if there are no such tokens).
    ///
    /// # Errors
    /// The tokenizer cannot encode the text.
    pub(crate) fn measure(&self, text: &str) -> Result<(usize, Option<usize>), CorpusError> {
        self.counter.measure(text, self.max_tokens)
    }
}

impl TokenCounter {
    /// Reads a `tokenizer.json`. Truncation and padding that it may ask for are switched off: they would hide tokens.
    ///
    /// # Errors
    /// The file is missing or no tokenizer.
    pub fn open(path: &Path) -> Result<Self, CorpusError> {
        let unusable = |reason: String| CorpusError::Tokenizer {
            path: path.to_owned(),
            reason,
        };
        let file = fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => CorpusError::Missing {
                path: path.to_owned(),
            },
            _ => unusable(error.to_string()),
        })?;
        let mut tokenizer =
            Tokenizer::from_bytes(&file).map_err(|error| unusable(error.to_string()))?;
        tokenizer
            .with_truncation(None)
            .map_err(|error| unusable(error.to_string()))?;
        tokenizer.with_padding(None);
        Ok(Self {
            tokenizer: Box::new(tokenizer),
            byte_pairs: BytePairs::read(&file),
            path: path.to_owned(),
            file_hash: xxh3_128(&file),
        })
    }

    /// Whether it is of a kind that is encoded here, some twenty times as fast as by the tokenizers library.
    pub fn is_fast(&self) -> bool {
        self.byte_pairs.is_some()
    }

    /// The fast encoder, if it knows this tokenizer and takes this text; so it then does every part of the text.
    pub(crate) fn byte_pairs(&self, text: &str) -> Option<&BytePairs> {
        self.byte_pairs
            .as_ref()
            .filter(|encoder| encoder.takes(text))
    }

    /// The tokens of a text alone, without special tokens around it.
    ///
    /// # Errors
    /// The tokenizer cannot encode it.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, CorpusError> {
        if let Some(ids) = self
            .byte_pairs
            .as_ref()
            .and_then(|encoder| encoder.encode(text))
        {
            return Ok(ids);
        }
        let encoding = self.tokenizer.encode_fast(text, false);
        Ok(encoding
            .map_err(|error| self.failed(&error))?
            .get_ids()
            .to_vec())
    }

    /// The tokens of all texts one after another, and the number of tokens before each text and of all.
    ///
    /// # Errors
    /// As for [`TokenCounter::encode`]; or `stop` was set.
    pub fn encode_all(
        &self,
        texts: &[&str],
        stop: &AtomicBool,
    ) -> Result<(Vec<u32>, Vec<u64>), CorpusError> {
        let (mut ids, mut offsets) = (Vec::new(), vec![0]);
        for text in texts {
            check(stop)?;
            ids.extend(self.encode(text)?);
            offsets.push(ids.len() as u64);
        }
        Ok((ids, offsets))
    }

    fn count(&self, text: &str) -> Result<usize, CorpusError> {
        if let Some(encoder) = self.byte_pairs(text) {
            let mut memory = encoder.memory();
            let count = encoder.count(text, &mut memory);
            encoder.keep(memory);
            return Ok(count);
        }
        let encoding = self.tokenizer.encode_fast(text, false);
        Ok(encoding.map_err(|error| self.failed(&error))?.len())
    }

    fn measure(
        &self,
        text: &str,
        max_tokens: usize,
    ) -> Result<(usize, Option<usize>), CorpusError> {
        if let Some(encoder) = self.byte_pairs(text) {
            let mut memory = encoder.memory();
            let measured = encoder.measure(text, max_tokens, &mut memory);
            encoder.keep(memory);
            return Ok(measured);
        }
        let encoding = self
            .tokenizer
            .encode(text, false)
            .map_err(|error| self.failed(&error))?;
        let offsets = encoding.get_offsets();
        let place = offsets.get(max_tokens).map(|beyond| {
            let last = max_tokens
                .checked_sub(1)
                .map_or((0, 0), |last| offsets[last]);
            hard_end(text, beyond.0, last.1)
        });
        Ok((encoding.len(), place))
    }

    fn failed(&self, error: &tokenizers::Error) -> CorpusError {
        CorpusError::Tokenizer {
            path: self.path.clone(),
            reason: format!("cannot encode: {error}"),
        }
    }
}
