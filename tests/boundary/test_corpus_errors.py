"""Every mistake with a corpus is one error of spice_fast.errors that says what was found, where, and what to do."""

from __future__ import annotations

import json
import os
import resource

import pytest

from spice_fast.corpus import Corpus, Sampler, build
from spice_fast.errors import (
    ConfigError,
    CorpusError,
    DocumentError,
    MissingFileError,
    OutputExistsError,
    SpiceError,
    StorageError,
)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("words and words. " * 50)
    return path


@pytest.fixture
def output(tmp_path):
    return tmp_path / "corpus"


@pytest.fixture
def corpus(text, output):
    build([text], output)
    return Corpus.open(output)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_bytes": -1}, "min_bytes: -1; expected 0 to"),
        ({"min_bytes": 2**64}, "min_bytes: 18446744073709551616; expected 0 to"),
        ({"threads": 0}, "threads: 0; expected 1 to"),
        ({"threads": -1}, "threads: -1; expected 1 to"),
        ({"text_keys": []}, "text_keys: none; expected at least one key"),
        ({"text_keys": "text"}, r"text_keys: the string 'text'; expected a list of keys, such as \['text'\]"),
        ({"on_error": "Skip"}, "on_error: Skip; expected stop or skip"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_build_with_an_argument_that_makes_no_sense_is_a_config_error(text, output, arguments, message):
    with pytest.raises(ConfigError, match=message):
        build([text], output, **arguments)
    assert not output.exists()


def test_a_build_of_nothing_or_to_nowhere_is_a_config_error(text, output):
    with pytest.raises(ConfigError, match="inputs: none; expected at least one file or folder"):
        build([], output)
    with pytest.raises(ConfigError, match="output: empty; expected a folder"):
        build([text], "")


def test_one_path_instead_of_a_list_is_a_type_error(text, output):
    with pytest.raises(TypeError):
        build(str(text), output)


def test_a_missing_input_corpus_or_tokenizer_is_a_missing_file(corpus, tmp_path):
    missing = tmp_path / "missing"
    for make in (
        lambda: build([missing], tmp_path / "other"),
        lambda: build([tmp_path / "a.txt" / "below.txt"], tmp_path / "other"),
        lambda: Corpus.open(missing),
        lambda: Sampler(corpus, seed=0, passage_tokens=10, tokenizer=missing),
    ):
        with pytest.raises(MissingFileError, match="no such file or folder") as caught:
            make()
        assert isinstance(caught.value, FileNotFoundError)
        assert isinstance(caught.value, SpiceError)


def test_an_output_that_exists_is_kept(corpus, text):
    before = {path.name: path.read_bytes() for path in corpus.folder.iterdir()}
    with pytest.raises(OutputExistsError, match="already exists; overwrite it"):
        build([text], corpus.folder)
    with pytest.raises(OutputExistsError, match="exists and is not a corpus"):
        build([text], text.parent, overwrite=True)
    assert {path.name: path.read_bytes() for path in corpus.folder.iterdir()} == before
    assert text.exists()


def test_a_document_that_cannot_be_read_is_named_with_its_line(tmp_path, output):
    path = tmp_path / "b.jsonl"
    path.write_text(json.dumps({"text": "x" * 700}) + "\n\n{}\n")
    with pytest.raises(DocumentError, match=rf"^{path}:3: none of the keys text, orig_doc is there; it has no keys\n"):
        build([path], output)
    assert list(tmp_path.iterdir()) == [path]


def test_what_may_not_be_read_is_named(tmp_path, output):
    path = tmp_path / "docs" / "b.txt"
    path.parent.mkdir()
    path.write_text("secret")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root may read everything")
    with pytest.raises(DocumentError, match=rf"{path}: cannot open: Permission denied"):
        build([path.parent], output)
    path.parent.chmod(0)
    try:
        with pytest.raises(DocumentError, match=rf"{path.parent}: cannot list the folder: Permission denied"):
            build([path.parent], output)
        with pytest.raises(StorageError, match=rf"{path}: cannot open: Permission denied"):
            build([path], output)
    finally:
        path.parent.chmod(0o700)


def test_an_empty_corpus_says_what_was_dropped(text, tmp_path, output):
    (tmp_path / "b.txt").write_text("short")
    with pytest.raises(CorpusError, match="no documents: 2 files read, 2 documents shorter than 9999 bytes or blank"):
        build([tmp_path], output, min_bytes=9999)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match=r"no documents: 0 files read.*expected .txt .text .md"):
        build([tmp_path / "empty"], output)


def test_a_folder_that_cannot_be_made_or_written_is_a_storage_error(text):
    with pytest.raises(StorageError, match="cannot make the folder"):
        build([text], text / "corpus")
    with pytest.raises(StorageError) as caught:
        build([text], "/proc/corpus")
    assert isinstance(caught.value, OSError)


def test_a_full_disk_is_a_storage_error_and_leaves_nothing(tmp_path, output):
    lines = "".join(json.dumps({"text": f"document {number}"}) + "\n" for number in range(2000))
    (tmp_path / "a.jsonl").write_text(lines)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The system refuses to let a file grow further, much like a full disk does.
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(StorageError, match="cannot write: File too large"):
            build([tmp_path / "a.jsonl"], output, min_bytes=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == [tmp_path / "a.jsonl"]


def test_a_folder_without_a_corpus_and_a_damaged_one_are_corpus_errors(corpus, tmp_path):
    with pytest.raises(
        CorpusError, match=r"cannot read its manifest.json.*build a corpus with `spice-fast corpus build`"
    ):
        Corpus.open(tmp_path)
    with pytest.raises(CorpusError, match=r"cannot read its manifest\.json"):
        Corpus.open(tmp_path / "a.txt")
    catalogue = corpus.folder / "catalogue.bin"
    catalogue.write_bytes(catalogue.read_bytes()[:-1])
    with pytest.raises(CorpusError, match=r"catalogue.bin has \d+ bytes; expected \d+"):
        Corpus.open(corpus.folder)
    catalogue.unlink()
    with pytest.raises(CorpusError, match=r"no catalogue\.bin"):
        Corpus.open(corpus.folder)


def test_a_corpus_of_a_newer_format_is_refused_with_both_versions(corpus):
    (corpus.folder / "manifest.json").write_text('{"format_version": 7}')
    with pytest.raises(
        CorpusError, match="corpus format 7 is newer than 2, the newest that this version reads; upgrade"
    ):
        Corpus.open(corpus.folder)


def test_a_source_that_changed_or_is_gone_is_a_corpus_error(corpus, text):
    sampler = Sampler(corpus, seed=0, passage_bytes=100)
    text.write_text("other words")
    for read in (lambda: corpus.read([0]), lambda: sampler.draw([0])):
        with pytest.raises(CorpusError, match=r"a\.txt: 11 bytes, and 850 when it was read; .*build the corpus again"):
            read()
    text.unlink()
    with pytest.raises(CorpusError, match="the file is gone"):
        corpus.read([0])


@pytest.mark.parametrize("index", [1, -1, 2**64, -(2**70)])
def test_a_document_number_out_of_range_is_an_index_error(corpus, index):
    message = f"document {index}: out of range; the corpus has 1, numbered from 0"
    with pytest.raises(IndexError, match=message):
        corpus.read([0, index])
    with pytest.raises(IndexError, match=message):
        corpus.document(index)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "needs either passage_tokens and tokenizer, or passage_bytes"),
        ({"passage_tokens": 5}, "needs either"),
        ({"passage_bytes": 5, "passage_tokens": 5}, "needs either"),
        ({"passage_bytes": 5, "tokenizer": "a.json"}, "needs either"),
        ({"passage_bytes": 0}, "passage_bytes: 0; expected 1 to"),
        ({"passage_bytes": -5}, "passage_bytes: -5; expected 1 to"),
        ({"passage_tokens": 0, "tokenizer": "a.json"}, "passage_tokens: 0; expected 1 to 4294967295"),
        ({"passage_tokens": 2**32, "tokenizer": "a.json"}, "passage_tokens: 4294967296; expected 1 to 4294967295"),
        ({"passage_bytes": 5, "seed": -1}, "seed: -1; expected 0 to 18446744073709551615"),
        ({"passage_bytes": 5, "seed": 2**64}, "seed: 18446744073709551616; expected"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_sampler_with_arguments_that_make_no_sense_is_a_config_error(corpus, arguments, message):
    with pytest.raises(ConfigError, match=message):
        Sampler(corpus, **{"seed": 0} | arguments)


def test_a_file_that_is_no_tokenizer_is_a_config_error(corpus, text):
    with pytest.raises(ConfigError, match=rf"{text}: .*expected a tokenizer.json as the tokenizers library writes it"):
        Sampler(corpus, seed=0, passage_tokens=10, tokenizer=text)


def test_a_draw_out_of_range_is_a_config_error(corpus):
    sampler = Sampler(corpus, seed=0, passage_bytes=100)
    for k in (-1, 2**64):
        with pytest.raises(ConfigError, match=f"draw {k}: out of range; expected 0 to 18446744073709551615"):
            sampler.draw([0, k])
    with pytest.raises(ConfigError, match="threads: 0; expected 1 to"):
        sampler.draw([0], threads=0)
    assert sampler.draw([]) == []
    assert sampler.draw([2**64 - 1])[0].draw == 2**64 - 1
