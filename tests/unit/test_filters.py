"""Filters by columns: what a comparison keeps, in every format, and what it says of the rest."""

from __future__ import annotations

import gzip
import json
import operator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from spice_fast.corpus import Corpus, build, filter_documents
from spice_fast.errors import ConfigError, CorpusError, OutputExistsError

ROWS = [
    {"text": "one of them", "quality": 0.5, "language": "en", "count": 3, "good": True},
    {"text": "two", "quality": 0.25, "language": "de", "count": -1, "good": False},
    {"text": "three of them all", "quality": None, "language": "en", "count": 7, "good": True},
    {"text": "four", "quality": 0.75, "language": "fr", "count": 2**40, "good": None},
]


def write_jsonl(folder):
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return folder / "a.jsonl"


def write_gzip(folder):
    data = "\n".join(json.dumps(row) for row in ROWS).encode()
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(data[:70]) + gzip.compress(data[70:]))
    return folder / "a.jsonl.gz"


def write_parquet(folder):
    table = pa.table({name: [row[name] for row in ROWS] for name in ROWS[0]})
    parquet.write_table(table, folder / "a.parquet", row_group_size=3)
    return folder / "a.parquet"


@pytest.fixture(scope="module", params=[write_jsonl, write_gzip, write_parquet], ids=lambda f: f.__name__[6:])
def corpus(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("filters")
    build([request.param(folder)], folder / "corpus", min_bytes=0)
    return Corpus.open(folder / "corpus")


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        (["quality >= 0.5"], [0, 3]),
        (["quality<0.5"], [1]),
        (["quality != 0.5"], [1, 3]),
        (["language = en"], [0, 2]),
        (['language == "en"'], [0, 2]),
        (["language > en"], [3]),
        (["language != en"], [1, 3]),
        (["count <= 3"], [0, 1]),
        (["count = 1099511627776"], [3]),
        (["good = true"], [0, 2]),
        (["num_bytes > 4"], [0, 2]),
        (["num_bytes > 4", "quality >= 0"], [0]),
    ],
)
def test_a_comparison_keeps_what_it_says(corpus, tmp_path, where, kept):
    filtered = filter_documents(corpus, where, tmp_path / "a.keep")
    assert filtered.keep.documents() == kept
    assert filtered.keep.made_by == {"made_by": "filter", "where": where}


def test_what_cannot_be_compared_is_dropped_and_counted(corpus, tmp_path):
    filtered = filter_documents(corpus, ["quality != 7"], tmp_path / "a.keep")
    assert (filtered.num_without_value, filtered.num_of_other_kind) == (1, 0)
    filtered = filter_documents(corpus, ["quality != seven"], tmp_path / "b.keep")
    assert (len(filtered.keep), filtered.num_without_value, filtered.num_of_other_kind) == (0, 1, 3)


@pytest.mark.parametrize("where", [[], ["quality"], ["> 5"], ["quality >"], ["unknown = 5"], "quality > 5"])
def test_comparisons_that_say_nothing_are_refused(corpus, tmp_path, where):
    with pytest.raises(ConfigError, match="where"):
        filter_documents(corpus, where, tmp_path / "a.keep")
    assert list(tmp_path.iterdir()) == []


def test_a_filter_file_is_not_overwritten_without_leave(corpus, tmp_path):
    filter_documents(corpus, ["num_bytes > 4"], tmp_path / "a.keep")
    with pytest.raises(OutputExistsError):
        filter_documents(corpus, ["num_bytes > 5"], tmp_path / "a.keep")
    filter_documents(corpus, ["num_bytes > 50"], tmp_path / "a.keep", overwrite=True)


def test_a_source_that_changed_is_noticed(tmp_path):
    path = write_jsonl(tmp_path)
    build([path], tmp_path / "corpus", min_bytes=0)
    path.write_text(path.read_text().replace("{", "[", 1))
    with pytest.raises(CorpusError, match="record 1 changed"):
        filter_documents(Corpus.open(tmp_path / "corpus"), ["quality > 0"], tmp_path / "a.keep")


def test_progress_is_told_in_documents(corpus, tmp_path):
    told = []
    filter_documents(
        corpus, ["num_bytes > 4"], tmp_path / "a.keep", progress=lambda done, total: told.append((done, total))
    )
    assert told[-1] == (4, 4)


SIGNS = {"<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne, ">=": operator.ge, ">": operator.gt}
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-9, 9) | st.sampled_from(["a", "b", "true"])
)
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.sampled_from("ax"), scalars, max_size=1)


@settings(max_examples=60, deadline=None)
@given(
    found=st.lists(st.fixed_dictionaries({}, optional={"x": values}), min_size=1, max_size=9),
    sign=st.sampled_from(sorted(SIGNS)),
    value=st.integers(-9, 9) | st.floats(-9, 9) | st.sampled_from(["a", "b", "true"]),
)
def test_a_comparison_is_what_python_says(tmp_path_factory, found, sign, value):
    folder = tmp_path_factory.mktemp("comparison")
    (folder / "a.jsonl").write_text("".join(json.dumps({"text": "t"} | row) + "\n" for row in found))
    build([folder / "a.jsonl"], folder / "corpus", min_bytes=0)

    def kept(row):
        x = row.get("x")
        x = str(x).lower() if isinstance(x, bool) else x
        same = isinstance(x, str) if isinstance(value, str) else isinstance(x, (int, float))
        return same and SIGNS[sign](x, value)

    try:
        filtered = filter_documents(
            Corpus.open(folder / "corpus"), [f"x {sign} {value!r}".replace("'", '"')], folder / "a.keep"
        )
    except ConfigError:
        assert all(row.get("x") is None or isinstance(row["x"], (list, dict)) for row in found)
    else:
        assert filtered.keep.documents() == [number for number, row in enumerate(found) if kept(row)]
