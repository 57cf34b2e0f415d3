//! What compressed JSON lines give.

use spice_corpus::Format;

use crate::world::{World, gzip, line, skipping, texts, zstd};

type Compress = fn(&[u8]) -> Vec<u8>;

const BOTH: [(&str, Compress); 2] = [
    ("a.jsonl.gz", |bytes| gzip(bytes)),
    ("a.jsonl.zst", |bytes| zstd(bytes)),
];

#[test]
fn one_member_or_frame_is_read_like_many() {
    let documents: Vec<String> = (0..50)
        .map(|index| format!("document {index} ").repeat(40))
        .collect();
    let stream: String = documents.iter().map(|text| line(text)).collect();
    for (name, compress) in BOTH {
        assert_eq!(
            World::with(name, compress(stream.as_bytes())).texts(),
            documents
        );
        // Cut without regard to lines: documents lie across two and more units.
        for size in [100, 1_000, 7_777] {
            let file: Vec<u8> = stream
                .as_bytes()
                .chunks(size)
                .flat_map(compress)
                .chain(compress(b""))
                .collect();
            assert_eq!(World::with(name, file).texts(), documents);
        }
    }
}

#[test]
fn documents_know_their_format_and_line() {
    for ((name, compress), format) in BOTH.into_iter().zip([Format::JsonlGzip, Format::JsonlZstd]) {
        let world = World::with(name, compress(format!("\n{}", line("x")).as_bytes()));
        world.texts();
        let place = world.open().document(0).unwrap();
        assert_eq!((place.format, place.ordinal), (format, Some(2)));
    }
}

#[test]
fn zeros_between_gzip_members_are_passed_over() {
    let file = [
        gzip(line("a")),
        vec![0; 512],
        gzip(line("b")),
        gzip(line("c")),
        vec![0; 7],
    ]
    .concat();
    assert_eq!(World::with("a.jsonl.gz", file).texts(), ["a", "b", "c"]);
}

#[test]
fn skippable_zstd_frames_are_passed_over() {
    let skippable = b"\x50\x2A\x4D\x18\x03\0\0\0abc".to_vec();
    let file = [
        skippable.clone(),
        zstd(line("a")),
        skippable.clone(),
        zstd(line("b")),
        skippable,
    ]
    .concat();
    assert_eq!(World::with("a.jsonl.zst", file).texts(), ["a", "b"]);
}

#[test]
fn a_truncated_or_damaged_file_is_named_with_the_place() {
    for (name, compress) in BOTH {
        let whole = [compress(line("a").as_bytes()), compress(&[b'x'; 500])].concat();
        let second = compress(line("a").as_bytes()).len();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 0xFF;
        let garbage = [&whole[..], b"garbage"].concat();
        for bytes in [
            &whole[..whole.len() - 3],
            &whole[..second + 2],
            &flipped[..],
        ] {
            let message = World::with(name, bytes).refusal();
            // zstd frames made by default have no checksum: a flipped byte may only spoil the line.
            let place = format!(" at byte {second}: ");
            assert!(
                message.contains(&place) || message.contains(&format!("{name}:2: ")),
                "{message}"
            );
        }
        let message = World::with(name, &garbage).refusal();
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn a_damaged_file_is_left_out_as_a_whole() {
    for (name, compress) in BOTH {
        let bytes = [compress(line("a").as_bytes()), b"garbage".to_vec()].concat();
        let world = World::with(name, bytes);
        world.write("b.jsonl", line("b"));
        let report = world.build(&skipping());
        assert_eq!(
            (report.manifest.num_documents, report.manifest.num_skipped),
            (1, 1)
        );
        assert_eq!(texts(&world.open()), ["b"]);
    }
}

#[test]
fn an_empty_file_gives_no_document() {
    for (name, compress) in BOTH {
        let world = World::with(name, "");
        world.write("b.jsonl", line("b"));
        world.write("c.jsonl.zst", zstd(""));
        world.write("c.jsonl.gz", gzip(""));
        world.write(&format!("d{}", &name[1..]), compress(b"\n\n"));
        assert_eq!(world.texts(), ["b"]);
    }
}

#[test]
fn a_unit_that_no_draw_could_decode_is_refused_with_the_way_out() {
    let stream = vec![b'x'; (256 << 20) + 1];
    let world = World::with("a.jsonl.zst", zstd(&stream));
    let message = world.refusal();
    assert!(message.contains("zstd frame at byte 0"), "{message}");
    assert!(message.contains("spice-fast corpus pack"), "{message}");
}

#[test]
fn a_line_much_longer_than_any_buffer_is_read() {
    let long = "0123456789abcde ".repeat(12 << 16);
    for (name, compress) in BOTH {
        let stream = [line("a"), line(&long), line("b")].concat();
        let file: Vec<u8> = stream
            .as_bytes()
            .chunks(5 << 20)
            .flat_map(compress)
            .collect();
        assert!(World::with(name, file).texts() == ["a", &long, "b"]);
    }
}
