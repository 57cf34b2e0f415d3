//! A small least-recently-used cache, bounded in entries and in bytes, shared by threads.

use std::sync::{Arc, Mutex, PoisonError};

/// Keeps at most `max_entries` values of at most `max_bytes` together; the newest value stays even if it alone is larger.
///
/// Entries are few (tens), so a vector in order of use is faster than a map.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    entries: Mutex<Vec<Entry<K, V>>>,
    max_entries: usize,
    max_bytes: usize,
}

#[derive(Debug)]
struct Entry<K, V> {
    key: K,
    value: Arc<V>,
    num_bytes: usize,
}

impl<K: Copy + Eq, V> Cache<K, V> {
    pub(crate) fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self {
            entries: Mutex::new(Vec::new()),
            max_entries,
            max_bytes,
        }
    }

    /// The value of `key`, made by `make` (which gives it with its size in bytes) unless it is there. Two threads that
    /// miss at the same time both make it.
    ///
    /// # Errors
    /// The error of `make`; nothing is stored then.
    pub(crate) fn get<E>(
        &self,
        key: K,
        make: impl FnOnce() -> Result<(V, usize), E>,
    ) -> Result<Arc<V>, E> {
        if let Some(value) = self.find(key) {
            return Ok(value);
        }
        let (value, num_bytes) = make()?;
        let value = Arc::new(value);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.key != key);
        entries.push(Entry {
            key,
            value: Arc::clone(&value),
            num_bytes,
        });
        let mut total: usize = entries.iter().map(|entry| entry.num_bytes).sum();
        while entries.len() > 1 && (entries.len() > self.max_entries || total > self.max_bytes) {
            total -= entries.remove(0).num_bytes;
        }
        Ok(value)
    }

    fn find(&self, key: K) -> Option<Arc<V>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let place = entries.iter().position(|entry| entry.key == key)?;
        let entry = entries.remove(place);
        let value = Arc::clone(&entry.value);
        entries.push(entry);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(cache: &Cache<u32, u32>, key: u32, num_bytes: usize) -> bool {
        let mut made = false;
        cache
            .get(key, || {
                made = true;
                Ok::<_, ()>((key, num_bytes))
            })
            .unwrap();
        made
    }

    #[test]
    fn the_least_recently_used_entry_goes_first() {
        let cache = Cache::new(2, 100);
        assert!(fill(&cache, 1, 1) && fill(&cache, 2, 1));
        assert!(!fill(&cache, 1, 1));
        assert!(fill(&cache, 3, 1));
        assert!(!fill(&cache, 1, 1));
        assert!(fill(&cache, 2, 1));
    }

    #[test]
    fn bytes_are_bounded_but_the_newest_value_stays() {
        let cache = Cache::new(10, 100);
        assert!(fill(&cache, 1, 60) && fill(&cache, 2, 60));
        assert!(!fill(&cache, 2, 60));
        assert!(fill(&cache, 3, 1000));
        assert!(!fill(&cache, 3, 1000));
        assert!(fill(&cache, 2, 60));
    }
}
