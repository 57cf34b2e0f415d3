//! What the targets that read files share: a folder in memory, edits of an intact file, and a reading of everything.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use spice_corpus::{
    Budget, BuildOptions, BuildReport, Codec, Corpus, CorpusError, OnError, PackOptions, Progress,
    Sampler, SamplerOptions, build, pack, verify,
};
use tempfile::TempDir;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

static GO_ON: AtomicBool = AtomicBool::new(false);

/// A folder for one input; in memory where the system has such a place.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        TempDir::new_in(memory)
    } else {
        TempDir::new()
    };
    made.expect("a temporary folder")
}

/// Leaves out what cannot be read, keeps short documents, and uses one thread.
pub fn options() -> BuildOptions {
    BuildOptions {
        text_keys: vec!["text".to_owned(), "orig_doc".to_owned()],
        min_bytes: 0,
        on_error: OnError::Skip,
        overwrite: false,
        threads: Some(1),
    }
}

pub fn build_at(inputs: &[PathBuf], output: &Path) -> Result<BuildReport, CorpusError> {
    build(inputs, output, &options(), &Progress::default(), &GO_ON)
}

pub fn pack_at(
    inputs: &[PathBuf],
    output: &Path,
    codec: Codec,
) -> Result<BuildReport, CorpusError> {
    let options = PackOptions {
        read: options(),
        codec,
        shard_bytes: 1 << 16,
    };
    pack(inputs, output, &options, &Progress::default(), &GO_ON)
}

/// Texts of a corpus that was just built: all of them can be read.
pub fn texts(folder: &Path) -> Vec<String> {
    let corpus = Corpus::open(folder).expect("a corpus that was just built opens");
    let all: Vec<u64> = (0..corpus.num_documents()).collect();
    corpus
        .read(&all, Some(1), &GO_ON)
        .expect("a document that was just built is read")
}

/// What reads from a file finds the same in place and packed.
pub fn same_in_place_and_packed(name: &str, bytes: &[u8]) {
    let folder = folder();
    let source = folder.path().join(name);
    fs::write(&source, bytes).expect("room");
    let place = folder.path().join("place");
    let packed = folder.path().join("packed");
    let built = build_at(std::slice::from_ref(&source), &place);
    let was_packed = pack_at(&[source], &packed, Codec::Zstd);
    // Packing keeps what precedes the damage of a file and looks at more columns; then the two skip different things.
    if let (Ok(built), Ok(was_packed)) = (built, was_packed)
        && built.manifest.num_skipped == was_packed.manifest.num_skipped
    {
        assert_eq!(texts(&packed), texts(&place));
    }
}

/// Reads everything that a folder offers; errors are fine, panics are not.
pub fn read_all(folder: &Path) {
    let Ok(corpus) = Corpus::open(folder) else {
        return;
    };
    for index in 0..corpus.num_documents().min(2_000) {
        let _ = corpus.read(&[index], Some(1), &GO_ON);
        let _ = corpus.document(index);
    }
    let _ = verify(folder, Some(1), &Progress::default(), &GO_ON);
    if let Ok(sampler) = Sampler::new(
        corpus.into(),
        SamplerOptions::new(1, Budget::Bytes(300)),
        &GO_ON,
    ) {
        let _ = sampler.draw(&[0, 1, 2, 3, 1 << 40], Some(1), &GO_ON);
    }
}

/// An intact file with some bytes changed: three bytes of the input say where, one says how.
pub fn edited(intact: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = intact.to_vec();
    for edit in edits.chunks_exact(4) {
        let place = u32::from_le_bytes([edit[0], edit[1], edit[2], 0]) as usize;
        let length = bytes.len();
        bytes[place % length] ^= edit[3];
    }
    bytes
}

fn u64_at(bytes: &[u8], place: usize) -> Option<u64> {
    bytes.get(place..)?.first_chunk().copied().map(u64::from_le_bytes)
}

fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    bytes.get(place..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// Writes the checksum of a range, 4 or 8 bytes of it, at a place; nothing where one of them is not there.
fn seal(bytes: &mut [u8], range: std::ops::Range<usize>, place: usize, width: usize) {
    let Some(checksum) = bytes.get(range).map(xxh3_64) else {
        return;
    };
    if let Some(room) = bytes.get_mut(place..place + width) {
        room.copy_from_slice(&checksum.to_le_bytes()[..width]);
    }
}

/// Makes every checksum of a shard right again, so that damage reaches what is behind them.
pub fn reseal_shard(bytes: &mut [u8]) {
    const SECTIONS: usize = 10;
    const TRAILER: usize = 216;
    let Some(trailer) = bytes.len().checked_sub(TRAILER) else {
        return;
    };
    let start = |bytes: &[u8], section: usize| match section {
        SECTIONS => Some(trailer),
        _ => u64_at(bytes, trailer + 48 + 16 * section).map(|start| start as usize),
    };
    let rows = |bytes: &[u8], section: usize, row: usize| {
        let first = start(bytes, section).unwrap_or(0);
        let end = start(bytes, section + 1).unwrap_or(0).min(bytes.len());
        (first..end.saturating_sub(row)).step_by(row)
    };
    let (blocks, ends, facts) = (start(bytes, 2), start(bytes, 4), start(bytes, 7));
    let (Some(blocks), Some(ends), Some(facts)) = (blocks, ends, facts) else {
        return;
    };
    let at = |base: usize, place: Option<u64>| base.saturating_add(place.unwrap_or(0) as usize);
    for row in rows(bytes, 3, 12) {
        let range = at(blocks, u32_at(bytes, row).map(u64::from))
            ..at(blocks, u32_at(bytes, row + 12).map(u64::from));
        seal(bytes, range, row + 8, 4);
    }
    for row in rows(bytes, 5, 24) {
        let range = at(ends, u64_at(bytes, row + 8))..at(ends, u64_at(bytes, row + 32));
        seal(bytes, range, row + 16, 4);
    }
    for row in rows(bytes, 8, 8) {
        let range = at(facts, u32_at(bytes, row).map(u64::from))
            ..at(facts, u32_at(bytes, row + 8).map(u64::from));
        seal(bytes, range, row + 4, 4);
    }
    for section in 0..SECTIONS {
        if let (Some(first), Some(end)) = (start(bytes, section), start(bytes, section + 1)) {
            seal(bytes, first..end, trailer + 56 + 16 * section, 8);
        }
    }
    seal(bytes, trailer..trailer + TRAILER - 8, trailer + TRAILER - 8, 8);
}

/// Makes every checksum of a catalogue right again, and gives that of its header.
pub fn reseal_catalogue(bytes: &mut [u8]) -> u64 {
    let field = |bytes: &[u8], place: usize| u64_at(bytes, place).unwrap_or(0) as usize;
    let chunks = field(bytes, 16).div_ceil(512).min(1 << 16);
    let directory = field(bytes, 56);
    for row in (0..chunks).map(|chunk| directory.saturating_add(chunk * 24)) {
        let range = field(bytes, row.saturating_add(8))..field(bytes, row.saturating_add(32));
        seal(bytes, range, row.saturating_add(16), 4);
    }
    let sizes = [
        (chunks + 1) * 24,
        field(bytes, 24).saturating_mul(48),
        field(bytes, 32).saturating_mul(16),
        field(bytes, 40),
    ];
    let mut start = directory;
    for (table, size) in sizes.into_iter().enumerate() {
        let end = start.saturating_add(size);
        seal(bytes, start..end, 64 + 8 * table, 8);
        start = end;
    }
    seal(bytes, 0..96, 96, 8);
    u64_at(bytes, 96).unwrap_or(0)
}

/// A manifest that belongs to a catalogue with this checksum.
pub fn reseal_manifest(json: &str, catalogue: u64) -> String {
    let with = |json: &str, key: &str, value: &str| {
        let start = json.find(&format!("\"{key}\": \"")).expect("the key") + key.len() + 5;
        let end = start + json[start..].find('"').expect("its end");
        format!("{}{value}{}", &json[..start], &json[end..])
    };
    let json = with(json, "catalogue_checksum", &format!("{catalogue:016x}"));
    let open = with(&json, "checksum", "");
    with(&open, "checksum", &format!("{:032x}", xxh3_128(open.as_bytes())))
}
