"""Parquet as pyarrow writes it is read back equal, and what holds no text is refused by what it holds."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pyarrow import parquet

from spice_fast.corpus import Corpus, build
from spice_fast.errors import DocumentError

TEXTS = ["plain", "Größe 😀", "plain", "\0 NUL and \u2028", "line\r\nfeed", "plain", "x" * 5000]


def read_back(tmp_path, table, **options):
    parquet.write_table(table, tmp_path / "a.parquet", **options)
    facts = build([tmp_path / "a.parquet"], tmp_path / "corpus", min_bytes=0, on_error="skip")
    corpus = Corpus.open(tmp_path / "corpus")
    return facts, corpus, corpus.read(range(len(corpus)))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())])
@pytest.mark.parametrize("row_group_size", [1, 3, 100])
def test_every_type_of_string_column_is_read(tmp_path, kind, row_group_size):
    values = [text.encode() for text in TEXTS] if kind == pa.binary() else TEXTS
    column = pa.array(values).cast(kind) if pa.types.is_dictionary(kind) else pa.array(values, kind)
    table = pa.table({"id": pa.array(range(len(TEXTS))), "text": column})
    _, corpus, found = read_back(tmp_path, table, row_group_size=row_group_size)
    assert found == TEXTS
    assert [corpus.document(index).ordinal for index in range(len(TEXTS))] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "none", "use_dictionary": False},
        {"compression": "snappy", "data_page_version": "2.0"},
        {"compression": "gzip", "data_page_size": 64},
        {"compression": "zstd", "write_statistics": False},
        {"use_dictionary": False, "column_encoding": {"text": "DELTA_LENGTH_BYTE_ARRAY"}},
        {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY"}},
        {"dictionary_pagesize_limit": 16},
        {"store_schema": False, "write_page_index": True, "write_page_checksum": True},
    ],
    ids=lambda options: ",".join(str(value) for value in options.values()),
)
def test_every_way_of_writing_pages_is_read(tmp_path, options):
    texts = [f"{text} {number}" for number in range(700) for text in TEXTS[:5]]
    _, _, found = read_back(tmp_path, pa.table({"text": texts}), row_group_size=1000, **options)
    assert found == texts


def test_nulls_and_blanks_are_counted_by_row_group_and_row(tmp_path):
    texts = ["a", None, "", None, "b", " ", "c"]
    facts, corpus, found = read_back(tmp_path, pa.table({"text": texts}), row_group_size=2)
    assert found == ["a", "b", "c"]
    assert (facts.num_skipped, facts.num_short) == (2, 2)
    assert [skipped.place.rsplit(":", 1)[1] for skipped in facts.skipped] == ["2", "4"]
    assert [corpus.document(index).ordinal for index in range(3)] == [1, 5, 7]


def test_a_column_that_may_not_be_null_is_read(tmp_path):
    schema = pa.schema([pa.field("orig_doc", pa.string(), nullable=False)])
    _, _, found = read_back(tmp_path, pa.table({"orig_doc": TEXTS}, schema=schema))
    assert found == TEXTS


def test_other_nested_columns_do_not_disturb(tmp_path):
    table = pa.table({"meta": [{"text": "no", "n": [1, 2]}] * 7, "tags": [["text"], []] * 3 + [None], "text": TEXTS})
    _, _, found = read_back(tmp_path, table)
    assert found == TEXTS


def test_a_folder_of_parts_is_read_in_the_order_of_names(tmp_path):
    folder = tmp_path / "data.parquet"
    folder.mkdir()
    for part in (1, 0):
        parquet.write_table(pa.table({"text": [f"part {part}"]}), folder / f"part-{part}.parquet")
    build([folder], tmp_path / "corpus", min_bytes=0)
    assert Corpus.open(tmp_path / "corpus").read([0, 1]) == ["part 0", "part 1"]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pa.array([1, 2]), "column text holds INT64; expected strings"),
        (pa.array([1.5, None]), "column text holds DOUBLE; expected strings"),
        (pa.array([b"ab", b"cd"], pa.binary(2)), "column text holds FIXED_LEN_BYTE_ARRAY; expected strings"),
        (pa.array([["a"], ["b"]]), "column text holds lists or structures; expected strings"),
        (pa.array([{"a": "b"}] * 2), "column text holds lists or structures; expected strings"),
    ],
    ids=["int", "float", "fixed", "list", "struct"],
)
def test_a_column_of_something_else_is_refused_by_what_it_holds(tmp_path, column, reason):
    parquet.write_table(pa.table({"text": column}), tmp_path / "a.parquet")
    with pytest.raises(DocumentError, match=reason):
        build([tmp_path / "a.parquet"], tmp_path / "corpus")


@pytest.mark.parametrize("compression", ["lz4", "brotli"])
def test_a_compression_that_is_not_supported_is_named(tmp_path, compression):
    parquet.write_table(pa.table({"text": TEXTS}), tmp_path / "a.parquet", compression=compression)
    with pytest.raises(DocumentError, match=f"row group 0: .*{compression}"):
        build([tmp_path / "a.parquet"], tmp_path / "corpus")


def test_a_row_group_that_no_draw_could_decode_is_refused_with_the_way_out(tmp_path):
    parquet.write_table(pa.table({"text": ["x" * (1 << 20)] * 257}), tmp_path / "a.parquet", use_dictionary=True)
    with pytest.raises(DocumentError, match=r"more than 256 MiB.*write smaller row groups"):
        build([tmp_path / "a.parquet"], tmp_path / "corpus", threads=1)
