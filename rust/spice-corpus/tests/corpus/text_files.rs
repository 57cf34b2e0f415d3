//! What a text file gives.

use crate::world::{World, options, skipping, texts};

#[test]
fn a_text_file_is_one_document_byte_for_byte() {
    let text = "\tfirst\r\n\r\nGröße 😀 \n\nno line feed at the end";
    assert_eq!(World::with("a.txt", text).texts(), [text]);
}

#[test]
fn utf_16_and_windows_1252_are_read_and_counted() {
    let world = World::with("a.md", b"caf\xE9 \x80");
    world.write("b.rst", b"\xFF\xFEa\0\xAC\x20");
    world.write("c.text", "\u{FEFF}marked");
    let manifest = world.build(&options()).manifest;
    assert_eq!((manifest.num_utf16, manifest.num_windows_1252), (1, 1));
    assert_eq!(manifest.num_bytes, 9 + 4 + 6);
    assert_eq!(texts(&world.open()), ["café €", "a€", "marked"]);
}

#[test]
fn empty_and_blank_files_are_dropped_and_counted() {
    let world = World::with("empty.txt", "");
    world.write("blank.txt", " \r\n\t\n");
    world.write("mark.txt", "\u{FEFF}");
    world.write("utf16.txt", b"\xFF\xFE");
    world.write("z.txt", "x");
    let manifest = world.build(&options()).manifest;
    assert_eq!((manifest.num_documents, manifest.num_short), (1, 4));
}

#[test]
fn documents_below_the_limit_are_dropped_and_counted() {
    let world = World::with("a.txt", "12345");
    world.write("b.txt", "123456");
    world.write("c.txt", "öö1"); // 5 bytes
    let mut options = options();
    options.min_bytes = 6;
    let manifest = world.build(&options).manifest;
    assert_eq!((manifest.num_documents, manifest.num_short), (1, 2));
    assert_eq!(texts(&world.open()), ["123456"]);
}

#[test]
fn binary_files_are_named_and_left_out() {
    let world = World::with("a.txt", b"\x7FELF\0\x01\xFF");
    assert!(world.refusal().contains("docs/a.txt: holds NUL characters"));
    world.write("b.txt", b"\xFF\xFE\x00\xD8");
    world.write("c.txt", "fine");
    let report = world.build(&skipping());
    assert_eq!(
        (report.manifest.num_documents, report.manifest.num_skipped),
        (1, 2)
    );
    let reasons: Vec<_> = report
        .skipped
        .iter()
        .map(|one| one.reason.as_str())
        .collect();
    assert!(
        reasons[0].contains("binary") && reasons[1].contains("damaged UTF-16"),
        "{reasons:?}"
    );
}

#[test]
fn a_file_beyond_256_mib_is_refused_before_it_is_read() {
    let world = World::new();
    let file = std::fs::File::create(world.docs().join("huge.txt")).unwrap();
    file.set_len((256 << 20) + 1).unwrap(); // sparse
    assert!(
        world
            .refusal()
            .contains("a document has at most 256 MiB: split the file")
    );
}
