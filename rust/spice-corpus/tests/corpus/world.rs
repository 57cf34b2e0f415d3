//! A folder for one test: files to build from, and the corpus that is built from them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use flate2::Compression;
use flate2::write::GzEncoder;
use spice_corpus::{
    BuildOptions, BuildReport, Codec, Corpus, CorpusError, OnError, PackOptions, Progress, build,
    pack,
};
use tempfile::TempDir;

/// Nobody asked to stop.
pub(crate) static GO_ON: AtomicBool = AtomicBool::new(false);

/// Stops at the first error, keeps every document that is not blank, and uses one thread.
pub(crate) fn options() -> BuildOptions {
    BuildOptions {
        text_keys: vec!["text".to_owned(), "orig_doc".to_owned()],
        min_bytes: 0,
        on_error: OnError::Stop,
        overwrite: false,
        threads: Some(1),
    }
}

/// The same, but leaves out what cannot be read.
pub(crate) fn skipping() -> BuildOptions {
    BuildOptions {
        on_error: OnError::Skip,
        ..options()
    }
}

/// Shards of 64 KiB, so that a few documents make several.
pub(crate) fn packing(codec: Codec) -> PackOptions {
    PackOptions {
        read: options(),
        codec,
        shard_bytes: 1 << 16,
    }
}

/// Documents in `docs`, and the corpus in `corpus`.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("docs")).unwrap();
        Self { folder }
    }

    /// With one file in it.
    pub(crate) fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let world = Self::new();
        world.write(name, bytes);
        world
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn docs(&self) -> PathBuf {
        self.path().join("docs")
    }

    pub(crate) fn corpus_folder(&self) -> PathBuf {
        self.path().join("corpus")
    }

    /// Writes a document file; folders in its name are made.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.docs().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn build_from(
        &self,
        inputs: &[PathBuf],
        options: &BuildOptions,
    ) -> Result<BuildReport, CorpusError> {
        let output = self.corpus_folder();
        build(inputs, &output, options, &Progress::default(), &GO_ON)
    }

    pub(crate) fn try_build(&self, options: &BuildOptions) -> Result<BuildReport, CorpusError> {
        self.build_from(&[self.docs()], options)
    }

    pub(crate) fn build(&self, options: &BuildOptions) -> BuildReport {
        self.try_build(options).unwrap()
    }

    /// A packed corpus in the folder `name`.
    pub(crate) fn try_pack(
        &self,
        input: PathBuf,
        name: &str,
        options: &PackOptions,
    ) -> Result<Corpus, CorpusError> {
        let output = self.path().join(name);
        pack(&[input], &output, options, &Progress::default(), &GO_ON)?;
        Corpus::open(&output)
    }

    pub(crate) fn pack(&self, name: &str, options: &PackOptions) -> Corpus {
        self.try_pack(self.docs(), name, options).unwrap()
    }

    pub(crate) fn open(&self) -> Corpus {
        Corpus::open(&self.corpus_folder()).unwrap()
    }

    /// All documents of a corpus that is built now.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.build(&options());
        texts(&self.open())
    }

    /// Message of a build that fails.
    pub(crate) fn refusal(&self) -> String {
        let error = self.try_build(&options()).unwrap_err();
        assert_eq!(
            self.names(),
            ["docs"],
            "a failed build leaves something behind"
        );
        error.to_string()
    }

    /// What lies in the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        names(self.path())
    }
}

pub(crate) fn texts(corpus: &Corpus) -> Vec<String> {
    let all: Vec<u64> = (0..corpus.num_documents()).collect();
    corpus.read(&all, Some(1), &GO_ON).unwrap()
}

/// Names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// One JSON line under the key `text`.
pub(crate) fn line(text: &str) -> String {
    format!("{}\n", serde_json::json!({ "text": text }))
}

pub(crate) fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(bytes.as_ref(), 1).unwrap()
}

/// Reproducible text of words, sentences, lines and paragraphs, about `num_bytes` long.
pub(crate) fn prose(seed: u64, num_bytes: usize) -> String {
    const WORDS: [&str; 12] = [
        "river ",
        "the ",
        "Größe ",
        "stone. ",
        "and ",
        "light, ",
        "of\n",
        "they?\n\n",
        "日本語。",
        "a ",
        "walked\r\n",
        "😀 ",
    ];
    let mut state = seed;
    let mut text = String::new();
    while text.len() < num_bytes {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(WORDS[(state >> 33) as usize % WORDS.len()]);
    }
    text
}
