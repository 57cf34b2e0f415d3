//! Documents and passages as Arrow arrays: out through the `PyCapsule` protocol, without a copy.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::ThreadId;

use arrow_array::{ArrayRef, LargeStringArray, RecordBatch, StructArray, UInt32Array, UInt64Array};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::error::PyArrowResult;
use pyo3_arrow::ffi::{
    ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule,
};
use spice_corpus::{
    CorpusError, DocumentBatch, DocumentBatches, DocumentPlace, Facts, PassageBatch,
    PassageBatches, Texts,
};

use crate::boundary::{detached, interruptible, with_progress};
use crate::corpus::CorpusReader;
use crate::sample::PassageSampler;

/// Columns of a batch of documents.
fn document_schema(with_places: bool) -> SchemaRef {
    let mut fields = vec![
        Field::new("document", DataType::UInt64, false),
        Field::new("text", DataType::LargeUtf8, false),
    ];
    if with_places {
        fields.extend(place_fields());
    }
    Arc::new(Schema::new(fields))
}

/// Columns of a batch of passages.
fn passage_schema(with_places: bool) -> SchemaRef {
    let mut fields = vec![
        Field::new("draw", DataType::UInt64, false),
        Field::new("document", DataType::UInt64, false),
        Field::new("start", DataType::UInt64, false),
        Field::new("end", DataType::UInt64, false),
        Field::new("num_tokens", DataType::UInt64, true),
        Field::new("text", DataType::LargeUtf8, false),
    ];
    if with_places {
        fields.extend(place_fields());
    }
    Arc::new(Schema::new(fields))
}

/// Columns that say where documents come from.
fn place_fields() -> [Field; 6] {
    [
        Field::new("path", DataType::LargeUtf8, false),
        Field::new("ordinal", DataType::UInt32, true),
        Field::new("id", DataType::LargeUtf8, true),
        Field::new("source", DataType::LargeUtf8, true),
        Field::new("url", DataType::LargeUtf8, true),
        Field::new("license", DataType::LargeUtf8, true),
    ]
}

/// An Arrow record batch.
#[pyclass(frozen, module = "spice_fast._core")]
struct ArrowBatch {
    inner: RecordBatch,
}

#[pymethods]
impl ArrowBatch {
    fn __len__(&self) -> usize {
        self.inner.num_rows()
    }

    fn __repr__(&self) -> String {
        let names = self
            .inner
            .schema_ref()
            .fields()
            .iter()
            .map(|field| field.name().as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        format!("ArrowBatch({} rows: {names})", self.inner.num_rows())
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyArrowResult<Bound<'py, PyCapsule>> {
        to_schema_pycapsule(py, self.inner.schema_ref().as_ref())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyArrowResult<Bound<'py, PyTuple>> {
        let field = row_field(self.inner.schema_ref());
        let rows = StructArray::from(self.inner.clone());
        to_array_pycapsules(py, field, &rows, requested_schema)
    }
}

/// Some documents as a record batch.
#[pyfunction]
fn take_documents(
    py: Python<'_>,
    corpus: &CorpusReader,
    indices: Vec<u64>,
    with_places: bool,
    threads: Option<usize>,
) -> PyArrowResult<ArrowBatch> {
    let corpus = &corpus.inner;
    // A thread to watch for Ctrl-C costs a tenth of what it would watch here.
    let soon = if with_places {
        None
    } else {
        detached(py, || corpus.read_texts_soon(&indices, threads))?
    };
    let batch = match soon {
        Some(texts) => DocumentBatch {
            documents: indices,
            texts,
            places: None,
        },
        None => interruptible(py, |stop| corpus.take(&indices, with_places, threads, stop))?,
    };
    let inner = document_rows(batch)?;
    Ok(ArrowBatch { inner })
}

/// The passages of some draws as a record batch.
#[pyfunction]
fn take_passages(
    py: Python<'_>,
    sampler: &PassageSampler,
    draws: Vec<u64>,
    with_places: bool,
    threads: Option<usize>,
) -> PyArrowResult<ArrowBatch> {
    let sampler = &sampler.inner;
    let batch = interruptible(py, |stop| sampler.take(&draws, with_places, threads, stop))?;
    let inner = passage_rows(batch, sampler.bytes_per_token().is_some())?;
    Ok(ArrowBatch { inner })
}

/// The documents `first..stop` as a stream of record batches.
#[pyfunction]
fn stream_documents<'py>(
    py: Python<'py>,
    corpus: &CorpusReader,
    first: u64,
    stop: u64,
    max_rows: u64,
    with_places: bool,
    threads: Option<usize>,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyArrowResult<Bound<'py, PyCapsule>> {
    let batches = DocumentBatches {
        corpus: Arc::clone(&corpus.inner),
        first,
        stop,
        max_rows,
        with_places,
        threads,
    };
    let rows = batches.map(|batch| rows_of(batch, document_rows));
    stream(py, &document_schema(with_places), rows, requested_schema)
}

/// The passages of draws `first`, `first + stride`, ... below `stop` as a stream of record batches.
#[pyfunction]
fn stream_passages<'py>(
    py: Python<'py>,
    sampler: &PassageSampler,
    first: u64,
    stop: u64,
    stride: u64,
    max_rows: usize,
    with_places: bool,
    threads: Option<usize>,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyArrowResult<Bound<'py, PyCapsule>> {
    let batches = PassageBatches {
        sampler: Arc::clone(&sampler.inner),
        first,
        stop,
        stride,
        max_rows,
        with_places,
        threads,
    };
    let counts_tokens = sampler.inner.bytes_per_token().is_some();
    let rows = batches.map(move |batch| rows_of(batch, |batch| passage_rows(batch, counts_tokens)));
    stream(py, &passage_schema(with_places), rows, requested_schema)
}

fn stream<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
    rows: impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send + 'static,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyArrowResult<Bound<'py, PyCapsule>> {
    let guarded = Guarded {
        rows,
        made_on: std::thread::current().id(),
    };
    let reader = ArrayIterator::new(guarded, row_field(schema));
    to_stream_pycapsule(py, Box::new(reader), requested_schema)
}

/// What a foreign consumer may call: no panic leaves it, and Ctrl-C ends it.
struct Guarded<I> {
    rows: I,
    made_on: ThreadId,
}

impl<I: Iterator<Item = Result<RecordBatch, ArrowError>>> Iterator for Guarded<I> {
    type Item = Result<ArrayRef, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_interrupted() {
            let error = ArrowError::ExternalError("interrupted".into());
            return Some(Err(error));
        }
        let next = catch_unwind(AssertUnwindSafe(|| self.rows.next()));
        let next = next.unwrap_or_else(|_| {
            let error = ArrowError::ExternalError("panicked while reading; see stderr".into());
            Some(Err(error))
        })?;
        Some(next.map(|rows| -> ArrayRef { Arc::new(StructArray::from(rows)) }))
    }
}

impl<I> Guarded<I> {
    /// Whether Ctrl-C was pressed; then Python hears of it again once the consumer has given up.
    fn is_interrupted(&self) -> bool {
        // The thread that made the stream either holds the interpreter or gave it up itself. Any other one might wait for a
        // thread that waits for it.
        if std::thread::current().id() != self.made_on {
            return false;
        }
        let raised = Python::attach(|py| {
            let signal = py.check_signals().err()?;
            Some(signal.is_instance_of::<PyKeyboardInterrupt>(py))
        });
        if raised == Some(true) {
            // SAFETY: sets a flag, and may be called from anywhere.
            #[expect(unsafe_code)]
            unsafe {
                pyo3::ffi::PyErr_SetInterrupt();
            }
        }
        raised.is_some()
    }
}

/// The record batch of a batch; an error's text without NULs, which C strings cannot hold.
fn rows_of<T>(
    batch: Result<T, CorpusError>,
    convert: impl FnOnce(T) -> Result<RecordBatch, ArrowError>,
) -> Result<RecordBatch, ArrowError> {
    batch
        .map_err(|error| {
            ArrowError::ExternalError(error.to_string().replace('\0', "\u{fffd}").into())
        })
        .and_then(convert)
}

fn row_field(schema: &SchemaRef) -> FieldRef {
    let rows = DataType::Struct(schema.fields().clone());
    Arc::new(Field::new("", rows, false))
}

fn document_rows(batch: DocumentBatch) -> Result<RecordBatch, ArrowError> {
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from(batch.documents)),
        Arc::new(strings(batch.texts)),
    ];
    let schema = document_schema(batch.places.is_some());
    columns.extend(batch.places.iter().flat_map(|places| place_columns(places)));
    RecordBatch::try_new(schema, columns)
}

fn passage_rows(batch: PassageBatch, counts_tokens: bool) -> Result<RecordBatch, ArrowError> {
    let num_tokens = if counts_tokens {
        UInt64Array::from(batch.lengths)
    } else {
        UInt64Array::new_null(batch.lengths.len())
    };
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from(batch.draws)),
        Arc::new(UInt64Array::from(batch.documents)),
        Arc::new(UInt64Array::from(batch.starts)),
        Arc::new(UInt64Array::from(batch.ends)),
        Arc::new(num_tokens),
        Arc::new(strings(batch.texts)),
    ];
    let schema = passage_schema(batch.places.is_some());
    columns.extend(batch.places.iter().flat_map(|places| place_columns(places)));
    RecordBatch::try_new(schema, columns)
}

/// The columns of [`place_fields`].
fn place_columns(places: &[DocumentPlace]) -> [ArrayRef; 6] {
    let paths = places
        .iter()
        .map(|place| Some(place.path.to_string_lossy()));
    let ordinals = places.iter().map(|place| place.ordinal);
    let facts = |of: fn(&Facts) -> &Option<String>| -> ArrayRef {
        let texts = places.iter().map(|place| of(&place.facts).as_deref());
        Arc::new(texts.collect::<LargeStringArray>())
    };
    [
        Arc::new(paths.collect::<LargeStringArray>()),
        Arc::new(ordinals.collect::<UInt32Array>()),
        facts(|facts| &facts.id),
        facts(|facts| &facts.source),
        facts(|facts| &facts.url),
        facts(|facts| &facts.license),
    ]
}

/// The text buffer itself, not a copy.
fn strings(texts: Texts) -> LargeStringArray {
    let (bytes, offsets) = texts.into_parts();
    let offsets = OffsetBuffer::from_lengths(offsets.windows(2).map(|ends| ends[1] - ends[0]));
    // SAFETY: `Texts` says that every piece between two offsets is UTF-8: the readers check it.
    #[expect(unsafe_code)]
    unsafe {
        LargeStringArray::new_unchecked(offsets, Buffer::from_vec(bytes), None)
    }
}

/// Writes all documents as Parquet files; `progress(done_bytes, total_bytes)` is called about every 50 ms. Gives the files, how many
/// of them were there, and the number of documents.
#[pyfunction]
fn export_corpus(
    py: Python<'_>,
    corpus: &CorpusReader,
    folder: PathBuf,
    file_bytes: u64,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Vec<PathBuf>, usize, u64)> {
    let corpus = &corpus.inner;
    let report = with_progress(py, progress, |counters, stop| {
        spice_corpus::export(corpus, &folder, file_bytes, threads, counters, stop)
    })?;
    Ok((report.files, report.num_resumed, report.num_documents))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<ArrowBatch>()?;
    module.add_function(wrap_pyfunction!(export_corpus, module)?)?;
    module.add_function(wrap_pyfunction!(take_documents, module)?)?;
    module.add_function(wrap_pyfunction!(take_passages, module)?)?;
    module.add_function(wrap_pyfunction!(stream_documents, module)?)?;
    module.add_function(wrap_pyfunction!(stream_passages, module)?)
}
