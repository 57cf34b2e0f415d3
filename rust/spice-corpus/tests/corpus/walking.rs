//! Which files a build reads, and in which order.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use spice_corpus::CorpusError;

use crate::world::{World, line, options, skipping, texts};

#[test]
fn folders_are_read_by_name_whatever_the_order_they_were_made_in() {
    let world = World::new();
    for name in [
        "b.txt",
        "a/z.md",
        "a.txt",
        "a/deep/er/x.rst",
        "C.TXT",
        "a/b.JSONL",
    ] {
        let text = if name.ends_with("JSONL") {
            line(name)
        } else {
            name.to_owned()
        };
        world.write(name, text);
    }
    world.write("a/picture.png", "no document");
    world.write("a/.txt", "no document either");
    assert_eq!(
        world.texts(),
        [
            "C.TXT",
            "a/b.JSONL",
            "a/deep/er/x.rst",
            "a/z.md",
            "a.txt",
            "b.txt"
        ]
    );
}

#[test]
fn a_file_that_is_named_twice_counts_once_in_the_first_place() {
    let world = World::with("a.txt", "a");
    let b = world.write("sub/b.txt", "b");
    let inputs = [
        b.clone(),
        world.docs(),
        world.docs().join("sub/../a.txt"),
        b,
    ];
    world.build_from(&inputs, &options()).unwrap();
    assert_eq!(texts(&world.open()), ["b", "a"]);
}

#[test]
fn loops_of_links_end() {
    let world = World::with("a.txt", "a");
    symlink(world.docs(), world.docs().join("self")).unwrap();
    symlink("..", world.docs().join("up.txt")).unwrap();
    assert_eq!(world.texts(), ["a"]);
    symlink("loop.txt", world.docs().join("loop.txt")).unwrap();
    symlink("nothing.txt", world.docs().join("broken.txt")).unwrap();
    let mut options = skipping();
    options.overwrite = true;
    let report = world.build(&options);
    assert_eq!(report.manifest.num_skipped, 2);
    assert!(
        report
            .skipped
            .iter()
            .all(|one| one.reason.starts_with("cannot open"))
    );
}

#[test]
fn linked_files_and_a_linked_input_are_read() {
    let world = World::with("real/a.txt", "a");
    std::fs::create_dir(world.docs().join("links")).unwrap();
    symlink("../real/a.txt", world.docs().join("links/b.txt")).unwrap();
    symlink("links", world.docs().join("input")).unwrap();
    let input = world.docs().join("input");
    world.build_from(&[input], &options()).unwrap();
    assert_eq!(texts(&world.open()), ["a"]);
}

#[test]
fn two_dots_behind_a_linked_folder_lead_where_the_system_says() {
    let world = World::with("far/away/x.txt", "x");
    world.write("far/a.txt", "right");
    world.write("a.txt", "wrong");
    symlink("far/away", world.docs().join("link")).unwrap();
    let input = world.docs().join("link/../a.txt");
    world.build_from(&[input], &options()).unwrap();
    assert_eq!(texts(&world.open()), ["right"]);
}

#[test]
fn a_missing_input_and_an_unknown_kind_of_file_are_refused() {
    let world = World::with("a.pdf", "%PDF");
    let refusal = |input: PathBuf| world.build_from(&[input], &options()).unwrap_err();
    let missing = refusal(world.docs().join("b.txt"));
    assert!(
        matches!(missing, CorpusError::Missing { .. }),
        "{missing:?}"
    );
    let unknown = refusal(world.docs().join("a.pdf")).to_string();
    assert!(
        unknown.contains("a.pdf: unknown kind of file; expected .txt"),
        "{unknown}"
    );
}

#[test]
fn a_pipe_is_never_opened() {
    let world = World::with("a.txt", "a");
    let status = std::process::Command::new("mkfifo")
        .arg(world.docs().join("b.txt"))
        .status();
    assert!(status.unwrap().success());
    assert!(world.refusal().contains("b.txt: not a regular file"));
    assert_eq!(world.build(&skipping()).manifest.num_documents, 1);
}
