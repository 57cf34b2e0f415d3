//! Documents and passages as Arrow arrays: out through the `PyCapsule` protocol, without a copy.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};
use std::thread::ThreadId;

use arrow_array::{ArrayRef, LargeStringArray, RecordBatch, StructArray, UInt32Array, UInt64Array};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::error::PyArrowResult;
use pyo3_arrow::ffi::{
    ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule,
};
use spice_corpus::{
    CorpusError, DocumentBatch, DocumentBatches, PassageBatch, PassageBatches, Texts,
};

use crate::boundary::interruptible;
use crate::corpus::CorpusReader;
use crate::sample::PassageSampler;

/// Columns of a batch of documents.
static DOCUMENT_SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("document", DataType::UInt64, false),
        Field::new("source", DataType::LargeUtf8, false),
        Field::new("ordinal", DataType::UInt32, true),
        Field::new("text", DataType::LargeUtf8, false),
    ]))
});

/// Columns of a batch of passages.
static PASSAGE_SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("draw", DataType::UInt64, false),
        Field::new("document", DataType::UInt64, false),
        Field::new("start", DataType::UInt64, false),
        Field::new("end", DataType::UInt64, false),
        Field::new("num_tokens", DataType::UInt64, true),
        Field::new("source", DataType::LargeUtf8, false),
        Field::new("ordinal", DataType::UInt32, true),
        Field::new("text", DataType::LargeUtf8, false),
    ]))
});

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
    threads: Option<usize>,
) -> PyResult<ArrowBatch> {
    let batch = interruptible(py, |stop| corpus.inner.take(&indices, threads, stop))?;
    let inner = document_rows(batch).map_err(pyo3_arrow::error::PyArrowError::from)?;
    Ok(ArrowBatch { inner })
}

/// The passages of some draws as a record batch.
#[pyfunction]
fn take_passages(
    py: Python<'_>,
    sampler: &PassageSampler,
    draws: Vec<u64>,
    threads: Option<usize>,
) -> PyResult<ArrowBatch> {
    let batch = interruptible(py, |stop| sampler.inner.take(&draws, threads, stop))?;
    let counts_tokens = sampler.inner.bytes_per_token().is_some();
    let inner =
        passage_rows(batch, counts_tokens).map_err(pyo3_arrow::error::PyArrowError::from)?;
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
    threads: Option<usize>,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyArrowResult<Bound<'py, PyCapsule>> {
    let batches = DocumentBatches {
        corpus: Arc::clone(&corpus.inner),
        first,
        stop,
        max_rows,
        threads,
    };
    let rows = batches.map(|batch| rows_of(batch, document_rows));
    stream(py, &DOCUMENT_SCHEMA, rows, requested_schema)
}

/// The passages of draws `first`, `first + step`, ... below `stop` as a stream of record batches.
#[pyfunction]
fn stream_passages<'py>(
    py: Python<'py>,
    sampler: &PassageSampler,
    first: u64,
    stop: u64,
    step: u64,
    max_rows: usize,
    threads: Option<usize>,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyArrowResult<Bound<'py, PyCapsule>> {
    let batches = PassageBatches {
        sampler: Arc::clone(&sampler.inner),
        first,
        stop,
        step,
        max_rows,
        threads,
    };
    let counts_tokens = sampler.inner.bytes_per_token().is_some();
    let rows = batches.map(move |batch| rows_of(batch, |batch| passage_rows(batch, counts_tokens)));
    stream(py, &PASSAGE_SCHEMA, rows, requested_schema)
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
        let Err(signal) = Python::attach(|py| py.check_signals()) else {
            return false;
        };
        if Python::attach(|py| signal.is_instance_of::<PyKeyboardInterrupt>(py)) {
            // SAFETY: sets a flag, and may be called from anywhere.
            #[expect(unsafe_code)]
            unsafe {
                pyo3::ffi::PyErr_SetInterrupt();
            }
        }
        true
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
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from(batch.documents)),
        Arc::new(strings(batch.sources)),
        Arc::new(ordinals(batch.ordinals)),
        Arc::new(strings(batch.texts)),
    ];
    RecordBatch::try_new(Arc::clone(&DOCUMENT_SCHEMA), columns)
}

fn passage_rows(batch: PassageBatch, counts_tokens: bool) -> Result<RecordBatch, ArrowError> {
    let num_tokens = if counts_tokens {
        UInt64Array::from(batch.lengths)
    } else {
        UInt64Array::new_null(batch.lengths.len())
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from(batch.draws)),
        Arc::new(UInt64Array::from(batch.documents)),
        Arc::new(UInt64Array::from(batch.starts)),
        Arc::new(UInt64Array::from(batch.ends)),
        Arc::new(num_tokens),
        Arc::new(strings(batch.sources)),
        Arc::new(ordinals(batch.ordinals)),
        Arc::new(strings(batch.texts)),
    ];
    RecordBatch::try_new(Arc::clone(&PASSAGE_SCHEMA), columns)
}

/// The buffers themselves, not a copy.
fn strings(texts: Texts) -> LargeStringArray {
    let (bytes, offsets) = texts.into_parts();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    // SAFETY: `Texts` says that every piece between two offsets is UTF-8, and it is built of `str` only.
    #[expect(unsafe_code)]
    unsafe {
        LargeStringArray::new_unchecked(offsets, Buffer::from_vec(bytes), None)
    }
}

/// Counted from 1; none where the file is one document.
fn ordinals(ordinals: Vec<u32>) -> UInt32Array {
    ordinals
        .into_iter()
        .map(|ordinal| (ordinal > 0).then_some(ordinal))
        .collect()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<ArrowBatch>()?;
    module.add_function(wrap_pyfunction!(take_documents, module)?)?;
    module.add_function(wrap_pyfunction!(take_passages, module)?)?;
    module.add_function(wrap_pyfunction!(stream_documents, module)?)?;
    module.add_function(wrap_pyfunction!(stream_passages, module)?)
}
