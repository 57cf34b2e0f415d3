//! A small least-recently-used cache, bounded in entries and in bytes, shared by threads, and usable after a fork.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// Keeps at most `max_entries` values of at most `max_bytes` together; the newest value stays even if it alone is larger.
///
/// Entries are few (tens), so a vector in order of use is faster than a map.
///
/// A data loader forks while other threads may hold the lock; in the child nobody ever gives it back. So a child never waits:
/// where it finds the lock held it uses a list of its own, and where that is held too it goes without.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    entries: Mutex<Vec<Entry<K, V>>>,
    after_fork: Mutex<Vec<Entry<K, V>>>,
    /// The process that made this cache.
    process: u32,
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
            after_fork: Mutex::new(Vec::new()),
            process: std::process::id(),
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
        let Some(mut entries) = self.lock(self.process) else {
            return Ok(value);
        };
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
        let mut entries = self.lock(self.process)?;
        let place = entries.iter().position(|entry| entry.key == key)?;
        let entry = entries.remove(place);
        let value = Arc::clone(&entry.value);
        entries.push(entry);
        Some(value)
    }

    /// The entries; none where waiting for them could last for ever: in a process other than `owner`.
    fn lock(&self, owner: u32) -> Option<MutexGuard<'_, Vec<Entry<K, V>>>> {
        if let Some(entries) = free(&self.entries) {
            return Some(entries);
        }
        if std::process::id() == owner {
            return Some(self.entries.lock().unwrap_or_else(PoisonError::into_inner));
        }
        free(&self.after_fork)
    }
}

/// What a lock guards, unless it is held.
fn free<T>(lock: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match lock.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
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
    fn a_child_never_waits_for_a_lock_that_was_held_when_it_was_born() {
        let cache: Cache<u32, u32> = Cache::new(10, 100);
        // Another process's number is all that a child sees of its birth.
        let child = std::process::id() + 1;
        let held = cache.lock(child).unwrap();
        let own = cache.lock(child).unwrap();
        assert!(cache.lock(child).is_none());
        drop(own);
        assert!(cache.lock(child).is_some());
        drop(held);
        assert!(cache.lock(child).is_some());
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
