//! What bounds the cost of a case: lengths, depths, sizes of numbers, and the work on all of them together. No clock is
//! read, so the same case is decided, or left undecided, alike on every machine.

/// Bytes of a response that are read; of a longer one only the end.
pub const MAX_RESPONSE_BYTES: usize = 4 << 20;
/// Bytes of an answer, a gold or a choice that are compared beyond equal bytes.
pub const MAX_ANSWER_BYTES: usize = 8 << 10;
/// Nested braces of an answer.
pub const MAX_DEPTH: usize = 128;
/// Symbols of an answer read as mathematics, and nodes of its tree.
pub const MAX_NODES: usize = 4096;
/// Digits of a number, over all its parts.
pub const MAX_DIGITS: usize = 512;
/// Magnitude of a power of ten.
pub const MAX_EXPONENT: i32 = 512;
/// Work on one case, in units of about ten nanoseconds: bytes read, and every step of arithmetic by its precision. It is
/// reached only by constructed answers, such as two sets of sixty sums that agree to forty digits.
pub const MAX_FUEL: u32 = 1 << 21;
/// Nested objects and arrays of a JSON answer.
pub const MAX_JSON_DEPTH: usize = 64;
/// Bytes that the search for a JSON object reads, per byte of the response: an object that fails late is read again
/// from its next brace.
pub const JSON_READS_PER_BYTE: usize = 8;
/// Bytes that the search may read whatever the response's length.
pub const JSON_READS: usize = 64 << 10;

/// A text beyond these limits: left undecided, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OverLimits;
