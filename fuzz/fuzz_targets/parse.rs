//! Whatever the text, reading it as a gold ends, and is right for itself unless it says nothing or too much.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spice_answers::{Case, Mode, Policy, TaskKind, explain};

fuzz_target!(|text: &str| {
    let other = format!("{text} + 1");
    let case = Case { gold: text, response: &other, kind: Some(TaskKind::Expression), choices: &[] };
    let explanation = explain(&case, Policy::TRAINING, Mode::Answer);
    assert!(!explanation.lines.is_empty());
});
