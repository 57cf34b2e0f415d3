//! Sources in an object store, against a real server on loopback.
//!
//! Credentials and endpoint come from the environment, which a test must not change for others: each test starts this program
//! again with an environment of its own, for one of the ignored tests below.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use spice_corpus::{
    Budget, Codec, Corpus, CorpusError, Progress, Sampler, SamplerOptions, build, pack, verify,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::world::{GO_ON, World, gzip, line, options, packing, prose, texts};

/// A server over a folder whose folders are its buckets.
struct Server {
    _runtime: Runtime,
    folder: TempDir,
    endpoint: String,
}

impl Server {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("bucket")).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("somebody", "secret"));
        let service = service.build();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // Small answers would otherwise wait for acknowledgements.
                socket.set_nodelay(true).unwrap();
                let service = service.clone();
                tokio::spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        Self {
            _runtime: runtime,
            folder,
            endpoint,
        }
    }

    fn put(&self, key: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join("bucket").join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Runs one of the tests that need a server, in a process of its own.
    fn run(&self, test: &str, world: &World) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &format!("object_store::{test}"),
                "--ignored",
                "--nocapture",
            ])
            .envs([
                ("AWS_ACCESS_KEY_ID", "somebody"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ENDPOINT_URL", &self.endpoint),
                ("AWS_ALLOW_HTTP", "true"),
            ])
            .env("SPICE_TEST_WORLD", world.path())
            .env("SPICE_TEST_BUCKET", self.folder.path().join("bucket"))
            .output()
            .unwrap();
        let talk =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && talk.contains("1 passed"),
            "{talk}"
        );
    }
}

fn world_folder() -> PathBuf {
    std::env::var("SPICE_TEST_WORLD").unwrap().into()
}

fn built(inputs: &[&str], name: &str) -> Corpus {
    let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
    let output = world_folder().join(name);
    build(&inputs, &output, &options(), &Progress::default(), &GO_ON).unwrap();
    Corpus::open(&output).unwrap()
}

fn draws(corpus: Corpus) -> Vec<spice_corpus::Passage> {
    let sampler = Sampler::new(
        corpus.into(),
        SamplerOptions::new(3, Budget::Bytes(500)),
        &GO_ON,
    )
    .unwrap();
    sampler
        .draw(&(0..40).collect::<Vec<u64>>(), Some(2), &GO_ON)
        .unwrap()
}

/// The same sources on this machine and in the bucket.
fn sources(server: &Server) -> World {
    let world = World::new();
    let lines = |first: u64, count: u64| -> String {
        (first..first + count)
            .map(|seed| line(&prose(seed, 2_000)))
            .collect()
    };
    for (name, bytes) in [
        ("a.jsonl", lines(0, 90).into_bytes()),
        (
            "b.jsonl.gz",
            [gzip(lines(900, 20)), gzip(lines(920, 20))].concat(),
        ),
        ("c/d.txt", prose(7, 900).into_bytes()),
    ] {
        world.write(name, &bytes);
        server.put(&format!("set/{name}"), &bytes);
    }
    server.put("set/readme", "no document");
    world.build(&options());
    for codec in [Codec::Zstd, Codec::Raw] {
        let packed = world.pack(&format!("{codec:?}"), &packing(codec));
        for entry in fs::read_dir(packed.folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "spk") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                server.put(&format!("{codec:?}/{name}"), fs::read(&path).unwrap());
            }
        }
    }
    world
}

#[test]
fn a_corpus_in_a_store_is_the_corpus_on_disk() {
    let server = Server::start();
    let world = sources(&server);
    server.run("same_corpus", &world);
}

#[test]
#[ignore = "needs a server; started by a_corpus_in_a_store_is_the_corpus_on_disk"]
fn same_corpus() {
    let local = || Corpus::open(&world_folder().join("corpus")).unwrap();
    let expected = texts(&local());
    for (prefix, name) in [
        ("s3://bucket/set", "in place"),
        ("s3://bucket/Zstd/", "zstd"),
        ("s3://bucket/Raw", "raw"),
    ] {
        let remote = built(&[prefix], name);
        assert_eq!(remote.hash(), local().hash(), "{prefix}");
        assert!(texts(&remote) == expected, "{prefix}");
        let place = remote.document(5).unwrap();
        assert_eq!(place.ordinal, Some(6));
        assert_eq!(draws(remote), draws(local()));
        let report = verify(
            &world_folder().join(name),
            Some(1),
            &Progress::default(),
            &GO_ON,
        )
        .unwrap();
        assert_eq!(report.damage, []);
    }
    let one = built(&["s3://bucket/set/c/d.txt"], "one");
    assert_eq!(
        one.document(0).unwrap().path,
        Path::new("s3://bucket/set/c/d.txt")
    );
    let output = world_folder().join("packed again");
    pack(
        &["s3://bucket/set".into()],
        &output,
        &packing(Codec::Zstd),
        &Progress::default(),
        &GO_ON,
    )
    .unwrap();
    assert_eq!(Corpus::open(&output).unwrap().hash(), local().hash());
}

#[test]
fn an_object_that_changes_or_is_not_there_is_an_error() {
    let server = Server::start();
    let world = sources(&server);
    server.run("changes", &world);
}

#[test]
#[ignore = "needs a server; started by an_object_that_changes_or_is_not_there_is_an_error"]
fn changes() {
    let bucket = PathBuf::from(std::env::var("SPICE_TEST_BUCKET").unwrap());
    let corpus = built(&["s3://bucket/set"], "corpus2");
    let path = bucket.join("set/a.jsonl");
    let mut bytes = fs::read(&path).unwrap();
    corpus.read(&[0], Some(1), &GO_ON).unwrap();
    bytes[20] ^= 1;
    fs::write(&path, &bytes).unwrap();
    for corpus in [
        corpus,
        Corpus::open(&world_folder().join("corpus2")).unwrap(),
    ] {
        let error = corpus.read(&[1], Some(1), &GO_ON).unwrap_err();
        assert!(matches!(error, CorpusError::Changed { .. }), "{error:?}");
        assert!(
            error.to_string().starts_with("s3://bucket/set/a.jsonl: "),
            "{error}"
        );
    }
    fs::remove_file(&path).unwrap();
    let again = Corpus::open(&world_folder().join("corpus2")).unwrap();
    let error = again.read(&[1], Some(1), &GO_ON).unwrap_err().to_string();
    assert!(error.contains("the file is gone"), "{error}");
    let missing = build(
        &["s3://bucket/nothing/here".into()],
        &world_folder().join("none"),
        &options(),
        &Progress::default(),
        &GO_ON,
    );
    assert!(
        matches!(missing, Err(CorpusError::Missing { .. })),
        "{missing:?}"
    );
}
