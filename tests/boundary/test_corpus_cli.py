"""`spice-fast corpus build | stats | sample`: data on stdout, one clear error on stderr, exit code 0 or 2."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from spice_fast import cli, mini
from spice_fast.corpus import Corpus, Sampler, build

# The program reads sys.argv, which is the point here.
pytestmark = pytest.mark.filterwarnings("ignore:Cyclopts application invoked without tokens:UserWarning")

TOKENIZER_FOLDER = Path(mini.__file__).parent / "checkpoint"


@pytest.fixture
def call(monkeypatch, capfd, tmp_path):
    """Calls the command line in this process, in the test's folder: ``(exit code, stdout, stderr)``."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["spice-fast", "corpus", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as error:
            code = error.code or 0
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("A word and Größe. " * 60, encoding="utf-8")
    (folder / "b.jsonl").write_text(json.dumps({"text": "line " * 200}) + "\nnonsense\n" + '{"text": null}\n')
    (folder / "c.md").write_text("short")
    return folder


@pytest.fixture
def corpus(docs, tmp_path):
    build([docs], tmp_path / "corpus", on_error="skip")
    return tmp_path / "corpus"


def assert_refused(result, message, *, hint=None):
    code, out, err = result
    lines = err.splitlines()
    assert (code, out) == (2, "")
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert lines[1:] == ([] if hint is None else [hint])


def test_build_prints_facts_and_names_what_it_skipped(call, docs, tmp_path):
    code, out, err = call("build", "docs", "--output", "corpus", "--on-error", "skip")
    assert code == 0
    assert "documents: 2\n" in out
    assert "dropped as shorter than 600 bytes or blank: 1\n" in out
    assert "skipped as unreadable: 2\n" in out
    assert f"  {docs / 'b.jsonl'}:2: not a JSON object" in out
    assert f"  {docs / 'b.jsonl'}:3: text is null; expected a string\n" in out
    assert err == "hint: spice-fast corpus sample corpus --passage-bytes 2000\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "docs"]


def test_build_and_stats_print_one_json_object(call, docs):
    code, out, err = call("build", "docs", "--output", "corpus", "--on-error", "skip", "--json")
    assert (code, err) == (0, "")
    built = json.loads(out)
    assert (built["num_documents"], built["num_short"], built["num_skipped"]) == (2, 1, 2)
    assert built["skipped"][1] == {"place": f"{docs / 'b.jsonl'}:3", "reason": "text is null; expected a string"}
    code, out, err = call("stats", "corpus", "--json")
    assert (code, err) == (0, "")
    stats = json.loads(out)
    assert stats.pop("length_percentiles")["100"] == 1200
    assert set(stats.pop("shuffle")) == {"mix", "near", "num_pairs"}
    assert stats == built


def test_many_skipped_records_are_counted_and_ten_are_named(call, docs):
    (docs / "d.jsonl").write_text("{}\n" * 12_000)
    code, out, _ = call("build", "docs", "--output", "corpus", "--on-error", "skip")
    assert code == 0
    assert "skipped as unreadable: 12,002\n" in out
    assert out.count("d.jsonl:") == 8
    assert "  ... (more in skipped.json)\n" in out
    assert len(json.loads(Path("corpus/skipped.json").read_text(encoding="utf-8"))) == 2 + 1000


def test_stats_says_what_the_corpus_is_made_of(call, corpus):
    code, out, err = call("stats", corpus)
    assert (code, err) == (0, "")
    assert "text: 1 documents in 1 files, 1,200 bytes\n" in out
    assert "bytes of a document by percentile: 0 %: 1,000, " in out
    assert f"hash: {Corpus.open(corpus).hash}\n" in out


def test_sample_prints_the_passages_of_the_sampler(call, corpus, docs):
    expected = Sampler(Corpus.open(corpus), seed=7, passage_bytes=300).draw(range(5, 305))
    code, out, err = call("sample", corpus, "--passage-bytes", 300, "--seed", 7, "--first", 5, "--count", 300, "--json")
    assert (code, err) == (0, "")
    found = [json.loads(line) for line in out.splitlines()]
    assert [(row["draw"], row["start"], row["text"]) for row in found] == [(p.draw, p.start, p.text) for p in expected]
    assert {row["source"] for row in found} == {str(docs / "a.txt"), f"{docs / 'b.jsonl'}:1"}


def test_sample_counts_tokens_with_the_tokenizer_of_a_model_folder(call, corpus):
    code, out, err = call("sample", corpus, "--passage-tokens", 12, "--tokenizer", TOKENIZER_FOLDER, "--count", 2)
    assert (code, err) == (0, "")
    heads = [line for line in out.splitlines() if line.startswith("--- draw ")]
    assert len(heads) == 2
    assert heads[0].endswith(" tokens")


def test_a_name_that_is_not_utf_8_is_printed_with_a_replacement(call, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "caf\udce9.txt").write_text("text " * 200)
    assert call("build", "docs", "--output", "corpus")[0] == 0
    code, out, _ = call("sample", "corpus", "--passage-bytes", 50)
    assert code == 0
    assert "docs/caf\ufffd.txt, bytes" in out


def test_a_document_that_cannot_be_read_is_one_error_with_a_hint_and_leaves_nothing(call, docs, tmp_path):
    hint = "hint: leave out what cannot be read, and count it, with on_error = skip (`--on-error skip`)"
    result = call("build", "docs", "--output", "new/corpus")
    assert_refused(result, f"{docs / 'b.jsonl'}:2: not a JSON object that can be read", hint=hint)
    assert list(tmp_path.iterdir()) == [docs]


def test_an_empty_corpus_is_one_error_and_leaves_nothing(call, docs, tmp_path):
    result = call("build", "docs", "--output", "new", "--on-error", "skip", "--min-bytes", 10_000)
    assert_refused(result, "no documents: 3 files read, 3 documents shorter than 10000 bytes or blank, 2 skipped")
    assert list(tmp_path.iterdir()) == [docs]


def test_an_output_that_exists_is_one_error_and_is_kept(call, corpus):
    before = Corpus.open(corpus).hash
    assert_refused(call("build", "docs", "--output", "corpus", "--on-error", "skip"), "already exists; overwrite it")
    assert_refused(
        call("build", "docs", "--output", "docs", "--overwrite"), "is not a corpus, so it is not overwritten"
    )
    assert Corpus.open(corpus).hash == before
    assert call("build", "docs", "--output", "corpus", "--on-error", "skip", "--overwrite")[0] == 0


def test_export_names_its_files_and_goes_on(call, corpus):
    code, out, err = call("export", "corpus", "--output", "out", "--file-bytes", 1100)
    assert (code, out) == (0, "out/part-00000.parquet\nout/part-00001.parquet\n")
    assert err == "2 documents in 2 files\n"
    Path("out/part-00001.parquet").unlink()
    code, out, _ = call("export", "corpus", "--output", "out", "--file-bytes", 1100, "--json")
    files = ["out/part-00000.parquet", "out/part-00001.parquet"]
    assert (code, json.loads(out)) == (0, {"files": files, "num_resumed": 1, "num_documents": 2})
    assert_refused(call("export", "corpus", "--output", "docs"), "docs: not empty, and not an export of this corpus")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("build missing --output new", "missing: no such file or folder"),
        ("build docs --output new --min-bytes -1", "min_bytes: -1; expected 0 to"),
        ("build docs --output new --threads 0", "threads: 0; expected 1 to"),
        ("stats missing", "missing: no such file or folder"),
        ("stats docs", "cannot read its manifest.json"),
        ("sample corpus", "a sampler needs either passage_tokens and tokenizer, or passage_bytes"),
        ("sample corpus --passage-bytes 0", "passage_bytes: 0; expected 1 to"),
        ("sample corpus --passage-bytes 9 --seed -1", "seed: -1; expected 0 to"),
        ("sample corpus --passage-bytes 9 --count 0", "--first 0 --count 0: expected"),
        ("sample corpus --passage-bytes 9 --first -1", "--first -1 --count 1: expected"),
        ("sample corpus --passage-bytes 9 --first 18446744073709551616", "draw 18446744073709551616: out of range"),
        ("sample corpus --passage-tokens 9 --tokenizer docs", "docs/tokenizer.json: no such file or folder"),
        ("sample corpus --passage-tokens 9 --tokenizer docs/a.txt", "expected a tokenizer.json"),
    ],
)
def test_a_mistake_is_one_error_line_and_exit_code_2(call, corpus, arguments, message):
    assert_refused(call(*arguments.split()), message)


@pytest.mark.parametrize("arguments", ["build docs", "build docs --output new --on-error perhaps", "stats", "bogus"])
def test_a_command_line_that_cannot_be_parsed_exits_with_2(call, docs, tmp_path, arguments):
    code, _, err = call(*arguments.split())
    assert code == 2
    assert "Error" in err
    assert list(tmp_path.iterdir()) == [docs]


@pytest.mark.slow
def test_the_module_is_a_program_with_the_same_exit_codes(corpus, tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "spice_fast.cli", "corpus", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    fine = run("stats", "corpus", "--json")
    assert (fine.returncode, fine.stderr) == (0, "")
    assert json.loads(fine.stdout)["num_documents"] == 2
    wrong = run("stats", "missing")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == f"error: {tmp_path / 'missing'}: no such file or folder\n"
