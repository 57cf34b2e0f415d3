//! Objects in a store that speaks S3. Credentials, region and endpoint come from the environment, as the `object_store` crate
//! reads it (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, ...); plain HTTP only with
//! `AWS_ALLOW_HTTP=true`.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::runtime::{Builder, Runtime};
use xxhash_rust::xxh3::xxh3_64;

/// Failed requests are repeated so often, with growing pauses, and for so long together.
const MAX_RETRIES: usize = 5;
const RETRY_TIMEOUT: Duration = Duration::from_mins(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A bucket and the threads that talk to it.
struct Client {
    store: AmazonS3,
    runtime: Runtime,
}

/// Clients by process, endpoint and bucket: a forked process cannot use the threads of its parent.
static CLIENTS: Mutex<BTreeMap<(u32, String, String), Arc<Client>>> = Mutex::new(BTreeMap::new());

fn client(bucket: &str) -> io::Result<Arc<Client>> {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").unwrap_or_default();
    let key = (std::process::id(), endpoint, bucket.to_owned());
    let mut clients = CLIENTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(client) = clients.get(&key) {
        return Ok(Arc::clone(client));
    }
    let retry = RetryConfig {
        max_retries: MAX_RETRIES,
        retry_timeout: RETRY_TIMEOUT,
        ..RetryConfig::default()
    };
    // The environment's word on HTTP would be lost with fresh options.
    let allows_http = std::env::var("AWS_ALLOW_HTTP").is_ok_and(|value| value == "true");
    let options = ClientOptions::new()
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_allow_http(allows_http);
    let store = AmazonS3Builder::from_env()
        .with_client_options(options)
        .with_retry(retry)
        .with_bucket_name(bucket)
        .build()
        .map_err(explain)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let client = Arc::new(Client { store, runtime });
    clients.insert(key, Arc::clone(&client));
    Ok(client)
}

/// Bucket and key of `s3://bucket/key`.
fn parse(address: &str) -> io::Result<(&str, Key)> {
    let rest = address.trim_start_matches("s3:").trim_start_matches('/');
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "no bucket; expected s3://bucket/key",
        ));
    }
    let key = Key::parse(key.trim_end_matches('/'))
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    Ok((bucket, key))
}

fn explain(error: object_store::Error) -> io::Error {
    match error {
        object_store::Error::NotFound { .. } => io::ErrorKind::NotFound.into(),
        other => io::Error::other(other.to_string()),
    }
}

fn identity_of(tag: Option<&str>) -> u64 {
    tag.map_or(0, |tag| xxh3_64(tag.as_bytes()))
}

/// An object as it was when it was opened; once it changes, it can no longer be read.
pub(crate) struct Object {
    client: Arc<Client>,
    process: u32,
    bucket: String,
    key: Key,
    size: u64,
    tag: Option<String>,
}

impl Object {
    /// # Errors
    /// It is not there, or the store cannot be reached.
    pub(crate) fn open(address: &str) -> io::Result<Self> {
        let (bucket, key) = parse(address)?;
        let client = client(bucket)?;
        let found = client.runtime.block_on(client.store.head(&key));
        let found = found.map_err(explain)?;
        Ok(Self {
            client,
            process: std::process::id(),
            bucket: bucket.to_owned(),
            key,
            size: found.size,
            tag: found.e_tag,
        })
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn identity(&self) -> u64 {
        identity_of(self.tag.as_deref())
    }

    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let end = self.size.min(offset.saturating_add(buffer.len() as u64));
        if offset >= end {
            return Ok(0);
        }
        let bytes = self.get(offset..end)?;
        let num_read = bytes.len().min(buffer.len());
        buffer[..num_read].copy_from_slice(&bytes[..num_read]);
        Ok(num_read)
    }

    fn get(&self, range: Range<u64>) -> io::Result<bytes::Bytes> {
        // The client of a forked process is another one.
        let renewed;
        let client = if self.process == std::process::id() {
            &self.client
        } else {
            renewed = client(&self.bucket)?;
            &renewed
        };
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        client.runtime.block_on(async {
            let found = client
                .store
                .get_opts(&self.key, options)
                .await
                .map_err(explain)?;
            if (found.meta.size, &found.meta.e_tag) != (self.size, &self.tag) {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the object has changed while it was open",
                ));
            }
            found.bytes().await.map_err(explain)
        })
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "s3://{}/{}", self.bucket, self.key)
    }
}

/// An object below a prefix.
#[derive(Debug)]
pub(crate) struct Listed {
    /// `s3://bucket/key`.
    pub address: String,
    /// Its bytes.
    pub size: u64,
    /// Its entity tag.
    pub tag: String,
}

/// The objects below `s3://bucket/prefix`, or the one with this name, in the order of their names.
///
/// # Errors
/// There are none, or the store cannot be reached.
pub(crate) fn list_objects(address: &str) -> io::Result<Vec<Listed>> {
    let (bucket, key) = parse(address)?;
    let client = client(bucket)?;
    let listed = |meta: object_store::ObjectMeta| Listed {
        address: format!("s3://{bucket}/{}", meta.location),
        size: meta.size,
        tag: meta.e_tag.unwrap_or_default(),
    };
    let found: Vec<_> = client
        .runtime
        .block_on(client.store.list(Some(&key)).try_collect())
        .map_err(explain)?;
    let mut objects: Vec<Listed> = found.into_iter().map(listed).collect();
    if objects.is_empty() {
        let head = client.runtime.block_on(client.store.head(&key));
        objects.push(listed(head.map_err(explain)?));
    }
    objects.sort_unstable_by(|a, b| a.address.cmp(&b.address));
    Ok(objects)
}
