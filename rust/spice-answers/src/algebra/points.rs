//! Where expressions are compared: points that depend on the variable's name and the round, and on nothing else.

use super::rational::Rational;
use crate::syntax::parser::UNKNOWN_BASE;

/// A number that looks random, from a name and a round.
pub(super) fn scrambled(name: &str, round: u64) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in name.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// The value of a variable in a numeric round: positive first, then of both signs, or whole where exponents and
/// factorials ask for it.
pub(super) fn numeric(name: &str, round: u64, whole: bool) -> Rational {
    let random = scrambled(name, round);
    let sixty_fourths = (random % 110).cast_signed();
    if name == UNKNOWN_BASE {
        return Rational::ratio(96 + sixty_fourths, 64).unwrap_or(Rational::ONE);
    }
    if whole {
        return Rational::integer(2 + (random % 9).cast_signed());
    }
    // The last rounds go far out: |x - 3| is 3 - x nearby.
    let reach = match round {
        5 => 5,
        6 => 37,
        7 => 1031,
        _ => 1,
    };
    let magnitude = (13 + sixty_fourths + if round % 2 == 1 { 64 } else { 0 }) * reach;
    let negative = round >= 2 && random & (1 << 40) != 0;
    Rational::ratio(if negative { -magnitude } else { magnitude }, 64).unwrap_or(Rational::ONE)
}
