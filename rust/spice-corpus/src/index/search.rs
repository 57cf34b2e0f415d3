//! Searches an index: the best documents for a query, or those that are most like a text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::query::{
    Bm25StatisticsProvider, BooleanQuery, BoostQuery, Occur, Query, QueryParser, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Index, ReloadPolicy, Searcher, Term};

use super::words::words_of;
use super::{Fields, IndexManifest, MANIFEST, failed, part_name, tokenizers, unusable};
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::keep::KeepBits;
use crate::progress::check;

/// Words of a text that a search for its like asks for: those that tell it best from others.
const LIKE_WORDS: usize = 25;
/// Bytes of a snippet.
const SNIPPET_BYTES: usize = 240;

/// A document that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The document.
    pub document: u64,
    /// BM25 over all documents of the corpus; comparable within one query.
    pub score: f32,
}

/// The piece of a document that a query is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// First byte in the document.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The piece.
    pub text: String,
}

/// An open index. Threads may share it.
pub struct SearchIndex {
    corpus: Arc<Corpus>,
    manifest: IndexManifest,
    field: Field,
    parser: QueryParser,
    parts: Vec<Part>,
    totals: Totals,
}

struct Part {
    first: u64,
    searcher: Searcher,
}

/// How often words are over all parts.
struct Totals {
    searchers: Vec<Searcher>,
    num_documents: u64,
    num_words: u64,
}

impl Bm25StatisticsProvider for Totals {
    fn total_num_tokens(&self, _field: Field) -> tantivy::Result<u64> {
        Ok(self.num_words)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.num_documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.searchers
            .iter()
            .map(|searcher| searcher.doc_freq(term))
            .sum()
    }
}

impl SearchIndex {
    /// Opens the index of a corpus that [`build_index`](crate::build_index) completed.
    ///
    /// # Errors
    /// There is none, it is damaged, or it is of another corpus.
    pub fn open(corpus: Arc<Corpus>, folder: &Path) -> Result<Self, CorpusError> {
        let manifest = IndexManifest::read(folder, &corpus)?
            .ok_or_else(|| unusable(folder, &format!("no {MANIFEST}")))?;
        let failed = failed(folder);
        let fields = Fields::new(manifest.has_positions);
        let mut parts = Vec::with_capacity(manifest.parts.len());
        let mut parser = None;
        for &range in &manifest.parts {
            let name = part_name(range, manifest.has_positions, corpus.hash());
            let mut index = Index::open_in_dir(folder.join(name)).map_err(&failed)?;
            index.set_tokenizers(tokenizers());
            let reader = index
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .try_into()
                .map_err(&failed)?;
            let searcher = tantivy::IndexReader::searcher(&reader);
            parser.get_or_insert_with(|| QueryParser::for_index(&index, vec![fields.text]));
            parts.push(Part {
                first: range.0,
                searcher,
            });
        }
        let searchers: Vec<_> = parts.iter().map(|part| part.searcher.clone()).collect();
        let mut totals = Totals {
            num_documents: 0,
            num_words: 0,
            searchers,
        };
        for searcher in &totals.searchers {
            totals.num_documents += searcher.num_docs();
            totals.num_words += searcher.total_num_tokens(fields.text).map_err(&failed)?;
        }
        Ok(Self {
            parser: parser.ok_or_else(|| unusable(folder, "no parts"))?,
            corpus,
            manifest,
            field: fields.text,
            parts,
            totals,
        })
    }

    /// What the index is made of.
    pub fn manifest(&self) -> &IndexManifest {
        &self.manifest
    }

    /// The best documents for a query, at most `limit`, the best first; of equal scores the first in the corpus.
    ///
    /// A query is words, any of which will do (`+word` must be there, `-word` must not, `(a OR b) AND c`); phrases in double
    /// quotes need an index with positions.
    ///
    /// # Errors
    /// The query cannot be read, or the index is damaged.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<Hit>, CorpusError> {
        self.best(&*self.parse(query)?, limit)
    }

    /// The documents that are most like a text, the best first: those that have its most telling words. A document is most
    /// like itself.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn like(&self, text: &str, limit: usize) -> Result<Vec<Hit>, CorpusError> {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for (word, _) in words_of(text) {
            *counts.entry(word).or_default() += 1;
        }
        let mut telling = Vec::new();
        for (word, count) in counts {
            let term = Term::from_field_text(self.field, &word);
            let num_with = self.totals.doc_freq(&term).map_err(self.failed())?;
            if num_with > 0 {
                let rarity = (self.totals.num_documents as f64 / num_with as f64).ln_1p();
                telling.push((f64::from(count) * rarity, term));
            }
        }
        telling.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        telling.truncate(LIKE_WORDS);
        let words = telling.into_iter().map(|(weight, term)| {
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            let query = BoostQuery::new(Box::new(query), weight as f32);
            (Occur::Should, Box::new(query) as Box<dyn Query>)
        });
        self.best(&BooleanQuery::new(words.collect()), limit)
    }

    /// Which documents a query is about, as bits to keep: all that match, or the best of them.
    ///
    /// # Errors
    /// As for [`SearchIndex::search`]; or `stop` was set.
    pub fn keep(
        &self,
        query: &str,
        most: Option<usize>,
        stop: &AtomicBool,
    ) -> Result<KeepBits, CorpusError> {
        let query = self.parse(query)?;
        let mut bits = KeepBits::none(self.corpus.num_documents());
        if let Some(most) = most {
            for hit in self.best(&*query, most)? {
                bits.set(hit.document, true);
            }
            return Ok(bits);
        }
        for part in &self.parts {
            check(stop)?;
            let found = part.searcher.search(&*query, &DocSetCollector);
            #[expect(clippy::iter_over_hash_type, reason = "bits know no order")]
            for address in found.map_err(self.failed())? {
                bits.set(part.first + u64::from(address.doc_id), true);
            }
        }
        Ok(bits)
    }

    /// Writes [`SearchIndex::keep`] as a file for the corpus; gives the number of documents kept.
    ///
    /// # Errors
    /// As for [`SearchIndex::keep`] and [`KeepBits::write`].
    pub fn write_keep(
        &self,
        query: &str,
        most: Option<usize>,
        path: &Path,
        overwrite: bool,
        stop: &AtomicBool,
    ) -> Result<u64, CorpusError> {
        let made_by = serde_json::json!({ "made_by": "search", "query": query, "most": most });
        let bits = self.keep(query, most, stop)?;
        let keep = bits.write(path, &self.corpus, &made_by.to_string(), overwrite)?;
        Ok(keep.num_kept())
    }

    /// The piece of a document that has the most of a query's words; its beginning if it has none.
    ///
    /// # Errors
    /// The document's source is gone or changed, or the query cannot be read.
    pub fn snippet(&self, document: u64, query: &str) -> Result<Snippet, CorpusError> {
        let query = self.parse(query)?;
        let mut wanted = Vec::new();
        query.query_terms(&mut |term, _| {
            wanted.extend(term.value().as_str().map(str::to_owned));
        });
        let text = self.corpus.text(document)?;
        let found: Vec<(usize, Range<usize>)> = words_of(&text)
            .into_iter()
            .filter_map(|(word, range)| {
                Some((wanted.iter().position(|wanted| *wanted == word)?, range))
            })
            .collect();
        Ok(best_piece(&text, &found))
    }

    fn parse(&self, query: &str) -> Result<Box<dyn Query>, CorpusError> {
        if let Some(words) = plain_words(query) {
            let words = words.into_iter().map(|word| {
                let term = Term::from_field_text(self.field, &word);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                (Occur::Should, Box::new(query) as Box<dyn Query>)
            });
            return Ok(Box::new(BooleanQuery::new(words.collect())));
        }
        self.parser
            .parse_query(query)
            .map_err(|error| CorpusError::Argument {
                name: "query",
                found: format!("{query}: {error}"),
                expected: "words, +word, -word, (a OR b) AND c, or a phrase in double quotes where the index has positions",
            })
    }

    fn best(&self, query: &dyn Query, limit: usize) -> Result<Vec<Hit>, CorpusError> {
        if limit == 0 {
            return Err(CorpusError::Argument {
                name: "limit",
                found: "0".to_owned(),
                expected: "at least 1",
            });
        }
        let mut hits = Vec::new();
        for part in &self.parts {
            // No more than the part has: the library makes room for all at once.
            let limit = limit.min(part.searcher.num_docs().max(1) as usize);
            let best = TopDocs::with_limit(limit).order_by_score();
            let searcher = &part.searcher;
            let found = searcher.search_with_statistics_provider(query, &best, &self.totals);
            for (score, address) in found.map_err(self.failed())? {
                let document = part.first + u64::from(address.doc_id);
                hits.push(Hit { document, score });
            }
        }
        hits.sort_by(|a, b| {
            let by_score = b.score.total_cmp(&a.score);
            by_score.then(a.document.cmp(&b.document))
        });
        hits.truncate(limit);
        Ok(hits)
    }

    fn failed(&self) -> impl Fn(tantivy::TantivyError) -> CorpusError {
        failed(self.corpus.folder())
    }
}

/// The different words of a query that is nothing but words: the grammar, which also counts a word once, need not read it.
fn plain_words(query: &str) -> Option<Vec<String>> {
    let is_operator = |word| matches!(word, "AND" | "OR" | "NOT" | "IN" | "TO");
    let is_plain = query.chars().all(|c| c.is_alphanumeric() || c == ' ')
        && !query.split(' ').any(is_operator);
    if !is_plain {
        return None;
    }
    let mut words = Vec::new();
    for (word, _) in words_of(query) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Some(words)
}

/// The piece around the most different words of `found`, which are numbered and stand in order; of equal ones the first.
fn best_piece(text: &str, found: &[(usize, Range<usize>)]) -> Snippet {
    let mut best = (0, 0..0);
    for (place, (_, first)) in found.iter().enumerate() {
        let near = found[place..]
            .iter()
            .take_while(|(_, range)| range.end <= first.start + SNIPPET_BYTES / 2);
        let (mut words, mut end) = (Vec::new(), first.end);
        for (word, range) in near {
            words.push(*word);
            end = range.end;
        }
        words.sort_unstable();
        words.dedup();
        if words.len() > best.0 {
            best = (words.len(), first.start..end);
        }
    }
    let room = SNIPPET_BYTES.saturating_sub(best.1.len());
    let start = text.floor_char_boundary(best.1.start.saturating_sub(room / 3));
    let end = text.floor_char_boundary(start + SNIPPET_BYTES);
    // Whole words, unless one is longer than the piece.
    let start = match text[start..best.1.start].find(char::is_whitespace) {
        Some(space) if start > 0 => text.ceil_char_boundary(start + space + 1),
        _ => start,
    };
    let end = match text[best.1.end.max(start)..end].rfind(char::is_whitespace) {
        Some(space) if end < text.len() => best.1.end.max(start) + space,
        _ => end,
    };
    Snippet {
        start,
        end,
        text: text[start..end].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_are_counted_once_and_operators_are_left_to_the_grammar() {
        let words = plain_words("Light  wave LIGHT").unwrap();
        assert_eq!(words, ["light", "wave"]);
        assert_eq!(plain_words("").unwrap(), Vec::<String>::new());
        for query in ["light AND wave", "+light", "a-b", "\"light wave\""] {
            assert_eq!(plain_words(query), None, "{query}");
        }
    }
}
