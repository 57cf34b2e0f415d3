//! What the case at hand has cost: counted work instead of a clock, so that a case is decided, or left undecided, alike on
//! every machine.
//!
//! One case runs on one thread from beginning to end, so the meter is the thread's own.

use std::cell::Cell;

use crate::limits::MAX_FUEL;

thread_local! {
    static BURNT: Cell<u32> = const { Cell::new(0) };
}

/// Starts a case that has burnt `units`.
pub(crate) fn start(units: usize) {
    BURNT.set(u32::try_from(units).unwrap_or(u32::MAX));
}

/// Units burnt since the case started.
pub(crate) fn burnt() -> u32 {
    BURNT.get()
}

/// Burns fuel; `None` once more than [`MAX_FUEL`] is burnt.
pub(crate) fn burn(units: u32) -> Option<()> {
    let burnt = BURNT.get().saturating_add(units);
    BURNT.set(burnt);
    (burnt <= MAX_FUEL).then_some(())
}

/// Work that is not on the case's account: reading a gold, which may have been read before.
pub(crate) fn free<T>(work: impl FnOnce() -> T) -> T {
    let burnt = BURNT.get();
    let result = work();
    BURNT.set(burnt);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuel_runs_out_and_golds_are_free() {
        start(10);
        assert_eq!(burn(5), Some(()));
        free(|| burn(1000));
        assert_eq!(burnt(), 15);
        assert_eq!(burn(MAX_FUEL), None);
        start(0);
        assert_eq!(burnt(), 0);
    }
}
