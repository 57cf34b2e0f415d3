"""Parquet files of a corpus: the same rows, the same bytes every time, and nothing written twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from spice_fast.corpus import Corpus, build, export, pack
from spice_fast.errors import ConfigError, CorpusError, OutputExistsError


@pytest.fixture
def corpus(tmp_path):
    records = ({"text": f"Größe {n} " * (n % 50 + 1), "id": n, "source": "test" if n % 3 else None} for n in range(400))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (tmp_path / "b.txt").write_text("One document.")
    build([tmp_path / "a.jsonl", tmp_path / "b.txt"], tmp_path / "corpus", min_bytes=0)
    return Corpus.open(tmp_path / "corpus")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_hold_all_documents_in_order_and_what_is_known_of_them(corpus, tmp_path):
    told = []
    written = export(corpus, tmp_path / "out", file_bytes=20_000, progress=lambda *numbers: told.append(numbers))
    assert (written.num_resumed, written.num_documents) == (0, 401)
    assert len(written.files) > 2
    assert told[-1] == (corpus.num_bytes, corpus.num_bytes)
    table = pq.read_table([str(file) for file in written.files])
    assert table["text"].to_pylist() == corpus.read(range(401))
    assert table["document"].to_pylist() == list(range(401))
    places = [corpus.document(index) for index in range(401)]
    assert table["path"].to_pylist() == [str(place.path) for place in places]
    for name in ("ordinal", "id", "source", "url", "license"):
        assert table[name].to_pylist() == [getattr(place, name) for place in places]
    sizes = [sum(len(text.encode()) for text in pq.read_table(file)["text"].to_pylist()) for file in written.files]
    assert max(sizes) <= 20_000


def test_an_export_is_a_corpus_of_the_same_documents(corpus, tmp_path):
    export(corpus, tmp_path / "out", file_bytes=20_000)
    build([tmp_path / "out"], tmp_path / "again", min_bytes=0)
    assert Corpus.open(tmp_path / "again").read(range(401)) == corpus.read(range(401))


def test_the_bytes_depend_on_the_corpus_alone(corpus, tmp_path):
    export(corpus, tmp_path / "one", file_bytes=20_000, threads=1)
    export(corpus, tmp_path / "two", file_bytes=20_000, threads=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_only_what_is_missing_is_written_and_nothing_half_written_stays(corpus, tmp_path):
    folder = tmp_path / "out"
    first = export(corpus, folder, file_bytes=20_000)
    before = contents(folder)
    first.files[1].unlink()
    kept = first.files[0].stat().st_mtime_ns
    (folder / ".part-00001.parquet.writing-x").write_bytes(b"half")
    again = export(corpus, folder, file_bytes=20_000)
    assert again.num_resumed == len(first.files) - 1
    assert contents(folder) == before
    assert first.files[0].stat().st_mtime_ns == kept


def test_a_folder_of_something_else_is_refused(corpus, tmp_path):
    export(corpus, tmp_path / "out", file_bytes=20_000)
    with pytest.raises(OutputExistsError, match="not an export of this corpus with the same size of files"):
        export(corpus, tmp_path / "out", file_bytes=30_000)
    with pytest.raises(OutputExistsError, match="not empty"):
        export(corpus, tmp_path / "corpus")
    with pytest.raises(ConfigError, match="file_bytes: 0"):
        export(corpus, tmp_path / "new", file_bytes=0)


def test_a_source_that_changed_stops_it_and_what_was_whole_stays(corpus, tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text(source.read_text().replace("399", "398"))
    with pytest.raises(CorpusError, match="changed"):
        export(corpus, tmp_path / "out", file_bytes=20_000)
    names = [path.name for path in (tmp_path / "out").iterdir()]
    assert "part-00000.parquet" in names
    assert not [name for name in names if name.startswith(".")]


def test_a_packed_corpus_is_exported_alike(corpus, tmp_path):
    pack([tmp_path / "a.jsonl", tmp_path / "b.txt"], tmp_path / "packed", min_bytes=0)
    files = [
        export(one, tmp_path / name).files for one, name in ((corpus, "x"), (Corpus.open(tmp_path / "packed"), "y"))
    ]
    assert [pq.read_table(str(file)) for file in files[0]] == [pq.read_table(str(file)) for file in files[1]]


@pytest.mark.slow
def test_a_killed_export_goes_on_and_ends_like_one_that_was_not(tmp_path):
    lines = (json.dumps({"text": f"{n} " * 4_000}) + "\n" for n in range(3_000))
    (tmp_path / "a.jsonl").write_text("".join(lines))
    build([tmp_path / "a.jsonl"], tmp_path / "corpus", min_bytes=0)
    script = "import sys; from spice_fast.corpus import Corpus, export; export(Corpus.open(sys.argv[1]), sys.argv[2], file_bytes=2**21)"
    folder = tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "corpus"), str(folder)])
    try:
        while len(list(folder.glob("part-*.parquet"))) < 3:
            assert process.poll() is None
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait()
    corpus = Corpus.open(tmp_path / "corpus")
    assert export(corpus, folder, file_bytes=2**21).num_resumed >= 3
    export(corpus, tmp_path / "whole", file_bytes=2**21)
    assert contents(folder) == contents(tmp_path / "whole")
