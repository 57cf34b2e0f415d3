//! What JSON lines give.

use crate::world::{World, line, options, skipping, texts};

#[test]
fn every_line_is_a_document_whatever_ends_it() {
    let file = format!(
        "\u{FEFF}{}{}\r\n\n \t\r\n{}",
        line("one"),
        line("two").trim_end(),
        line("three\n\r\n\0 \u{2028}").trim_end()
    );
    let world = World::with("a.jsonl", file);
    assert_eq!(world.texts(), ["one", "two", "three\n\r\n\0 \u{2028}"]);
    let places: Vec<_> = (0..3)
        .map(|index| world.open().document(index).unwrap().ordinal)
        .collect();
    assert_eq!(places, [Some(1), Some(2), Some(5)]);
}

#[test]
fn text_stands_under_the_usual_key_or_that_of_spice() {
    let file = "{\"orig_doc\": \"a\", \"id\": 1}\n{\"id\": 2, \"orig_doc\": \"no\", \"text\": \"b\"}\n{\"text\": \"x\", \"text\": \"c\"}";
    assert_eq!(World::with("a.jsonl", file).texts(), ["a", "b", "c"]);
}

#[test]
fn a_file_of_nothing_but_a_byte_order_mark_is_empty() {
    let world = World::with("a.jsonl", "\u{FEFF}\r\n");
    world.write("b.jsonl", line("x"));
    world.write("c.jsonl", "\u{FEFF}");
    assert_eq!(world.texts(), ["x"]);
}

#[test]
fn what_other_fields_hold_does_not_matter() {
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let file =
        format!("{{\"title\": \"\\ud800\", \"big\": 1e999, \"deep\": {deep}, \"text\": \"a\"}}\n");
    assert_eq!(World::with("a.jsonl", file).texts(), ["a"]);
}

#[test]
fn a_bad_line_stops_the_build_and_is_named_by_its_number() {
    for (bad, reason) in [
        ("{\"text\": \"\\ud800\"}", "hex escape"),
        ("{\"text\": null}", "text is null; expected a string"),
        (
            "{\"body\": 1}",
            "none of the keys text, orig_doc is there; it has body",
        ),
        ("[]", "expected an object"),
        ("{\"text\": \"cut", "EOF while parsing a string"),
        ("{\"text\": \"a\", \"score\": NaN}", "expected value"),
    ] {
        let world = World::with("a.jsonl", format!("{}\n{bad}\n", line("fine")));
        let message = world.refusal();
        assert!(message.contains("docs/a.jsonl:3: "), "{message}");
        assert!(message.contains(reason), "{message}");
        assert!(message.contains("hint: leave out what cannot be read"));
    }
}

#[test]
fn the_first_bad_line_is_named_for_any_number_of_threads() {
    let fine = line("fine").repeat(100_000);
    let world = World::with("b.jsonl", [&fine, "bad\n", &fine, "bad\n", &fine].concat());
    world.write("a.jsonl", line("fine"));
    world.write("c.jsonl", "bad");
    for threads in [1, 2, 8] {
        let mut options = options();
        options.threads = Some(threads);
        let message = world.try_build(&options).unwrap_err().to_string();
        assert!(message.contains("b.jsonl:100001: "), "{message}");
    }
}

#[test]
fn bad_lines_are_counted_and_the_others_keep_their_numbers() {
    let world = World::with(
        "a.jsonl",
        format!("{}nonsense\n{}{{}}\n{}", line("a"), line("b"), line("c")),
    );
    let report = world.build(&skipping());
    assert_eq!(report.manifest.num_skipped, 2);
    let docs = world.docs();
    let places: Vec<_> = report.skipped.iter().map(|one| &one.place[..]).collect();
    let place = |ordinal| format!("{}:{ordinal}", docs.join("a.jsonl").display());
    assert_eq!(places, [place(2), place(4)]);
    let corpus = world.open();
    assert_eq!(texts(&corpus), ["a", "b", "c"]);
    assert_eq!(corpus.document(2).unwrap().ordinal, Some(5));
}

#[test]
fn utf_16_says_what_to_do() {
    let bytes: Vec<u8> = std::iter::once(0xFEFF_u16)
        .chain(line("a").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(
        World::with("a.jsonl", bytes)
            .refusal()
            .contains("UTF-16; JSON lines are read as UTF-8: convert the file")
    );
}

#[test]
fn lines_longer_than_what_a_thread_reads_at_a_time_are_whole() {
    // A thread reads 8 MiB: the long line begins in one part, covers the next two, and ends in the fourth.
    let long = "0123456789abcde ".repeat(20 << 16);
    let file = [line("first"), line(&long), line("last"), line("")].concat();
    let world = World::with("a.jsonl", file);
    let mut options = options();
    for threads in [1, 4] {
        options.threads = Some(threads);
        options.overwrite = true;
        let manifest = world.build(&options).manifest;
        assert_eq!((manifest.num_documents, manifest.num_short), (3, 1));
        let corpus = world.open();
        assert!(texts(&corpus) == ["first", &long, "last"]);
        assert_eq!(corpus.document(2).unwrap().ordinal, Some(3));
    }
}

#[test]
fn a_line_that_ends_exactly_where_a_part_ends_is_no_ones_twice() {
    let empty = line("").len();
    for first in [(8 << 20) - 1, 8 << 20, (8 << 20) + 1] {
        let long = "x".repeat(first - empty);
        let world = World::with("a.jsonl", [line(&long), line("b"), line("c")].concat());
        assert!(world.texts() == [&long, "b", "c"], "{first}");
    }
}
