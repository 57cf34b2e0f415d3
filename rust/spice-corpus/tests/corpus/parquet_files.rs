//! What Parquet files give. Those of pyarrow, with its pages and encodings, are tested from Python.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::world::{World, options, skipping, texts};

type Rows<'a> = &'a [Option<&'a [u8]>];

/// A file with a number and a nullable text in every row, one row group for each of `groups`.
fn file(groups: &[Rows], compression: Compression) -> Vec<u8> {
    let schema = "message m { required int64 id; optional binary text (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for rows in groups {
        let mut group = writer.next_row_group().unwrap();
        let ids = vec![7_i64; rows.len()];
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<Int64Type>()
            .write_batch(&ids, None, None)
            .unwrap();
        column.close().unwrap();
        let levels: Vec<i16> = rows.iter().map(|row| row.is_some().into()).collect();
        let values: Vec<ByteArray> = rows
            .iter()
            .flatten()
            .map(|row| row.to_vec().into())
            .collect();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<ByteArrayType>()
            .write_batch(&values, Some(&levels), None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn rows_of_several_row_groups_stand_in_order() {
    let groups: [Rows; 4] = [
        &[Some(b"a"), Some(b"b")],
        &[],
        &[Some("Größe".as_bytes()), Some(b" "), Some(b"a\0b")],
        &[Some(b"")],
    ];
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(parquet::basic::ZstdLevel::default()),
    ] {
        let world = World::with("a.parquet", file(&groups, compression));
        let manifest = world.build(&options()).manifest;
        assert_eq!(manifest.num_short, 2);
        let corpus = world.open();
        assert_eq!(texts(&corpus), ["a", "b", "Größe", "a\0b"]);
        assert_eq!(corpus.document(3).unwrap().ordinal, Some(5));
    }
}

#[test]
fn nulls_and_bytes_that_are_no_text_are_named_by_their_row() {
    let groups: [Rows; 2] = [
        &[Some(b"a"), None],
        &[Some(b"\xFF"), None, Some(b"after a null")],
    ];
    let world = World::with("a.parquet", file(&groups, Compression::UNCOMPRESSED));
    let message = world.refusal();
    assert!(
        message.contains("a.parquet:2: the text is null; expected a string"),
        "{message}"
    );
    let report = world.build(&skipping());
    assert_eq!(report.manifest.num_skipped, 3);
    let places: Vec<_> = report
        .skipped
        .iter()
        .map(|one| one.place.rsplit(':').next().unwrap())
        .collect();
    assert_eq!(places, ["2", "3", "4"]);
    assert!(report.skipped[1].reason.starts_with("not UTF-8"));
    assert_eq!(texts(&world.open()), ["a", "after a null"]);
}

#[test]
fn a_file_without_rows_gives_no_document() {
    let world = World::with("a.parquet", file(&[], Compression::UNCOMPRESSED));
    world.write("b.parquet", file(&[&[]], Compression::UNCOMPRESSED));
    world.write("c.txt", "c");
    assert_eq!(world.texts(), ["c"]);
}

#[test]
fn a_column_that_holds_no_strings_is_refused_by_what_it_holds() {
    let whole = file(&[&[Some(b"a")]], Compression::UNCOMPRESSED);
    let world = World::with("a.parquet", whole);
    for (key, reason) in [
        ("id", "column id holds INT64; expected strings"),
        ("body", "none of the columns body is there; it has id, text"),
    ] {
        let mut options = options();
        options.text_keys = vec![key.to_owned()];
        let message = world.try_build(&options).unwrap_err().to_string();
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn a_truncated_or_damaged_file_is_refused_and_nothing_panics() {
    let long = "many words ".repeat(50);
    let rows: Rows = &[Some(long.as_bytes()), None, Some(b"b"), Some(b"b")];
    let whole = file(&[rows, rows], Compression::SNAPPY);
    for length in [0, 1, 4, 12, whole.len() / 2, whole.len() - 1] {
        let message = World::with("a.parquet", &whole[..length]).refusal();
        assert!(message.contains("not a Parquet file"), "{message}");
    }
    let world = World::new();
    for place in 0..whole.len() {
        for flip in [0xFF, 0x01, 0x80] {
            let mut bytes = whole.clone();
            bytes[place] ^= flip;
            world.write(&format!("{place}-{flip}.parquet"), bytes);
        }
    }
    // Some bytes make no difference, and some make another text; none may make a panic.
    let report = world.build(&skipping());
    assert!(report.manifest.num_skipped > 100);
    texts(&world.open());
}

#[test]
fn the_first_damaged_row_group_is_named_for_any_number_of_threads() {
    let long = "many words ".repeat(50);
    let rows: Rows = &[Some(long.as_bytes())];
    let mut bytes = file(&[rows; 8], Compression::SNAPPY);
    // All pages, between the magic number and the footer, whose length stands before the last four bytes.
    let length = bytes[bytes.len() - 8..].first_chunk().unwrap();
    let footer = bytes.len() - 8 - u32::from_le_bytes(*length) as usize;
    bytes[4..footer].fill(0xFF);
    let world = World::with("a.parquet", bytes);
    for threads in [1, 2, 8] {
        let mut options = options();
        options.threads = Some(threads);
        let message = world.try_build(&options).unwrap_err().to_string();
        assert!(message.contains("a.parquet: row group 0: "), "{message}");
    }
}
