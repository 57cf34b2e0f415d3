//! Whatever two texts, every kind and policy comes to a verdict, the same for a gold that is kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spice_answers::{Case, Gold, Mode, Policy, TaskKind, check};

fuzz_target!(|texts: (&str, &str, u8)| {
    let (gold, response, choice) = texts;
    let kind = TaskKind::ALL.get(usize::from(choice) % 8).copied();
    let (_, policy) = Policy::PRESETS[usize::from(choice / 8) % Policy::PRESETS.len()];
    for mode in [Mode::Answer, Mode::Response] {
        let verdict = check(&Case { gold, response, kind, choices: &[] }, policy, mode);
        assert_eq!(Gold::new(gold, kind, &[]).check(response, policy, mode), verdict);
    }
});
