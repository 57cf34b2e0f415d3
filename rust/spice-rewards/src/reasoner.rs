//! What an answer earns the Reasoner.

/// One for a right answer, zero for any other (SPICE, equation 2). Row i belongs to row i.
pub fn reasoner_rewards(equivalent: &[bool]) -> Vec<f64> {
    equivalent
        .iter()
        .map(|&right| f64::from(u8::from(right)))
        .collect()
}
